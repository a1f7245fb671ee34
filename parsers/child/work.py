"""Counts what one file costs while it is read, so that it can take neither the others' share nor the child with it.

Readers count what they build (`parsers.formats.helpers.sheet`, `parsers.containers.members`); this is the net below
them, for what a library does with a few bytes. It counts a child's own processor time and memory, never the clock, and
in a child alone (`parsers.child.worker`): elsewhere nothing is counted.
"""

import contextlib
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from parsers.reading import Unreadable

SMALL = 200_000
"""Bytes of a file that may cost little; those of a mail with such a file are a third more (base64)."""
SECONDS, MEMORY = 1.6, 400 << 20
"""Of processor time and of memory, for a small file, all of its sheets and parts."""
SECONDS_OF_LARGE, MEMORY_OF_LARGE = 14.0, 768 << 20
WORN = 200 << 20
"""Bytes of memory that a child may keep between two mails; the next one must find its share."""
TOO_MUCH = "读取所需的时间或内存过多"
"""Which of its things are too many, in the words of a fault."""

_EVERY = 0.04
_AGAIN = 0.2
"""Seconds between two looks, and until a call that went on over it is interrupted again."""
_PAGE = resource.getpagesize()


class Exhausted(BaseException):
    """More was used than a file may. Not an Exception, because libraries catch those and go on."""


@dataclass(slots=True)
class _Share:
    """Until which processor time and how much memory; `refuses`: whoever opened it takes the exception."""

    until: float
    memory: int
    refuses: bool


_shares: list[_Share] = []
_statm = -1
_raised_at = 0.0
_has_run_out = False


def count() -> None:
    """Count from now on. To be called once, in a child, before files can no longer be opened."""
    global _statm
    with contextlib.suppress(OSError):
        _statm = os.open("/proc/self/statm", os.O_RDONLY)
    signal.signal(signal.SIGVTALRM, lambda *_: _look())
    signal.setitimer(signal.ITIMER_VIRTUAL, _EVERY, _EVERY)


def is_worn() -> bool:
    """Whether this process should read no other mail: an allocation failed in it, or libraries keep much memory."""
    return _statm >= 0 and (_has_run_out or _memory() > WORN)


@contextlib.contextmanager
def shared(size: int) -> Iterator[None]:
    """All that is `limited` in here has together what a mail of so many bytes may use."""
    with _opened(size * 3 // 4, refuses=False):
        yield


@contextlib.contextmanager
def limited(size: int, refused: Callable[[str], Unreadable]) -> Iterator[None]:
    """Read a file of so many bytes in here; `refused(TOO_MUCH)` is raised where it takes more than its share."""
    global _has_run_out
    try:
        with _opened(size, refuses=True):
            if _is_spent():
                raise refused(TOO_MUCH)
            yield
    except MemoryError:
        _has_run_out = _statm >= 0
        raise refused(TOO_MUCH) from None
    except Exhausted:
        raise refused(TOO_MUCH) from None


@contextlib.contextmanager
def _opened(size: int, *, refuses: bool) -> Iterator[None]:
    seconds, memory = (SECONDS, MEMORY) if size <= SMALL else (SECONDS_OF_LARGE, MEMORY_OF_LARGE)
    share = _Share(time.process_time() + seconds, memory, refuses)
    _shares.append(share)
    try:
        yield
    finally:
        _shares.remove(share)


def _look() -> None:
    """Raises Exhausted where a share is used up, and anybody takes that."""
    global _raised_at
    now = time.process_time()
    if now - _raised_at > _AGAIN and any(share.refuses for share in _shares) and _is_spent():
        _raised_at = now
        raise Exhausted


def _is_spent() -> bool:
    if _statm < 0:
        return False
    until, most = min(share.until for share in _shares), min(share.memory for share in _shares)
    return time.process_time() > until or _memory() > most


def _memory() -> int:
    """Bytes of memory that this process uses; what it asked for and never touched does not count."""
    return int(os.pread(_statm, 256, 0).split()[1]) * _PAGE
