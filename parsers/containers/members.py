"""The files in containers, and the budget of one mail for them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parsers.child import work
from parsers.containers import faults

MOST_BYTES = 100_000_000
MOST_ENTRIES = 200

_MEMBER, _BYTE = 50.0, 0.005
"""Units of work of a member and of a byte of it."""
_NOISE = re.compile(r"(?:^|[/\\])(?:__MACOSX[/\\].*|\._[^/\\]*|\.DS_Store|Thumbs\.db|desktop\.ini)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a container. `name` is as it was written there, with its folders: words to show, never a path."""

    name: str
    content: bytes


@dataclass(slots=True)
class Budget:
    """What may still come out of the containers of one mail, all of them together."""

    size: int = MOST_BYTES
    entries: int = MOST_ENTRIES

    def expect(self, entries: int, size: int) -> None:
        """Raises Unreadable("too-large") where a container says itself that it holds more."""
        if entries > self.entries:
            raise faults.too_large(f"超过 {MOST_ENTRIES} 个文件")
        if size > self.size:
            raise faults.too_large(f"解压后超过 {MOST_BYTES // 1_000_000} MB")

    def collect(self, chunks: Iterable[bytes]) -> bytes:
        """The content of one member, counted as it comes. Raises Unreadable("too-large") when nothing is left."""
        self.expect(1, 0)
        self.entries -= 1
        work.spend(_MEMBER)
        content = bytearray()
        for chunk in chunks:
            self.expect(0, len(chunk))
            self.size -= len(chunk)
            work.spend(_BYTE * len(chunk))
            content += chunk
        return bytes(content)


def is_noise(name: str) -> bool:
    """Whether a system put this file there by itself, for its own use."""
    return bool(_NOISE.search(name))


def legacy_name(raw: bytes) -> str:
    """A name whose charset is not told: UTF-8, else GB 18030 as Chinese programs write it."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
