"""The archive keeps the bytes of every message, complete or not at all, and when and where each arrived."""

import hashlib
import os
import stat
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.domain.errors import ArchiveError, MailboxError
from mailbot.domain.mail import Place
from storage.archive import Archive
from storage.journal import Judgement

RAW = b"Subject: report\r\n\r\n\x00\xff"
SHA = hashlib.sha256(RAW).hexdigest()
NOON = datetime(2021, 9, 24, 12, 0, tzinfo=timezone(timedelta(hours=8)))
PLACE = Place("office", "INBOX", 7, 4)
JUDGED = Judgement(SHA, "c-2021", NOON)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "new" / "archive"


@pytest.fixture
def archive(root: Path) -> Archive:
    return Archive(root)


def files(root: Path) -> list[str]:
    return sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())


def take_in(root: Path) -> Archive:
    """From the opening of an archive to a message that is safe in it."""
    archive = Archive(root)
    archive.keep([RAW])
    archive.note_arrival(SHA, PLACE, NOON)
    return archive


class Killed(BaseException):
    """As if the process ended here."""


class Steps:
    """Records the calls that make bytes durable, in order; may end the process at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, end_at: int | None = None) -> None:
        self.taken: list[str] = []
        self.end_at = end_at
        for name in ("open", "write", "fsync", "replace", "mkdir"):
            self._watch(monkeypatch, name)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(os, name)

        def step(*arguments: Any, **more: Any) -> Any:
            if self.end_at == len(self.taken):
                raise Killed
            if name == "fsync":
                is_folder = stat.S_ISDIR(os.fstat(arguments[0]).st_mode)
                self.taken.append("fsync folder" if is_folder else "fsync file")
            else:
                self.taken.append(name)
            return real(*arguments, **more)

        monkeypatch.setattr(os, name, step)


# ---------------------------------------------------------------- keeping


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000))
def test_what_is_opened_is_what_was_kept(archive: Archive, raw: bytes) -> None:
    sha256 = archive.keep([raw])
    assert sha256 == hashlib.sha256(raw).hexdigest()
    assert archive.open(sha256) == raw


def test_a_message_lies_under_its_hash_and_no_other_file_is_left(archive: Archive, root: Path) -> None:
    archive.keep([RAW])
    assert files(root) == [f"{SHA[:2]}/{SHA}.eml"]


def test_keeping_the_same_bytes_again_changes_nothing(archive: Archive, root: Path) -> None:
    archive.keep([RAW])
    archive.note_arrival(SHA, PLACE, NOON)
    assert archive.keep([RAW[:3], b"", RAW[3:]]) == SHA
    assert files(root) == [f"{SHA[:2]}/{SHA}.arrivals.jsonl", f"{SHA[:2]}/{SHA}.eml"]
    assert archive.open(SHA) == RAW
    assert archive.arrivals(SHA) == ((PLACE, NOON),)


def test_what_breaks_off_while_it_comes_leaves_nothing(archive: Archive, root: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield RAW[:3]
        raise MailboxError("the server broke off")

    with pytest.raises(MailboxError, match="broke off"):
        archive.keep(pieces())
    assert files(root) == []


def test_a_message_larger_than_memory_may_be_kept(archive: Archive) -> None:
    piece = bytes(2**20)
    tracemalloc.start()
    sha256 = archive.keep(piece for _ in range(60))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2**20
    assert archive.open(sha256) == piece * 60


def test_a_damaged_copy_is_replaced_when_the_bytes_come_again(archive: Archive, root: Path) -> None:
    archive.keep([RAW])
    (root / SHA[:2] / f"{SHA}.eml").write_bytes(RAW[:5])
    archive.keep([RAW])
    assert archive.open(SHA) == RAW


def test_bytes_are_flushed_before_they_get_their_name_and_names_after(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Steps(monkeypatch)
    archive.keep([RAW])
    taken = [step for step in steps.taken if step != "open"]
    assert taken == ["write", "fsync file", "mkdir", "fsync folder", "replace", "fsync folder", "fsync folder"]


def test_known_bytes_are_flushed_again_because_their_writer_may_have_died_before(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep([RAW])
    steps = Steps(monkeypatch)
    archive.keep([RAW])
    assert steps.taken.count("fsync folder") == 2


def test_an_arrival_is_on_the_disk_with_its_name_before_it_counts_as_noted_also_one_that_was_known(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep([RAW])
    steps = Steps(monkeypatch)
    archive.note_arrival(SHA, PLACE, NOON)
    assert [step for step in steps.taken if step != "open"] == ["write", "fsync file", "fsync folder"]
    steps.taken.clear()
    archive.note_arrival(SHA, PLACE, NOON)  # whoever wrote it may have died before it was on the disk
    assert [step for step in steps.taken if step != "open"] == ["fsync file", "fsync folder"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_nobody_else_may_read_the_archive_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        archive = Archive(tmp_path / "a" / "b")
        archive.keep([RAW])
        archive.note_arrival(SHA, PLACE, NOON)
    finally:
        os.umask(before)
    made = list((tmp_path / "a").rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "a", *made] if path.is_dir()} == {0o700}


def test_many_may_keep_the_same_message_at_once(archive: Archive, root: Path) -> None:
    raw = os.urandom(200_000)
    with ThreadPoolExecutor(8) as pool:
        (sha256,) = set(pool.map(archive.keep, [[raw[:70_000], raw[70_000:]]] * 40))
    assert archive.open(sha256) == raw
    assert files(root) == [f"{sha256[:2]}/{sha256}.eml"]


# ---------------------------------------------------------------- crashes


def test_ended_at_any_step_the_message_is_whole_or_not_there_and_the_next_try_heals_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        steps = Steps(patch)
        take_in(tmp_path / "whole")
    assert len(steps.taken) > 15
    for end_at in range(len(steps.taken)):
        root = tmp_path / f"ended-{end_at}"
        with monkeypatch.context() as patch:
            Steps(patch, end_at)
            with pytest.raises(Killed):
                take_in(root)
        file = root / SHA[:2] / f"{SHA}.eml"
        assert not file.exists() or file.read_bytes() == RAW
        again = take_in(root)
        assert again.open(SHA) == RAW
        assert again.arrivals(SHA) == ((PLACE, NOON),)
        assert files(root) == [f"{SHA[:2]}/{SHA}.arrivals.jsonl", f"{SHA[:2]}/{SHA}.eml"]


def test_what_a_killed_writer_left_is_removed_at_the_next_start(archive: Archive, root: Path) -> None:
    archive.keep([RAW])
    leftover = root / "abc123.tmp"
    leftover.write_bytes(RAW[:3])
    Archive(root)
    assert not leftover.exists()
    assert archive.open(SHA) == RAW


def test_a_start_does_not_disturb_another_process_that_is_writing(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def start_another(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", flush)
        Archive(root)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", start_another)
    archive.keep([RAW])
    assert archive.open(SHA) == RAW


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_full_or_failing_disk_is_a_sentence_and_leaves_nothing(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    (root / SHA[:2]).mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(ArchiveError, match="cannot be written: No space left on device; check its disk"):
            archive.keep([RAW])
    assert files(root) == []
    archive.keep([RAW])


def test_a_short_write_is_continued(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:7]))
    archive.keep([RAW])
    assert archive.open(SHA) == RAW


# ---------------------------------------------------------------- the journal


def test_a_line_of_the_journal_is_on_the_disk_and_the_file_has_its_name_there(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Steps(monkeypatch)
    archive.journal.add(JUDGED)
    assert [step for step in steps.taken if step != "open"] == ["write", "fsync file", "fsync folder"]


@pytest.mark.parametrize("room", [0, 1, 50])
def test_a_line_of_the_journal_that_has_no_room_is_a_sentence_and_the_next_is_whole(
    archive: Archive, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A nearly full disk takes the beginning of what is written, and says so by the number of bytes alone."""
    archive.journal.add(JUDGED)
    write, left = os.write, room

    def write_what_fits(descriptor: int, content: bytes) -> int:
        nonlocal left
        if not left:
            raise OSError(28, "No space left on device")
        taken, left = min(left, len(content)), max(0, left - len(content))
        return write(descriptor, content[:taken])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_what_fits)
        with pytest.raises(ArchiveError, match=r"the journal .* cannot be written: No space left on device"):
            archive.journal.add(replace(JUDGED, sha256="b" * 64))
    archive.journal.add(replace(JUDGED, sha256="c" * 64))
    assert [entry.sha256 for entry in archive.journal.entries() if isinstance(entry, Judgement)] == [SHA, "c" * 64]


