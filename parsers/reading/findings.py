"""Every fault that a table can have: how much it matters, and the one sentence that its reader can act on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from parsers.forms.form import Form, Need
from parsers.marks import inner, one_title, quoted
from parsers.reading import Finding, Severity

_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_LONGEST, _LONGEST_NAME = 40, 20
_MOST_OPTIONS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of fault. Severities for a field that must, should, or may be filled; None is not worth a word."""

    text: str
    must: Severity | None
    should: Severity | None
    may: Severity | None

    def severity(self, need: Need) -> Severity | None:
        """How much it matters for a field with that need."""
        return {"must": self.must, "should": self.should, "may": self.may}[need]


def _entry(text: str, *severities: Severity | None) -> Entry:
    must, should, may = severities if len(severities) == 3 else severities * 3
    return Entry(text, must, should, may)


_UNREAD = (_ERROR, _WARNING, _WARNING)

CATALOGUE: Mapping[str, Entry] = {
    # ---- one cell; {place} is row and title, {said} the cell as the sender sees it, {taken} what is stored of it here.
    # {says} is 为“{said}”, or where the cell holds something else 显示为“{said}”，实际存的是{holds}; {figure} is short
    "missing-value": _entry("{place}为空，请补充", _ERROR, _WARNING, None),
    "none-declared": _entry("{place}{says}，视为没有；如有请填写", _ERROR, _WARNING, _NOTICE),
    "not-understood": _entry("{place}{says}，无法识别，请重新填写", *_UNREAD),
    "vague": _entry("{place}{says}，请填写具体{what}", *_UNREAD),
    "error-cell": _entry("{place}显示为“{said}”，是公式错误，请改填实际内容", *_UNREAD),
    "no-result": _entry("{place}的公式没有计算结果，请用WPS或Excel打开并保存后重发，或直接填写结果", *_UNREAD),
    "not-a-date": _entry("{place}{says}，不是日期，请填写具体的年月日", *_UNREAD),
    "impossible-date": _entry("{place}{says}，没有这一天，请改正", *_UNREAD),
    "ambiguous-date": _entry("{place}{says}，可能指不同的日期，请写明年月日", _WARNING),
    "unclear-date": _entry("{place}{says}，可能指不同的日期，请写明年月日", *_UNREAD),
    "reversed-range": _entry("{place}{says}，结束早于开始，请改正", *_UNREAD),
    "several-dates": _entry("{place}{says}，含多个日期；如为多场活动，请每场填一行", _WARNING),
    "coarse-date": _entry("{place}{says}，未写到日，暂按{taken}计，请填写具体日期", _WARNING),
    "serial-date": _entry("{place}{says}，按日期序号理解为{taken}", _NOTICE),
    "year-inferred": _entry("{place}{says}，未写年份，按{taken}计", _NOTICE),
    "two-digit-year": _entry("{place}{says}，年份只写了两位，按{taken}计", _NOTICE),
    "approximate": _entry("{place}{says}，是约数，按{taken}计", _NOTICE),
    "at-least": _entry("{place}{says}，是约数，按{taken}计", _NOTICE),
    "range": _entry("{place}{says}，是一个范围，暂按{taken}计，请填写具体数字", _WARNING),
    "per-session": _entry("{place}{says}，暂按{taken}计，请核对总数", _WARNING),
    "two-figures": _entry("{place}{says}，一格有两个数字，暂按{taken}计，请分开填写", _WARNING),
    "sum-in-cell": _entry("{place}{says}，是一个算式，暂按{taken}计，请填写结果", _WARNING),
    "of-which": _entry("{place}{says}，含其中数，暂按{taken}计，请核对", _WARNING),
    "measure-conflict": _entry("{place}{says}，与列名的单位不一致，暂按{taken}计，请核对", _WARNING),
    "measure-unclear": _entry("{place}{says}，单位“{unit}”不明确，暂按{taken}计，请核对", _WARNING),
    "other-unit": _entry("{place}{says}，不是以“{unit}”计的数，请按“{unit}”填写", *_UNREAD),
    "struck-out": _entry("{place}的“{said}”已划去或隐藏，请确认：仍有效的请去掉删除线，作废的请删除", *_UNREAD),
    "struck-part": _entry("{place}按“{said}”读取，其中划去或隐藏的“{struck}”没有计入，请核对", _WARNING),
    "table-measure": _entry("{place}{says}，表中注明“{measure}”，暂按原数计，请写明计量单位", _WARNING),
    "adrift": _entry(
        "{place}读到“{said}”，但该行的格数与列名不符，内容可能错位（如数字中有逗号），请另存为.xlsx后重发", *_UNREAD
    ),
    "fraction": _entry("{place}{says}，不是整数，请改正", *_UNREAD),
    "negative": _entry("{place}{says}，不应为负数，请改正", *_UNREAD),
    "digits-lost": _entry("{place}{says}，数字过长，末几位可能已丢失，请核对后以文本填写", *_UNREAD),
    "shown-otherwise": _entry("{place}{says}，按{taken}计", _NOTICE),
    "not-shown": _entry(
        "{place}{says}，所设格式不显示该内容，没有计入；如应计入，请改为正常显示，如不应计入，请清空该格", *_UNREAD
    ),
    "percent": _entry("{place}{says}，是百分数，请填写数量", *_UNREAD),
    # {which} is 其中“…” where only a part of the cell is unknown, {options} are the titles of what may be chosen
    "not-a-choice": _entry("{place}{says}，{which}不在可选范围内，请从中选填：{options}", *_UNREAD),
    "odd-phone": _entry("{place}{says}，号码位数不对，请核对", _WARNING),
    "picture-in-cell": _entry("{place}是图片，无法读取，请填写文字", _ERROR, _WARNING, _NOTICE),
    "online-figure": _entry("{place}的“{said}”中有线上数字，按{taken}计", _WARNING),
    "merged-count": _entry("{place}与下方各行合并为一格，只计入本行，请每行分别填写", _WARNING),
    "unit-inferred": _entry("{place}为空，按上一行的“{taken}”计，请核对", _WARNING),
    # ---- across cells
    "date-outside": _entry("{place}{says}，不在活动期（{starts}至{ends}）内，请核对", _WARNING),
    "end-before-start": _entry("{place}{says}，早于“{other}”，请改正", _WARNING),
    "date-after-arrival": _entry("{place}{says}，晚于来信日期，请核对", _WARNING),
    "unlikely-size": _entry("{place}{says}，数字过大，请核对单位是否为“{unit}”", _WARNING),
    "reached-below": _entry("{place}{says}，小于“{other}”，请核对", _WARNING),
    "venue-online": _entry("{place}{says}，请确认是否为线下活动", _WARNING),
    "repeated-row": _entry("{place}“{said}”与{other}重复，请核对是否多填", _WARNING),
    "total-mismatch": _entry("“{title}”合计为{figure}，各行相加为{sum}，请核对", _WARNING, _WARNING, _NOTICE),
    "number-mismatch": _entry("“{title}”为{figure}，逐场填报的为{number}场，请核对", _WARNING),
    "sum-alone": _entry("“{title}”只在汇总中填报（{figure}），没有逐场填报，未计入合计，请逐场填写", _WARNING),
    # ---- the table
    "no-rows": _entry("{what}，请逐场填写后重发；确无活动请写明“本期无活动”", _ERROR),
    "missing-header": _entry("表中未填“{title}”，请补充", _ERROR, _WARNING, None),
    "missing-column": _entry("表中没有找到{titles}，请用原表填写后重发", _ERROR, _WARNING, None),
    "missing-cell": _entry("{place}没有读到：表中没有找到这一列", _NOTICE),
    "two-columns": _entry(
        "{columns}都像“{title}”，无法确定用哪一列，请只保留一列或告知是哪一列", _ERROR, _WARNING, _WARNING
    ),
    "similar-column": _entry("“{said}”一列按“{title}”读取，请核对列名", _WARNING),
    "similar-cell": _entry("{place}读自“{said}”一列", _NOTICE),
    "apart-column": _entry("“{said}”一列与表格之间隔着空列，没有读取；如属本表请移到一起", _WARNING),
    "unknown-column": _entry("不认识“{said}”一列，没有读取", _WARNING),
    "unread-column": _entry("“{said}”一列不属于本表，没有读取", _NOTICE),
    "beside-row": _entry("{line}表格旁的“{said}”没有读取；如属活动内容，请写到表内", _WARNING),
    "cell-comment": _entry("{line}的批注“{said}”没有读取；如需更正，请直接修改单元格", _WARNING),
    "unlabelled-column": _entry("{said}没有列名，没有读取；如属本表请补上列名", _WARNING),
    "beside-share": _entry("{place}{says}，旁边另有“{other}”，请确认这是实际的数字", _WARNING),
    "stray-cell": _entry("{line}“{said}”没有作为活动读取；如属活动内容，请补全或移到表内", _WARNING),
    "rows-left-over": _entry("表中有{number}行（{said}）填有较多内容而未能读取，本表由工作人员核对后登记", _ERROR),
    "example-row": _entry("{line}“{said}”是示例，没有计入", _NOTICE),
    "perhaps-example": _entry("{line}“{said}”像是示例，暂已计入；如是示例，请删去该行后重发", _WARNING),
    "marked-example": _entry("{line}“{said}”注明是示例，没有计入；如属活动，请删去该说明后重发", _WARNING),
    "table-aside": _entry(
        "“{sheet}”表{why}，没有计入（{number}行：{said}）；如属本期活动，请并入所报的表后重发", _WARNING
    ),
    "other-sheets": _entry("{said}不是本次统计表，没有计入；如属本期活动，请并入统计表后重发", _NOTICE),
    "part-row": _entry("{line}“{said}”是上面一行的其中数，没有另计；如为另外的活动，请单独填写", _WARNING),
    "other-table": _entry("{line}起的“{said}”是另一种表，没有读取；如属活动内容，请移到表内", _WARNING),
    "several-rows": _entry("本表每个单位只填一行，现有{number}行，请合并为一行", _ERROR),
    "zero-row": _entry("{line}写明“{said}”，但表中另有活动，请核对", _WARNING),
    "old-template": _entry("表格标题为{said}年，本期为{year}年，请核对是否用了往年的表", _WARNING),
    "partial-grid": _entry("该文件只有部分内容可以读取，请核对登记的数值，或另存为.xlsx后重新发送", _WARNING),
    "sheet-unread": _entry(
        "“{sheet}”表有内容无法读取，可能没有计入；如其中有本期活动，请在WPS或Excel中打开核对，另存为.xlsx后重新发送",
        _WARNING,
    ),
    "hidden-row": _entry("{line}“{said}”在表中是隐藏的，已计入；如不应计入，请删去该行后重发", _NOTICE),
    "identity-number": _entry(
        "单元格{said}填有身份证号码，本次统计不需要，系统没有保存，只留下首尾几位；今后报送请勿填写", _NOTICE
    ),
    "hidden-rows": _entry("表中有隐藏的行、列或工作表，其中的内容也已读取", _NOTICE),
}
"""Code → what it is worth and how it is said."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points: the words for it, and the cell as the export names it."""

    words: str = ""
    """Such as 第6行“接触职工人数”."""
    field: str | None = None
    record: int | None = None
    sheet: str | None = None
    cell: str | None = None


