"""Old Word documents: read with LibreOffice, or requested in another format without it; nothing is left running."""

import io
import os
import shutil
import time
from pathlib import Path

import olefile
import pytest
from odf.opendocument import OpenDocumentText
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P

from parsers.child import sandbox
from parsers.child.isolate import Isolated
from parsers.document import read_tables
from parsers.formats import libreoffice
from parsers.formats.read_file import read_grids
from parsers.reading import Unreadable
from support.files import saved
from support.libreoffice import CONVERTS, install
from support.paths import GOLDEN_FILES, PROJECT
from support.tables import FORM, PERIOD

WORD = (GOLDEN_FILES / "word.doc").read_bytes()
OLD = [pytest.param("word.doc", id="doc"), pytest.param("rich.rtf", id="rtf")]
SLEEP = f"61.{os.getpid()}"
"""Seconds that no other process sleeps."""

needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed: apt-get install libreoffice-writer"
)


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


def fault(content: bytes, *, slowly: bool = True) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read_grids(content, slowly=slowly)
    return refused.value


def sleepers() -> list[str]:
    """Processes of the stand-in that still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:2] == [b"sleep", SLEEP.encode()]:
            found.append(process.parent.name)
    return found


# ---------------------------------------------------------------- the real one


@needs_libreoffice
@pytest.mark.parametrize("name", OLD)
def test_an_old_document_becomes_records(name: str) -> None:
    grids = read_grids((GOLDEN_FILES / name).read_bytes(), slowly=True)
    (reading,) = read_tables(grids, [FORM], PERIOD)
    assert [record.values["participants"].content for record in reading.records] == [300, 120]
    assert reading.header["unit_raw"].content == "新河街道总工会"


@needs_libreoffice
def test_a_text_document_of_opendocument_is_read_like_any_other() -> None:
    document, table, row = OpenDocumentText(), Table(), TableRow()
    table.addElement(TableColumn(numbercolumnsrepeated=2))
    for text in ("活动名称", "65"):
        cell = TableCell()
        cell.addElement(P(text=text))
        row.addElement(cell)
    table.addElement(row)
    document.text.addElement(table)
    (grid,) = read_grids(saved(document), slowly=True)
    assert (grid.shown(1, 1), grid.shown(1, 2)) == ("活动名称", "65")


@needs_libreoffice
def test_an_old_document_is_read_in_a_limited_child() -> None:
    with Isolated(memory=sandbox.MEMORY, programs=True) as child:
        assert child.call(_shown, WORD, timeout=90.0) == "序号"


def _shown(content: bytes) -> str:
    return read_grids(content, slowly=True)[0].shown(3, 1)


@needs_libreoffice
def test_a_broken_document_asks_for_another() -> None:
    assert fault(b"{\\rtf1 " + b"{" * 5000 + b"}").code in ("word", "no-table")


# ---------------------------------------------------------------- a stand-in for it


def test_the_stand_in_converts_as_the_real_one_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch)
    assert read_grids(WORD, slowly=True)[0].shown(2, 2) == "竞赛"


def test_the_fast_lane_never_starts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(sandbox, "run", lambda program, *_, **__: started.append(Path(program).name))
    install(tmp_path, monkeypatch)
    assert fault(WORD, slowly=False).code == sandbox.LATER
    assert started == []
    assert fault(WORD, slowly=True).code == "word"
    assert started == ["soffice"]


@pytest.mark.parametrize("slowly", [False, True])
@pytest.mark.parametrize("name", OLD)
def test_without_libreoffice_the_sender_is_asked_for_a_docx_at_once(
    name: str, slowly: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = fault((GOLDEN_FILES / name).read_bytes(), slowly=slowly)
    assert refused.code == "word"
    assert "另存为 .docx" in refused.text


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("name", OLD)
def test_a_document_without_its_end_never_gets_as_far_as_libreoffice(name: str, share: float) -> None:
    content = (GOLDEN_FILES / name).read_bytes()
    assert fault(content[: int(share * len(content))], slowly=False).code in ("truncated", "broken", "unknown-type")


def test_a_document_with_a_password_is_told_at_once() -> None:
    locked = bytearray(WORD)
    with olefile.OleFileIO(io.BytesIO(WORD)) as container:
        start = container.sectorsize * (1 + container.direntries[container._find("WordDocument")].isectStart)
    locked[start + 11] |= 1
    assert fault(bytes(locked), slowly=False).code == "password"


@pytest.mark.parametrize(
    "does",
    [
        pytest.param("exit 1", id="it fails"),
        pytest.param("exit 0", id="it makes nothing"),
        pytest.param(f"{CONVERTS}; exit 77", id="it fails at last"),
        pytest.param('head -c 30000000 /dev/zero > "$out/document.docx"', id="too large a result"),
        pytest.param('mkdir "$out/document.docx"', id="a folder"),
        pytest.param(f'head -c 90000000 /dev/zero > "$out/x"; {CONVERTS}', id="it fills the disk"),
    ],
)
def test_what_it_does_not_do_well_asks_for_another_file(
    does: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(folder, monkeypatch, does=f"set -e\n{does}")
    assert fault(WORD).code == "word"


def test_garbage_for_a_result_is_a_broken_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, result=b"PK\x03\x04 garbage")
    assert fault(WORD).code in ("broken", "truncated")


def test_when_its_time_is_up_all_that_it_started_is_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, does=f"sleep {SLEEP} & sleep {SLEEP}")
    monkeypatch.setattr(libreoffice, "SECONDS", 1.0)
    started = time.monotonic()
    assert fault(WORD).code == "word"
    assert time.monotonic() - started < 10
    _soon_gone()


def test_what_it_leaves_running_ends_with_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, does=f"{CONVERTS}; sleep {SLEEP} &")
    read_grids(WORD, slowly=True)
    _soon_gone()


def _soon_gone() -> None:
    until = time.monotonic() + 5
    while sleepers() and time.monotonic() < until:
        time.sleep(0.05)
    assert not sleepers()


def test_it_sees_no_secret_of_ours_and_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("MAILBOT_SECRET", "hidden")
    install(folder, monkeypatch, does=f'[ -z "$MAILBOT_SECRET" ] || exit 1\n{CONVERTS}')
    read_grids(WORD, slowly=True)
    assert sorted(path.name for path in folder.iterdir()) == ["result.docx", "soffice"]


def test_in_its_walls_it_has_no_files_of_the_machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = ("/etc/hostname", PROJECT / "README.md")
    assert all(Path(each).read_bytes() for each in others)
    cannot = " && ".join(f"! cat {each}" for each in others)
    install(folder, monkeypatch, does=f"{cannot} || exit 1\n{CONVERTS}")
    read_grids(WORD, slowly=True)


def test_without_walls_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, does=CONVERTS)
    monkeypatch.setattr(sandbox, "has_own_walls", lambda: False)
    monkeypatch.setattr(sandbox, "has_bubblewrap", lambda: False)
    assert fault(WORD).code == "word"
