"""Runs other programs, such as LibreOffice and unar, in a sandbox with limits on time, memory and disk.

Such programs are large, and hostile files have broken into their like before. So each is started anew for each file,
without network and without the machine's files, with limits on time, memory and disk, and all that it started ends with
it. The walls are those of `parsers.child.walls`, else bubblewrap's; where neither can be had, no program is started.
Programs take seconds and need processes: only the slow lane may start one.
"""

import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from parsers.child import walls
from parsers.reading import Unreadable

LATER = "needs-program"
"""The code of the fault of a file that the slow lane is to read; nobody outside is told of it."""

NOT_STARTED = 126
"""The exit status of a program that could not be put behind walls."""
MEMORY, OWN_MEMORY = 3 << 30, 1 << 30
"""Bytes of address space, most of it the code of programs, and of memory of a program's own."""
MOST_FILES = 4
"""As many times the largest file may all files of a program be together."""
_PATIENCE = 3
_LOOK = 0.25
"""Seconds between two looks at what a program has written."""

_SEEN = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt")
_SEEN_SETTINGS = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache")
_STARTED = ("soffice", "unar", "lsar")
_ITSELF = "passwd"
"""The list of users in the walls; programs such as unar fail where they cannot learn who they are."""


def later(text: str) -> Unreadable:
    """The fault of a file for which a program would have to be started where none may be."""
    return Unreadable(LATER, text)


def is_installed(*programs: str) -> bool:
    """Whether each of them can be found on PATH."""
    return all(shutil.which(program) for program in programs)


def has_own_walls() -> bool:
    """Whether `parsers.child.walls` can keep a program from the network and from the machine's files."""
    offered = walls.offered()
    return offered.calls and offered.files


@functools.cache
def has_bubblewrap() -> bool:
    """Whether bubblewrap is installed, and the kernel lets it work."""
    if not is_installed("bwrap"):
        return False
    with tempfile.TemporaryDirectory(prefix="mailbot-") as name:
        command = [*_bubble(Path(name), Path("/usr/bin/true")), "true"]
        return _status(command, Path(name), None, functools.partial(_limit, 10.0, 0), seconds=10.0, largest=0) == 0


def run(
    program: str,
    options: list[str],
    folder: Path,
    *,
    seconds: float,
    largest: int,
    output: Path | None = None,
) -> int | None:
    """Start the program of that name; its exit status, None where it took too long or wrote too much. What it started
    is gone afterwards.

    It is not started where there are no walls to put it in (NOT_STARTED).

    `seconds`: of its own work; a busy machine may take _PATIENCE times as many by the clock. In walls of our own it
    starts no other process, unless it is a script, which can do nothing else.

    It sees the folder, which it may write to, in walls no other file that is not a program's, and of the environment
    PATH and a language. `largest`: bytes of any one file that it writes, and a few times as many of all. What it says
    goes into `output`, if given.
    """
    path = Path(shutil.which(program) or program).resolve()
    if has_own_walls():
        walled = (str(folder), str(path.parent))
        limit = functools.partial(_limit, seconds, largest, walled, alone=not _is_script(path))
        return _status([str(path), *options], folder, output, limit, seconds=seconds, largest=largest)
    if not has_bubblewrap():
        return NOT_STARTED
    (folder / _ITSELF).write_text(f"mailbot:x:{os.getuid()}:{os.getgid()}::{folder}:\n", encoding="ascii")
    command, limit = [*_bubble(folder, path), str(path), *options], functools.partial(_limit, seconds, largest)
    return _status(command, folder, output, limit, seconds=seconds, largest=largest)


def _is_script(program: Path) -> bool:
    with contextlib.suppress(OSError), program.open("rb") as file:
        return file.read(2) == b"#!"
    return False


def folders_of_programs() -> list[str]:
    """Where the programs lie that may be started here."""
    found = filter(None, map(shutil.which, _STARTED))
    return sorted({str(Path(path).resolve().parent) for path in found})


def _bubble(folder: Path, program: Path) -> list[str]:
    """The words before a command that leave it nothing but itself and the folder."""
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--dev", "/dev", "--proc", "/proc"]
    words += ["--tmpfs", "/tmp"]  # noqa: S108 a new, empty one
    for path in (*_SEEN, *_SEEN_SETTINGS, str(program.parent)):
        words += ["--ro-bind-try", path, path]
    words += ["--ro-bind-try", str(folder / _ITSELF), "/etc/passwd"]
    return [*words, "--bind", str(folder), str(folder), "--chdir", str(folder)]


def _status(
    command: list[str],
    folder: Path,
    output: Path | None,
    limit: Callable[[], None],
    *,
    seconds: float,
    largest: int,
) -> int | None:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    with (
        Path(output or os.devnull).open("wb") as said,
        subprocess.Popen(  # noqa: S603 no word of the command comes from outside
            command,
            cwd=folder,
            env=environment | {"TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=limit,
        ) as process,
    ):
        try:
            return _ended(process, folder, until=time.monotonic() + _PATIENCE * seconds, most=MOST_FILES * largest)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _ended(process: subprocess.Popen[bytes], folder: Path, *, until: float, most: int) -> int | None:
    """The exit status; None where the process goes on after that time, or has written more than so many bytes."""
    while time.monotonic() < until:
        try:
            return process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            if most and _written(folder) > most:
                return None
    return None


def _written(folder: Path) -> int:
    """Bytes that the files in a folder take."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                found += os.lstat(os.path.join(place, name)).st_size
    return found


def _limit(seconds: float, largest: int, walled: tuple[str, str] | None = None, *, alone: bool = False) -> None:
    """In the new process, before it becomes the program: limits, and walls with its folder and the program's."""
    if walled and not walls.raise_walls(walled[0], walled[1:], alone=alone).are_all:
        os._exit(NOT_STARTED)
    limits = {"AS": MEMORY, "DATA": OWN_MEMORY, "FSIZE": largest, "CORE": 0, "CPU": int(seconds) + 1}
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
