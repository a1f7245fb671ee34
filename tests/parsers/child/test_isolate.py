"""Files are read in a child process: its crashes, hangs and memory use do not reach the program."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator

import pytest

from parsers.child.isolate import Died, Isolated
from parsers.formats.read_file import read_grids
from parsers.reading import Unreadable

MIB = 1 << 20


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


def end_itself() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)


def panic() -> None:
    raise Panic


class Panic(BaseException):
    """Like those that Rust code raises."""


class Stubborn(Exception):
    """Cannot travel between processes."""

    def __init__(self) -> None:
        super().__init__(lambda: None)


class Particular(Exception):
    """Leaves its process but cannot be made again from its arguments."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(one + two)


def be_particular() -> None:
    raise Particular(1, 2)


def refuse() -> None:
    raise Unreadable("password", "文件设有打开密码。")


def be_stubborn() -> None:
    raise Stubborn


def write_a_file() -> None:
    with open("written-by-the-child", "w") as file:
        file.write("x" * 100)


def start_a_process() -> int:
    return os.fork()


def environment() -> dict[str, str]:
    return dict(os.environ)


def double(number: int) -> int:
    return 2 * number


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


def test_a_file_is_read_in_the_child_with_all_that_is_in_it(isolated: Isolated) -> None:
    content = "单位,人数\n某街道,120\n".encode()
    assert isolated.call(read_grids, content) == read_grids(content)


def test_a_function_that_never_ends_is_ended_and_the_next_call_works(isolated: Isolated) -> None:
    start = time.monotonic()
    assert reason(isolated, loop, timeout=0.5, by_the_clock=60) == "time"
    assert time.monotonic() - start < 30
    assert isolated.call(double, 1) == 2


def test_a_function_that_waits_for_ever_is_ended_by_the_clock(isolated: Isolated) -> None:
    assert reason(isolated, time.sleep, 600, timeout=5, by_the_clock=0.5) == "time"
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
    assert reason(isolated, end_itself) == "stopped"
    assert isolated.call(double, 4) == 8


def test_a_child_that_dies_between_two_calls_is_replaced(isolated: Isolated) -> None:
    os.kill(isolated.call(os.getpid), signal.SIGKILL)
    time.sleep(0.5)
    assert isolated.call(double, 8) == 16


def test_the_exceptions_of_the_function_arrive_with_their_content(isolated: Isolated) -> None:
    with pytest.raises(Unreadable) as refused:
        isolated.call(refuse)
    assert (refused.value.code, refused.value.text) == ("password", "文件设有打开密码。")


@pytest.mark.parametrize("function", [be_stubborn, be_particular])
def test_an_exception_that_cannot_travel_is_a_crash(isolated: Isolated, function: object) -> None:
    assert reason(isolated, function) == "crash"


def test_a_result_that_is_too_large_is_not_handed_back(isolated: Isolated) -> None:
    assert reason(isolated, large, 11 * MIB) == "size"


def test_an_argument_that_does_not_fit_is_a_death_and_not_a_wait(isolated: Isolated) -> None:
    assert reason(isolated, len, bytes(600 * MIB), timeout=5) in ("crash", "memory", "time")
    assert isolated.call(double, 5) == 10


def test_the_child_knows_no_secret_and_writes_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("MAILBOT_PASSWORD", "not-a-secret")
    monkeypatch.chdir(tmp_path_factory.mktemp("child"))
    with Isolated() as child:
        assert "MAILBOT_PASSWORD" not in child.call(environment)
        with pytest.raises(OSError, match="File too large"):
            child.call(write_a_file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may start as many processes as it likes")
def test_the_child_starts_no_process(isolated: Isolated) -> None:
    with pytest.raises(BlockingIOError):
        isolated.call(start_a_process)


def test_a_closed_child_starts_again_when_it_is_called() -> None:
    child = Isolated()
    assert child.call(double, 6) == 12
    child.close()
    child.close()
    assert child.call(double, 7) == 14
    child.close()
