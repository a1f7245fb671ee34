"""Runs other programs, such as LibreOffice and unar, in a sandbox with limits on time, memory and disk.

Such programs are large, and hostile files have broken into their like before. So each is started anew for each file,
without network and without the machine's files where bubblewrap can be used, with limits on time, memory and disk, and
all that it started ends with it. They take seconds and need processes: only the slow lane may start one.
"""

import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from parsers.reading import Unreadable

LATER = "needs-program"
"""The code of the fault of a file that the slow lane is to read; nobody outside is told of it."""

MEMORY = 3 << 30
_PATIENCE = 3

_SEEN = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt")
_SEEN_SETTINGS = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache")
_ITSELF = "passwd"
"""The list of users in the walls; programs such as unar fail where they cannot learn who they are."""


def later(text: str) -> Unreadable:
    """The fault of a file for which a program would have to be started where none may be."""
    return Unreadable(LATER, text)


def is_installed(*programs: str) -> bool:
    """Whether each of them can be found on PATH."""
    return all(shutil.which(program) for program in programs)


@functools.cache
def is_walled() -> bool:
    """Whether programs are started without network and without the machine's files.

    For that bubblewrap must be there, and the kernel must let it work.
    """
    if not is_installed("bwrap"):
        return False
    with tempfile.TemporaryDirectory(prefix="mailbot-") as name:
        command = [*_walls(Path(name), Path("/usr/bin/true")), "true"]
        return _ends_well(command, Path(name), None, seconds=10.0, largest=0)


def run(
    program: str, options: list[str], folder: Path, *, seconds: float, largest: int, output: Path | None = None
) -> bool:
    """Whether the program of that name ended well within its time. All that it started is gone afterwards.

    `seconds`: of its own work; a busy machine may take _PATIENCE times as many by the clock.

    It sees the folder, which it may write to, in walls no other file that is not a program's, and of the environment
    PATH and a language. `largest`: bytes of any one file that it writes. What it says goes into `output`, if given.
    """
    path = Path(shutil.which(program) or program).resolve()
    (folder / _ITSELF).write_text(f"mailbot:x:{os.getuid()}:{os.getgid()}::{folder}:\n", encoding="ascii")
    walls = _walls(folder, path) if is_walled() else []
    return _ends_well([*walls, str(path), *options], folder, output, seconds=seconds, largest=largest)


def _walls(folder: Path, program: Path) -> list[str]:
    """The words before a command that leave it nothing but itself and the folder."""
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--dev", "/dev", "--proc", "/proc"]
    words += ["--tmpfs", "/tmp"]  # noqa: S108 a new, empty one
    for path in (*_SEEN, *_SEEN_SETTINGS, str(program.parent)):
        words += ["--ro-bind-try", path, path]
    words += ["--ro-bind-try", str(folder / _ITSELF), "/etc/passwd"]
    return [*words, "--bind", str(folder), str(folder), "--chdir", str(folder)]


def _ends_well(command: list[str], folder: Path, output: Path | None, *, seconds: float, largest: int) -> bool:
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
            preexec_fn=functools.partial(_limit, seconds, largest),
        ) as process,
    ):
        try:
            return process.wait(_PATIENCE * seconds) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _limit(seconds: float, largest: int) -> None:
    limits = {"AS": MEMORY, "FSIZE": largest, "CORE": 0, "CPU": int(seconds) + 1}
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
