"""Files are read in a child process: its crashes, hangs and memory use do not reach the program."""

import errno
import multiprocessing
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from parsers.child import walls
from parsers.child.isolate import Died, Isolated
from parsers.formats.read_file import read_grids
from parsers.reading import Unreadable

MIB = 1 << 20

needs_walls = pytest.mark.skipif(not walls.offered().are_all, reason="this kernel has no Landlock or no seccomp")


def loop() -> None:
    while True:
        pass


def work(seconds: float, processor: int) -> float:
    """Use so much of a processor's time, and tell how much the clock went on meanwhile."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    began, end = time.monotonic(), time.process_time() + seconds
    while time.process_time() < end:
        pass
    os.sched_setaffinity(0, all_of_them)
    return time.monotonic() - began


def fill_memory() -> None:
    hoard = []
    while True:
        hoard.append("x" * 1000)


def fill_memory_at_once() -> int:
    return len(bytearray(8 << 30))


def abort() -> None:
    os.abort()


def wait() -> None:
    time.sleep(30)


def number() -> int:
    return os.getpid()


def panic() -> None:
    raise Panic


class Panic(BaseException):
    """Like those that Rust code raises."""


class Particular(Exception):
    """No exception that a reader may raise."""


def be_particular() -> None:
    raise Particular


def refuse() -> None:
    raise Unreadable("password", "文件设有打开密码。")


def sheets(content: bytes) -> list[tuple[str, str]]:
    """The name and the first text of each sheet of a file."""
    return [(grid.name, grid.shown(1, 1)) for grid in read_grids(content)]


def half_a_character() -> str:
    return "a\ud800b"


def something_else() -> int:
    return "no number"  # type: ignore[return-value]  # as a child that a file has taken over might answer


def is_refused(does: str, argument: str) -> str:
    """What the system says to an attempt."""
    try:
        ATTEMPTS[does](argument)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return ""


ATTEMPTS: dict[str, Callable[[str], object]] = {
    "write a file": lambda path: Path(path).write_text("x"),
    "delete a file": lambda path: Path(path).unlink(),
    "read a file": lambda path: Path(path).read_text(),
    "list a folder": lambda path: os.listdir(Path(path).parent),
    "read the environment of its parent": lambda _: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "signal its parent": lambda _: os.kill(os.getppid(), 0),
    "start a process": lambda _: os.fork(),
    "start a program": lambda _: subprocess.run(["/bin/true"], check=True),
    "open a socket": lambda _: socket.socket(),
    "open a local socket": lambda _: socket.socket(socket.AF_UNIX),
    "connect": lambda port: socket.create_connection(("127.0.0.1", int(port)), 5),
}


def environment() -> dict[str, str]:
    return dict(os.environ)


def double(number: int) -> int:
    return 2 * number


def size_of(content: bytes) -> int:
    return len(content)


def large(size: int) -> bytes:
    return bytes(size)


@pytest.fixture(scope="module")
def isolated() -> Iterator[Isolated]:
    with Isolated(memory=512 * MIB, largest_result=10 * MIB) as child:
        yield child


def reason(
    isolated: Isolated, function: object, *args: object, timeout: float = 20.0, by_the_clock: float | None = None
) -> str:
    with pytest.raises(Died) as died:
        isolated.call(function, *args, timeout=timeout, by_the_clock=by_the_clock)  # type: ignore[arg-type]
    return died.value.reason


def test_a_result_comes_back(isolated: Isolated) -> None:
    assert isolated.call(double, 21) == 42


def test_a_file_is_read_in_the_child(isolated: Isolated) -> None:
    content = "单位,人数\n某街道,120\n".encode()
    assert isolated.call(sheets, content) == sheets(content)


def test_half_a_character_arrives_as_a_whole_one(isolated: Isolated) -> None:
    assert isolated.call(half_a_character) == "a?b"


def test_a_result_of_another_type_is_a_crash_and_nothing_of_it_is_believed(isolated: Isolated) -> None:
    assert reason(isolated, something_else) == "crash"


def test_a_function_that_never_ends_is_ended_and_the_next_call_works(isolated: Isolated) -> None:
    start = time.monotonic()
    assert reason(isolated, loop, timeout=0.5, by_the_clock=60) == "time"
    assert time.monotonic() - start < 30
    assert isolated.call(double, 1) == 2


def test_a_function_that_waits_for_ever_is_ended_by_the_clock(isolated: Isolated) -> None:
    assert reason(isolated, wait, timeout=5, by_the_clock=0.5) == "time"
    assert isolated.call(double, 9) == 18


def test_work_that_fits_its_time_is_done_on_a_machine_that_is_busy(isolated: Isolated) -> None:
    processor = min(os.sched_getaffinity(0))
    others = [multiprocessing.Process(target=work, args=(60, processor), daemon=True) for _ in range(4)]
    for other in others:
        other.start()
    try:
        assert isolated.call(work, 0.3, processor, timeout=0.5, by_the_clock=120) > 0.5
        assert reason(isolated, work, 30, processor, timeout=0.2, by_the_clock=120) == "time"
    finally:
        for other in others:
            other.kill()
            other.join()


def test_each_call_has_its_time_for_itself(isolated: Isolated) -> None:
    processor = min(os.sched_getaffinity(0))
    for _ in range(3):
        isolated.call(work, 0.2, processor, timeout=0.3, by_the_clock=120)


@pytest.mark.parametrize("bomb", [fill_memory, fill_memory_at_once])
def test_a_memory_bomb_dies_and_the_next_file_is_read(isolated: Isolated, bomb: object) -> None:
    assert reason(isolated, bomb) == "memory"
    assert len(isolated.call(large, 5 * MIB)) == 5 * MIB


def test_a_crash_of_the_child_is_told_and_the_next_call_works(isolated: Isolated) -> None:
    assert reason(isolated, abort) == "crash"
    assert isolated.call(double, 2) == 4


def test_a_panic_is_a_crash(isolated: Isolated) -> None:
    assert reason(isolated, panic) == "crash"
    assert isolated.call(double, 3) == 6


def test_a_child_that_was_told_to_stop_says_nothing_about_the_file(isolated: Isolated) -> None:
    stop = threading.Timer(0.5, os.kill, (isolated.call(number), signal.SIGTERM))
    stop.start()
    assert reason(isolated, wait) == "stopped"
    stop.join()
    assert isolated.call(double, 4) == 8


def test_a_child_that_dies_between_two_calls_is_replaced(isolated: Isolated) -> None:
    os.kill(isolated.call(number), signal.SIGKILL)
    time.sleep(0.5)
    assert isolated.call(double, 8) == 16


def test_the_exceptions_of_the_function_arrive_with_their_content(isolated: Isolated) -> None:
    with pytest.raises(Unreadable) as refused:
        isolated.call(refuse)
    assert (refused.value.code, refused.value.text) == ("password", "文件设有打开密码。")


def test_an_exception_that_no_reader_raises_is_a_crash(isolated: Isolated) -> None:
    assert reason(isolated, be_particular) == "crash"
    assert isolated.call(double, 10) == 20


def test_a_result_that_is_too_large_is_not_handed_back(isolated: Isolated) -> None:
    assert reason(isolated, large, 11 * MIB) == "size"


def test_an_argument_that_does_not_fit_is_a_death_and_not_a_wait(isolated: Isolated) -> None:
    assert reason(isolated, size_of, bytes(600 * MIB), timeout=5) in ("crash", "memory", "time")
    assert isolated.call(double, 5) == 10


def test_the_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_PASSWORD", "not-a-secret")
    with Isolated() as child:
        assert "MAILBOT_PASSWORD" not in child.call(environment)


@needs_walls
@pytest.mark.parametrize("does", [*ATTEMPTS])
def test_the_child_has_no_way_out(isolated: Isolated, does: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        secret = tmp_path / "config.toml"
        secret.write_text("password")
        argument = str(server.getsockname()[1]) if does == "connect" else str(secret)
        assert is_refused_here(does, argument) == ""
        secret.write_text("password")
        assert isolated.call(is_refused, does, argument) in ("EPERM", "EACCES")
        assert secret.read_text() == "password"


@needs_walls
@pytest.mark.parametrize("does", ["read a file", "delete a file", "write a file", "signal its parent", "connect"])
def test_the_child_that_starts_programs_reaches_no_more(does: str, tmp_path: Path) -> None:
    with Isolated(programs=True) as child, socket.create_server(("127.0.0.1", 0)) as server:
        secret = tmp_path / "config.toml"
        secret.write_text("password")
        argument = str(server.getsockname()[1]) if does == "connect" else str(secret)
        assert child.call(is_refused, does, argument) in ("EPERM", "EACCES")
        assert child.call(is_refused, "start a program", "") == ""


def is_refused_here(does: str, argument: str) -> str:
    """The same attempt in this process, which must succeed, or the test says nothing."""
    return "" if does == "start a process" else is_refused(does, argument)


def test_a_closed_child_starts_again_when_it_is_called() -> None:
    child = Isolated()
    assert child.call(double, 6) == 12
    child.close()
    child.close()
    assert child.call(double, 7) == 14
    child.close()
