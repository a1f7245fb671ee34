"""Binary workbooks: records without end, and some that stand for too many cells ([MS-XLS])."""

import io
import struct

import xlwt
from hostile_cases import hostile
from hostile_packages import HEADER

from support import old_workbooks
from support.old_workbooks import BOF, BOUNDSHEET, EOF, FORMULA, LABELSST, MERGED, NUMBER, SST, Record

CONTINUE, COLUMNS, ROW, MULTIPLE, MANY_BLANKS = 0x003C, 0x007D, 0x0208, 0x00BD, 0x00BE


def _records() -> list[Record]:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
    buffer = io.BytesIO()
    book.save(buffer)
    return old_workbooks.records_of(old_workbooks.stream_of(buffer.getvalue()))


def with_records(*more: Record) -> bytes:
    """A workbook whose sheet has these records as well."""
    records = _records()
    last = max(place for place, (code, _) in enumerate(records) if code == EOF)
    return old_workbooks.workbook([*records[:last], *more, *records[last:]])


def _number(row: int, column: int) -> Record:
    return NUMBER, struct.pack("<HHHd", row, column, 15, 1.0)


@hostile(".xls", "read", cells=1, sheets=60_000)
def xls_merges(far: int) -> bytes:
    one = struct.pack("<HHHH", 0, far, 0, 255)
    return with_records(*[(MERGED, struct.pack("<H", 1_000) + one * 1_000)] * 20)


@hostile(".xls", "read")
def xls_merges_over_cells() -> bytes:
    cells = [_number(row, column) for row in range(1, 300) for column in range(20)]
    one = b"".join(struct.pack("<HHHH", 300 + n, 65_000 - n, 0, 255) for n in range(1_000))
    return with_records(*cells, *[(MERGED, struct.pack("<H", 1_000) + one)] * 15)


@hostile(".xls", "read")
def xls_last_cell() -> bytes:
    return with_records(_number(65_535, 255))


@hostile(".xls", "read|too-large")
def xls_far_cells() -> bytes:
    return with_records(*(_number(row * 7 % 65_000, 255) for row in range(9_000)))


@hostile(".xls", "read|too-large")
def xls_cells() -> bytes:
    one = struct.pack("<HI", 15, 6)
    rows = [(MULTIPLE, struct.pack("<HH", n, 0) + one * 256 + struct.pack("<H", 255)) for n in range(1, 120)]
    return with_records(*rows * 11)


@hostile(".xls", "read")
def xls_blanks() -> bytes:
    blanks = [(MANY_BLANKS, struct.pack("<HH", n, 0) + b"\x0f\0" * 256 + struct.pack("<H", 255)) for n in range(1, 300)]
    return with_records(*blanks)


@hostile(".xls", "read")
def xls_hidden_columns() -> bytes:
    return with_records(*[(COLUMNS, struct.pack("<HHHHHH", 0, 255, 0, 15, 1, 0))] * 9_000, _number(1, 255))


@hostile(".xls", "read")
def xls_hidden_rows() -> bytes:
    rows = [(ROW, struct.pack("<HHHHHHI", n, 0, 256, 0x8000, 0, 0, 0x20)) for n in range(8_000)]
    return with_records(*rows, _number(9_000, 1))


@hostile(".xls", "read", many=9_000)
def xls_continued(number: int) -> bytes:
    records = _records()
    place = next(n for n, (code, _) in enumerate(records) if code == SST)
    return old_workbooks.workbook([*records[: place + 1], *[(CONTINUE, b"\0a")] * number, *records[place + 1 :]])


@hostile(".xls", "read", strings=0x7FFFFFFF)
def xls_strings_announced(number: int) -> bytes:
    records = _records()
    changed = [(code, struct.pack("<II", number, number) + held[8:] if code == SST else held) for code, held in records]
    return old_workbooks.workbook(changed)


@hostile(".xls", "read")
def xls_string_in_many_cells() -> bytes:
    return with_records(
        *((LABELSST, struct.pack("<HHHI", row, column, 15, 0)) for row in range(1, 600) for column in range(16))
    )


@hostile(".xls", "read")
def xls_formulas() -> bytes:
    held = struct.pack("<HHHdHIH", 1, 1, 15, 0.0, 0, 0, 60_000) + b"\x1e\1\0" * 2_000
    return with_records(*[(FORMULA, held)] * 30)


@hostile(".xls", "too-large")
def xls_sheets() -> bytes:
    records = _records()
    first = next(n for n, (code, _) in enumerate(records) if code == BOUNDSHEET)
    sheet = [n for n, (code, _) in enumerate(records) if code == BOF][1]
    body = [*records[:first], *[records[first]] * 300, *records[first + 1 : sheet], *records[sheet:] * 300]
    return old_workbooks.workbook(body)


