"""Classifies a mail without a table: unreadable, misdirected, news, a reply to us, or unrelated."""

import re
from collections.abc import Collection, Iterator, Mapping

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.facts import Facts, Rules
from mailbot.decide.subprojects import named_subprojects
from mailbot.decide.unread_files import SOFT_FAULTS
from mailbot.decide.whose import signature
from mailbot.domain.campaign import Subproject, Unit
from mailbot.domain.mail import Disposition, Head
from mailbot.domain.outcome_codes import ASKS_FOR_TIME
from mailbot.domain.submission import Verdict
from mailbot.mail.opening import Opened
from mailbot.mail.subjects import own_subject, strip_letter_marks, strip_prefixes
from parsers.formats.file_kind import WORKBOOKS, FileKind
from parsers.forms.form import Form
from parsers.marks import quoted

TABLE_NAMES = re.compile(r"统计表|报表|汇总表|登记表|附表|盖章|扫描件|附件\s*[1一](?!\d)")
TABLE_SENT = re.compile(
    r"(?:统计表|报表|汇总表|登记表).{0,8}(?:见附件|附后|如下|请查收|已附)|附件(?:为|是).{0,12}统计表|盖章(?:件|扫描件)"
)
"""In a subject or a file's name the table's name is enough; in running text it must be said to be there."""

NOT_ENCLOSED = {
    "encrypted": "来件内容经过加密，无法读取",
    "partial": "邮件在发送时被拆成几封，无法合并读取",
    "external-body": "附件没有随邮件发来，邮件中只有其存放位置",
}
"""What staff read of a mail that does not hold its content openly, by the code of its fault."""

NEWS = re.compile(r"信息(?!表|化|员|网络|技术|安全)|简报|动态|快讯|新闻|通讯稿|报道|纪实|侧记")
ASKS = re.compile(r"[？?]|请问|请教|咨询")
_TIME = re.compile(
    r"(?:申请|请求|恳请|希望|望|能否|可否|是否可以|可不可以|能不能|拟|想)[^。；;！!\n]{0,24}?(?:延期|延后|推迟|宽限|延迟|延长)"
    r"|(?:申请|请求|恳请|希望|望|能否|可否|是否可以|可不可以|能不能|需要?|请允许)[^。；;！!\n]{0,16}?"
    r"(?:晚|迟|过)(?:些|几|一|两|二|三|四|五|\d)[^，。；;\n]{0,6}(?:报|交|送|发)"
    r"|(?:延期|宽限)(?:的)?(?:申请|报送|上报|提交|几天|\d)"
)
_OF_AN_ACTIVITY = re.compile(r"活动[^，。；;\n]{0,6}(?:延期|推迟|延后)|(?:延期|推迟|延后)(?:举办|举行|开展)")
SHORTEST_NEWS = 80
"""Characters; what is shorter announces news or asks about it."""


def judge_without_table(opened: Opened, facts: Facts, rules: Rules) -> Verdict:
    """The outcome of a message in which no table of a known form was found."""
    head, words = opened.head, "\n".join((opened.head.subject, opened.words))
    unit = _unit_of(opened, facts, rules.roster)
    code = unit.code if unit else None
    hard = [d for d in opened.documents if d.fault and d.fault.code not in SOFT_FAULTS]
    if hard and hard[0].fault:
        what = f"附件{quoted(hard[0].name)}" if hard[0].name else "附件" if hard[0].path else "邮件"
        reason = NOT_ENCLOSED.get(hard[0].fault.code, f"{what}无法读取")
        return Verdict(Disposition.UNREADABLE, reason, hard[0].fault.code, code)
    names = (opened.head.subject, *(document.names for document in opened.documents))
    sent = named_subprojects(names, opened.words, rules.campaign.subprojects)
    table_named = any("统计表" in name for name in names)
    if sent is not None and not table_named:  # who sends a table beside works is asked for the table
        return _misdirected(sent, code)
    if opened.cloud_links:
        return Verdict(Disposition.UNREADABLE, f"附件以网盘链接方式发送（{opened.cloud_links[0]}）", "cloud-link", code)
    if any(document.kind in WORKBOOKS for document in opened.documents):
        return Verdict(Disposition.UNREADABLE, "附件中未找到统计表的表头", "no-table", code)
    answers = any(reference.rpartition("@")[2].rstrip(">") in _hosts(rules.own) for reference in _answered(head))
    concerns_us = answers or code or any(word in words for word in _campaign_words(rules.campaign, rules.forms))
    if concerns_us and _asks_for_time(opened):
        return Verdict(Disposition.REVIEW, "申请延期报送，请工作人员答复", ASKS_FOR_TIME, code)
    if answers and _shows_pictures_alone(opened):
        return Verdict(Disposition.REVIEW, "对我部来信的答复，仅附图片", None, code)
    soft = [d for d in opened.documents if d.fault]
    if soft and soft[0].fault and _should_hold_a_table(opened):
        return Verdict(
            Disposition.UNREADABLE, f"附件{quoted(soft[0].name)}中没有可读取的表格", soft[0].fault.code, code
        )
    if opened.documents:
        return Verdict(Disposition.INFORMATION, "活动信息、照片等材料", None, code)
    if answers:
        return Verdict(Disposition.REVIEW, "对我部来信的答复，未附统计表", None, code)
    if _tells_news(opened):
        return Verdict(Disposition.INFORMATION, "活动信息", None, code)
    if concerns_us:
        return Verdict(Disposition.REVIEW, "提及本次活动，未附统计表，请人工查看", None, code)
    return Verdict(Disposition.UNRELATED, "与本次活动无关")


