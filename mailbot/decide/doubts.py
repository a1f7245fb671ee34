"""Reasons why a table that was read well waits for a person: what its sender says of it, or what its title says.

The words of the mail outrank the table where they say so: not to count it, or to count something else. And a table of
another subject may fit the columns of the form; its title tells.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from mailbot.config import Campaign
from mailbot.decide.correction_words import clauses, is_question_or_condition
from mailbot.decide.facts import Rules
from mailbot.decide.other_year import OTHER_YEAR, other_year
from mailbot.decide.unread_files import unread_findings
from mailbot.domain.campaign import Unit
from mailbot.domain.submission import Identity
from mailbot.mail.documents import Document
from mailbot.mail.opening import Opened
from mailbot.mail.subjects import strip_letter_marks, strip_prefixes
from parsers.forms.form import Form
from parsers.marks import quoted
from parsers.reading import Finding, Reading, Severity

NOT_TO_COUNT, OTHER_SUBJECT = "not-to-count", "other-subject"
HOLDING = frozenset({NOT_TO_COUNT, OTHER_SUBJECT, OTHER_YEAR, "rows-left-over"})
"""Codes of the findings with which a table waits for a person, whatever else is known of it."""
LONGEST = 40
"""Characters of the sender's words that are shown."""

_PLEASE_NOT = re.compile(
    r"(?:勿|不要|先不|暂不|暂缓|先别|请别|不用|不必|无需|无须|请不)(?:再|要|先|将|把|对|予以|予|进行|急着|在内|"
    r"[本此该这]\S{0,4}|第\S{1,3}[项行条场次]){0,3}(?:统计|登记|计入|录入|汇总|采用|纳入|入库|计算)"
)
_DRAFT = re.compile(
    r"征求意见稿|讨论稿|送审稿|草稿|初稿|草表|仅供参考|测试(?:邮件|一下|附件|数据)|(?:发送|邮件)测试|试发|"
    r"(?:^|[（(【\[\s])测试(?:$|[）)】\]\s])|忽略[本此该这]\S{0,3}?(?:邮件|附件|表|件)|"
    r"^(?!.*(?:纸质|寄)).*正式(?:的)?(?:统计|报)?表.{0,8}(?:另|再报|再发|后报|后发|稍后|随后|后再)|以[^，。]{0,4}正文[^，。]{0,6}为准"
)
_ROW_OUT = re.compile(
    r"第[^，。]{1,3}[项行条场次][^，。]{0,12}(?:取消|未(?:实际)?(?:开展|举办)|没有?(?:开展|举办)|不算|不计|作废|删除|删去|去掉)"
)
_SHOULD_BE = re.compile(r"(?:应为|应是|应该[是为]|实为|更正为|改为|修改为|修正为)\s*(?:约\s*)?(\d[\d,]*)")

_PICTURES = re.compile(r"照片|图片|视频|影像|简报|信息稿|新闻稿")
"""What may be a draft or for reference beside a table that counts."""
_SENTENCE = re.compile(r"[^。；;！!？?\n]+[？?]?")

_PLAN = re.compile(
    r"(?:活动|工作|培训|宣传)(?:的)?(?:计划|预告|方案)(?!.{0,8}(?:完成|落实|执行|目标|任务|情况|总结))|(?<![+＋])(?<![+＋][”\"』」])计划表|"
    r"预告表|计划安排|拟开展"
)
_TABLE_NAME = re.compile(r"[\u4e00-\u9fff、（）()]{2,40}?(?:统计|汇总|登记|明细|一览|报名|情况)?表")
_NEUTRAL = (
    "统计", "汇总", "登记", "明细", "一览", "情况", "附件", "附表", "报表", "表格", "工会", "总工会", "职工", "员工",
    "工作人员", "基层", "单位", "街道", "全区", "各", "本", "我", "区", "市", "开展", "组织", "参加", "参与", "举办",
    "活动", "主题", "系列", "线上", "线下", "月份", "月", "季度", "年度", "年", "上半", "下半", "全", "半", "第",
    "报送", "上报", "填报", "有关", "相关", "完成", "落实", "贯彻", "推进", "进展", "目标", "任务", "工作", "计划",
    "最终", "终版", "更正", "修改", "补报", "新", "旧", "版", "的", "和", "及", "与", "表", "空白", "模板", "教育",
    "信息", "数据", "数", "人",
)  # fmt: skip
"""Words of every table; what is left of a title without them is its subject."""
_MISFIT = frozenset({"similar-column", "unknown-column", "unread-column", "missing-column", "two-columns"})
"""Findings of columns that are not the form's own."""


