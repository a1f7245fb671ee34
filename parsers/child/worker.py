"""The child's side: takes no more from the machine than it needs, then reads what it is given.

It is started anew as a program (`parsers.child.isolate`), with nothing of the parent's memory, files or environment.
"""

import gc
import importlib
import json
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable

import msgspec

from parsers.child import work
from parsers.child.channel import Broken, Channel
from parsers.child.isolate import OUT_OF_MEMORY
from parsers.child.sandbox import folders_of_programs
from parsers.child.walls import raise_walls
from parsers.reading import Unreadable

_COLLECT = (100_000, 20, 50)
"""Sheets are hundreds of thousands of small values without circles: looking through them all the time helps nobody."""
_FOR_EVER = 1e9
_LARGEST_REQUEST = 1 << 40


def main() -> None:
    """Answer requests until the parent is gone."""
    channel = _own_channel()
    memory, module, folder = pickle.loads(channel.receive(_until(), _LARGEST_REQUEST).content)  # noqa: S301 - our parent's
    importlib.import_module(module)
    work.count()
    layers = raise_walls(folder, folders_of_programs() if folder else ())
    _limit(memory, programs=bool(folder))
    channel.send(msgspec.json.encode(layers), _until())
    while True:
        try:
            request = channel.receive(_until(), _LARGEST_REQUEST).content
        except Broken:
            return
        seconds, module, name, args = pickle.loads(request)  # noqa: S301 - our parent's
        del request
        _answer(channel, seconds, _function(module, name), args)
        if work.is_worn():
            return


def _own_channel() -> Channel:
    """The pipes to the parent, under numbers that no library writes to."""
    source, target = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return Channel(source, target)


def _until() -> float:
    return time.monotonic() + _FOR_EVER


def _function(module: str, name: str) -> Callable[..., object]:
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    assert callable(found)
    return found


def _limit(memory: int, *, programs: bool) -> None:
    """Make this process a small one, which SIGTERM and SIGPROF end at once."""
    gc.set_threshold(*_COLLECT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    kinds = [resource.RLIMIT_CORE] if programs else [resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC]
    for kind, most in ((resource.RLIMIT_AS, memory), *((kind, 0) for kind in kinds)):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (allowed, allowed))
        except ValueError:  # a system that does not know this limit
            continue


def _answer(channel: Channel, seconds: float, function: Callable[..., object], args: tuple[object, ...]) -> None:
    """Run the function, and say what came of it; a timer of this process's own work ends it after so many seconds of a
    normal machine.

    Ends the process where it must not go on: after a MemoryError the next, innocent file would fail as well, and
    anything else that is not understood leaves libraries in an unknown state.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds * work.slowness())
    try:
        content = _json(function(*args))
        signal.setitimer(signal.ITIMER_PROF, 0)
        channel.send(content, _until(), is_last=work.is_worn())
    except Unreadable as fault:
        signal.setitimer(signal.ITIMER_PROF, 0)
        said = _json((fault.code, fault.text))
        channel.send(said, _until(), "unreadable", is_last=work.is_worn())
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Broken:
        sys.exit()
    except BaseException:  # noqa: BLE001 - nothing may live on that is not understood
        os._exit(1)


def _json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half a character, which no text of ours may hold
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode("utf-8", "replace")
