"""What a program can do that a file has taken over, in the walls in which LibreOffice and unar are started."""

import time
from pathlib import Path

import pytest

from parsers.child import sandbox
from parsers.child.isolate import Isolated

PYTHON = "/usr/bin/python3"
"""A program among those of the system, which alone may be started."""
pytestmark = [
    pytest.mark.skipif(not sandbox.has_own_walls(), reason="the kernel offers no walls of our own"),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"{PYTHON} is not installed"),
]

SECONDS = 10.0
LARGEST = 4 << 20
ATTEMPTS = {
    "starts a process": "import os; os.fork()",
    "starts a program": "import subprocess; subprocess.run(['true'])",
    "leaves its session": "import os; os.setsid()",
    "calls a server": "import socket; socket.create_connection(('127.0.0.1', 9), 2)",
    "sends a datagram": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'x', ('::1', 9))",
    "takes two gigabytes": "held = bytearray(2 << 30); held[::4096] = b'x' * len(held[::4096])",
    "writes a file too large": "open('f', 'wb').write(bytes(5 << 20))",
    "reads the list of users' secrets": "open('/etc/shadow').read()",
    "writes beside its folder": "open('/var/tmp/mailbot-x', 'w').write('x')",
    "looks into its parent": "import os; open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "ends its parent": "import os; os.kill(os.getppid(), 9)",
}


def run(script: str, folder: str, seconds: float, largest: int) -> str:
    """What comes of a program that does this: its exit status as text. For the slow child alone."""
    place = Path(folder or ".").resolve()
    status = sandbox.run(PYTHON, ["-I", "-S", "-c", script], place, seconds=seconds, largest=largest)
    return str(status)


@pytest.fixture
def slow() -> Isolated:
    return Isolated(memory=sandbox.MEMORY, programs=True)


def attempt(slow: Isolated, script: str, seconds: float = SECONDS) -> str:
    with slow:
        return slow.call(run, script, "", seconds, LARGEST, timeout=60.0)


def test_a_program_that_does_nothing_ends_well(slow: Isolated) -> None:
    assert attempt(slow, "open('f', 'w').write('x')") == "0"


@pytest.mark.parametrize("does", ATTEMPTS)
def test_a_program_cannot(slow: Isolated, does: str) -> None:
    assert attempt(slow, ATTEMPTS[does]) not in ("0", "None")


def test_one_that_never_ends_is_ended(slow: Isolated) -> None:
    began = time.monotonic()
    assert attempt(slow, "import time; time.sleep(600)", seconds=1.0) == "None"
    assert time.monotonic() - began < 60


def test_one_that_fills_the_disk_is_ended(slow: Isolated) -> None:
    script = "import time\nfor n in range(1000): open(f'f{n}', 'wb').write(bytes(1 << 20)); time.sleep(0.02)"
    assert attempt(slow, script, seconds=60.0) == "None"
