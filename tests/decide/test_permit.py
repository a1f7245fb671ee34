"""Whom the gate believes, as a table over kinds of acts, proofs and roles.

The answers are worked out from the rules of trust and not from the gate:

1. What replaces, changes or removes what counts is believed from a registered address or from the sender of what is
   changed, alone: with an aligned pass where the provider writes results, as it stands where it writes none. Anything
   else waits.
2. A report that only adds counts from anybody, unless the results say that its sender is forged.
3. "不是我们报的" is believed from those who were told of the change, in the same way; it changes figures, so that it
   takes a pass where results exist. What is not believed has no effect: a person reads it like any other mail.
4. Staff are obeyed at the machine itself, and by mail only where it is authenticated, or where no results exist.
"""

from itertools import chain, combinations, product

import pytest

from mailbot.decide.permit import Answer, Role, permit
from mailbot.domain.act import ActKind, Actor, Via
from mailbot.domain.proof import Proof

YES, ASK, NO = Answer.YES, Answer.ASK, Answer.NO
REGISTERED, FORMER, TOLD, STAFF = Role.REGISTERED, Role.FORMER, Role.TOLD, Role.STAFF
ROLES = tuple(map(frozenset, chain.from_iterable(combinations(Role, n) for n in range(len(Role) + 1))))

AT_THE_MACHINE, PASS, NO_RESULTS, NO_PASS, FORGED = (
    Proof.COMMAND,
    Proof.AUTHENTICATED,
    Proof.UNTOLD,
    Proof.UNPROVED,
    Proof.DISOWNED,
)

ADDS = {AT_THE_MACHINE: YES, PASS: YES, NO_RESULTS: YES, NO_PASS: YES, FORGED: ASK}
"""Rule 2: whoever sends it."""
REPLACES_KNOWN = {AT_THE_MACHINE: YES, PASS: YES, NO_RESULTS: YES, NO_PASS: ASK, FORGED: ASK}
"""Rule 1: a registered contact or the former sender."""
REPLACES_STRANGER = dict.fromkeys(Proof, ASK)
"""Rule 1: anybody else, staff and who was told of another act included."""
OBJECTS_TOLD = {AT_THE_MACHINE: YES, PASS: YES, NO_RESULTS: YES, NO_PASS: NO, FORGED: NO}
"""Rule 3: who was told."""
OBJECTS_ANYBODY = dict.fromkeys(Proof, NO)
ORDERS_STAFF = {AT_THE_MACHINE: YES, PASS: YES, NO_RESULTS: YES, NO_PASS: NO, FORGED: NO}
"""Rule 4."""
ORDERS_ANYBODY = dict.fromkeys(Proof, NO)


def expected(kind: ActKind, proof: Proof, roles: frozenset[Role], *, replaces: bool) -> Answer:
    match kind:
        case ActKind.REPORT if not replaces:
            return ADDS[proof]
        case ActKind.REPORT:
            return (REPLACES_KNOWN if roles & {REGISTERED, FORMER} else REPLACES_STRANGER)[proof]
        case ActKind.OBJECT:
            return (OBJECTS_TOLD if TOLD in roles else OBJECTS_ANYBODY)[proof]
        case _:
            return (ORDERS_STAFF if STAFF in roles else ORDERS_ANYBODY)[proof]


def answer(kind: ActKind, proof: Proof, roles: frozenset[Role], *, replaces: bool) -> Answer:
    via = Via.COMMAND if proof is Proof.COMMAND else Via.MAIL
    permission = permit(kind, Actor("somebody", via, proof), roles, replaces=replaces)
    assert permission.is_given is (permission.answer is YES)
    assert bool(permission.why) is not permission.is_given
    return permission.answer


@pytest.mark.parametrize("replaces", [False, True], ids=["adds", "replaces"])
@pytest.mark.parametrize(("kind", "proof"), list(product(ActKind, Proof)))
def test_every_kind_proof_and_set_of_roles_has_its_answer(kind: ActKind, proof: Proof, replaces: bool) -> None:
    wrong = [
        (sorted(roles), answer(kind, proof, roles, replaces=replaces))
        for roles in ROLES
        if answer(kind, proof, roles, replaces=replaces) is not expected(kind, proof, roles, replaces=replaces)
    ]
    assert wrong == []
