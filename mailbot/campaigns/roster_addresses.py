"""Finds the mail addresses in what people write into a cell, and says what there is none of them and should be."""

import re
import unicodedata
from dataclasses import dataclass

from mailbot.domain.identifiers import is_address

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_BETWEEN = re.compile(r"[\s,;:、。|<>()\[\]《》〈〉【】「」『』“”‘’\"]+")
"""What separates addresses, or an address from a name, once full-width signs are folded."""
_SLASH = re.compile(r"[/\\]+")
_BEFORE = re.compile(r"^(?:[^\x21-\x7e]+[-_*~]*|[.'`])+")
_BEHIND = re.compile(r"[^A-Za-z0-9]+$")
_NONE = frozenset(
    {"无", "暂无", "没有", "无邮箱", "空", "n/a", "na", "none", "null", "nil", "0"}
    | {"/", "//", "\\", "—", "——", "-", "--", "–", "―", "×"}
)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]*[A-Za-z0-9]")
_NUMBER = re.compile(r"\+?[\d][\d\s()\-–—转]{4,}\d")
_SEEMS_ADDRESS = re.compile(r"[\w.+-]*[#*&]?[\w-]+\.(?:com|cn|net|org|edu|gov|example)(?:\.cn)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """The addresses of a cell in their order, and the pieces that should be one and are none, each with a reason.

    A reason is a pair: English, Chinese.
    """

    addresses: tuple[str, ...] = ()
    bad: tuple[tuple[str, str, str], ...] = ()


def addresses_in(text: str) -> Found:
    """What a cell for addresses holds. Names and telephone numbers beside an address are passed over.

    A cell without an address that says that there is none (无, /, —) holds nothing; any other is bad as a whole.
    """
    if _PLAIN.fullmatch(text) and not _fault(text):  # as most cells are
        return Found((text,))
    folded = _folded(text)
    if not folded or folded.lower() in _NONE:
        return Found()
    addresses, bad = dict[str, str](), list[tuple[str, str, str]]()
    for piece in _pieces(folded):
        if "@" not in piece:
            if _SEEMS_ADDRESS.fullmatch(piece):
                bad.append((piece, "has no @", "缺少“@”"))
            continue
        address = _bare(piece)
        if fault := _fault(address):
            bad.append((piece, *fault))
        else:
            addresses.setdefault(address.lower(), address)
    if not addresses and not bad:
        bad.append((folded, *_why_none(folded)))
    return Found(tuple(addresses.values()), tuple(bad))


def _folded(text: str) -> str:
    """Full-width letters and signs made plain, and no blanks around an @."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"(?<=[\x21-\x7e])。(?=[A-Za-z0-9])", ".", plain)
    return re.sub(r"(?i)mailto:", " ", re.sub(r"[ \t\u3000]*@[ \t\u3000]*", "@", plain)).strip()


def _pieces(folded: str) -> list[str]:
    """The text cut where addresses end. A slash separates unless it may stand inside what would be one address."""
    pieces = []
    for piece in _BETWEEN.split(folded):
        parts = _SLASH.split(piece)
        pieces += parts if all(map(_stands_alone, parts)) else [piece]
    return [piece for piece in pieces if piece]


def _stands_alone(part: str) -> bool:
    """Whether a part between slashes is surely no piece of an address: an address, or words that are no ASCII."""
    return "@" in part or not part or not part.isascii() or bool(_NUMBER.fullmatch(part))


def _bare(piece: str) -> str:
    """Without Chinese words that touch it, and without punctuation that no address begins or ends with."""
    return _BEHIND.sub("", _BEFORE.sub("", piece))


def _fault(address: str) -> tuple[str, str] | None:
    local, _, domain = address.partition("@")
    if "@" in domain:
        return "holds more than one @ with nothing between the addresses", "含有多个“@”，请用分号分开各地址"
    if not local or not domain:
        return "has nothing before or behind the @", "“@”前后缺少内容"
    if "/" in local or "\\" in local:
        return "has a slash before the @, which may divide a name from the address", "“@”前有斜线，请只写邮箱地址"
    if "." not in domain:
        return "has no dot behind the @", "“@”后面缺少“.”"
    if not is_address(address) or any(label[0] == "-" or label[-1] == "-" for label in domain.split(".")):
        return "holds a sign that no address has", "含有邮箱地址中不能出现的字符"
    return None


def _why_none(folded: str) -> tuple[str, str]:
    if _NUMBER.fullmatch(folded) or folded.isdecimal():
        return "is a number and no address", "是号码，不是邮箱地址"
    return "holds no address", "其中没有邮箱地址"
