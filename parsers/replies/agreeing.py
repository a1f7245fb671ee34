"""Holds what an answer means in its sentences against each other: what contradicts itself takes no effect."""

from collections.abc import Collection, Iterator, Sequence

from parsers.replies.model import Ask, Change, Confirm, Delete, Numbered, Resolved, Said, Withdraw, Zero
from parsers.replies.sentences import half_width
from parsers.replies.vocabulary import has

_BOTH = "来信前后的说法不一致，请写明以哪一处为准"


DOUBTING = frozenset(("denied", "perhaps", "reported", "unreal", "taken-back", "held-back", "already"))
"""Why something has no effect that may as well be said of what stands before it."""
_DOUBTED = "来信对此前所写的内容另有说明，系统未能确定是否仍要更正，请写明"


def withheld(outcomes: Sequence[Resolved], doubt: Said, rows: Collection[int]) -> list[Resolved]:
    """The outcomes so far without what a sentence that is not understood may take back.

    That is what changes the `rows` which it names; where it names none, what changes values in the same sentence; and
    all of it, where its words speak of what stands above (以上, 不用, 维持).
    """
    everything = not rows and has("doubting", half_width(doubt.sentence))
    kept: list[Resolved] = []
    for each in outcomes:
        row = each.row if isinstance(each, Change | Delete) else None
        is_here = isinstance(each, Change | Delete) and each.sentence == doubt.sentence
        is_meant = row in rows if rows else everything or is_here
        if isinstance(each, Change | Delete | Withdraw | Zero) and is_meant:
            each = Ask(_DOUBTED, (), each.sentence)
        kept.append(each)
    return kept


def agreed(outcomes: Sequence[Resolved], findings: Sequence[Numbered]) -> tuple[Resolved, ...]:
    """The outcomes without what says twice the same, and with one question for each contradiction."""
    found = _without_copies(outcomes)
    clash = [other for other in found if any(_contradict(other, each) for each in found)]
    settled = [each for each in found if each not in clash]
    if clash:
        first = found.index(clash[0])
        words = tuple(dict.fromkeys(_sentence(each) for each in clash))
        settled.insert(min(first, len(settled)), Ask(_BOTH, words, "；".join(words)))
    changed = {(each.row, each.field) for each in settled if isinstance(each, Change)}
    open_ = {finding.number for finding in findings if (finding.row, finding.field) in changed}
    return tuple(_beside(each, open_) if isinstance(each, Confirm) else each for each in settled)


def _beside(confirm: Confirm, changed: set[int]) -> Confirm:
    """What is changed is not confirmed as it was."""
    return Confirm(tuple(number for number in confirm.numbers if number not in changed), confirm.sentence)


def _without_copies(outcomes: Sequence[Resolved]) -> list[Resolved]:
    kept: list[Resolved] = []
    for each in outcomes:
        if not any(_says_the_same(each, other) for other in kept):
            kept.append(each)
    return kept


def _says_the_same(one: Resolved, other: Resolved) -> bool:
    match one, other:
        case Change(), Change():
            return _where(one) == _where(other) and _contents(one) == _contents(other)
        case Delete(), Delete():
            return one.row == other.row
        case Withdraw(), Withdraw():
            return True
    return one == other


def _contradict(one: Resolved, other: Resolved) -> bool:
    if one is other:
        return False
    match one, other:
        case Change(), Change():
            return bool(set(_fields(one)) & set(_fields(other))) and _contents(one) != _contents(other)
        case (Change(row=here), Delete(row=there)) | (Delete(row=here), Change(row=there)):
            return here == there
        case (Change() | Delete() | Zero(), Withdraw()) | (Withdraw(), Change() | Delete() | Zero()):
            return True
        case (Zero(), Change() | Delete()) | (Change() | Delete(), Zero()):
            return True
    return False


def _where(change: Change) -> tuple[object, ...]:
    return change.place, change.row, change.field


def _fields(change: Change) -> Iterator[tuple[object, ...]]:
    yield from ((change.place, change.row, field) for field in change.values)


def _contents(change: Change) -> tuple[object, ...]:
    return tuple((field, value.content, value.precision) for field, value in sorted(change.values.items()))


def _sentence(outcome: Resolved) -> str:
    return outcome.sentence
