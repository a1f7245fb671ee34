"""Tells PDF files whose drawings draw one another so often that no reader comes to an end (ISO 32000-1, 8.10).

A form is a drawing that a page, or another form, draws by its name (`Do`). Ten forms that draw the next one ten times
are ten thousand million drawings; readers count their depth at most. Here the bytes are looked through before any
library reads them. What stands in streams of objects is not looked into, for a form is never there (7.5.7).
"""

import re
import zlib
from math import prod

MOST_DRAWINGS = 20_000
"""As often as all forms together may be drawn by way of one another."""

_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+obj\b")
_FORM = re.compile(rb"/Subtype\s*/Form\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+R\b")
_DRAWS = re.compile(rb"/[^\s/<>\[\]()]+\s+Do\b")
_LARGEST = 1 << 20
"""Bytes of a form's own content that are looked through."""


def draw_one_another_too_often(content: bytes) -> bool:
    """Whether forms draw themselves, by way of others too, or one another more than MOST_DRAWINGS times."""
    drawn: dict[int, int] = {}
    named: dict[int, set[int]] = {}
    starts = [*_OBJECT.finditer(content)]
    ends = [*(match.start() for match in starts[1:]), len(content)]
    for match, end in zip(starts, ends, strict=True):
        stream = _STREAM.search(content, match.end(), end)
        about = content[match.end() : stream.start() if stream else end]
        if stream and _FORM.search(about):
            number = int(match[1])
            drawn[number] = len(_DRAWS.findall(_plain(content[stream.end() : end])))
            named[number] = {int(each) for each in _REFERENCE.findall(about)}
    return prod(max(times, 1) for times in drawn.values()) > MOST_DRAWINGS or _goes_in_a_circle(
        {form: others & {other for other in drawn if drawn[other]} for form, others in named.items() if drawn[form]}
    )


def _plain(stream: bytes) -> bytes:
    """The start of a form's content, whether it is packed or not."""
    try:
        return zlib.decompressobj().decompress(stream, _LARGEST)
    except zlib.error:
        return stream[:_LARGEST]


def _goes_in_a_circle(named: dict[int, set[int]]) -> bool:
    """Whether following the names comes back to where it was: taking away those that name no other leaves some."""
    while ends := [form for form, others in named.items() if not others & named.keys()]:
        for form in ends:
            del named[form]
    return bool(named)