# ---------------------------------------------------------------- opening


def test_a_missing_message_is_a_sentence(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match=r"the archive has no message .*\.eml; restore it"):
        archive.open(SHA)


def test_a_damaged_message_is_never_handed_out(archive: Archive, root: Path) -> None:
    archive.keep([RAW])
    (root / SHA[:2] / f"{SHA}.eml").write_bytes(RAW + b"!")
    with pytest.raises(ArchiveError, match="is damaged"):
        archive.open(SHA)


@pytest.mark.parametrize("name", ["", "../../secret", SHA.upper(), SHA + "0", SHA[:-1] + "\n"])
def test_only_a_hash_names_a_message(archive: Archive, name: str) -> None:
    with pytest.raises(ArchiveError, match="names no message"):
        archive.open(name)


def test_a_place_where_no_folder_can_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="cannot be made or read"):
        Archive(tmp_path / "file" / "archive")


def test_messages_are_listed_by_their_hash(archive: Archive) -> None:
    kept = {archive.keep([str(n).encode()]) for n in range(20)}
    archive.note_arrival(min(kept), PLACE, NOON)
    assert list(archive.messages()) == sorted(kept)


# ---------------------------------------------------------------- arrivals


def test_every_arrival_is_noted_once(archive: Archive) -> None:
    archive.keep([RAW])
    second = Place("二号信箱", "垃圾邮件", 8, 5)
    for _ in range(2):
        archive.note_arrival(SHA, PLACE, NOON)
        archive.note_arrival(SHA, second, NOON.astimezone(UTC))
    assert archive.arrivals(SHA) == ((PLACE, NOON), (second, NOON))


