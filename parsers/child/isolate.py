"""Runs a function in a limited child process, so that no file can take the program down, hold it up or look into it.

The child is a program of its own that knows nothing of this one (`parsers.child.worker`): no secrets, no open files,
no way out (`parsers.child.walls`). What it hands back is text that is read by the type of the result, so that a
child that a file has taken over can say nothing but values of that type.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
import typing
from collections.abc import Callable
from typing import Literal, Self, TypeVar, cast

import msgspec

from parsers.child.channel import Answer, Broken, Channel, TooLarge
from parsers.child.walls import Layers, raise_walls
from parsers.reading import Unreadable

T = TypeVar("T")
Reason = Literal["time", "memory", "crash", "size", "stopped"]

GIB = 1 << 30
LARGEST_RESULT = 64 << 20
"""Bytes of a result as JSON; a mail with 200,000 cells stays below half of it."""
MOST_CALLS = 200
"""A child that has read so many files is replaced, so that nothing that a library keeps adds up."""

_KEPT = ("PATH", "LANG", "TZ")
_PATIENCE, _LONGEST = 10, 600.0
"""On a busy machine a call may take so many times its seconds by the clock, and no more than so many seconds."""
_START = 60.0
"""Seconds in which a child must have started; a busy machine may need some."""
_START_CODE = "import sys; sys.path[:] = {path!r}; from parsers.child.worker import main; main()"


class Died(Exception):
    """The child came to its end over a call.

    `reason`: time (it took too long), memory, crash (a signal, an exception, or an answer that is none), size (the
    result is too large to hand back), stopped (somebody ended the child: nothing is known of what it read).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Isolated:
    """One child that runs functions of a module one after the other, and is replaced when it dies.

    The child has `memory` bytes of address space, writes no file and starts no process (but for `programs`, where it
    may do both within walls), reaches no network, reads no file but those of programs and libraries, and sees no
    environment but PATH, LANG, LC_* and TZ. It leaves Ctrl-C to its parent. Calls from several threads wait for each
    other.
    """

    def __init__(self, memory: int = GIB, largest_result: int = LARGEST_RESULT, *, programs: bool = False) -> None:
        self._memory, self._largest_result, self._programs = memory, largest_result, programs
        self._child: _Child | None = None
        self._one_at_a_time = threading.Lock()

    def call(
        self, function: Callable[..., T], *args: object, timeout: float = 20.0, by_the_clock: float | None = None
    ) -> T:
        """What `function(*args)` gives, or the Unreadable that it raises.

        The function has a name in a module, and its result a type that JSON can hold. Raises Died where the child did
        not survive the call: more than `timeout` seconds of its own work, which are the same on a busy machine and on
        an idle one; more than `by_the_clock` seconds, which also end a child that waits for something; memory; a
        crash, which any other exception is.
        """
        request = pickle.dumps((timeout, function.__module__, function.__qualname__, args))
        with self._one_at_a_time:
            child = self._running(function.__module__)
            answer = self._asked(child, request, by_the_clock or min(_PATIENCE * timeout, _LONGEST))
        return _understood(answer, function)

    @property
    def layers(self) -> Layers:
        """The walls around the child; it is started for this where there is none."""
        with self._one_at_a_time:
            return self._running(__name__).layers

    def _asked(self, child: "_Child", request: bytes, seconds: float) -> Answer:
        try:
            answer = child.ask(request, time.monotonic() + seconds, self._largest_result)
        except Died:
            self._stop()
            raise
        if answer.is_last:
            self._stop()
        return answer

    def close(self) -> None:
        """End the child, whatever it does."""
        with self._one_at_a_time:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _running(self, module: str) -> "_Child":
        if self._child and (self._child.has_ended or self._child.calls >= MOST_CALLS):
            self._stop()
        if self._child is None:
            self._child = _Child(self._memory, module, programs=self._programs)
        return self._child

    def _stop(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None


def _understood(answer: Answer, function: Callable[..., T]) -> T:
    try:
        if answer.kind == "unreadable":
            code, text = msgspec.json.decode(answer.content, type=tuple[str, str])
            raise Unreadable(code, text)
        result = typing.get_type_hints(function)["return"]
        return cast(T, msgspec.json.decode(answer.content, type=result))
    except msgspec.MsgspecError as error:  # no result of this function looks like that
        raise Died("crash") from error


class _Child:
    """A process that was started, has loaded a module and has raised its walls. Raises Died where it cannot start."""

    def __init__(self, memory: int, module: str, *, programs: bool) -> None:
        self.calls = 0
        self._folder = tempfile.TemporaryDirectory(prefix="mailbot-") if programs else None
        kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("LC_")}
        where = {"TMPDIR": self._folder.name} if self._folder else {}
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and code of our own
            [sys.executable, "-I", "-B", "-c", _START_CODE.format(path=[entry or os.getcwd() for entry in sys.path])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name if self._folder else "/",
            env=kept | where,
            close_fds=True,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._channel = Channel(self._process.stdout.fileno(), self._process.stdin.fileno())
        first = pickle.dumps((memory, module, self._folder.name if self._folder else ""))
        try:
            self.layers = _understood(self.ask(first, time.monotonic() + _START), raise_walls)
        except Died:
            self.close()
            raise

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def ask(self, request: bytes, until: float, largest: int = 1 << 20) -> Answer:
        """Send a request, and wait for its answer until then. Raises Died, and then the child is to be closed."""
        self.calls += 1
        try:
            self._channel.send(request, until)
            return self._channel.receive(until, largest)
        except TimeoutError as error:
            raise Died("time") from error
        except TooLarge as error:
            raise Died("size") from error
        except Broken as error:
            raise Died(self._reason()) from error

    def _reason(self) -> Reason:
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:  # it closed its end and lives on: nothing that it says is of use
            return "crash"
        return _REASONS.get(status, "crash")

    def close(self) -> None:
        """End the process and all that it left."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream and stream.close()
        if self._folder:
            self._folder.cleanup()


OUT_OF_MEMORY = 71
"""The exit status of a child that had no memory left: the next, innocent file would fail as well."""
_REASONS: dict[int, Reason] = {OUT_OF_MEMORY: "memory", -signal.SIGPROF: "time", -signal.SIGTERM: "stopped"}