def doubts_about_tables(opened: Opened, whose: Sequence[Identity], rules: Rules) -> list[tuple[Finding, ...]]:
    """What is doubtful about each table, whatever stands in its cells, in the order of `opened.readings`."""
    unread = tuple(unread_findings(opened))
    return [
        (*unread, *_doubts(opened, document, reading, rules.forms[reading.form], rules.campaign, identity.unit))
        for (document, reading), identity in zip(opened.readings, whose, strict=True)
    ]


def _doubts(
    opened: Opened, document: Document, reading: Reading, form: Form, campaign: Campaign, unit: Unit | None
) -> Iterator[Finding]:
    """The findings with which a table waits for a person; none where there is no doubt of this kind."""
    words = said_not_to_count(opened, document)
    if words:
        yield _holding(NOT_TO_COUNT, f"来件中写有{quoted(words)}，是否登记及如何登记，由工作人员核对后确定")
    subject = _plan(reading, document) or _other_subject(opened, document, reading, form, campaign, unit)
    if subject:
        yield _holding(OTHER_SUBJECT, f"表名为{quoted(subject)}，看来不是本次活动的统计表，由工作人员核对后登记")
    elif found := other_year(reading, form, campaign):
        yield found


def _holding(code: str, text: str) -> Finding:
    return Finding(Severity.NOTICE, code, text)


# ---------------------------------------------------------------- what the sender says


def said_not_to_count(opened: Opened, document: Document) -> str:
    """The words that a table, or a row of it, is not to count, or with another figure; "" where there are none."""
    figures = {figure for _, reading in opened.readings for figure in _figures(reading)}
    texts = (strip_prefixes(strip_letter_marks(opened.head.subject)), document.names, opened.words)
    sentences = [sentence.strip() for text in texts for sentence in _SENTENCE.findall(text)]
    for sentence, clause in ((each, clause) for each in sentences for clause in clauses(each)):
        held = next((m for pattern in (_PLEASE_NOT, _DRAFT, _ROW_OUT) if (m := pattern.search(clause))), None)
        other = next((m for m in _SHOULD_BE.finditer(clause) if m[1].replace(",", "") not in figures), None)
        match = held or other
        if match and not is_question_or_condition(clause, match.start()) and not _PICTURES.search(clause):
            return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"
    return ""


def _figures(reading: Reading) -> Iterator[str]:
    """Every number of a table, those of its days too, as digits without leading zeros."""
    for value in chain(reading.totals.values(), *(record.values.values() for record in reading.records)):
        yield from (digits.lstrip("0") for digits in re.findall(r"\d+", str(value.content)))


# ---------------------------------------------------------------- what the table is


def _plan(reading: Reading, document: Document) -> str:
    """The name of a table of what is to come; "" for any other."""
    return next((name[:LONGEST] for name in (reading.title, _bare(document.name)) if _PLAN.search(name)), "")


def _other_subject(
    opened: Opened, document: Document, reading: Reading, form: Form, campaign: Campaign, unit: Unit | None
) -> str:
    """The name of a table that speaks of another subject and has columns of its own, else ""."""
    names = (reading.title, _bare(document.name))
    if not any(_is_a_misfit(finding, form) for finding in reading.findings):
        return ""
    if any(word in text for text in (*names, opened.head.subject) for word in _own_words(form, campaign)):
        return ""
    known = sorted({*_NEUTRAL, *_vocabulary(form), *_unit_names(unit)}, key=len, reverse=True)
    for name in filter(_TABLE_NAME.search, names):
        if len(_without(name, known)) >= 2:
            return name[:LONGEST]
    return ""


def _is_a_misfit(finding: Finding, form: Form) -> bool:
    """Whether a column is not the form's own, or one is missing that every table of the form has."""
    field = form.find(finding.field) if finding.code == "missing-column" and finding.field else None
    return finding.code in _MISFIT and (field is None or field.need != "may")


def _bare(file_name: str) -> str:
    return file_name.rpartition(".")[0]


def _own_words(form: Form, campaign: Campaign) -> Iterator[str]:
    """What only tables and mails of this form and campaign say."""
    yield form.title
    yield from (word for group in form.title_words for word in group if word not in _NEUTRAL and word != "统计表")
    yield from (part for part in re.findall(r"[\u4e00-\u9fff]{4,}", campaign.title) if part != "主题活动")


def _vocabulary(form: Form) -> Iterator[str]:
    for column in form.column:
        yield from (column.title, *column.synonyms)
        yield from (word for option in form.options(column.field) for word in (option.title, *option.keywords))


def _unit_names(unit: Unit | None) -> Iterator[str]:
    if unit:
        yield from filter(None, (unit.name, unit.short_name, *unit.aliases))


def _without(name: str, known: Iterable[str]) -> str:
    """The Chinese characters that are left of a name without all that is known."""
    for word in known:
        if word:
            name = name.replace(word, " ")
    return "".join(re.findall(r"[\u4e00-\u9fff]", name))
