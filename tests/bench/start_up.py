"""How long commands take that a person waits for, from the call to the end of the process."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from bench.harness import Cases, Figures, Group, Place, Row, figure, shown
from bench.inputs import configuration
from support.loopback import PASSWORD, PASSWORD_ENV, mailbox_config
from support.paths import PROJECT

CODE = "from mailbot.cli.main import main; main()"


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """Each command, after once to warm up; beside them an interpreter that does nothing."""
    config = configuration(place.folder / "office", mailbox_config(), mailbox_config(), 60)
    calls = {
        "--help": (CODE, "--help"),
        "status --help": (CODE, "status", "--help"),
        "status": (CODE, "status", "--config", str(config)),
        "python": ("pass",),
    }
    for call in calls.values():
        _run(*call)
    yield {name: partial(_run, *call) for name, call in calls.items()}


def _run(code: str, *arguments: str) -> Figures:
    environment = {**os.environ, PASSWORD_ENV: PASSWORD, "PYTHONPATH": str(PROJECT)}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds, process.returncode = time.perf_counter() - begun, os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{arguments} ended with {process.returncode}"
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime}


def _row(name: str, goal: float | None) -> Row:
    case = name.removeprefix("`").partition("`")[0]
    return Row(name, figure(case), goal, " s", of=shown(case, "python", unit="ms of processor time"))


GROUP = Group(
    "start-up",
    cases,
    (_row("`--help`", 0.3), _row("`status --help`", None), _row("`status` on an empty database", 0.6)),
    rounds=(7, 15),
)
