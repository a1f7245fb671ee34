"""Makes the virtual environment `.venv`, or brings it up to date; `make` calls it before whatever needs it.

    python3 tools/environment.py [--this-python] runtime|development

`--this-python`: an environment of another version of Python is made anew with this one. What is begun is marked, so
that what a failure or a kill leaves unfinished is removed and made anew. One call at a time works; others wait for it.

Written for Python 3.7 too, which is told in a sentence that it is too old.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NOTES = VENV / "installed.json"
"""What was installed, step by step, as a digest of the files that ask for it; `UNFINISHED`: the step being done."""
UNFINISHED = "unfinished"
OLDEST, VERSION = (3, 11), "{}.{}".format(*sys.version_info)
PIP = ("install", "--quiet", "--disable-pip-version-check")
STEPS = {
    # setuptools is locked with the rest, so building the project itself fetches nothing unlocked
    "runtime": (
        ("requirements.txt", "pyproject.toml"),
        (
            (*PIP, "--require-hashes", "-r", "requirements.txt"),
            (*PIP, "--no-deps", "--no-build-isolation", "--editable", "."),
        ),
    ),
    "development": (
        ("requirements.txt", "pyproject.toml", "requirements-dev.txt"),
        ((*PIP, "--require-hashes", "-r", "requirements-dev.txt"),),
    ),
}
"""Each step: the files that ask for it, and what pip does. A step needs those before it."""
REMEDIES = (
    (r"do not match the hashes|HASH", "a package is not the one that is locked: a mirror or a proxy has changed it"),
    (r"No space left", "the disk is full: make room"),
    (
        r"name resolution|NewConnection|ProxyError|Connection (refused|reset|to)|[Tt]imed out|Network is unreachable",
        "the package index is not reached: look at the network and the proxy (HTTPS_PROXY), "
        "or name a mirror (PIP_INDEX_URL)",
    ),
    (r"No matching distribution", "the package index has no such version for this machine: name another mirror"),
    (r"Permission denied", "a file belongs to another user: was make run with sudo before?"),
)
"""What to do, by what pip says."""


class Failed(Exception):
    """The environment cannot be made; the text says what to do."""


def main(arguments: list[str]) -> int:
    """The exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with _alone():
            _make(arguments[-1], this_python="--this-python" in arguments)
    except Failed as failure:
        print(f"make: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"make: {error.filename or VENV} cannot be used: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("make: interrupted; the next make begins again", file=sys.stderr)
        return 130
    return 0


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """While no other call works on the environment."""
    with open(__file__) as own:
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another make is setting up .venv; waiting for it")
            fcntl.flock(own, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            pass
        yield


def _make(target: str, this_python: bool) -> None:
    fault = _fault(this_python)
    is_new = fault is not None
    try:
        if fault:
            _check_this_python()
            _say(fault)
            _create()
        for step in [*STEPS][: [*STEPS].index(target) + 1]:
            is_new = _install(step, is_new)
    except KeyboardInterrupt:
        _remove()  # whatever was being replaced may be half gone
        raise


def _fault(this_python: bool) -> str | None:
    """Why the environment has to be made anew; None where it can be used."""
    if not VENV.is_dir():
        return "setting up .venv; once, this takes a minute or two"
    if UNFINISHED in _notes():
        return ".venv was left unfinished; making it anew"
    version, made = _version_inside(), _description()
    if version is None:
        return ".venv is damaged or its Python is gone; making it anew"
    if not made.get("version", version + ".").startswith(version + "."):
        return f".venv was made by another Python than it has now ({version}); making it anew"
    if _is_too_old(version) or (this_python and version != VERSION):
        return f".venv has Python {version}; making it anew with {VERSION}"
    place = re.search(r' -m venv (?:--[\w-]+(?:="[^"]*")? )*(.+)$', made.get("command", ""))
    if place and Path(place[1]).resolve() != VENV:
        return f".venv was made in another folder ({place[1]}); making it anew"
    return None


def _version_inside() -> str | None:
    """The environment's Python, such as 3.11; None where it cannot be used, or has no pip."""
    if not PYTHON.exists():
        return None
    asked, said = _run(str(PYTHON), "-c", "import sys, pip; print('{}.{}'.format(*sys.version_info))")
    return None if asked else said.strip()


def _description() -> dict[str, str]:
    """What `venv` wrote of it: `version` and `command`."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}


def _is_too_old(version: str) -> bool:
    return tuple(map(int, version.split("."))) < OLDEST


# ---------------------------------------------------------------- making it


def _create() -> None:
    _remove()
    status, said = _run(sys.executable, "-m", "venv", str(VENV))
    if status:
        _remove()
        raise Failed(f"{sys.executable} cannot make .venv: {_last(said)}")


def _check_this_python() -> None:
    """Raises Failed where this Python is too old, or cannot make environments as Debian and Ubuntu ship it."""
    if _is_too_old(VERSION):
        others = [name for name in (f"python3.{n}" for n in range(20, 10, -1)) if _runs(name)]
        remedy = f"say make PYTHON={others[0]}" if others else "install one and say make PYTHON=/path/to/it"
        raise Failed(f"mailbot needs Python 3.11 or newer, and {sys.executable} is {VERSION}; {remedy}")
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        of_system = Path(sys.executable).resolve() == Path("/usr/bin/python3").resolve()
        package = "python3-venv" if of_system else f"python{VERSION}-venv"
        raise Failed(f"{sys.executable} cannot make virtual environments yet; apt install {package}")


def _runs(name: str) -> bool:
    return shutil.which(name) is not None and _run(name, "-c", "")[0] == 0


def _install(step: str, is_new: bool) -> bool:
    """Do a step where what asks for it has changed. Whether the environment is still one that nothing has used."""
    asking, orders = STEPS[step]
    digest = hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in asking)).hexdigest()
    notes = _notes()
    if notes.get(step) == digest:
        return is_new
    notes.pop(step, None)
    _note(dict(notes, **{UNFINISHED: step}))
    for order in orders:
        status, said = _run(str(PYTHON), "-m", "pip", *order)
        if status:
            # pip takes back what it has begun, so one that was whole still is
            _remove() if is_new else _note(notes)
            raise Failed(f"the packages for .venv cannot be installed; {_remedy(said)}")
    _note(dict(notes, **{step: digest}))
    return False


def _run(*command: str) -> tuple[int, str]:
    """The exit status, and all that it says. An interrupt waits until it has ended."""
    started = subprocess.Popen(  # noqa: S603 - this Python, that of .venv, and pip
        command,
        cwd=str(ROOT),
        env=dict(os.environ, PIP_USER="0"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said = started.communicate()[0]
    except KeyboardInterrupt:
        started.terminate()
        started.communicate()
        raise
    return started.returncode, said.decode("utf-8", "replace")


def _remedy(said: str) -> str:
    known = next((remedy for pattern, remedy in REMEDIES if re.search(pattern, said)), None)
    return f"{known} (pip: {_last(said)})" if known else f"pip: {_last(said)}"


def _last(said: str) -> str:
    """The line that says most: pip's last error, else the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["nothing"]
    errors = [line[len("ERROR:") :].strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines)[-1][:300]


def _remove() -> None:
    try:
        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        elif VENV.exists():
            shutil.rmtree(str(VENV))
    except OSError as error:
        raise Failed(
            f"{error.filename} cannot be removed ({error.strerror}); remove it yourself: was make run with sudo before?"
        ) from error


# ---------------------------------------------------------------- what is known of it


def _notes() -> dict[str, str]:
    try:
        found = json.loads(NOTES.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note(notes: dict[str, str]) -> None:
    """Written beside and put in its place, so that it is never half there."""
    new = NOTES.with_name(NOTES.name + ".new")
    new.write_text(json.dumps(notes, indent=1), encoding="utf-8")
    os.replace(str(new), str(NOTES))


def _say(text: str) -> None:
    print(f"make: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
