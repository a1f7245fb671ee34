"""Understands a clause that sets a value: what it speaks of, the words of the value, and what the value was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.replies.model import Reading, Ref, Target
from parsers.replies.targets import GAP, refs_in, target_of
from parsers.replies.vocabulary import is_all, pattern, trimmed, words

_DIGITS = r"(?:\d[\d,.]*|[〇零一二两三四五六七八九十百千]+)"
_UNIT = (
    r"(?:万|亿|千|百)?(?:余|多|来|\+)?(?:万|亿)?\s*"
    r"(?:人次|场次|个人|人|名|位|家|户|场|次|个|条)?(?:职工|员工|企业|群众)?"
)
_FIGURE = (
    rf"[-−负]?(?:大约|约为|约|近|将近|不足|超过|超|逾|至少|大概)?\s*{_DIGITS}\s*{_UNIT}"
    rf"(?:左右|上下|以上|多|余|%)?(?:\s*[-~至到]\s*{_DIGITS}{_UNIT})?"
)
_DAY = (
    r"(?:(?:\d{4}|[〇零一二三四五六七八九○]{4})年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
    r"|\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./]\d{1,2}"
)
_DAYS = rf"(?:{_DAY})(?:\s*[-~至到—–、]+\s*(?:(?:{_DAY})|\d{{1,2}}[日号]?))?"
_VALUE = rf"(?:{_DAYS}|{_FIGURE})"
_BEFORE_FIGURE = r"(?:参加的?|到场|参与|一共|总共|共计|共|有|仅|只有|为|是|:|,|\s)*"
_BARE = re.compile(rf"(?P<v>{_BEFORE_FIGURE}[“\"]?{_VALUE}[”\"]?)(?:参加|参与|到场|出席)?$")
_WHOLE = re.compile(rf"\s*[“\"]?(?P<v>{_VALUE})[”\"]?(?:参加|参与)?\s*")
_OLD = re.compile(rf"(?:{words('from')})?\s*[“\"]?(?P<o>{_VALUE})[”\"]?(?:是|要|应该?|现|,|请|需)*$")
_CONTRAST = re.compile(rf"(?:,)?(?:而|并)?(?:不应?该?是|非)\s*[“\"]?(?P<o>{_VALUE})[”\"]?$")
_EACH = re.compile("都|均|各|分别|统一|一律|全部")
_IN_TURN = re.compile("分别|依次")
_ONE = re.compile("[一1](?:场|次|个|条|家|位|名)")
"""那一场 is no figure."""
_REMARK = re.compile(r"\((?:原|误|不是|之前|此前|错|旧)[^()]{0,30}\)$")
_SETS = re.compile("[为是成到:=]|改|更正|一?下|上$")
"""Begins no value; the clause is to be divided behind it."""
_SWAPPED = re.compile(
    rf"(?:误|错)?(?:把|将)\s*[“\"]?(?P<v>{_VALUE})[”\"]?\s*(?:误|错|给)?(?:写|填|报|录|打|登记?)(?:成|为)(?:了)?\s*[“\"]?(?P<o>{_VALUE})[”\"]?了?$"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A clause that sets a value (`readings`: the ways to divide it, the likeliest first), or says what was (`old`)."""

    target: Target
    readings: tuple[Reading, ...] = ()
    old: str = ""
    each: bool = False


def setting_in(clause: str) -> Setting | None:
    """What a clause sets; None where it is no such clause."""
    refs, masked = refs_in(clause)
    each = bool(_EACH.search(masked))
    if swapped := _SWAPPED.search(masked):
        target = target_of(refs, masked[: swapped.start()])
        return Setting(target, (Reading(target, (swapped["v"],), swapped["o"]),), swapped["o"], each)
    if earlier := _earlier(masked):
        return Setting(target_of(refs, earlier[0]), (), earlier[1], each)
    cuts = list(_cuts(masked))
    found = [*(_reading(refs, masked, cut, each) for cut in cuts), *(_from_words(refs, cut) for cut in cuts)]
    readings = tuple(dict.fromkeys(filter(None, found)))
    return Setting(readings[0].target, readings, "", each) if readings else None


def _cuts(masked: str) -> Iterator[tuple[str, str]]:
    """Where a clause may be divided into what it speaks of and a value."""
    if cut := _around(masked):
        yield cut
    yield from _certain(masked)
    if cut := _bare(masked):
        yield cut
    yield from _weak(masked)
    yield from _blank(masked)


