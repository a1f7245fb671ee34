"""The systemd unit: notification, watchdog and sandboxing."""

import configparser
import re
import shutil
import subprocess
from functools import cache

import pytest

from support.paths import PROJECT

UNIT = PROJECT / "deploy/mailbot.service"


def keys() -> dict[str, str]:
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys have capitals
    unit.read(UNIT, encoding="utf-8")
    return dict(unit["Service"])


def test_the_service_manager_watches_and_starts_anew_what_may_pass() -> None:
    found = keys()
    assert (found["Type"], found["Restart"]) == ("notify", "always")
    assert int(found["WatchdogSec"]) >= 60  # the daemon says that it lives every five seconds
    assert int(found["TimeoutStopSec"]) > 45  # after which the daemon enforces its own stop
    assert found["RestartPreventExitStatus"].split() == ["2", "75"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_service_has_little_to_lose() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(UNIT)], capture_output=True, text=True, timeout=30
    )
    exposure = re.search(r"exposure level for mailbot.service: (\d+\.\d)", done.stdout)
    assert exposure
    assert float(exposure[1]) <= 2.0


NEEDED = {
    "seccomp": "the filter of calls",
    "landlock_create_ruleset": "the rules for files",
    "landlock_add_rule": "the rules for files",
    "landlock_restrict_self": "the rules for files",
    "prctl": "no new privileges",
    "prlimit64": "limits of memory and time",
    "setitimer": "the time of a call",
    "clone": "LibreOffice and unar",
    "execve": "LibreOffice and unar",
    "socket": "mail servers",
}
"""What the daemon, its children (`parsers/child/walls.py`, `worker.py`) and the programs in the sandbox call."""


@cache
def calls_of(group: str) -> frozenset[str]:
    """The calls of a group such as @system-service."""
    if not group.startswith("@"):
        return frozenset({group})
    done = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, timeout=30)
    lines = [line.strip() for line in done.stdout.splitlines()[1:]]
    return frozenset().union(*(calls_of(line) for line in lines if line and not line.startswith("#")))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_unit_lets_children_raise_their_walls_and_start_programs() -> None:
    allowed: set[str] = set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE):
        named = frozenset().union(*(calls_of(word.lstrip("~")) for word in line.split()))
        allowed = allowed - named if line.startswith("~") else allowed | named
    assert {call: use for call, use in NEEDED.items() if call not in allowed} == {}
    assert keys()["NoNewPrivileges"] == "yes"  # without it a child without privileges may set no filter
    assert keys()["PrivateTmp"] == "yes"  # the folder in which programs work
    assert "MemoryDenyWriteExecute" not in keys()
    assert not {"bpf", "mount", "ptrace", "reboot", "init_module", "chroot"} & allowed


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_every_line_of_the_unit() -> None:
    done = subprocess.run(["systemd-analyze", "verify", str(UNIT)], capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if UNIT.name in line and "not executable" not in line]
    assert complaints == []
