"""Permits an act, or says what keeps it back: the one place that decides whom to believe.

What changes or removes figures is taken only from whom the unit is known by, with a pass of our own provider where it
writes results of authentication. What only adds to them needs no leave: a mail that its sender's domain disowns waits
from the first step on (`decide.screening`), any other is told to the unit's registered contacts (`letters.notices`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mailbot.domain.proof import Proof

DISOWNED = "发件人未通过邮箱服务商的身份验证，可能系冒用他人邮箱"
UNPROVED = "更正邮件的发件人未通过邮箱服务商的身份验证"
A_STRANGER = "更正来自未登记的邮箱，且不是此前报送的邮箱"
NOT_ADDRESSED = "来信人不是接到该告知的邮箱"
NOT_STAFF = "发件人不是登记的工作人员邮箱"
STAFF_UNPROVED = "发件人未通过邮箱服务商的身份验证，请在本机用命令办理，或从通过验证的邮箱发送"


class Change(StrEnum):
    """What an act does to the figures that count."""

    REPLACE = "replace"
    """Puts others in the place of some, or takes some away."""
    RESTORE = "restore"
    """Puts back what counted before an act that somebody objects to, until a person decides."""
    SETTLE = "settle"
    """Carries out what a person of ours decided."""


class Role(StrEnum):
    """What the one who acts is to the unit and to the office, by the address or the user's name."""

    REGISTERED = "registered"
    """A contact of the unit in the roster."""
    FORMER = "former"
    """The sender of what is changed."""
    TOLD = "told"
    """Answers a letter that told of the act in question, by a Message-ID that nobody else has seen."""
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Permission:
    """Yes, or no because: `why` is one Chinese phrase, "" for yes."""

    why: str = ""

    @property
    def is_given(self) -> bool:
        """Whether the act may take effect."""
        return not self.why


def permit(change: Change, roles: Collection[Role], proof: Proof) -> Permission:
    """Whether somebody of these roles, so proved, may make such a change."""
    if proof is Proof.DISOWNED:
        return Permission(DISOWNED)
    match change:
        case Change.REPLACE:
            return _of_replacing(roles, proof)
        case Change.RESTORE:
            return Permission("" if Role.TOLD in roles else NOT_ADDRESSED)
        case Change.SETTLE if Role.STAFF not in roles:
            return Permission(NOT_STAFF)
        case Change.SETTLE:
            return Permission(STAFF_UNPROVED if proof is Proof.UNPROVED else "")


def _of_replacing(roles: Collection[Role], proof: Proof) -> Permission:
    if not {Role.REGISTERED, Role.FORMER} & set(roles):
        return Permission(A_STRANGER)
    return Permission(UNPROVED if proof is Proof.UNPROVED else "")
