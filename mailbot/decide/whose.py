"""Whose table it is: the evidence in its order, and what to do when it disagrees (domain.md 3.2)."""

import re
from collections.abc import Iterator

from mailbot.campaigns.roster import Match, Roster
from mailbot.campaigns.unit_names import PREFIXES, SUFFIXES, normalized
from mailbot.domain.campaign import Unit
from mailbot.domain.mail import Head
from mailbot.domain.submission import Evidence, Identity
from mailbot.mail.opening import Opened
from mailbot.mail.subjects import own_subject
from parsers.marks import quoted
from parsers.reading import Finding, Reading, Severity

SIGNATURE_LINES = 4
LONGEST_SIGNATURE = 30
"""Characters; a longer line at the end of a mail is a sentence, not a signature."""
LONGEST_REMARK = 60
"""Characters around a unit's name in a cell for it; with more the cell is no name."""
NOT_LISTED = "unit-not-listed"
"""The finding on a table whose unit has a name of its own that nobody on the roster bears."""

_OFFICE = r"(?:宣传|宣教|组织|办公|综合|党群|党建|网络|文体|权益|女工|财务)+[部室科处办]"
_BEFORE = re.compile(rf"(?:{'|'.join(PREFIXES)}|[^\u4e00-\u9fff])*")
_AFTER = re.compile(rf"(?:{'|'.join(SUFFIXES)}|机关|本级|工委)*(?:{_OFFICE})?(?P<remark>[^\u4e00-\u9fff].*)?")
"""What may stand around a unit's name in a cell for it: its district, its own departments, a remark in brackets."""
_NOT_A_BRANCH = re.compile(
    rf"{_OFFICE}|(?:{'|'.join(SUFFIXES)}|机关|本级|工委|团委|妇联|群团)|(?:共|含|包括|其中|下辖|所属|下属|汇总|及|和|与|等|各|全体)*"
    r"(?:\d+|[一二两三四五六七八九十]+)[个家所]\S*|(?:含|包括|汇总|及)?(?:所属|下属|所辖|下辖|各|全体|全部)\S*"
)
_BRANCH = re.compile(
    r"分会|支会|分公司|公司|社区|村|[校院园厂馆站店]区|分[院校局部厂店所行]|支[部队行]|大队|中队|车间|项目部|门店|酒店|宾馆|学校|小学|"
    r"中学|幼儿园|医院|卫生院|中心|班组|居委|委员会|集团|基地|工厂|工地|工区|营业厅|事业部|联盟|协会|一部|二部|三部|[厂站所队]$"
)
"""In a remark behind a unit's name: a body under it, which is another union, unless it is the unit's own office."""
_UNDER = re.compile(
    r"(?:总?工会)?[^\u4e00-\u9fff]?([\u4e00-\u9fff]{2,10}?)(?:联合)?工会|(?:总?工会)?([\u4e00-\u9fff]{1,6}分会)"
)
"""In running text, a body with a union of its own right behind the name of a unit: 新河街道春晖社区工会."""

_DAY = r"(?:\d{2,4}|二[〇○零oO]\S{2})年\S{1,3}月(?:\S{1,3}[日号])?|\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}月\d{1,2}日"
_PERSON = r"[\u4e00-\u9fff]{2,4}"
_LABEL = (
    r"(?:单位(?:名称)?|(?:填报|报送|上报|填表|发件|来件|落款)(?:单位|工会|人)?|联系人|经办人|负责人|"
    r"我?单位(?:是|为)?|我们是|我是|此致|敬礼)"
)
_SIGNED_BEFORE = re.compile(
    rf"(?:{_DAY}|{_LABEL}(?:[^\u4e00-\u9fff]+{_PERSON}(?=[^\u4e00-\u9fff]))?|[^\u4e00-\u9fff]|{'|'.join(PREFIXES)})*"
)
_SIGNED_AFTER = re.compile(
    rf"(?:{'|'.join(SUFFIXES)}|机关|本级|工委|街道办?|街办)*(?:{_OFFICE})?(?:报送|上报|呈报|报|敬上|谨上|启)?"
    rf"(?:[^\u4e00-\u9fff：:]+{_PERSON})?(?:{_PERSON}(?=[^\u4e00-\u9fff]*\d{{7}}))?"
    rf"(?:{_DAY}|(?:联系)?(?:电话|手机|方式|传真|邮箱|地址)|[（(](?:盖章|公章|章|代章)[）)]|[^\u4e00-\u9fff])*"
)
"""What may stand around a unit's name in a signature: labels, a day, an office, a person, a telephone number."""


