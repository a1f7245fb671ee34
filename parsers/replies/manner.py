"""How a clause is said, where that takes its effect from it: intended, denied, told by others, of another unit."""

from enum import StrEnum

from parsers.replies.vocabulary import has, pattern


class Manner(StrEnum):
    """What keeps a clause from having an effect."""

    INTENDED = "intended"
    PERHAPS = "perhaps"
    DENIED = "denied"
    REPORTED = "reported"
    ELSEWHERE = "elsewhere"
    UNREAL = "unreal"
    ALREADY = "already"
    HELD_BACK = "held-back"


_WORDS = (
    ("denied", Manner.DENIED),
    ("reported", Manner.REPORTED),
    ("elsewhere", Manner.ELSEWHERE),
    ("unreal", Manner.UNREAL),
    ("perhaps", Manner.PERHAPS),
    ("already", Manner.ALREADY),
    ("intended", Manner.INTENDED),
)


def manner_of(clause: str) -> Manner | None:
    """The first manner whose words stand in a clause; None where it is said plainly.

    An intention stands before what is intended: in 改为下周 there is none, but a value that is no day.
    """
    setting = pattern("setting").search(clause)
    head = clause[: setting.end()] if setting else clause
    return next((m for name, m in _WORDS if has(name, head if m is Manner.INTENDED else clause)), None)
