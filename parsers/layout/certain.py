"""Rules that know a line by its words or by its emptiness: the first that speaks is believed."""

import re

from parsers.layout.boxes import Box
from parsers.layout.claims import Claim
from parsers.layout.labels import is_block_word, split
from parsers.layout.views import View
from parsers.layout.words import bare, plain, words

_AFTER_NOTE = re.compile(r"\d{0,2}(?:[::.、)\]】]|$)")
_COUNT = re.compile(r"[(\[]?\d*[个场次项家人]*[)\]]?$")
_SEVERAL = 2


def blank(view: View) -> Claim | None:
    """Nothing stands in the row."""
    return Claim("blank", "blank", 0.0) if not view.filled else None


def note(view: View) -> Claim | None:
    """The row's one text begins with 注, 说明 and the like."""
    if not view.is_alone or view.first.kind != "text" or not view.index:
        return None
    text = plain(view.first.text).lstrip("(【[*※")
    for word in words().note:
        if text.startswith(word) and _AFTER_NOTE.match(text[len(word) :]) and (len(text) > len(word) + 1 or len(view.row.boxes) == 1):
            return Claim("note", "note", 0.0, reason=word)
    return Claim("note", "note", 0.0, reason="※") if view.first.text.startswith("※") else None


def numbering(view: View) -> Claim | None:
    """The columns are numbered: 1 2 3 …, or 甲 乙 1 2 …."""
    texts = [plain(box.text).strip("()") for box in view.filled]
    if len(texts) < 3 or view.above is None or not any(box.kind == "text" for box in view.above.boxes):
        return None
    letters = 0
    while letters < len(texts) and texts[letters] in words().ordinal[letters : letters + 1]:
        letters += 1
    figures = texts[letters:]
    if not all(map(str.isdecimal, figures)):
        return None
    counted = [int(figure) for figure in figures if len(figure) < 4]
    if len(counted) < len(figures) or (not counted and not letters):
        return None
    if counted and (counted[0] > 2 or counted != list(range(counted[0], counted[0] + len(counted)))):
        return None
    return Claim("head", "numbering", 0.0)


def measure(view: View) -> Claim | None:
    """Nothing but measures stands in the row: 人 家 万元."""
    above = view.above
    if above is None or not all(plain(box.text).strip("()") in words().measure for box in view.filled):
        return None
    if len(view.filled) < _SEVERAL and len(above.filled) < _SEVERAL:
        return None
    return Claim("head", "measure", 0.0)


def labelled_texts(view: View) -> Claim | None:
    """Each text of the row is a label with a colon, with its value behind it or in the next cell: 填报单位：甲."""
    texts = [box for box in view.filled if box.kind == "text"]
    labelled = [box for box in texts if split(box.text)]
    if not labelled or labelled[0] is not view.first:
        return None
    open_ = [box for box in labelled if not split(box.text)[1]]
    known = sum(is_block_word(split(box.text)[0]) for box in labelled)
    rest = len(view.filled) - len(labelled)
    if rest > len(open_) + 1 or (not known and rest > 0) or (not known and len(labelled) < _SEVERAL):
        return None
    signed = sum(bare(split(box.text)[0]).startswith(words().signature) for box in labelled)
    role = "signature" if signed * 2 > len(labelled) else "block"
    labels = tuple(bool(split(box.text)) and not split(box.text)[1] for box in view.row.boxes)
    return Claim("block", role, 0.0, labels)


def total(view: View) -> Claim | None:
    """The first text of the row is 合计 or another word for sums over all lines."""
    return _sum(view, words().total, "total")


def subtotal(view: View) -> Claim | None:
    """The first text of the row is 小计 or another word for sums over some lines."""
    return _sum(view, words().subtotal, "subtotal")


def _sum(view: View, known: frozenset[str], role: str) -> Claim | None:
    if not view.index or view.is_level:
        return None
    for box in view.filled[:2]:
        if box.kind == "text" and _COUNT.sub("", plain(box.text).rstrip(":")) in known:
            if _is_head_above(view, box):
                return None
            return Claim("data", "total" if role == "total" else "subtotal", 0.0, reason=box.text)
    return None


def _is_head_above(view: View, box: Box) -> bool:
    """Whether the text stands among labels, as 合计 does in a heading of several levels."""
    others = [other for other in view.filled if other is not box and other.kind == "text"]
    return sum(other.likeness > 0 for other in others) * 2 > len(view.filled) - 1 > 0


def part(view: View) -> Claim | None:
    """The row's first text begins with 其中: its figures are part of those above."""
    box = next((box for box in view.filled[:2] if plain(box.text).lstrip("(").startswith(words().part)), None)
    if box is None or not view.index or _is_head_above(view, box) or view.is_level:
        return None
    return Claim("data", "part", 0.0, reason=box.text)


def example(view: View) -> Claim | None:
    """The row says that it shows how to fill in the table: 例, 示例：…, （样例）…."""
    for box in view.filled[:3]:
        text = plain(box.text)
        for word in words().example:
            open_ = text.lstrip("([【")
            if open_ == word or (open_.startswith(word) and open_[len(word)] in "::)]】、,.1一"):
                return Claim("data", "example", 0.0, reason=word)
    return None
