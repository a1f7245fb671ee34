"""What parent and child say to each other over a pair of pipes: frames of a kind, a length and bytes."""

import os
import select
import struct
import time
from dataclasses import dataclass
from typing import Literal

Kind = Literal["result", "unreadable", "failure"]

_HEAD = struct.Struct(">cQ")
_KINDS: dict[bytes, Kind] = {b"R": "result", b"U": "unreadable", b"F": "failure"}
_MARKS = {kind: mark for mark, kind in _KINDS.items()}
"""In small letters: the last frame, after which the sender ends."""
_PIECE = 1 << 20


class Broken(Exception):
    """The other end is gone, or says what it may not say."""


class TooLarge(Exception):
    """The other end announces more bytes than are wanted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the result as JSON, the code and text of an Unreadable as JSON, or nothing.

    `is_last`: whoever sent it ends after it.
    """

    kind: Kind
    content: bytes
    is_last: bool = False


class Channel:
    """One end: reads from a descriptor and writes to another, each until a moment of the monotonic clock."""

    def __init__(self, source: int, target: int) -> None:
        self._source, self._target = source, target
        os.set_blocking(source, False)
        os.set_blocking(target, False)

    def send(self, content: bytes, until: float, kind: Kind = "result", *, is_last: bool = False) -> None:
        """Write one frame. Raises TimeoutError, Broken."""
        mark = _MARKS[kind].lower() if is_last else _MARKS[kind]
        self._write(_HEAD.pack(mark, len(content)), until)
        self._write(content, until)

    def receive(self, until: float, largest: int) -> Answer:
        """Read one frame of at most so many bytes. Raises TimeoutError, TooLarge, Broken."""
        mark, length = _HEAD.unpack(self._read(_HEAD.size, until))
        kind = _KINDS.get(mark.upper())
        if kind is None:
            raise Broken(f"an answer of kind {mark!r}")
        if length > largest:
            raise TooLarge(f"{length} bytes")
        content = self._read(length, until)
        if kind == "failure":
            raise Broken("an exception")
        return Answer(kind, content, mark.islower())

    def _write(self, content: bytes, until: float) -> None:
        rest = memoryview(content)
        while rest:
            _wait(self._target, select.POLLOUT, until)
            try:
                rest = rest[os.write(self._target, rest[:_PIECE]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken(str(error)) from error

    def _read(self, length: int, until: float) -> bytes:
        pieces, missing = [], length
        while missing:
            _wait(self._source, select.POLLIN, until)
            try:
                piece = os.read(self._source, min(missing, _PIECE))
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken(str(error)) from error
            if not piece:
                raise Broken("the end")
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)


def _wait(descriptor: int, event: int, until: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    seconds = until - time.monotonic()
    if seconds <= 0 or not poll.poll(min(seconds, 2**20) * 1000):
        raise TimeoutError
