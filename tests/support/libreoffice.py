"""A stand-in for LibreOffice: a script named soffice that does what a test tells it to."""

import io
import zipfile
from pathlib import Path

import pytest

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONVERTS = 'cp "$(dirname "$0")/result.docx" "$out/document.docx"'
"""As the real one does: the result lies in the folder after --outdir, named as the source is."""


def docx(*rows: tuple[str, ...]) -> bytes:
    """A Word document with one table."""
    cells = ("".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in row) for row in rows)
    table = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body><w:tbl>{table}</w:tbl></w:body></w:document>'
        )
    return content.getvalue()


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str = CONVERTS, result: bytes = b"") -> None:
    """Make it the soffice on PATH. In its script `$out` is the folder for the result."""
    program = folder / "soffice"
    program.write_text(f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done; out="$2"; mkdir -p "$out"\n{does}\n')
    program.chmod(0o755)
    (folder / "result.docx").write_bytes(result or docx(("序号", "名称"), ("1", "竞赛")))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
