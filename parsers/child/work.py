"""Counts what one file costs while it is read, so that it can take neither the others' share nor the child with it.

Readers count their work (`spend`): bytes that are unfolded, elements, cells, merged ranges, operators, tries. One unit
is about a microsecond of a normal machine, so that a file is read, or refused, alike on every machine and at every
hour. Below that lies a net for what a library does with a few bytes and nobody counts: a child's own processor time,
by the speed of the machine, and its memory, never the clock. The net is there in a child alone
(`parsers.child.worker`).
"""

import contextlib
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from parsers.reading import Unreadable

SMALL = 200_000
"""Bytes of a file that may cost little; those of a mail with such a file are a third more (base64)."""
WORK, WORK_OF_LARGE = 1_800_000, 13_000_000
"""Units of work, for all sheets and parts of a small file, and of a large one."""
SECONDS, MEMORY = 1.9, 400 << 20
"""The net: processor time of a normal machine, and memory, for a small file."""
SECONDS_OF_LARGE, MEMORY_OF_LARGE = 22.0, 768 << 20
"""Far above what the work of a large file takes (some 13 s), for a table of an honest unit fills it."""
WORN = 200 << 20
"""Bytes of memory that a child may keep between two mails; the next one must find its share."""
TOO_MUCH = "读取所需的时间或内存过多"
"""Which of its things are too many, in the words of a fault."""

_NORMAL = 0.00028
"""Seconds in which a normal machine does `_a_little`."""
_SLOWEST = 4.0
"""A machine that is so many times slower than a normal one is none that this can be run on."""
_EVERY = 0.04
_AGAIN = 0.2
"""Seconds between two looks, and until a call that went on over it is interrupted again."""
_PAGE = resource.getpagesize()


class Exhausted(BaseException):
    """More was used than a file may. Not an Exception, because libraries catch those and go on."""


@dataclass(slots=True, eq=False)
class Share:
    """The units of work that it had, and that are left; when it began, by processor time, and how long it
    may take on a normal machine; how much memory; `refuses`: whoever opened it takes the exception."""

    most: float
    work: float
    began: float
    seconds: float
    memory: int
    refuses: bool

    @property
    def spent(self) -> float:
        """How much of its work is done, 1 being all."""
        return 1 - self.work / self.most


_shares: list[Share] = []
_statm = -1
_raised_at = 0.0
_has_run_out = False
_slowness = 1.0


def count() -> None:
    """Count from now on. To be called once, in a child, before files can no longer be opened."""
    global _statm
    _measure()
    with contextlib.suppress(OSError):
        _statm = os.open("/proc/self/statm", os.O_RDONLY)
    signal.signal(signal.SIGVTALRM, lambda *_: _look())
    signal.setitimer(signal.ITIMER_VIRTUAL, _EVERY, _EVERY)


def slowness() -> float:
    """How many times slower than a normal machine this one is, as far as the child has seen; at least 1."""
    return _slowness


def _measure() -> None:
    """See how slow this machine is, which may be busier than when the child started."""
    global _slowness
    _slowness = min(max(median(_a_little() for _ in range(11)) / _NORMAL, _slowness), _SLOWEST)


def _a_little() -> float:
    """The seconds of processor time that a few thousand steps take, of the kind that readers do."""
    began, seen = time.process_time(), dict[tuple[int, int], str]()
    for number in range(2_000):
        seen[number, number % 7] = str(number).strip()
    return time.process_time() - began


def spend(units: float) -> None:
    """Count so much work. Raises Exhausted where that is more than a file may take; a `limited` around it tells so."""
    is_over = refuses = False
    for share in _shares:
        share.work -= units
        is_over |= share.work < 0
        refuses |= share.refuses
    if is_over and refuses:
        raise Exhausted


def is_worn() -> bool:
    """Whether this process should read no other mail: an allocation failed in it, or libraries keep much memory."""
    return _statm >= 0 and (_has_run_out or _memory() > WORN)


@contextlib.contextmanager
def shared(size: int) -> Iterator[Share]:
    """All that is `limited` in here has together what a mail of so many bytes may use."""
    with _opened(size * 3 // 4, refuses=False) as share:
        yield share


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
def _opened(size: int, *, refuses: bool) -> Iterator[Share]:
    most = (WORK, SECONDS, MEMORY) if size <= SMALL else (WORK_OF_LARGE, SECONDS_OF_LARGE, MEMORY_OF_LARGE)
    work, seconds, memory = most
    share = Share(work, work, time.process_time(), seconds, memory, refuses)
    _shares.append(share)
    try:
        yield share
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
    if any(share.work < 0 for share in _shares):
        return True
    if _statm < 0:
        return False
    if _is_over():
        _measure()
    return _is_over() or _memory() > min(share.memory for share in _shares)


def _is_over() -> bool:
    """Whether the time of a share is over."""
    now = time.process_time()
    return any(now - share.began > share.seconds * _slowness for share in _shares)


def _memory() -> int:
    """Bytes of memory that this process uses; what it asked for and never touched does not count."""
    return int(os.pread(_statm, 256, 0).split()[1]) * _PAGE
