"""Reads a file into grids: asks what kind of file it is, and calls the reader of that kind."""

from collections.abc import Callable

from parsers.child import work
from parsers.formats import delimited, docx, encrypted, html, libreoffice, ods, pdf, spreadsheetml, xls, xlsb, xlsx
from parsers.formats.file_kind import FileKind, kind_of
from parsers.formats.helpers import faults
from parsers.grid import Grid
from parsers.reading import Unreadable

_FORMATS = (xlsx, xls, xlsb, ods, spreadsheetml, html, docx, pdf, delimited)
_READERS: dict[FileKind, Callable[[bytes], tuple[Grid, ...]]] = {
    kind: reader.read for reader in _FORMATS for kind in reader.KINDS
}

_AS_TABLE = "请另附可编辑的电子表（.xlsx 或 .xls，WPS 表格可另存为 .xlsx）后重新发送。"
_OFD = (
    "ofd",
    "所附文件为 OFD 版式文件，系统不能可靠地读取其中的表格。请另附可编辑的电子表（.xlsx 或 .xls）；"
    "盖章扫描件可一并保留作为附件。",
)
_PICTURE = (
    "picture",
    "所附文件为图片，系统无法读取其中的表格。请另附可编辑的电子表（.xlsx 或 .xls）；盖章扫描件可一并保留作为附件。",
)
_ARCHIVE = ("archive", "所附文件为压缩包，系统无法读取其中的内容。请解压后直接附上电子表（.xlsx 或 .xls）重新发送。")
_PGP = (
    "encrypted",
    "来件内容经过加密（PGP），系统无法读取。请关闭邮件加密、签名功能，将统计表（.xlsx 或 .xls）作为附件重新发送。",
)
_NO_TABLE = ("unknown-type", f"所附文件不是电子表格，系统无法读取。{_AS_TABLE}")
_TEXT = (
    "unknown-type",
    f"所附文件是纯文本，各行没有用逗号或制表符分成几列，系统没有从中找到表格。{_AS_TABLE}",
)
_WITHOUT_READER = {
    FileKind.TEXT: _TEXT,
    FileKind.EMPTY: ("empty", f"所附文件是空的，没有内容。{faults.ATTACH_ANEW}"),
    FileKind.OFD: _OFD,
    FileKind.PICTURE: _PICTURE,
    FileKind.ZIP: _ARCHIVE,
    FileKind.RAR: _ARCHIVE,
    FileKind.SEVEN_ZIP: _ARCHIVE,
    FileKind.GZIP: _ARCHIVE,
    FileKind.TNEF: _ARCHIVE,
    FileKind.CMS: _ARCHIVE,
    FileKind.PGP: _PGP,
}


def read_grids(content: bytes, *, slowly: bool = False) -> tuple[Grid, ...]:
    """The sheets of a file, at least one, in its order, hidden ones included. `slowly`: LibreOffice may be started.

    Raises Unreadable for a file without a reader, and for whatever its reader cannot read. Hostile files may end the
    process: call it through parsers.child.isolate.
    """
    with work.limited(len(content), faults.too_large):
        return _read(content, slowly=slowly)


def _read(content: bytes, *, slowly: bool) -> tuple[Grid, ...]:
    found = kind_of(content)
    if found is FileKind.ENCRYPTED_OOXML:
        content = encrypted.opened(content)
        found = kind_of(content)
    if found in libreoffice.KINDS:
        return docx.read(libreoffice.as_docx(content, found, may_start=slowly))
    if found not in _READERS:
        raise Unreadable(*_WITHOUT_READER.get(found, _NO_TABLE))
    grids = _READERS[found](content)
    if not grids:
        raise faults.broken()
    return grids
