"""A process of its own that is measured: it holds one object and calls its methods as it is told.

What a call cost is told of this process and all that it has started: `seconds` by the clock, `cpu` seconds of
processor time. Servers are other processes and cost it nothing.
"""

import contextlib
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psutil

from support.loopback import PASSWORD, PASSWORD_ENV
from support.paths import PROJECT, TESTS

FLUSHES = "fsync,fdatasync,sync_file_range,msync,sync,syncfs"


class Worker:
    """Starts `bench.MODULE`, makes its CLASS with those arguments, and calls methods of it."""

    def __init__(self, module: str, of: str, *arguments: Any) -> None:
        environment = {**os.environ, PASSWORD_ENV: PASSWORD, "PYTHONPATH": f"{PROJECT}{os.pathsep}{TESTS}"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", json.dumps([module, of, arguments])],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.made = self._answer()

    def ask(self, method: str, *arguments: Any) -> dict[str, Any]:
        """What the method gave under `result`, and what it cost."""
        self._say(method, *arguments)
        return self._answer()

    def ask_traced(self, method: str, *arguments: Any) -> dict[str, Any]:
        """The same, with the number of `flushes` to the disk meanwhile, as strace sees them."""
        with traced(self._process.pid) as trace:
            found = self.ask(method, *arguments)
        return {**found, "flushes": flushes(trace)}

    def peak(self) -> float:
        """The most memory that the process itself has had, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1000

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _say(self, method: str, *arguments: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps([method, arguments]) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a measured process has ended with status {self._process.wait()}")
        return dict(json.loads(line))


@contextlib.contextmanager
def traced(pid: int) -> Iterator[Path]:
    """Watch the flushes of a process and its threads; the trace, whole at the end."""
    trace = Path(f"/tmp/mailbot-bench-{pid}.trace")
    strace = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), "-e", f"trace={FLUSHES}", "-o", str(trace)], stderr=subprocess.PIPE, text=True
    )
    assert strace.stderr is not None
    if "attached" not in strace.stderr.readline():
        raise RuntimeError("strace may not watch a process here; it is needed to count flushes (apt install strace)")
    try:
        yield trace
    finally:
        strace.terminate()
        strace.wait()
        strace.stderr.close()


def flushes(trace: Path) -> int:
    """How many calls a trace holds; one that was interrupted by another thread's stands in two lines."""
    lines = trace.read_text(encoding="utf-8").splitlines()
    trace.unlink()
    return sum(
        "(" in line and "resumed>" not in line and any(f"{c}(" in line for c in FLUSHES.split(",")) for line in lines
    )


def spent() -> float:
    """Processor seconds of this process, of the children that live, and of those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(OSError):  # the clock of another process: ~pid << 3 | CPUCLOCK_SCHED (Linux)
            total += time.clock_gettime((~child.pid << 3) | 2)
    return total


def main() -> None:
    module, of, arguments = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "w")  # whatever prints must not be taken for an answer
    os.dup2(2, 1)
    made = getattr(importlib.import_module(f"bench.{module}"), of)(*arguments)
    print(json.dumps({"made": True}), file=out, flush=True)
    for line in sys.stdin:
        method, arguments = json.loads(line)
        before, begun = spent(), time.perf_counter()
        result = getattr(made, method)(*arguments)
        seconds, cpu = time.perf_counter() - begun, spent() - before
        print(json.dumps({"seconds": seconds, "cpu": cpu, "result": result}), file=out, flush=True)
    if end := getattr(made, "close", None):
        end()


if __name__ == "__main__":
    main()