def _from_words(refs: tuple[Ref, ...], cut: tuple[str, str]) -> Reading | None:
    """地点由二楼改为三楼: what a cell of words is said to hold now."""
    found = re.fullmatch('(?P<subject>.*?)(?:由|从)[“"]?(?P<o>[^,]{2,40}?)[”"]?', cut[0])
    value = cleaned(cut[1])
    if not found or not value or GAP in cut[1] or is_value(found["o"]):
        return None
    return Reading(target_of(refs, found["subject"]), (value,), found["o"])


def _reading(refs: tuple[Ref, ...], masked: str, cut: tuple[str, str], each: bool) -> Reading | None:
    subject, value = cut
    if GAP in value:
        return None
    old = ""
    if (match := _OLD.search(subject)) and not _ONE.fullmatch(match["o"].strip()):
        subject, old = subject[: match.start()], match["o"]
    if match := _CONTRAST.search(value):
        value, old = value[: match.start()], match["o"]
    value = cleaned(value)
    if not value or _SETS.match(value):
        return None
    values = tuple(re.split("[、,/和]|以及", value)) if _IN_TURN.search(masked) else (value,)
    subject = _EACH.sub("", subject) if each else subject
    return Reading(target_of(refs, subject), tuple(map(cleaned, values)), old)


def cleaned(value: str) -> str:
    """The words of a value without what stands around them and says nothing."""
    value = value.strip(" ,:;。、")
    value = _REMARK.sub("", value)
    quoted = re.fullmatch(r"[“\"「『](.+)[”\"」』]\s*.{0,4}", value)
    if quoted:
        return quoted[1].strip()
    return trimmed("behind", value, left=False).strip(' “"”,:;。、')


def is_value(text: str) -> bool:
    """Whether a text is one figure or one span of days and nothing else."""
    return bool(_WHOLE.fullmatch(text))


def _earlier(masked: str) -> tuple[str, str] | None:
    """原填80, 登记的是80, 不是80: the words before, and the value that was."""
    found = re.search(rf"(?:{words('before')})\s*[“\"]?(?P<o>{_VALUE})[”\"]?(?:了|,)?(?:人)?$", masked)
    if found is None or re.search("(?:应该?|请|须|要|改|更正)$", masked[: found.start()]):
        return None
    return masked[: found.start()], found["o"]


def _around(masked: str) -> tuple[str, str] | None:
    found = re.search(rf"{words('around')}[,\s]*$", masked)
    value = found and next((v for name, v in _named(found)), None)
    if not found or not value:
        return None
    head = masked[: found.start()]
    refs_before = value.rsplit(GAP, 1)
    return (head + refs_before[0] + GAP, refs_before[1]) if len(refs_before) == 2 else (head, value)


def _named(found: re.Match[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in found.groupdict().items() if value]


def _certain(masked: str) -> Iterator[tuple[str, str]]:
    """The words before and behind each sure word for setting that a value follows."""
    for found in pattern("setting").finditer(masked):
        value = masked[found.end() :]
        if cleaned(value) and not is_all("wrong", cleaned(value)) and not is_all("behind", value):
            later = pattern("setting").match(value)
            if later and cleaned(value[later.end() :]):
                value = value[later.end() :]
            yield masked[: found.start()], value


def _weak(masked: str) -> Iterator[tuple[str, str]]:
    """The same with 是, 为, a colon, wherever something stands behind them; the last first."""
    for found in reversed(list(pattern("weak").finditer(masked))[:8]):
        value = masked[found.end() :]
        in_time = found[0] == ":" and re.search(r"\d$", masked[: found.start()]) and re.match(r"\d", value)
        if cleaned(value) and not in_time:
            yield masked[: found.start()], value


def _blank(masked: str) -> Iterator[tuple[str, str]]:
    """第5行 地点 二楼会议室: at the last blanks."""
    places = [found for found in re.finditer(" +", masked) if masked[: found.start()].strip(f" {GAP}")]
    for found in places[-3:]:
        yield masked[: found.start()], masked[found.end() :]


def _bare(masked: str) -> tuple[str, str] | None:
    """第5行人数180: words, and a value at the end."""
    found = _BARE.search(masked)
    if not found or not masked[: found.start()].strip(" ,:"):
        return None
    value = re.sub(rf"^{_BEFORE_FIGURE}", "", found["v"])
    return (masked[: found.start()], value) if value else None
