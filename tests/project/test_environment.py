"""`make` on machines as they are: what cannot be set up is told in one sentence, and nothing half-made stays behind."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import PROJECT
from support.waiting import wait_for

# stands in for the standard library's module of that name: an environment whose pip does what $FAKE_PIP says
VENV = f"""
import os, pathlib, sys
folder = pathlib.Path(sys.argv[-1])
(folder / "bin").mkdir(parents=True)
(folder / "pyvenv.cfg").write_text(f"version = {sys.version.split()[0]}\\ncommand = python -m venv {{folder}}\\n")
if os.environ.get("FAKE_VENV") == "fails":
    print("Error: Command '[...]' returned non-zero exit status 1.")
    sys.exit(1)
python = folder / "bin/python"
python.write_text('''#!/bin/sh
if [ "$1 $2" != "-m pip" ]; then exec {sys.executable} "$@"; fi
echo "$*" >> pip.log
case "$FAKE_PIP" in
    stuck) touch stuck; exec sleep 60;;
    offline) echo "WARNING: Retrying ... NewConnectionError('Temporary failure in name resolution')"
             echo "ERROR: No matching distribution found for alembic"; exit 1;;
    odd) echo "ERROR: something new"; echo "a hint"; exit 2;;
esac
if [ -n "$FAKE_SLOW" ]; then sleep "$FAKE_SLOW"; fi
''')
python.chmod(0o755)
"""


class Checkout:
    """A copy of what `make` needs, and a `python3` whose `venv` and `pip` are not the real ones."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs, self.modules = folder / "mail bot", folder / "bin", folder / "modules"
        self.venv = self.folder / ".venv"
        (self.folder / "tools").mkdir(parents=True)
        for name in ("Makefile", "tools/environment.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(PROJECT / name, self.folder / name)
        self.programs.mkdir()
        self.modules.mkdir()
        (self.modules / "venv.py").write_text(VENV, encoding="utf-8")
        self.has("python3", f'PYTHONPATH="{self.modules}" exec {sys.executable} "$@"')

    def has(self, name: str, shell: str) -> None:
        """Let the machine have a program that runs these lines."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{shell}\n", encoding="utf-8")
        path.chmod(0o755)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start make."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))}
        return subprocess.Popen(
            ["make", "--no-print-directory", *(arguments or (".venv/runtime",))],
            cwd=self.folder,
            env={**kept, "PATH": f"{self.programs}:{kept['PATH']}", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def make(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """What make says of our own, without its own last line."""
        process = self.start(*arguments, **environment)
        said = process.communicate(timeout=60)[0]
        assert bool(process.returncode) is fails, said
        assert "Traceback" not in said
        return "\n".join(line for line in said.splitlines() if not line.startswith("make: ***"))

    @property
    def installed(self) -> list[str]:
        """What pip was asked for, in order."""
        log = self.folder / "pip.log"
        return [line.split()[-1] for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


RUNTIME = ["requirements.txt", "."]


def test_what_is_there_is_not_made_again(checkout: Checkout) -> None:
    assert "a minute or two" in checkout.make()
    assert checkout.installed == RUNTIME
    assert checkout.make() == ""
    assert checkout.make(".venv/development") == ""
    assert checkout.make(".venv/development") == ""
    assert checkout.installed == [*RUNTIME, "requirements-dev.txt"]


def test_a_changed_lock_file_is_installed_again(checkout: Checkout) -> None:
    checkout.make()
    with (checkout.folder / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    checkout.make()
    assert checkout.installed == RUNTIME * 2


def test_debian_without_its_package_is_told_which_and_goes_on_once_it_is_there(checkout: Checkout) -> None:
    blocker = checkout.modules / "sitecustomize.py"
    blocker.write_text("import sys; sys.modules['ensurepip'] = None\n", encoding="utf-8")
    (said,) = checkout.make(fails=True).splitlines()
    assert "apt install python3" in said
    assert said.endswith("-venv")
    assert not checkout.venv.exists()
    blocker.unlink()
    checkout.make()
    assert checkout.installed == RUNTIME


def test_an_environment_that_cannot_be_made_leaves_nothing(checkout: Checkout) -> None:
    said = checkout.make(fails=True, FAKE_VENV="fails")
    assert "cannot make .venv: Error: Command" in said
    assert not checkout.venv.exists()
    checkout.make()
    assert checkout.installed == RUNTIME


@pytest.mark.parametrize(
    ("pip", "remedy"),
    [("offline", "look at the network and the proxy"), ("odd", "cannot be installed; pip: something new")],
)
def test_what_pip_cannot_do_is_one_sentence_and_is_done_next_time(checkout: Checkout, pip: str, remedy: str) -> None:
    said = checkout.make(fails=True, FAKE_PIP=pip).splitlines()
    assert len(said) == 2
    assert remedy in said[1]
    assert not checkout.venv.exists()
    checkout.make()
    assert checkout.installed == ["requirements.txt", *RUNTIME]


def test_a_whole_environment_survives_a_failed_update(checkout: Checkout) -> None:
    checkout.make()
    checkout.make(".venv/development", fails=True, FAKE_PIP="offline")
    assert (checkout.venv / "bin/python").exists()
    checkout.make(".venv/development")
    assert checkout.installed == [*RUNTIME, "requirements-dev.txt", "requirements-dev.txt"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_installation_begins_again(checkout: Checkout, number: signal.Signals) -> None:
    process = checkout.start(FAKE_PIP="stuck")
    wait_for((checkout.folder / "stuck").exists)
    os.killpg(process.pid, number)
    said = process.communicate(timeout=20)[0]
    assert process.returncode
    assert "Traceback" not in said
    assert checkout.venv.exists() is (number is signal.SIGKILL)
    assert "making it anew" in checkout.make() or number is not signal.SIGKILL
    assert checkout.installed == ["requirements.txt", *RUNTIME]


def test_two_at_once_do_the_work_once(checkout: Checkout) -> None:
    first = checkout.start(FAKE_SLOW="1")
    wait_for(checkout.venv.exists)
    assert "another make is setting up" in checkout.make()
    first.communicate(timeout=20)
    assert first.returncode == 0
    assert checkout.installed == RUNTIME


def damaged(checkout: Checkout, how: str) -> None:
    """What becomes of environments."""
    match how:
        case "was made in another folder":
            checkout.folder = checkout.folder.rename(checkout.folder.with_name("elsewhere"))
            checkout.venv = checkout.folder / ".venv"
        case "was made by another Python":
            description = checkout.venv / "pyvenv.cfg"
            text = description.read_text(encoding="utf-8").splitlines()[1]
            description.write_text(f"version = 3.7.9\n{text}\n", encoding="utf-8")
        case "is damaged or its Python is gone":
            (checkout.venv / "bin/python").unlink()
            (checkout.venv / "bin/python").symlink_to("/no/such/python3")
        case _:
            (checkout.venv / "bin/python").write_text("#!/bin/sh\necho No module named pip >&2; exit 1\n")


@pytest.mark.parametrize(
    "how",
    [
        "was made in another folder",
        "was made by another Python",
        "is damaged or its Python is gone",
        "is damaged",
    ],
)
def test_an_environment_that_no_longer_works_is_made_anew(checkout: Checkout, how: str) -> None:
    checkout.make()
    damaged(checkout, how)
    said = checkout.make()
    assert f".venv {how}" in said
    assert "making it anew" in said
    assert checkout.installed == RUNTIME * 2
    assert checkout.make() == ""


def test_a_sound_environment_that_make_has_not_made_is_used(checkout: Checkout) -> None:
    checkout.make()
    (checkout.venv / "installed.json").unlink()
    (checkout.venv / "own").touch()
    checkout.make()
    assert (checkout.venv / "own").exists()


def test_a_python_that_is_too_old_is_told(checkout: Checkout) -> None:
    old = "import sys; sys.version_info = (3, 9, 2, 'final', 0)\n"
    (checkout.modules / "sitecustomize.py").write_text(old, encoding="utf-8")
    checkout.has("python3.17", "")
    said = checkout.make(fails=True)
    assert "mailbot needs Python 3.11 or newer, and" in said
    assert said.endswith("is 3.9; say make PYTHON=python3.17")
    assert not checkout.venv.exists()


def test_a_python_that_does_not_run_is_told(checkout: Checkout) -> None:
    checkout.has("python3", "exit 1")
    assert "python3 is missing, does not run or is far too old; apt install python3 python3-venv" in checkout.make(
        fails=True
    )


def test_a_python_that_is_asked_for_by_name_must_be_there(checkout: Checkout) -> None:
    assert "/no/such/python is missing" in checkout.make("demo", "PYTHON=/no/such/python", fails=True)
