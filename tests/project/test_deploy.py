"""The systemd unit: notification, watchdog and sandboxing."""

import configparser
import re
import shutil
import subprocess

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
