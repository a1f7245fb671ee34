"""Containers: archives and what else wraps files become the files in them, within the limits of one mail."""

from collections.abc import Callable, Iterator

from parsers.containers import archives, faults, tnef, zips
from parsers.containers.members import Budget, Member
from parsers.reading import Unreadable
from parsers.sniff import FileKind, kind

__all__ = ["DEEPEST", "KINDS", "Budget", "Member", "too_deep", "unpack"]

DEEPEST = 2
"""How many containers may lie one in another."""

_OPENERS: dict[FileKind, Callable[[bytes, Budget], Iterator[Member]]] = {
    FileKind.ZIP: zips.members,
    FileKind.SEVEN_ZIP: archives.seven_zip,
    FileKind.RAR: archives.rar,
    FileKind.GZIP: archives.gzip,
    FileKind.TNEF: tnef.members,
}
KINDS = frozenset(_OPENERS)

too_deep = faults.too_deep


def unpack(content: bytes, budget: Budget) -> tuple[Member, ...]:
    """The files in a container, in its order, without those that a system put there by itself.

    What comes out is paid from the budget, which all containers of one mail share. A container is opened as a whole or
    not at all. Raises Unreadable: password, truncated, broken, unsafe, empty, too-large, or archive for what cannot be
    opened here; no other exception for any bytes. Hostile files may end the process: call it through parsers.isolate.
    """
    found = kind(content)
    if found not in _OPENERS:
        raise faults.unknown()
    try:
        members = tuple(_OPENERS[found](content, budget))
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise faults.broken() from error
    if not members and found is not FileKind.TNEF:  # a mail in rich text without files is wrapped as well
        raise faults.empty()
    return members
