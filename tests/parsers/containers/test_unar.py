"""Archives that only unar opens: complete and with correct checksums, or an error; nothing is left on the disk."""

import json
import os
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.child import sandbox
from parsers.child.isolate import Isolated
from parsers.containers import Budget, Member, rar_headers, unar, unpack
from parsers.reading import Unreadable
from support.paths import GOLDEN_FILES

SOLID = (GOLDEN_FILES / "solid.rar").read_bytes()
NAMES = ["说明.txt", "统计表.csv", "名单.txt"]
FILES = {"说明.txt": b"one", "__MACOSX/._x": b"", "统计表.csv": b"two" * 9}


@pytest.fixture
def unar_itself() -> None:
    """Skips where unar is not installed, unless MAILBOT_REQUIRE_SERVERS=1."""
    if not unar.is_installed():
        missing = "unar is not installed: apt-get install unar"
        pytest.fail(missing) if os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1" else pytest.skip(missing)


@pytest.fixture(params=["own walls", "bubblewrap"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a stand-in is to be; each test runs within either kind of walls, where it can be had."""
    if request.param == "bubblewrap":
        monkeypatch.setattr(sandbox, "has_own_walls", lambda: False)
        if not sandbox.has_bubblewrap():
            pytest.skip("bubblewrap cannot be used here: apt-get install bubblewrap, or the kernel forbids it")
    elif not sandbox.has_own_walls():
        pytest.skip("this kernel has no Landlock or no seccomp")
    return tmp_path


def entry(name: str, content: bytes, **changes: object) -> dict[str, object]:
    """A file as lsar lists it."""
    said = {"XADFileName": name, "XADFileSize": len(content), "RARCRC32": zlib.crc32(content), "RARFlags": 0x9200}
    return {**said, **changes}


ENTRIES = [entry(name, content) for name, content in FILES.items()]
GIVES = 'cat "$(dirname "$0")/contents"'


def install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, entries: Sequence[object] = ENTRIES, does: str = GIVES
) -> None:
    """Make stand-ins of lsar, which lists the entries, and unar, which does that, the ones on PATH."""
    (folder / "list.json").write_text(json.dumps({"lsarContents": entries}), encoding="utf-8")
    (folder / "contents").write_bytes(b"".join(FILES.values()))
    for name, script in {"lsar": 'cat "$(dirname "$0")/list.json"', "unar": f"set -e\n{does}"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def fault(content: bytes = SOLID, *, slowly: bool = True, budget: Budget | None = None) -> str:
    with pytest.raises(Unreadable) as refused:
        unpack(content, budget or Budget(), slowly=slowly)
    assert "压缩包" in refused.value.text
    return refused.value.code


# ---------------------------------------------------------------- the real one


@pytest.mark.usefixtures("unar_itself")
class TestWithUnar:
    @pytest.mark.usefixtures("folder")
    def test_the_files_of_a_solid_rar_come_in_its_order(self) -> None:
        budget = Budget()
        members = unpack(SOLID, budget, slowly=True)
        assert [member.name for member in members] == NAMES
        assert "网络安全知识竞赛" in members[1].content.decode()
        assert budget.entries == Budget().entries - 3
        assert budget.size == Budget().size - sum(len(member.content) for member in members)

    def test_it_opens_them_in_the_limited_child(self) -> None:
        with Isolated(memory=sandbox.MEMORY, programs=True) as child:
            assert [member.name for member in child.call(_slowly, SOLID, timeout=60.0)] == NAMES

    def test_it_gives_no_more_than_the_mail_may_still_bring(self) -> None:
        assert fault(budget=Budget(size=600)) == "too-large"
        assert fault(budget=Budget(entries=2)) == "too-large"

    @pytest.mark.parametrize("place", range(20, len(SOLID) - 20, 17))
    def test_damage_never_gives_other_content(self, place: int) -> None:
        damaged = bytearray(SOLID)
        damaged[place] ^= 1
        whole = list(unar.members(SOLID, Budget(), may_start=True))
        try:
            members = list(unar.members(bytes(damaged), Budget(), may_start=True))
        except Unreadable:
            return
        assert members == whole


def _slowly(content: bytes) -> tuple[Member, ...]:
    return unpack(content, Budget(), slowly=True)


@pytest.mark.parametrize("slowly", [False, True])
@pytest.mark.parametrize("start", [rar_headers.NEW, b"7z\xbc\xaf'\x1c\0\4"])
def test_it_is_not_asked_for_an_archive_whose_files_nobody_can_count(start: bytes, slowly: bool) -> None:
    assert not unar.can_open(start)
    assert fault(start + bytes(60), slowly=slowly) != sandbox.LATER


def test_without_unar_the_sender_is_asked_for_the_table_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert {fault(slowly=False), fault(slowly=True)} == {"archive"}


# ---------------------------------------------------------------- an archive's own headers


@pytest.mark.parametrize("end", range(len(SOLID)))
def test_an_archive_without_its_end_is_never_taken_for_a_whole_one(end: int) -> None:
    with pytest.raises(Unreadable):
        rar_headers.count(SOLID[:end])


def test_the_headers_say_how_many_files_there_are() -> None:
    assert rar_headers.count(SOLID) == 3


@given(st.sampled_from([rar_headers.OLD, rar_headers.NEW]), st.binary(max_size=60))
def test_any_bytes_are_a_volume_or_none(start: bytes, rest: bytes) -> None:
    assert rar_headers.is_volume(start + rest) in (True, False)


# ---------------------------------------------------------------- a stand-in for it


def test_the_stand_in_gives_what_the_real_one_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch)
    assert unpack(SOLID, Budget(), slowly=True) == (Member("说明.txt", b"one"), Member("统计表.csv", b"two" * 9))


def test_the_fast_lane_never_starts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(sandbox, "run", lambda program, *_, **__: started.append(program))
    install(tmp_path, monkeypatch)
    assert fault(slowly=False) == sandbox.LATER
    assert started == []
    assert fault(slowly=True) == "archive"
    assert started == ["lsar"]


@pytest.mark.parametrize(
    ("does", "code"),
    [
        pytest.param("exit 1", "archive", id="it fails"),
        pytest.param(f"{GIVES}; exit 77", "archive", id="it fails at last"),
        pytest.param("exit 0", "broken", id="it gives nothing"),
        pytest.param("head -c 30 /dev/zero", "broken", id="it gives other content"),
        pytest.param("head -c 90000000 /dev/zero", "archive", id="it gives more than the list says"),
        pytest.param("head -c 90000000 /dev/zero > x", "archive", id="it fills the disk"),
    ],
)
def test_what_it_does_not_do_well_asks_for_the_table(
    does: str, code: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(folder, monkeypatch, does=does)
    assert fault() == code


def test_files_and_links_that_it_makes_are_not_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, does=f"ln -s /etc/hostname link; mkdir more; {GIVES}")
    assert len(unpack(SOLID, Budget(), slowly=True)) == 2


def test_when_its_time_is_up_the_sender_is_asked_for_the_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, does="sleep 60")
    monkeypatch.setattr(unar, "SECONDS", 0.5)
    started = time.monotonic()
    assert fault() == "archive"
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        pytest.param(ENTRIES[:2], "broken", id="fewer files than the headers name"),
        pytest.param([entry("a", b"", XADFileSize=1 << 40), *ENTRIES[1:]], "too-large", id="a bomb"),
        pytest.param([entry("a", b"", XADFileSize=-1), *ENTRIES[1:]], "archive", id="a size below nothing"),
        pytest.param([entry("a", b"one", XADIsEncrypted=1), *ENTRIES[1:]], "password", id="a password"),
        pytest.param([entry("a", b"one", RARCRC32=None), *ENTRIES[1:]], "broken", id="no sum"),
        pytest.param([{}, {}, {}], "archive", id="no names"),
        pytest.param([[], 1, "x"], "archive", id="no entries"),
    ],
)
def test_a_list_that_is_not_sound_asks_for_another_file(
    entries: Sequence[object], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, entries)
    assert fault() == code


def test_a_link_in_the_archive_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = entry("说明.txt", b"one", XADIsLink=1)
    install(tmp_path, monkeypatch, [link, *ENTRIES[1:]])
    assert [member.name for member in unpack(SOLID, Budget(), slowly=True)] == ["统计表.csv"]


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_names_of_no_told_charset_are_read_as_in_other_archives(
    charset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = entry("统计.csv".encode(charset).decode("iso-8859-1"), b"one", RARFlags=0x9000)
    install(tmp_path, monkeypatch, [raw, *ENTRIES[1:]])
    assert unpack(SOLID, Budget(), slowly=True)[0].name == "统计.csv"


def test_more_files_than_a_mail_may_bring_are_refused_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, [entry(f"{n}", b"") for n in range(201)])
    monkeypatch.setattr(rar_headers, "count", lambda _: 201)
    assert fault() == "too-large"


def test_it_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    install(folder, monkeypatch)
    unpack(SOLID, Budget(), slowly=True)
    assert sorted(path.name for path in folder.iterdir()) == ["contents", "list.json", "lsar", "unar"]
