"""Finds the tables written in the text of a mail: HTML tables, and columns separated by tabs or blanks."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mailbot.mail.html_text import html_to_text
from mailbot.mail.message import Mail
from mailbot.mail.quoting import own_words
from parsers.formats import delimited, html
from parsers.grid import Grid
from parsers.reading import Finding, Reading, Severity, Unreadable
from parsers.values.identity_numbers import STARS

TableReader = Callable[[Sequence[Grid]], tuple[Reading, ...]]

LEAST_COLUMNS = 4
"""Of a table whose columns are told by blanks alone."""

_SENT_ON = re.compile(r"\s*(?:转发|轉發|转寄|fwd?)\s*[:：]", re.IGNORECASE)
_OURS = re.compile("受理号|本邮件由系统自动发送")
"""Words that stand in every letter of ours, or in every receipt."""
_GAP = re.compile(r"[ \u3000]{2,}|\u3000")

_ALIGNED = Finding(
    Severity.WARNING,
    "aligned-text",
    "表格在邮件正文中以空格分列，系统按各行的先后次序读取，请核对。"
    "如有出入，请将电子表（.xlsx 或 .xls）作为附件重新发送。",
)


def in_html(mail: Mail, tables: TableReader) -> tuple[Reading, ...]:
    """The tables of known forms in the HTML of a mail, as far as its writer put them there."""
    if "<table" not in mail.html.lower():
        return ()
    try:
        readings = tables(html.read(mail.html.encode("utf-8", "replace")))
    except Unreadable:
        return ()
    words = _without_blanks(_writers(mail, html_to_text(mail.html))) if readings else ""
    return tuple(reading for reading in readings if _stands_in(words, reading))


def in_text(mail: Mail, tables: TableReader) -> tuple[Reading, ...]:
    """The same in its plain text, where tabs part the columns, or at least two blanks do."""
    text = _writers(mail, mail.text)
    if "\t" in text and (readings := _read(text, tables)):
        return readings
    readings = _read(aligned, tables) if (aligned := _tabulated(text)) else ()
    return tuple(replace(reading, findings=(*reading.findings, _ALIGNED)) for reading in readings)


def _read(text: str, tables: TableReader) -> tuple[Reading, ...]:
    try:
        return tables(delimited.read(f"sep=\t\n{text}".encode("utf-8", "replace")))
    except Unreadable:
        return ()


# ---------------------------------------------------------------- whose words they are


def _writers(mail: Mail, text: str) -> str:
    """The words for which the writer answers; "" where our own letters are among them.

    An earlier mail that is quoted below an answer was counted when it came, and our receipts repeat what they answer;
    but whoever sends a mail on means all of it.
    """
    is_sent_on = _SENT_ON.match(mail.head.subject) and not mail.head.in_reply_to
    own = text if is_sent_on else own_words(text)
    return "" if _OURS.search(own) or mail.head.header("x-mailbot-letter") is not None else own


def _stands_in(words: str, reading: Reading) -> bool:
    cells = list(_cells(reading))
    return bool(cells) and all(_without_blanks(cell) in words for cell in cells if STARS not in cell)


def _cells(reading: Reading) -> Iterator[str]:
    for values in (reading.header, reading.totals, *(record.values for record in reading.records)):
        yield from (value.raw for value in values.values() if value.raw)


def _without_blanks(text: str) -> str:
    return re.sub(r"[\s\u200b\u200c\u200d\ufeff]+", "", text)


# ---------------------------------------------------------------- columns told by blanks


def _tabulated(text: str) -> str | None:
    """The text with tabs between the columns of its table; None where it has none that is sure.

    From the first row to the last each must have a text for every column: after a blank cell the others would slip.
    """
    lines = text.splitlines()
    rows = [_GAP.split(line.strip()) for line in lines]
    widths = Counter(len(row) for row in rows if len(row) >= LEAST_COLUMNS)
    width, times = next(iter(widths.most_common(1)), (0, 0))
    if times < 2:
        return None
    first, *_, last = (number for number, row in enumerate(rows) if len(row) == width)
    if any(len(row) != width for row in rows[first : last + 1] if row != [""]):
        return None
    return "\n".join(
        "\t".join(row) if first <= number <= last else line
        for number, (line, row) in enumerate(zip(lines, rows, strict=True))
    )