def finding(
    form: Form, code: str, place: Place | None = None, need: Need = "may", /, **words: object
) -> Finding | None:
    """The finding for a code of the catalogue, or None where it is not worth a word for a field with that need.

    `words` fill the sentence; a word that the sentence asks for and that is not given stays empty. `said` is what a
    cell displays, `holds` what it holds where that is something else.
    """
    place, entry = place or Place(), CATALOGUE[code]
    severity = entry.severity(need)
    if severity is None:
        return None
    said = {name: str(word) if name == "options" else _short(word) for name, word in words.items()}
    said |= {name: inner(said[name]) for name in _quoted(entry.text) if name in said}
    text = entry.text.format_map(_Words({"place": place.words} | said | _displayed(said)))
    severity = dict(form.severity).get(code, severity)
    return Finding(severity, code, text, place.field, place.record, place.sheet, place.cell)


def without_said(code: str, place: str) -> str | None:
    """The sentence for a code of the catalogue with nothing in it that a sender wrote; None for any other code."""
    entry = CATALOGUE.get(code)
    return entry.text.format_map(_Withheld(place=place, line=place, what="表中没有活动")) if entry else None


def once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, none twice for the same cell, field and code."""
    kept: dict[tuple[object, ...], Finding] = {}
    for one in found:
        kept.setdefault((one.code, one.field, one.record, one.sheet, one.cell or one.text), one)
    return tuple(kept.values())


def _displayed(words: Mapping[str, str]) -> dict[str, str]:
    """How a sentence names a cell whose display is not what it holds: as both."""
    said, holds = words.get("said", ""), words.get("holds", "")
    if not holds:
        return {"says": f"为{quoted(said)}", "figure": said}
    shown = quoted(said) if said else "空"
    return {"says": f"显示为{shown}，实际存的是{holds}", "figure": f"{said}（实际存的是{holds}）"}


@cache
def _quoted(text: str) -> frozenset[str]:
    """The words that a sentence puts in quotation marks."""
    return frozenset(re.findall(r"“\{(\w+)\}", text))


class _Words(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


def called(name: str) -> str:
    """“读书会”: the name of a row, of a long one its beginning."""
    text = one_title(name)
    return quoted(text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…")


def options_in_words(titles: Sequence[str]) -> str:
    """What may be chosen, as a list that stays short: 知识竞赛、主题演讲……等20项."""
    rest = f"等{len(titles)}项" if len(titles) > _MOST_OPTIONS else ""
    return "、".join(_short(title) for title in titles[:_MOST_OPTIONS]) + rest


class _Withheld(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def _short(word: object) -> str:
    """One line of at most forty characters."""
    text = " ".join(str(word).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
