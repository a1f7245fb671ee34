"""Unpacks containers (archives, winmail.dat, signed files) into the files in them, within the limits of one mail."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from parsers.child import work
from parsers.containers import archives, cms, faults, tnef, unar, zips
from parsers.containers.members import Budget, Member
from parsers.formats.file_kind import FileKind, kind_of
from parsers.reading import Unreadable

__all__ = ["DEEPEST", "KINDS", "Budget", "Member", "too_deep", "unpack"]

DEEPEST = 2
"""How many containers may lie one in another."""

_OPENERS: dict[FileKind, Callable[[bytes, Budget], Iterator[Member]]] = {
    FileKind.ZIP: zips.members,
    FileKind.SEVEN_ZIP: archives.seven_zip,
    FileKind.RAR: archives.rar,
    FileKind.GZIP: archives.gzip,
    FileKind.TNEF: tnef.members,
    FileKind.CMS: cms.members,
}
KINDS = frozenset(_OPENERS)
_MAY_BE_EMPTY = frozenset({FileKind.TNEF, FileKind.CMS})
"""A mail in rich text without files is wrapped as well; a detached signature has no content."""

too_deep = faults.too_deep


def unpack(content: bytes, budget: Budget, *, slowly: bool = False) -> tuple[Member, ...]:
    """The files in a container, in its order, without those that a system put there by itself.

    What comes out is paid from the budget, which all containers of one mail share. A container is opened as a whole or
    not at all. `slowly`: unar may be started.

    Raises Unreadable: password, encrypted, volume, truncated, broken, unsafe, empty, too-large, archive for what cannot
    be opened here, or sandbox.LATER for what can be slowly; no other exception for any bytes. Hostile files may end the
    process: call it through parsers.child.isolate.
    """
    found = kind_of(content)
    if found not in _OPENERS:
        raise faults.unknown()
    before = replace(budget)
    try:
        with work.limited(len(content), faults.too_large):
            members = _opened(content, found, budget)
    except Unreadable as error:
        if error.code != faults.unknown().code or not unar.can_open(content):
            raise
        budget.size, budget.entries = before.size, before.entries
        members = tuple(unar.members(content, budget, may_start=slowly))
    if not members and found not in _MAY_BE_EMPTY:
        raise faults.empty()
    return members


def _opened(content: bytes, found: FileKind, budget: Budget) -> tuple[Member, ...]:
    try:
        return tuple(_OPENERS[found](content, budget))
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise faults.broken() from error