def _misdirected(subprojects: tuple[Subproject, ...], unit: str | None) -> Verdict:
    names = "、".join(each.name for each in subprojects)
    reason = f"子项目作品或案例{f'（{names}）' if names else ''}，应报送至该子项目平台"
    return Verdict(Disposition.MISDIRECTED, reason, None, unit, subprojects=subprojects)


def _answered(head: Head) -> tuple[str, ...]:
    """The Message-IDs of the letters that a mail answers; some programs write References alone."""
    return (*head.in_reply_to, *head.references)


def _shows_pictures_alone(opened: Opened) -> bool:
    """Whether pictures are all that comes with a mail, such as a logo, and nothing but our own subject says "table"."""
    pictures = bool(opened.documents) and all(document.kind is FileKind.PICTURE for document in opened.documents)
    names = "\n".join(document.names for document in opened.documents)
    return pictures and not TABLE_NAMES.search(names) and not TABLE_SENT.search(opened.words)


def _asks_for_time(opened: Opened) -> bool:
    """Whether a mail asks to report later; that an activity was put off is no such request."""
    texts = (
        strip_prefixes(strip_letter_marks(opened.head.subject)),
        opened.words,
        *(d.names for d in opened.documents),
    )
    return any(_TIME.search(text) and not _OF_AN_ACTIVITY.search(text) for text in texts)


def _tells_news(opened: Opened) -> bool:
    """Whether the words of a mail are themselves the news that its subject announces."""
    subject = strip_prefixes(opened.head.subject)
    long_enough = len(opened.words.strip()) >= SHORTEST_NEWS
    return long_enough and bool(NEWS.search(subject)) and not ASKS.search(opened.words)


def _should_hold_a_table(opened: Opened) -> bool:
    names = "\n".join((opened.head.subject, *(document.names for document in opened.documents)))
    return bool(TABLE_NAMES.search(names) or TABLE_SENT.search(opened.words))


def _unit_of(opened: Opened, facts: Facts, roster: Roster) -> Unit | None:
    """The unit that a mail without a table comes from: that which it names, of the letter it answers, of its sender."""
    texts = (own_subject(opened.head.subject), *(document.names for document in opened.documents))
    matches = [roster.mentioned(text) for text in texts]
    matches.append(signature(opened.words, roster))
    answered = roster.get(facts.answered)
    if answered and not any(match.units for match in matches):
        return answered
    if opened.head.sender:
        matches.extend(roster.named(unit.name) for unit in roster.registered(opened.head.sender.address)[:1])
    return next((match.unit for match in matches if match.units), None)


def _hosts(own: Collection[str]) -> frozenset[str]:
    return frozenset(address.rpartition("@")[2].lower() for address in own)


def _campaign_words(campaign: Campaign, forms: Mapping[str, Form]) -> Iterator[str]:
    """The words by which a mail speaks of the campaign: the parts of its title, and those of its forms."""
    titles = [campaign.title, *(form.title for form in forms.values())]
    yield "统计表"
    for title in titles:
        yield from (word for word in re.findall(r"[\u4e00-\u9fff0-9+]+", title) if len(word) >= 4)
