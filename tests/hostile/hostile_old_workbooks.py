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
