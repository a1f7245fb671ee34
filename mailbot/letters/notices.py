"""The notice to a unit's registered contacts that a table from somebody else's address counts for their unit."""

from collections.abc import Iterator, Mapping

from mailbot.campaigns.roster import Roster
from mailbot.decide.display import number_of_activities, sums
from mailbot.decide.judgement import Judged
from mailbot.domain.campaign import Unit
from mailbot.domain.identifiers import is_address
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Notice
from mailbot.domain.submission import Relation, Submission
from parsers.forms.form import Form


def notices(judged: Judged, roster: Roster, forms: Mapping[str, Form]) -> Iterator[Letter]:
    """A letter to each address of a unit that is not the sender's, where tables of the mail count for that unit."""
    sender = judged.opened.head.sender
    counted = dict.fromkeys(s.unit for s in judged.verdict.submissions if s.current and s.unit)
    for unit in filter(None, map(roster.get, counted)):
        addresses = {address.lower(): address for address in unit.emails if is_address(address)}
        if sender is None or sender.address.lower() not in addresses:
            yield from (_notice(judged, unit, address, forms) for address in addresses.values())


def _notice(judged: Judged, unit: Unit, to: str, forms: Mapping[str, Form]) -> Letter:
    sender = judged.opened.head.sender
    counting = [s for s in judged.verdict.submissions if s.current and s.unit == unit.code]
    return Letter(
        key=f"notice:{judged.sha256}:{unit.code}:{to.lower()}",
        kind=LetterKind.NOTICE,
        to=to,
        subject=f"【报送告知】{unit.name} 统计表由其他邮箱报送（受理号 {judged.case}）",
        template="notice",
        content=Notice(
            unit_name=unit.name,
            sender=sender.address if sender else "（无法识别）",
            case=judged.case,
            received_at=judged.received_at,
            registered=tuple(_registered(s, forms[s.reading.form]) for s in counting),
        ),
        unit=unit.code,
    )


def _registered(submission: Submission, form: Form) -> str:
    """附件1.xlsx：活动 2 场，接触职工人数 480 人（替换此前报送的统计表）."""
    reading = submission.reading
    figures = [f"{title} {number}" for title, number in sums(reading, form)]
    number = number_of_activities(reading)
    held = [] if number is None else [f"活动 {number:,} 场"]
    what = "零报告" if reading.zero_report else "，".join([*held, *figures])
    replaced = "（替换此前报送的统计表）" if submission.relation is Relation.REPLACES else ""
    return f"{submission.attachment or '邮件正文'}：{what}{replaced}"
