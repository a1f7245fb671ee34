"""Runs a function in a limited child process, so that no file can take the program down or hold it up."""

import contextlib
import gc
import multiprocessing
import os
import pickle
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from typing import Literal, Self, TypeVar, cast

from pebble import ProcessExpired, ProcessFuture, ProcessPool

T = TypeVar("T")
Reason = Literal["time", "memory", "crash", "size", "stopped"]

GIB = 1 << 30
LARGEST_RESULT = 64 << 20
"""Bytes of a pickled result; a mail with 200,000 cells stays below half of it."""

_OUT_OF_MEMORY, _NOT_AN_EXCEPTION, _TOO_LARGE = 71, 72, 73
_COLLECT = (100_000, 20, 50)
"""Sheets are hundreds of thousands of small values without circles: looking through them all the time helps nobody."""
_KEPT = ("PATH", "LANG", "TZ")
_PATIENCE, _LONGEST = 10, 600.0
"""On a busy machine a call may take so many times its seconds by the clock, and no more than so many seconds."""
_GRACE = 15.0
"""Seconds in which a child that is over its time must be gone, and a new one may need to start."""


class Died(Exception):
    """The child came to its end over a call.

    `reason`: time (it took too long), memory, crash (a signal, or an error that Python cannot raise), size (the result
    is too large to hand back), stopped (somebody ended the child: nothing is known of what it read).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Isolated:
    """One child that runs functions of a module one after the other, and is replaced when it dies.

    The child has `memory` bytes of address space, writes no file, starts no process (but for `programs`, where it may
    do both) and sees no environment but PATH, LANG, LC_* and TZ. It leaves Ctrl-C to its parent. Calls from several
    threads wait for each other.
    """

    def __init__(self, memory: int = GIB, largest_result: int = LARGEST_RESULT, *, programs: bool = False) -> None:
        self._memory, self._largest_result, self._programs = memory, largest_result, programs
        self._pool: ProcessPool | None = None
        self._one_at_a_time = threading.Lock()

    def call(
        self, function: Callable[..., T], *args: object, timeout: float = 20.0, by_the_clock: float | None = None
    ) -> T:
        """What `function(*args)` gives, or the exception that it raises.

        Raises Died where the child did not survive it: more than `timeout` seconds of its own work, which are the same
        on a busy machine and on an idle one; more than `by_the_clock` seconds, which also end a child that waits for
        something; memory; a crash. Function, arguments and result travel by pickle.
        """
        limit = by_the_clock or min(_PATIENCE * timeout, _LONGEST)
        with self._one_at_a_time:
            answer = self._answer((self._largest_result, timeout, function, args), limit)
            succeeded, outcome = pickle.loads(answer)  # noqa: S301 our own child's
        if succeeded:
            return cast(T, outcome)
        raise outcome

    def _answer(self, args: tuple[object, ...], by_the_clock: float) -> bytes:
        future = self._schedule(args, by_the_clock)
        try:
            return future.result(by_the_clock + _GRACE)
        except ProcessExpired as error:
            raise Died(_reason(error.exitcode)) from error
        except FutureTimeout as error:
            if not future.done():  # the child never said that it began
                self._stop()
            raise Died("time") from error
        except BrokenProcessPool as error:
            self._stop()
            raise Died("crash") from error

    def _schedule(self, args: tuple[object, ...], by_the_clock: float) -> ProcessFuture[bytes]:
        try:
            return self._running().schedule(_within_limits, args, timeout=by_the_clock)
        except RuntimeError:  # the child died between two calls, and the pool with it
            self._stop()
            return self._running().schedule(_within_limits, args, timeout=by_the_clock)

    def close(self) -> None:
        """End the child, whatever it does."""
        with self._one_at_a_time:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _running(self) -> ProcessPool:
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            self._pool = ProcessPool(
                max_workers=1,
                max_tasks=200,
                initializer=_limit,
                initargs=(self._memory, self._programs),
                context=context,
            )
        return self._pool

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without hints
            self._pool.join()
            self._pool = None


def _reason(status: int) -> Reason:
    match status:
        case code if code == _OUT_OF_MEMORY:
            return "memory"
        case code if code == _TOO_LARGE:
            return "size"
        case code if code == -signal.SIGPROF:
            return "time"
        case code if code == -signal.SIGTERM:
            return "stopped"
        case _:
            return "crash"


# ---------------------------------------------------------------- in the child


def _limit(memory: int, programs: bool) -> None:
    """Make this process a small one that knows no secrets, and that SIGTERM and SIGPROF end at once."""
    for name in list(os.environ):
        if name not in _KEPT and not name.startswith("LC_"):
            del os.environ[name]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what libraries say of a file helps nobody who reads the log
    gc.set_threshold(*_COLLECT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    nothing = (
        (resource.RLIMIT_CORE,) if programs else (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC)
    )
    for kind, most in ((resource.RLIMIT_AS, memory), *((kind, 0) for kind in nothing)):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError):  # a system that does not know this limit
            resource.setrlimit(kind, (most, most))


def _within_limits(largest: int, seconds: float, function: Callable[..., object], args: tuple[object, ...]) -> bytes:
    """The pickled pair (True, result) or (False, exception).

    A timer of the processor's time that this process uses ends it after so many seconds.

    Ends the process where it must not go on: after a MemoryError the next, innocent file would fail as well, and a
    panic of Rust code, which is no Exception, leaves its library in an unknown state.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        try:
            answer = pickle.dumps((True, function(*args)))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 it is the caller's
            answer = pickle.dumps((False, error))
            pickle.loads(answer)  # noqa: S301 some exceptions can leave and not arrive
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except BaseException:  # noqa: BLE001 nothing may live on that is not understood
        os._exit(_NOT_AN_EXCEPTION)
    signal.setitimer(signal.ITIMER_PROF, 0)
    if len(answer) > largest:
        os._exit(_TOO_LARGE)
    return answer