def identify_tables(opened: Opened, roster: Roster) -> tuple[Identity, ...]:
    """Whose each table of the mail is, in the order of `opened.readings`."""
    return tuple(
        identify(reading, document.names, opened.head, opened.words, roster) for document, reading in opened.readings
    )


def identify(reading: Reading, file_name: str, head: Head, words: str, roster: Roster) -> Identity:
    """The unit that one table reports for.

    Written evidence (table, file name, subject) that disagrees, names several units or a unit that is not on the
    roster leaves the unit open; the signature and the sender's address speak only where nothing is written.
    """
    written = tuple(_written(reading, file_name, head, roster))
    named = {match.unit.code: match.unit for _, match in written if match.unit}
    doubtful = {unit.code: unit for _, match in written if len(match.units) > 1 for unit in match.units}
    open_name = next((evidence for evidence, match in written if match.unit is None), None)
    if len(named) > 1 or (open_name is not None and (open_name is Evidence.TABLE or not named)):
        if not named and not doubtful and not _unit_cell(reading):
            return _open(_parents(reading, file_name, head, roster), reading)
        if not named and not doubtful:
            return _open(roster.alike(_unit_cell(reading)), reading, NOT_LISTED)
        return _open(tuple((named | doubtful).values()), reading)
    if named:
        evidence = next(evidence for evidence, match in written if match.unit)
        unit = next(iter(named.values()))
        return Identity(unit, evidence, findings=tuple(_remarks(unit, evidence, head, reading, roster)))
    if doubtful:
        return _open(tuple(doubtful.values()), reading)
    for evidence, match in ((Evidence.SIGNATURE, signature(words, roster)), (Evidence.SENDER, _sender(head, roster))):
        if match.unit:
            return Identity(match.unit, evidence, findings=tuple(_remarks(match.unit, evidence, head, reading, roster)))
        if match.units:
            return _open(match.units, reading)
    return _open((), reading)


def signature(words: str, roster: Roster) -> Match:
    """The units that the short last lines of a mail are the names of, with no more than a signature has beside it.

    A sentence that mentions a unit (已抄送某某工会) and the line that a letter opens with (某某工会：) sign nothing.
    """
    lines = [line.strip() for line in words.splitlines() if line.strip()][-SIGNATURE_LINES:]
    return _one_of(_signed(line, roster) for line in lines if len(line) <= LONGEST_SIGNATURE)


def _signed(line: str, roster: Roster) -> Match:
    match = roster.mentioned(line)
    if not match.units or line.endswith((":", "：")):
        return Match()
    # blanks divide a unit's name from a person's, and squeezing drops them
    before, after = _around(re.sub(r"\s+", "|", line), match.units[0]) or _around(line, match.units[0]) or ("?", "")
    for other in match.units[1:]:
        after = "、".join(_around(after, other) or (after,))
    return match if _SIGNED_BEFORE.fullmatch(before) and _SIGNED_AFTER.fullmatch(after) else Match()


def _one_of(matches: Iterator[Match]) -> Match:
    return Match(tuple({unit.code: unit for match in matches for unit in match.units}.values()))


def _written(reading: Reading, file_name: str, head: Head, roster: Roster) -> Iterator[tuple[Evidence, Match]]:
    """What the table, the file's name and the subject say; silent ones are left out.

    A table whose unit cell names nobody of the roster speaks all the same: as an empty match.
    """
    cell = _unit_cell(reading)
    if cell:
        yield Evidence.TABLE, _in_cell(cell, roster)
    else:
        title = _in_text(reading.title, roster)
        if title is not None:
            yield Evidence.TABLE, title
    for evidence, text in ((Evidence.FILE_NAME, file_name), (Evidence.SUBJECT, own_subject(head.subject))):
        match = roster.mentioned(text) if cell else _in_text(text, roster)
        if match is not None and (match.units or not cell):
            yield evidence, match


def _parents(reading: Reading, file_name: str, head: Head, roster: Roster) -> tuple[Unit, ...]:
    """The units in whose names bodies under them are named."""
    texts = (reading.title, file_name, own_subject(head.subject))
    return tuple({unit.code: unit for text in texts for unit in roster.mentioned(text).units}.values())


