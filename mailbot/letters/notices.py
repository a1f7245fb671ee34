"""The notice to whom a unit is known by: what now counts for the unit by a mail that somebody else may have sent."""

from collections.abc import Iterator, Mapping, Sequence

from mailbot.campaigns.roster import Roster
from mailbot.decide.changes import changes
from mailbot.decide.display import number_of_activities, sums
from mailbot.decide.judgement import Judged
from mailbot.domain.campaign import Unit
from mailbot.domain.identifiers import is_address
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Notice
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Earlier, Relation, Submission
from mailbot.letters.receipts import answerable
from mailbot.mail.screening import takes_no_answer
from parsers.forms.form import Form


def notices(judged: Judged, roster: Roster, forms: Mapping[str, Form]) -> Iterator[Letter]:
    """A letter to each address that a unit is known by, where tables of the mail count for it and others may have sent
    them.

    Those are the registered contacts, and whoever sent what the tables replace or add to. No letter goes where the
    receipt goes. A mail of a registered address needs none where our provider vouches for it; where it tells nothing,
    only a change of figures does, and a report whose answer goes to another address.
    """
    counted = dict.fromkeys(s.unit for s in judged.verdict.submissions if s.current and s.unit)
    for unit in filter(None, map(roster.get, counted)):
        submissions = [s for s in judged.verdict.submissions if s.current and s.unit == unit.code]
        for address in _told(judged, unit, submissions):
            yield _notice(judged, unit, address, submissions, forms)


def _told(judged: Judged, unit: Unit, submissions: Sequence[Submission]) -> tuple[str, ...]:
    """Whom to tell, in the roster's order."""
    head = judged.opened.head
    sender = head.sender.address if head.sender else ""
    receipt = (answerable(head) or "").lower()
    registered = [address for address in unit.emails if is_address(address)]
    is_registered = sender.lower() in map(str.lower, registered)
    if is_registered and judged.proof is Proof.AUTHENTICATED:
        return ()
    is_change = any(s.relation is Relation.REPLACES for s in submissions)
    if is_registered and not is_change and receipt in map(str.lower, registered):
        return ()
    former = [one.sender for one in _before(judged, unit)]
    own = [sender] if is_registered or is_change else []
    told = {a.lower(): a for a in (*registered, *former, *own) if is_address(a) and not takes_no_answer(a)}
    knows = {receipt} if is_registered else {receipt, sender.lower()}
    return tuple(address for key, address in told.items() if key not in knows)


def _before(judged: Judged, unit: Unit) -> list[Earlier]:
    """What counted for the unit before the mail."""
    return [one for one in judged.earlier if one.unit == unit.code and one.current]


def _notice(
    judged: Judged, unit: Unit, to: str, submissions: Sequence[Submission], forms: Mapping[str, Form]
) -> Letter:
    sender = judged.opened.head.sender
    is_correction = any(s.relation is Relation.REPLACES for s in submissions)
    is_known = sender is not None and sender.address.lower() in map(str.lower, unit.emails)
    what = "统计表有更正" if is_correction else "统计表由其他邮箱报送" if not is_known else "统计表已登记"
    return Letter(
        key=f"notice:{judged.sha256}:{unit.code}:{to.lower()}",
        kind=LetterKind.NOTICE,
        to=to,
        subject=f"【报送告知】{unit.name} {what}（受理号 {judged.case}）",
        template="notice",
        content=Notice(
            unit_name=unit.name,
            sender=sender.address if sender else "（无法识别）",
            case=judged.case,
            received_at=judged.received_at,
            registered=tuple(_registered(s, forms[s.reading.form]) for s in submissions),
            changes=tuple(_changes(judged, submissions, forms)),
            is_correction=is_correction,
            is_known=is_known,
        ),
        unit=unit.code,
    )


def _changes(judged: Judged, submissions: Sequence[Submission], forms: Mapping[str, Form]) -> Iterator[str]:
    """Old → new, form by form."""
    for form in dict.fromkeys(s.reading.form for s in submissions):
        new = [s for s in submissions if s.reading.form == form]
        replaced = {id for s in new for id in s.replaces}
        before = [one for one in judged.earlier if one.id in replaced]
        if before:
            yield from changes(before, [s.reading for s in new], forms[form])


def _registered(submission: Submission, form: Form) -> str:
    """附件1.xlsx：活动 2 场，接触职工人数 480 人（替换此前报送的统计表）."""
    reading = submission.reading
    figures = [f"{title} {number}" for title, number in sums(reading, form)]
    number = number_of_activities(reading)
    held = [] if number is None else [f"活动 {number:,} 场"]
    what = "零报告" if reading.zero_report else "，".join([*held, *figures])
    replaced = "（替换此前报送的统计表）" if submission.relation is Relation.REPLACES else ""
    return f"{submission.attachment or '邮件正文'}：{what}{replaced}"