@hostile(".xls", "broken", noise=b"\xff" * 90_000, zeros=b"\0" * 90_000, records=b"\x09\x08\x10\0" * 20_000)
def xls_of(rest: bytes) -> bytes:
    return b"\x09\x08\x10\x00\x00\x06\x05\x00" + rest


@hostile(".xlsb", "broken", noise=b"\xff" * 90_000, zeros=b"\0" * 90_000)
def xlsb_of(part: bytes) -> bytes:
    from hostile_packages import zipped

    return zipped([("[Content_Types].xml", "<Types/>"), ("xl/workbook.bin", part), ("xl/worksheets/sheet1.bin", part)])


@hostile(".xls", "read|too-large", runs=8_000)
def xls_text_of_many_runs_in_many_cells(number: int) -> bytes:
    """A text that changes its font at each letter, in every cell."""
    said = ("新" * number).encode("utf-16-le")
    runs = b"".join(struct.pack("<HH", n, n % 4) for n in range(number))
    first = struct.pack("<II", 1, 1) + struct.pack("<HBH", number, 9, number)
    pieces = [said[n : n + 8_000] for n in range(0, len(said), 8_000)]
    tail = [runs[n : n + 8_000] for n in range(0, len(runs), 8_000)]
    strings: list[Record] = [(SST, first + pieces[0]), *((CONTINUE, b"\1" + piece) for piece in pieces[1:])]
    strings += [(CONTINUE, piece) for piece in tail]
    records = _records()
    place = next(n for n, (code, _) in enumerate(records) if code == SST)
    records[place : place + 1] = strings
    cells = [(LABELSST, struct.pack("<HHHI", n // 16 + 1, n % 16, 15, 0)) for n in range(6_000)]
    last = max(n for n, (code, _) in enumerate(records) if code == EOF)
    return old_workbooks.workbook([*records[:last], *cells, *records[last:]])


@hostile(".xls", "read|too-large", notes=(0x001C, 12), objects=(0x005D, 40), formats=(0x041E, 9), fonts=(0x0031, 16))
def xls_very_many(shape: tuple[int, int]) -> bytes:
    code, size = shape
    return with_records(*[(code, bytes(size))] * (180_000 // (size + 4)))


def _bin(kind: int, held: bytes = b"") -> bytes:
    """A record of a binary workbook in a zip ([MS-XLSB] 2.1.4)."""
    code = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(held), b""
    while size >= 0x80:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return code + length + bytes([size]) + held


def _wide(said: str) -> bytes:
    return struct.pack("<I", len(said)) + said.encode("utf-16-le")


def xlsb(cells: bytes, sheets: int = 1) -> bytes:
    """A workbook of sheets that all have these records for cells."""
    from hostile_packages import relations, zipped

    named = b"".join(_bin(156, struct.pack("<II", 0, n + 1) + _wide(f"r{n}") + _wide(f"S{n}")) for n in range(sheets))
    book = _bin(131) + _bin(143) + named + _bin(144) + _bin(132)
    part = _bin(129) + _bin(148, struct.pack("<IIII", 0, 0, 0, 0)) + _bin(145) + cells + _bin(146) + _bin(130)
    links = relations([(f"r{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(sheets)])
    return zipped(
        [
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", relations([("r", "officeDocument", "xl/workbook.bin")])),
            ("xl/workbook.bin", book),
            ("xl/_rels/workbook.bin.rels", links),
            *((f"xl/worksheets/sheet{n}.bin", part) for n in range(sheets)),
        ]
    )


def _xlsb_row(number: int, *columns: int) -> bytes:
    cells = (_bin(5, struct.pack("<IId", column, 0, 1.0)) for column in columns)
    return _bin(0, struct.pack("<IIHHHI", number, 0, 0, 0, 0, 0)) + b"".join(cells)


@hostile(".xlsb", "too-large", corners=1_048_575, rows=400_000)
def xlsb_far_cells(last: int) -> bytes:
    return xlsb(_xlsb_row(0, 0) + _xlsb_row(last, 16_383))


@hostile(".xlsb", "read|too-large")
def xlsb_cells() -> bytes:
    return xlsb(b"".join(_xlsb_row(n, *range(30)) for n in range(4_000)))


@hostile(".xlsb", "too-large")
def xlsb_sheets_of_far_cells() -> bytes:
    return xlsb(_xlsb_row(0, 0) + _xlsb_row(900, 3_000), sheets=200)
