"""Opens winmail.dat, in which Outlook wraps the files of a mail (MS-OXTNEF)."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from parsers.containers import faults
from parsers.containers.members import Budget, Member, legacy_name

_TITLE, _CONTENT, _NEW, _PROPERTIES = 0x8010, 0x800F, 0x9002, 0x9005
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _OBJECT = 0x3707, 0x3704, 0x3001, 0x3701
_INTERFACE = 16
"""Bytes in front of an object that name its interface."""

_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
"""Property type → bytes of a value, those of alignment included (MS-OXTNEF 2.1.3.4)."""
_COUNTED = {13, 30, 31, 258}
_UNICODE, _MULTIPLE = 31, 0x1000
_NAMED = 0x8000


@dataclass(slots=True)
class _File:
    title: str = ""
    content: bytes | None = None
    properties: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The long name; older programs give only one of eight and three letters."""
        return self._text(_LONG_NAME) or self._text(_SHORT_NAME) or self.title or self._text(_DISPLAY_NAME)

    def _text(self, tag: int) -> str:
        kind, value = self.properties.get(tag, (0, b""))
        text = value.decode("utf-16-le", "replace") if kind == _UNICODE else legacy_name(value)
        return text.rstrip("\0")


def members(content: bytes, budget: Budget) -> Iterator[Member]:
    """The attached files; what the mail says in words is not among them. An attached mail is wrapped in turn."""
    for file in _files(content):
        inside = file.content
        if inside is None and _OBJECT in file.properties:
            inside = file.properties[_OBJECT][1][_INTERFACE:]
        if inside is not None:
            yield Member(file.name, budget.collect([inside]))


def _files(content: bytes) -> list[_File]:
    files: list[_File] = []
    for kind, value in _attributes(content):
        if kind == _NEW:
            files.append(_File())
        elif not files:
            continue
        elif kind == _TITLE:
            files[-1].title = legacy_name(value.rstrip(b"\0"))
        elif kind == _CONTENT:
            files[-1].content = value
        elif kind == _PROPERTIES:
            with suppress(struct.error):  # what was read before the fault stays
                files[-1].properties.update(_properties(value))
    return files


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each attribute as (id, value). Raises Unreadable where one is cut short or its sum is wrong."""
    at = 6
    if len(content) <= at:
        raise faults.wrapped("truncated")
    while at < len(content):
        header = content[at : at + 9]
        if len(header) < 9:
            raise faults.wrapped("truncated")
        kind, _, size = struct.unpack_from("<HHL", header, 1)
        value = content[at + 9 : at + 9 + size]
        at += 9 + size + 2
        if at > len(content):
            raise faults.wrapped("truncated")
        if sum(value) & 0xFFFF != int.from_bytes(content[at - 2 : at], "little"):
            raise faults.wrapped("broken")
        yield kind, value


def _properties(buffer: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Each value of each property as (tag, (type, value)), up to the first of an unknown type."""
    (count,), at = struct.unpack_from("<L", buffer), 4
    for _ in range(count):
        kind, tag = struct.unpack_from("<HH", buffer, at)
        at += 4
        if tag >= _NAMED:
            at = _behind_name(buffer, at)
        base, values = kind & ~_MULTIPLE, 1
        if base in _COUNTED or kind & _MULTIPLE:
            (values,) = struct.unpack_from("<L", buffer, at)
            at += 4
        for _ in range(values):
            size = padded = _SIZES.get(base, 0)
            if base in _COUNTED:
                (size,) = struct.unpack_from("<L", buffer, at)
                at, padded = at + 4, size + -size % 4
            elif base not in _SIZES:
                return
            if at + size > len(buffer):
                return
            yield tag, (base, buffer[at : at + size])
            at += padded


def _behind_name(buffer: bytes, at: int) -> int:
    """The place behind the name of a named property: a GUID, then a number or a text."""
    is_text, size = struct.unpack_from("<LL", buffer, at + 16)
    return at + 24 + (size + -size % 4 if is_text else 0)
