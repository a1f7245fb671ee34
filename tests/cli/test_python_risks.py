"""Doctor names what an interpreter still lacks; our own guards hold on every interpreter, the oldest included."""

import io
import zipfile
from email.message import EmailMessage

import pytest

from mailbot.cli.python_risks import RISKS, Version, risks, sentences
from mailbot.letters.rendering.mime import one_line
from mailbot.mail.mime import read
from parsers.containers import Budget, unpack
from parsers.reading import Unreadable
from support.paths import PROJECT


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 11, 7), {risk.cve for risk in RISKS}),
        ((3, 11, 8), {"CVE-2024-6923", "CVE-2023-27043", "CVE-2024-8088", "CVE-2025-8291"}),
        ((3, 11, 10), {"CVE-2025-8291"}),
        ((3, 11, 14), set()),
        ((3, 12, 5), {"CVE-2023-27043", "CVE-2024-8088", "CVE-2025-8291"}),
        ((3, 13, 0), {"CVE-2025-8291"}),
        ((3, 14, 1), set()),
        ((3, 15, 0), set()),
    ],
)
def test_each_version_has_the_faults_that_it_has(version: tuple[int, int, int], expected: set[str]) -> None:
    assert {risk.cve for risk in risks(Version(*version))} == expected


def test_the_sentence_names_the_risk_the_version_that_mends_it_and_what_holds_meanwhile() -> None:
    (zips,) = [line for line in sentences(Version(3, 11, 7)) if "CVE-2024-0450" in line]
    assert zips.startswith("3.11.7 has CVE-2024-0450 (zipfile: ")
    assert "which 3.11.8 mends; until then archives whose parts overlap are refused" in zips
    assert sentences(Version(3, 15, 0)) == ()


def test_an_archive_whose_parts_overlap_is_refused_by_ourselves() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", b"1,2\n" * 50)
        archive.writestr("b.csv", b"3,4\n" * 50)
    content = file.getvalue()
    second = content.rindex(b"PK\x01\x02")
    with pytest.raises(Unreadable) as refused:
        unpack(content[: second + 42] + bytes(4) + content[second + 46 :], Budget())
    assert refused.value.code == "unsafe"


def test_no_line_end_reaches_a_header() -> None:
    assert "\n" not in one_line("更正\r\nBcc: x@example.org")
    assert "\r" not in one_line("更正\r\nBcc: x@example.org")
    letter = EmailMessage()
    letter["Subject"] = one_line("更正\nBcc: x@example.org")
    assert letter["Bcc"] is None


@pytest.mark.parametrize("field", ["alice@example.org)bob@example.com", "alice@example.org]bob@example.com"])
def test_an_address_that_other_parsers_halve_is_not_believed(field: str) -> None:
    head = read(f"From: {field}\r\nSubject: x\r\n\r\nx".encode()).head
    assert head.is_sender_ambiguous or head.sender is None or head.sender.address not in ("alice@example.org",)


def test_the_part_of_zipfile_that_may_run_for_ever_is_not_used() -> None:
    files = [path for room in ("mailbot", "parsers", "storage") for path in (PROJECT / room).rglob("*.py")]
    named = [path for path in files if "zipfile.Path(" in path.read_text(encoding="utf-8")]
    assert named == []