def test_a_message_that_nobody_noted_has_no_arrivals(archive: Archive) -> None:
    assert archive.arrivals(SHA) == ()


def test_of_a_message_that_is_left_on_its_server_the_size_is_known(archive: Archive) -> None:
    archive.keep([RAW])
    assert archive.left_on_server(SHA) == 0
    archive.note_arrival(SHA, PLACE, NOON, 150_000_000)
    assert archive.left_on_server(SHA) == 150_000_000
    assert archive.arrivals(SHA) == ((PLACE, NOON),)


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_a_line_cut_off_by_a_crash_is_written_whole_again(archive: Archive, root: Path, cut: int) -> None:
    archive.keep([RAW])
    archive.note_arrival(SHA, PLACE, NOON)
    notes = root / SHA[:2] / f"{SHA}.arrivals.jsonl"
    notes.write_bytes(notes.read_bytes()[:cut])
    second = Place("office", "INBOX", 7, 5)
    archive.note_arrival(SHA, PLACE, NOON)
    archive.note_arrival(SHA, second, NOON)
    assert archive.arrivals(SHA) == ((PLACE, NOON), (second, NOON))


def test_arrivals_noted_at_once_all_stay_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.keep([RAW])
    write = os.write

    def write_slowly(*arguments: Any) -> int:
        time.sleep(0.005)
        return write(*arguments)

    monkeypatch.setattr(os, "write", write_slowly)
    places = [Place("office", "INBOX", 7, uid) for uid in range(30)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: archive.note_arrival(SHA, one, NOON), sorted(places * 2, key=lambda one: one.uid)))
    assert sorted(one.uid for one, _ in archive.arrivals(SHA)) == list(range(30))


def test_an_arrival_without_a_time_zone_is_refused(archive: Archive) -> None:
    archive.keep([RAW])
    with pytest.raises(ValueError, match="no time zone"):
        archive.note_arrival(SHA, PLACE, NOON.replace(tzinfo=None))


def test_an_arrival_of_what_was_never_kept_is_a_sentence(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="cannot be written"):
        archive.note_arrival(SHA, PLACE, NOON)
