"""Opens a zip of XML parts, as .xlsx, .ods and .docx are, with checks against hostile ones."""

import io
import posixpath
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import IO

from lxml import etree

from parsers.child import work
from parsers.formats.helpers import faults
from parsers.reading import Unreadable

MAX_UNZIPPED = 200_000_000
"""Bytes of all parts together, as the zip declares them; zipfile gives no part more than it declares."""
MAX_RATIO = 200
"""Of unzipped to zipped bytes, for parts above a million bytes; real tables stay below 50."""
MAX_PARTS = 4096
MAX_WHOLE = 30_000_000
"""Bytes of a part that is read as a whole: some ten times as much in memory."""

_CHUNK = 1 << 16
_SMALLEST_HEADER = 30
_DOCTYPE = b"<!DOCTYPE"
_CONTROL = re.compile(
    rb"[\x01-\x08\x0b\x0c\x0e-\x1f]|&#(?:[xX]0*(?:1?[0-8bcefBCEF]|19|1[adAD])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
_LONGEST_REFERENCE = 10
_TAG, _BYTE = 1.2, 0.008
"""Units of work of a tag and of a byte."""
_END = re.compile(rb"</[\w.:-]+\s*>\s*\Z")


class Package:
    """The parts of a package by their names.

    Raises Unreadable when made from a zip that is cut short, encrypted, too large or built to deceive.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile as error:
            raise faults.truncated() from error
        parts = self._zip.infolist()
        _check_sizes(parts)
        _check_places(parts)
        self._names = {part.filename.replace("\\", "/").lstrip("/").lower(): part for part in parts}
        if len(self._names) < len(parts):
            raise faults.unsafe()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    @property
    def names(self) -> tuple[str, ...]:
        """Of all parts, in small letters."""
        return tuple(self._names)

    def content(self, name: str) -> bytes:
        """The bytes of a part. Raises Unreadable for one that is too large to stand in memory as a whole."""
        if self._names[name.lower()].file_size > MAX_WHOLE:
            raise faults.too_large("解压后体积过大")
        with self._open(name) as part:
            content = part.read()
        work.spend(_BYTE * len(content))
        return content

    def _open(self, name: str) -> IO[bytes]:
        entry = self._names[name.lower()]
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise faults.broken()
        return self._zip.open(entry)

    def elements(self, name: str, *tags: str) -> Iterator[etree._Element]:
        """Each element with one of the tags, such as "{*}row", once it is complete.

        Its caller clears what it is done with. Raises Unreadable for a part with a DOCTYPE, KeyError for none.
        """
        with self._open(name) as part:
            yield from elements(part, *tags)

    def root(self, name: str) -> etree._Element:
        """The whole of a part. Raises Unreadable for one that is too large to stand in memory as a whole."""
        if self._names[name.lower()].file_size > MAX_WHOLE:
            raise faults.too_large("解压后体积过大")
        root = None
        for element in self.elements(name):
            root = element
        if root is None:
            raise faults.broken()
        return root

    def root_so_far(self, name: str) -> tuple[etree._Element, bool]:
        """The whole of a part, or what stands before the place at which it breaks the rules, and whether it is whole.

        Raises Unreadable for one that is too large, or unsafe, or of which nothing can be read.
        """
        if self._names[name.lower()].file_size > MAX_WHOLE:
            raise faults.too_large("解压后体积过大")
        root = None
        try:
            for element in self.elements(name):
                root = element if root is None else root
        except (Unreadable, MemoryError):
            raise
        except Exception as error:
            if root is None:
                raise faults.broken() from error
            return _top(root), False
        if root is None:
            raise faults.broken()
        return _top(root), True

    def related(self, name: str) -> list[tuple[str, str, str]]:
        """The (id, type, name) of the parts that a part points to (ECMA-376 part 2, clause 9); "" is the package.

        Those that the part names before it breaks the rules.
        """
        folder, base = posixpath.split(name)
        relations = f"{folder}/_rels/{base}.rels".lstrip("/")
        if relations not in self:
            return []
        return [
            (element.get("Id", ""), element.get("Type", ""), _joined(folder, element.get("Target", "")))
            for element in self._relations(relations)
            if element.get("TargetMode") != "External"
        ]

    def _relations(self, name: str) -> list[etree._Element]:
        try:
            return list(self.root_so_far(name)[0])
        except Unreadable as fault:
            if fault.code != faults.broken().code:
                raise
            return []


def is_encrypted(package: Package) -> bool:
    """Whether an OpenDocument package says that its parts are encrypted (OpenDocument 1.3 part 2, clause 4.8)."""
    try:
        return any(local(element) == "encryption-data" for element in package.elements("META-INF/manifest.xml"))
    except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile):  # nothing else in it is needed
        return False


def elements(part: IO[bytes], *tags: str) -> Iterator[etree._Element]:
    """Each element of an XML text with one of the tags, such as "{*}row", once it is complete; without tags, each one.

    Raises Unreadable where there is a DOCTYPE, which no office program writes.
    """
    parser: etree.XMLPullParser[etree._Element] = etree.XMLPullParser(
        ("end",),
        tag=tags or None,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for chunk in _chunks(part):
        if _DOCTYPE in chunk.replace(b"\0", b"").upper():
            raise faults.unsafe()
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError:
            yield from _of(parser)  # what stands before the fault
            raise
        yield from _of(parser)
    root = parser.close()
    if root.getroottree().docinfo.internalDTD is not None:
        raise faults.unsafe()
    yield from _of(parser)


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    """The text piece by piece, with "?" for control characters, which XML forbids and some programs write."""
    rest = b""
    while chunk := part.read(_CHUNK):
        work.spend(_TAG * chunk.count(b"<") + _BYTE * len(chunk))
        chunk = rest + chunk
        start = chunk.rfind(b"&", len(chunk) - _LONGEST_REFERENCE)
        end = start if start >= 0 and b";" not in chunk[start:] else len(chunk)
        chunk, rest = chunk[:end], chunk[end:]
        yield chunk if b"\0" in chunk else _CONTROL.sub(b"?", chunk)  # zeros are of UTF-16
    yield rest


def drop_last(root: etree._Element, tag: str) -> None:
    """Take out the last element with a tag, which is not whole where the text around it breaks off."""
    for element in deque(root.iter(tag), maxlen=1):
        if (parent := element.getparent()) is not None:
            parent.remove(element)


def has_end(content: bytes) -> bool:
    """Whether an XML text ends with the end of an element, as one that was cut short seldom does."""
    return _END.search(content[-1024:]) is not None


def _of(parser: "etree.XMLPullParser[etree._Element]") -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):
            yield element


def _top(element: etree._Element) -> etree._Element:
    return element.getroottree().getroot()


def _joined(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    return posixpath.normpath(target if target.startswith("/") else posixpath.join("/", folder, target)).lstrip("/")


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNZIPPED:
        raise faults.too_large("解压后体积过大")
    for part in parts:
        if part.flag_bits & 1:
            raise faults.password()
        if part.file_size > 1_000_000 and part.file_size > MAX_RATIO * part.compress_size:
            raise faults.too_large("压缩比异常")


def _check_places(parts: list[zipfile.ZipInfo]) -> None:
    """Parts that lie over one another unzip to more than any sum of sizes tells."""
    ordered = sorted(parts, key=lambda part: part.header_offset)
    for part, following in pairwise(ordered):
        if part.header_offset + _SMALLEST_HEADER + part.compress_size > following.header_offset:
            raise faults.unsafe()


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return _local(str(element.tag))


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
