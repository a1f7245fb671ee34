"""Decides what kind of file some bytes are, by their content and never by the file's name."""

import io
import re
import zipfile
from enum import StrEnum

import olefile

from parsers.formats.helpers import openpgp
from parsers.formats.helpers.plain_text import delimiter_of, text_of


class FileKind(StrEnum):
    """What a file is. Kinds that no reader tells apart share a name: `xlsx` is also .xlsm, .xltx and WPS's zipped .et,
    `xls` also WPS's other .et, `ods` also the flat .fods, `doc` also .wps, `picture` every image. `cms` is what S/MIME
    signs, compresses or encrypts (.p7m, .p7s), `pgp` what OpenPGP does."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    ODS = "ods"
    DOCX = "docx"
    PPTX = "pptx"
    OFD = "ofd"
    ZIP = "zip"
    XLS = "xls"
    DOC = "doc"
    ODT = "odt"
    ODP = "odp"
    ENCRYPTED_OOXML = "encrypted-ooxml"
    OLE = "ole"
    PDF = "pdf"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    GZIP = "gzip"
    TNEF = "tnef"
    CMS = "cms"
    PGP = "pgp"
    SPREADSHEETML = "spreadsheetml"
    HTML = "html"
    XML = "xml"
    RTF = "rtf"
    CSV = "csv"
    TEXT = "text"
    PICTURE = "picture"
    EMPTY = "empty"
    UNKNOWN = "unknown"


WORKBOOKS = frozenset({FileKind.XLSX, FileKind.XLSB, FileKind.XLS, FileKind.ODS, FileKind.SPREADSHEETML})
"""Kinds that hold nothing but tables: one in which no form is found was meant to hold one."""
WITHOUT_END = frozenset({FileKind.CSV, FileKind.HTML, FileKind.TEXT})
"""Kinds of which nothing tells where they end: one that was cut off looks whole."""

_STARTS = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (olefile.MAGIC, FileKind.OLE),
    (b"\x09\x00\x04\x00", FileKind.XLS),  # BIFF2 without a container, then BIFF3, BIFF4, BIFF5
    (b"\x09\x02\x06\x00", FileKind.XLS),
    (b"\x09\x04\x06\x00", FileKind.XLS),
    (b"\x09\x08\x08\x00\x00\x05", FileKind.XLS),
    (b"\x09\x08\x10\x00\x00\x06", FileKind.XLS),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN_ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"\x78\x9f\x3e\x22", FileKind.TNEF),
    (b"{\\rtf", FileKind.RTF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF87a", FileKind.PICTURE),
    (b"GIF89a", FileKind.PICTURE),
    (b"II*\x00", FileKind.PICTURE),
    (b"MM\x00*", FileKind.PICTURE),
)
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_FLAT_ODS = re.compile(
    r"<(?:\w+:)?document\b[^>]*\bmimetype\s*=\s*[\"']application/vnd\.oasis\.opendocument\.spreadsheet(?:-template)?[\"']"
)
_OPENDOCUMENT = re.compile(rb"application/vnd\.oasis\.opendocument\.([a-z]+)")
_MAIN_PART = re.compile(
    rb'ContentType\s*=\s*["\']application/vnd\.(?:openxmlformats-officedocument\.|ms-)'
    rb"(spreadsheetml|excel|wordprocessingml|word|presentationml|powerpoint)[^\"']*main(?:\+xml)?[\"']"
)
_ZIPPED = {
    b"spreadsheetml": FileKind.XLSX,
    b"excel": FileKind.XLSX,
    b"wordprocessingml": FileKind.DOCX,
    b"word": FileKind.DOCX,
    b"presentationml": FileKind.PPTX,
    b"powerpoint": FileKind.PPTX,
}
_ZIPPED_BY_NAME = (
    ("xl/workbook.bin", FileKind.XLSB),
    ("xl/", FileKind.XLSX),
    ("word/", FileKind.DOCX),
    ("ppt/", FileKind.PPTX),
    ("OFD.xml", FileKind.OFD),
)
_MOST_CONTENT_TYPES = 1 << 20
# RFC 5652 section 3: a sequence that begins with the identifier of a content type, or the same in ASCII armour
_CMS = re.compile(
    rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83.{3}|\x84.{4})\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x02-\x06]"
    rb"|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01[\x02\x09\x17])"
    rb"|\s*-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----",
    re.DOTALL,
)


def kind_of(content: bytes) -> FileKind:
    """What the bytes are; total for any bytes."""
    if not content.strip(b"\0 \t\r\n"):
        return FileKind.EMPTY
    start = next((kind for magic, kind in _STARTS if content.startswith(magic)), None)
    match start:
        case FileKind.ZIP:
            return _in_zip(content)
        case FileKind.OLE:
            return _in_ole(content)
        case None:
            return _without_start(content)
        case _:
            return start


def _without_start(content: bytes) -> FileKind:
    if _is_picture(content):
        return FileKind.PICTURE
    if _CMS.match(content):
        return FileKind.CMS
    return FileKind.PGP if openpgp.is_message(content) else _in_text(content)


def _is_picture(content: bytes) -> bool:
    return (
        (content[:2] == b"BM" and content[6:10] == bytes(4))
        or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
        or (content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS)
    )


# ---------------------------------------------------------------- containers


def _in_zip(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            types = _start_of(archive, "[Content_Types].xml")
            mimetype = _start_of(archive, "mimetype") or _start_of(archive, "META-INF/manifest.xml")
    except Exception:  # noqa: BLE001 zipfile raises many things; then the names in the local headers tell
        names, types, mimetype = _names_in_pieces(content), b"", content[30:200]
    if found := _OPENDOCUMENT.search(mimetype):
        return {b"spreadsheet": FileKind.ODS, b"text": FileKind.ODT}.get(found[1], FileKind.ODP)
    if match := _MAIN_PART.search(types):
        return FileKind.XLSB if b"binary" in match[0] else _ZIPPED[match[1]]
    for prefix, kind in _ZIPPED_BY_NAME:
        if any(name.replace("\\", "/").startswith(prefix) for name in names):
            return kind
    return FileKind.ZIP


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.NameToInfo or archive.NameToInfo[name].flag_bits & 1:
        return b""
    with archive.open(name) as part:
        return part.read(_MOST_CONTENT_TYPES)


def _names_in_pieces(content: bytes) -> list[str]:
    """The names that a zip gives before each entry, for one whose end is missing."""
    return [
        content[at + 30 : at + 30 + content[at + 26]].decode("ascii", "replace")
        for at in (match.start() for match in re.finditer(rb"PK\x03\x04", content))
        if at + 30 < len(content)
    ]


def _in_ole(content: bytes) -> FileKind:
    try:
        with olefile.OleFileIO(content) as container:
            names = {path[0] for path in container.listdir() if len(path) == 1}
    except Exception:  # noqa: BLE001 olefile raises many things; then the directory's raw names tell
        marks = ("Workbook", "Book", "WordDocument", "EncryptedPackage")
        names = {name for name in marks if f"{name}\0".encode("utf-16-le") in content}
        if content[512:514] == b"\x09\x08":  # the first stream begins as BIFF5 and BIFF8 do
            names.add("Workbook")
    if "EncryptedPackage" in names:
        return FileKind.ENCRYPTED_OOXML
    if names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return FileKind.XLS
    return FileKind.DOC if "WordDocument" in names else FileKind.OLE


# ---------------------------------------------------------------- texts


def _in_text(content: bytes) -> FileKind:
    if b"%PDF-" in content[:1024]:
        return FileKind.PDF
    text = text_of(content)
    if text is None:
        return FileKind.UNKNOWN
    if (found := _in_markup(text.lstrip())) is not None:
        return found
    return FileKind.CSV if delimiter_of(text) else FileKind.TEXT


def _in_markup(text: str) -> FileKind | None:
    if not text.startswith("<"):
        return None
    start = text[:4096].lower()
    if _SPREADSHEETML in start and re.search(r"<(?:\w+:)?workbook\b", start):
        return FileKind.SPREADSHEETML
    if _FLAT_ODS.search(start):
        return FileKind.ODS
    if re.search(r"<(?:!doctype html|html|head|meta|body|table|div|style|p)\b", start):
        return FileKind.HTML
    return FileKind.XML if re.match(r"<(?:[?!]|[a-z]\w*[\s>/:])", start) else None
