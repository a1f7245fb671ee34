"""Permits an act, or says what keeps it back: the one gate that decides whom to believe.

What changes or removes figures is taken only from whom the unit is known by, with a pass of our own provider where it
writes results of authentication. What only adds to them needs no leave: a mail that its sender's domain disowns waits
from the first step on (`decide.screening`), any other is told to the unit's registered contacts (`letters.notices`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mailbot.domain.act import ActKind, Actor, Via
from mailbot.domain.proof import Proof

DISOWNED = "发件人未通过邮箱服务商的身份验证，可能系冒用他人邮箱"
UNPROVED = "更正邮件的发件人未通过邮箱服务商的身份验证"
A_STRANGER = "更正来自未登记的邮箱，且不是此前报送的邮箱"
NOT_PROVED = "来信人未通过邮箱服务商的身份验证"
NOT_ADDRESSED = "来信人不是接到该告知的邮箱"
NOT_STAFF = "发件人不是登记的工作人员邮箱"
STAFF_UNPROVED = "发件人未通过邮箱服务商的身份验证，请在本机用命令办理，或从通过验证的邮箱发送"


class Role(StrEnum):
    """What the one who acts is to the unit and to the office."""

    REGISTERED = "registered"
    """A contact of the unit in the roster."""
    FORMER = "former"
    """The sender of what is changed."""
    TOLD = "told"
    """Answers a letter that told of the act in question, by a Message-ID that nobody else has seen."""
    STAFF = "staff"
    """One of the office: by the address of a mail, or at the machine itself."""


class Answer(StrEnum):
    """What the gate says."""

    YES = "yes"
    ASK = "ask"
    """Staff are asked; until then the act has no effect."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer, and `why` it is not yes: one Chinese phrase, "" for yes."""

    answer: Answer = Answer.YES
    why: str = ""

    @property
    def is_given(self) -> bool:
        """Whether the act may take effect."""
        return self.answer is Answer.YES


GIVEN = Permission()


def roles_of_staff(actor: Actor, staff: Collection[str]) -> frozenset[Role]:
    """What an actor is to the office; `staff` are its addresses in lower case."""
    is_staff = actor.via is Via.COMMAND or actor.name.lower() in staff
    return frozenset({Role.STAFF} if is_staff else ())


def permit(kind: ActKind, actor: Actor, roles: Collection[Role], *, replaces: bool = False) -> Permission:
    """Whether somebody of these roles may act so. `replaces`: figures that count would change or be gone."""
    match kind:
        case ActKind.REPORT:
            return _of_report(actor.proof, roles, replaces)
        case ActKind.OBJECT:
            if actor.proof in (Proof.DISOWNED, Proof.UNPROVED):
                return Permission(Answer.NO, NOT_PROVED)
            return GIVEN if Role.TOLD in roles else Permission(Answer.NO, NOT_ADDRESSED)
        case _:
            return _of_staff(actor.proof, roles)


def _of_report(proof: Proof, roles: Collection[Role], replaces: bool) -> Permission:
    if proof is Proof.DISOWNED:
        return Permission(Answer.ASK, DISOWNED)
    if not replaces:
        return GIVEN
    if not {Role.REGISTERED, Role.FORMER} & set(roles):
        return Permission(Answer.ASK, A_STRANGER)
    return Permission(Answer.ASK, UNPROVED) if proof is Proof.UNPROVED else GIVEN


def _of_staff(proof: Proof, roles: Collection[Role]) -> Permission:
    if proof is Proof.DISOWNED:
        return Permission(Answer.NO, DISOWNED)
    if Role.STAFF not in roles:
        return Permission(Answer.NO, NOT_STAFF)
    return Permission(Answer.NO, STAFF_UNPROVED) if proof is Proof.UNPROVED else GIVEN