def _in_text(text: str, roster: Roster) -> Match | None:
    """Whom a text names; an empty match where that is a body under a unit, None where it names nobody."""
    match = roster.mentioned(text)
    parts = _around(text, match.unit) if match.unit else None
    if parts and (under := _UNDER.match(parts[1])) and _names_a_branch(under[1] or under[2]):
        return Match()
    return match if match.units else None


def _in_cell(cell: str, roster: Roster) -> Match:
    """Whom a cell for the unit names: all of it is the name, but for what offices write around one.

    新河街道某社区工会 is another union than 新河街道总工会, and so is one of that name in another district.
    """
    exact = roster.named(cell)
    mentioned = roster.mentioned(cell) if not exact.units else exact
    unit = mentioned.unit
    if exact.units or unit is None:
        return mentioned
    before, after = _around(cell, unit) or ("?", "")
    if len(before) + len(after) > LONGEST_REMARK:
        return Match()
    behind = _AFTER.fullmatch(after)
    return (
        mentioned if _BEFORE.fullmatch(before) and behind and not _names_a_branch(behind["remark"] or "") else Match()
    )


def _around(text: str, unit: Unit) -> tuple[str, str] | None:
    """What stands before and behind the longest name of a unit in a text, squeezed; None where it has none."""
    squeezed = normalized(text)
    names = filter(squeezed.__contains__, map(normalized, (unit.name, unit.short_name, *unit.aliases)))
    name = max(filter(None, names), key=len, default="")
    before, _, after = squeezed.partition(name)
    return (before, after) if name else None


def _names_a_branch(remark: str) -> bool:
    """Whether a remark behind the name of a unit names a body under it: （春风社区工会）, —酒店分公司."""
    return bool(_BRANCH.search(_NOT_A_BRANCH.sub("", remark.strip("()"))))


def _unit_cell(reading: Reading) -> str:
    value = reading.header.get("unit_raw")
    return str(value.content) if value and value.content else ""


def _sender(head: Head, roster: Roster) -> Match:
    return Match(roster.registered(head.sender.address)) if head.sender else Match()


def _open(candidates: tuple[Unit, ...], reading: Reading, code: str = "unit-unknown") -> Identity:
    value = reading.header.get("unit_raw")
    names = "、".join(unit.name for unit in candidates)
    if _unit_cell(reading):
        text = f"填报单位{quoted(_unit_cell(reading))}无法与名录中的一个单位对应" + (
            f"（可能是：{names}）" if names else ""
        )
    elif len(candidates) == 1:
        text = f"来件中的单位可能是{quoted(names)}所属的基层工会，无法确定由哪个单位填报，请在表内注明填报单位"
    elif names:
        text = f"来件涉及多个单位（{names}），无法确定由哪个单位填报"
    else:
        text = "表内、附件名、主题和落款中均未见单位名称，请注明填报单位"
    finding = Finding(
        Severity.ERROR,
        code,
        text,
        field="unit_raw",
        sheet=value.sheet if value else None,
        cell=value.cell if value else None,
    )
    return Identity(None, candidates=candidates, findings=(finding,))


def _remarks(unit: Unit, evidence: Evidence, head: Head, reading: Reading, roster: Roster) -> Iterator[Finding]:
    if not _unit_cell(reading) and evidence is not Evidence.TABLE:
        source = {
            Evidence.FILE_NAME: "附件名",
            Evidence.SUBJECT: "邮件主题",
            Evidence.SIGNATURE: "邮件落款",
            Evidence.SENDER: "发件邮箱",
        }[evidence]
        text = f"表内未填写填报单位，根据{source}登记为{quoted(unit.name)}"
        yield Finding(Severity.NOTICE, "unit-not-in-table", text, field="unit_raw")
    others = [other.name for other in _sender(head, roster).units if other.code != unit.code]
    registered = unit in _sender(head, roster).units
    if others and not registered:
        text = f"表内单位为{quoted(unit.name)}，发件邮箱登记的单位为{quoted('、'.join(others))}，请核对"
        yield Finding(Severity.WARNING, "sender-other-unit", text, field="unit_raw")
    elif not registered:
        yield Finding(Severity.NOTICE, "new-sender", "发件邮箱未在名录中登记，系首次使用或个人邮箱", field="unit_raw")
