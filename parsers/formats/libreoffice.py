"""Starts LibreOffice, where it is installed, to convert other text documents (.doc, .wps, .rtf, .odt) to .docx.

It runs in the walls of parsers.child.sandbox. Only the slow lane may start it.
"""

import shutil
import tempfile
from pathlib import Path

import olefile

from parsers.child import sandbox
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.zipped_xml import Package, is_encrypted
from parsers.reading import Unreadable

KINDS = frozenset({FileKind.DOC, FileKind.RTF, FileKind.ODT})

_NAMES = {
    FileKind.DOC: "旧版文字文档（.doc 或 .wps）",
    FileKind.RTF: "旧版文字文档（.rtf）",
    FileKind.ODT: "OpenDocument 文字文档（.odt）",
}

SECONDS = 60.0
LARGEST_FILE, LARGEST_RESULT = 64 << 20, 20 << 20

_AGAIN = 81
"""The exit status with which it wants to be started again, once it has made its profile."""
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""


def is_installed() -> bool:
    """Whether there is a LibreOffice to start."""
    return sandbox.is_installed("soffice")


def as_docx(content: bytes, kind: FileKind, *, may_start: bool) -> bytes:
    """The document as .docx; `kind` is one of KINDS.

    Raises Unreadable: `password`, `truncated`, `broken` at once; sandbox.LATER where LibreOffice would read it and may
    not be started here; `word` where it is missing, fails or takes longer than SECONDS.
    """
    _check(content, kind)
    if not is_installed():
        raise _unreadable(kind)
    if not may_start:
        raise sandbox.later(f"所附文件为{_NAMES[kind]}，系统正在转换。")
    with tempfile.TemporaryDirectory(prefix="mailbot-") as name:
        return _converted(content, kind, Path(name))


def _unreadable(kind: FileKind) -> Unreadable:
    return Unreadable(
        "word",
        f"所附文件为{_NAMES[kind]}，系统无法读取其中的表格。"
        "请在 WPS 或 Word 中打开，另存为 .docx，或改填电子表（.xlsx）后重新发送。",
    )


@faults.told_as_faults()
def _check(content: bytes, kind: FileKind) -> None:
    """Raises Unreadable for a file with a password, or without its end: LibreOffice would show what is left of it."""
    if kind is FileKind.RTF:
        if not content.rstrip(b"\0 \t\r\n\x1a").endswith(b"}"):
            raise faults.truncated()
        return
    if kind is FileKind.ODT:
        if is_encrypted(Package(content)):
            raise faults.password()
        return
    try:
        with olefile.OleFileIO(content) as container:
            names = [name for name in ("WordDocument", "0Table", "1Table") if container.exists(name)]
            streams = [container.openstream(name).read() for name in names]
            is_whole = all(len(stream) == container.get_size(name) for name, stream in zip(names, streams, strict=True))
    except OSError as error:
        raise faults.truncated() from error
    if not is_whole:
        raise faults.truncated()
    if streams[0][11] & 1:  # MS-DOC section 2.5.2, fEncrypted
        raise faults.password()


def _program() -> str:
    """LibreOffice itself, without its starter, which works only where it may write to /tmp."""
    starter = Path(shutil.which("soffice") or "soffice").resolve()
    itself = starter.with_name("soffice.bin")
    return str(itself if itself.is_file() else starter)


def _converted(content: bytes, kind: FileKind, folder: Path) -> bytes:
    source, result = folder / f"document.{kind}", folder / "out" / "document.docx"
    source.write_bytes(content)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_SETTINGS, encoding="utf-8")
    # it would lay its socket into /tmp, where it may write nothing
    own = [f"-env:UserInstallation={settings.parents[1].as_uri()}", f"-env:OSL_SOCKET_PATH={folder}"]
    options = ["--headless", "--norestore", "--nolockcheck", *own]
    convert = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(result.parent), str(source)]
    for _ in range(2):
        status = sandbox.run(_program(), [*options, *convert], folder, seconds=SECONDS, largest=LARGEST_FILE)
        if status != _AGAIN:
            break
    if status != 0 or not result.is_file() or not 0 < result.stat().st_size <= LARGEST_RESULT:
        raise _unreadable(kind)
    return result.read_bytes()
