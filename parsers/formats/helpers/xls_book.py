"""Opens binary workbooks with xlrd so that an odd record costs no more than what it holds ([MS-XLS]).

xlrd reads a workbook in two loops over its records, which end at the first one that breaks the rules. Here records that
no value needs are kept from it, and its loops go on behind one that it cannot read.
"""

import io
import struct
from functools import partial
from typing import Any, NamedTuple

import xlrd

from parsers.child import work
from parsers.formats.helpers import faults
from parsers.formats.helpers.xls_strings import strings_of

BIFF5, BIFF8 = 50, 80
_RECORD, _BYTE = 4.0, 0.02
"""Units of work of a record, and of a byte of it."""

_GLOBALS, _WORKSHEET = 0x0005, 0x0010
_CONTINUE, _FORMULA = 0x003C, 0x0006
_CALCULATE_ON_LOAD = 0x02
_FORMULAS = {_FORMULA, 0x0206, 0x0406}
_CELLS = _FORMULAS | {0x0203, 0x00FD, 0x0204, 0x00D6, 0x027E, 0x00BD, 0x0205, 0x0003, 0x0002, 0x0004, 0x0005}
_MULRK, _LABELSST, _LABELS = 0x00BD, 0x00FD, {0x0204, 0x00D6}
_RESULTS = {0x0207, 0x0007, _CONTINUE}
"""Records with the text that a formula gives."""
_BESIDE = {0x0208, 0x0008, 0x007D, 0x0024, 0x00E5, 0x000F, 0x001C, 0x01B6}
"""Hidden rows and columns, merged cells, comments."""
_USELESS_IN_SHEETS = frozenset(
    {
        0x01B8,  # links, and the words that pop up over them
        0x0800,
        0x0872,  # tables
        0x015F,  # labels in formulas
        0x01B0,  # conditional formats
        0x01B1,
        0x023E,  # windows
        0x003E,
        0x00A0,
        0x0041,
        0x001B,  # page breaks
        0x001A,
        0x0055,  # the width of columns and the height of rows that say nothing of their own
        0x0099,
        0x00AB,
        0x0225,
        0x008C,  # the country
        0x00EC,  # drawings
    }
)
_USELESS = (
    "handle_name",
    "names_epilogue",
    "handle_externname",
    "handle_externsheet",
    "handle_supbook",
    "handle_writeaccess",
    "handle_country",
    "handle_palette",
    "palette_epilogue",
    "handle_style",
)
"""Methods of a book that take in what no value needs."""
_NEEDED = (
    "handle_font",
    "handle_format",
    "handle_xf",
    "xf_epilogue",
    "handle_datemode",
    "handle_codepage",
    "handle_boundsheet",
    "handle_sst",
)


class _Record(NamedTuple):
    """Where a record begins, what it is, and what it holds."""

    at: int
    code: int
    data: bytes


class _CutOff(Exception):
    """A text ends before its end."""


class _Kinds(dict[int, int]):
    """What numbers of a style are, days or numbers; those of a style that is not there are numbers."""

    def __missing__(self, style: int) -> int:
        return int(xlrd.XL_CELL_NUMBER)


class XlsSheet(xlrd.sheet.Sheet):  # type: ignore[misc]  # xlrd has no hints
    """A sheet, with what of it could not be read; rows and columns count from 0."""

    def __init__(self, book: "XlsBook", position: int, name: str, number: int) -> None:
        super().__init__(book, position, name, number)
        self.unreadable: set[tuple[int, int]] = set()
        """Where cells stand that break the rules."""
        self.uncalculated: set[tuple[int, int]] = set()
        """Where formulas have an empty text as a sum, which is no result."""
        self.on_load: set[tuple[int, int]] = set()
        """Where formulas that are to be calculated on loading have a 0 or an empty text."""
        self.partial = False
        """Something else of it is lost."""


class XlsBook(xlrd.Book):  # type: ignore[misc]
    """A workbook and its sheets, read as far as they can be."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[XlsSheet | None] = []
        """The sheets in their order; None for one that cannot be read at all."""
        self.partial = False
        """Something that all sheets share is lost."""
        self.calculates = False
        """Formulas that are to be calculated on loading have results: their 0 is a 0."""
        self._position = 0
        self._sheet: XlsSheet | None = None
        self._latest = _Record(0, 0, b"")
        self._cells = self._latest, self._latest
        """The last two records of cells."""
        # xlrd sets functions of its own on the class of the book, which those of the instance hide
        for name in _USELESS:
            setattr(self, name, _nothing)
        for name in _NEEDED:
            setattr(self, name, partial(self._in_part, name))

    def initialise_format_info(self) -> None:
        super().initialise_format_info()
        self._xf_index_to_xl_type_map = _Kinds()

    def derive_encoding(self) -> str:
        """The charset of the texts; latin-1 where the workbook names one that there is not."""
        try:
            return str(super().derive_encoding())
        except LookupError:
            self.codepage = 1200 if self.biff_version >= BIFF8 else None
            self.encoding = "latin-1"
            return self.encoding

    def get_record_parts(self) -> tuple[int, int, bytes]:
        """The next record; raises struct.error at the end."""
        while True:
            at = self._position
            code, length = struct.unpack_from("<HH", self.mem, at)
            data = self.mem[at + 4 : at + 4 + length]
            work.spend(_RECORD + _BYTE * length)
            self._position = at + 4 + length
            if self._sheet is not None:
                if code in _USELESS_IN_SHEETS:
                    continue
                if code == _LABELSST:
                    data = data[:10]  # xlrd takes no more, some programs write more
                if code in _CELLS:
                    self._latest = _Record(at, code, data)
                    self._cells = self._cells[1], self._latest
                    self._look_at(code, data, self._sheet)
            self._latest = _Record(at, code, data)
            return code, length, data

    def _in_part(self, name: str, *data: Any) -> None:
        """Call the method of that name; what it cannot read costs no more than itself."""
        styles = len(self.xf_list)
        try:
            if name == "handle_format" and _is_cut(data[0][2:], self.biff_version, width=1):
                raise _CutOff
            getattr(type(self), name)(self, *data)
        except Exception as error:  # noqa: BLE001 - whatever xlrd raises over an odd record
            self.partial |= not (name == "handle_font" and isinstance(error, UnicodeDecodeError))  # its name alone
            if name == "handle_xf" and len(self.xf_list) == styles:
                self.xf_list.append(self.xf_list[0] if styles else xlrd.formatting.XF())  # keeps the numbers of others

    def handle_sst(self, data: bytes) -> None:
        pieces = [data]
        while (piece := self.get_record_parts_conditional(_CONTINUE))[0] is not None:
            pieces.append(piece[2])
        self._sharedstrings, self._rich_text_runlist_map = strings_of(pieces)

    def get_sheet(self, sh_number: int, update_pos: bool = True) -> XlsSheet | None:
        """Read a sheet, going on behind each record that cannot be read."""
        if update_pos:
            self._position = self._sh_abs_posn[sh_number]
        try:
            self.getbof(_WORKSHEET)
        except Exception:  # noqa: BLE001 - there is no sheet where one should be
            self.found.append(None)
            return None
        sheet = XlsSheet(self, self._position, self._sheet_names[sh_number], sh_number)
        self.found.append(sheet)
        self._sheet_list[sh_number] = self._sheet = sheet
        while not self._has_read(sheet):
            sheet._position = self._position
        self._sheet = None
        return sheet

    def _has_read(self, sheet: XlsSheet) -> bool:
        """Whether nothing of the sheet is left after reading up to its end, or to a record that cannot be read."""
        try:
            sheet.read(self)
        except Exception as error:
            if "encrypted" in str(error):
                raise
            if self._position + 4 > len(self.mem):
                sheet.partial = True
                sheet.tidy_dimensions()
                return True
            self._give_up_record(sheet, is_misplaced=str(error).startswith("Expected"))
            return False
        return True

    def _give_up_record(self, sheet: XlsSheet, *, is_misplaced: bool) -> None:
        """Go on behind a record. A misplaced one stands where the text of a formula should, and is for itself."""
        if is_misplaced:
            _give_up_cells(self._cells[self._latest.code not in _CELLS], sheet)
            self._position = self._latest.at
        elif self._latest.code in _CELLS or self._latest.code in _RESULTS:
            _give_up_cells(self._cells[1], sheet)
        elif self._latest.code in _BESIDE:
            sheet.partial = True

    def _look_at(self, code: int, data: bytes, sheet: XlsSheet) -> None:
        """Set down where the result of a formula is a mere stand-in for one, and where numbers were cut off.

        Raises _CutOff for a text that was.
        """
        if code == _MULRK and (len(data) < 6 or len(data) != 6 * (_last_of(data) - _first_of(data) + 2)):
            sheet.partial = True
        if code in _LABELS and _is_cut(data[6:], self.biff_version, width=2):
            raise _CutOff
        if code != _FORMULA or self.biff_version < BIFF5 or len(data) < 22:
            return
        place, result = struct.unpack_from("<HH", data), data[6:14]
        is_empty_text = result[:1] == b"\x03" and result[6:] == b"\xff\xff"
        if data[14] & _CALCULATE_ON_LOAD:
            if is_empty_text or result == bytes(8):
                sheet.on_load.add(place)
            else:
                self.calculates = True
        if is_empty_text and _makes_a_number(data[22:]):
            sheet.uncalculated.add(place)


def _is_cut(text: bytes, version: int, *, width: int) -> bool:
    """Whether a text is shorter than the number before it says, which has `width` bytes where it is not Unicode."""
    if version >= BIFF8:
        return len(text) < 3 or len(text) < 3 + int.from_bytes(text[:2], "little") * (1 + (text[2] & 1))
    return version >= BIFF5 and len(text) < width + int.from_bytes(text[:width], "little")


def _give_up_cells(record: _Record, sheet: XlsSheet) -> None:
    """Set down that the cells of a record cannot be read."""
    if len(record.data) < 6:
        sheet.partial = True
        return
    row, first = struct.unpack_from("<HH", record.data)
    last = max(first, _last_of(record.data)) if record.code == _MULRK else first
    if row >= sheet.utter_max_rows or last >= sheet.utter_max_cols:
        sheet.partial = True
    else:
        sheet.unreadable |= {(row, column) for column in range(first, last + 1)}


def _first_of(data: bytes) -> int:
    return int.from_bytes(data[2:4], "little")


def _last_of(data: bytes) -> int:
    return int.from_bytes(data[-2:], "little")


def _makes_a_number(tokens: bytes) -> bool:
    """Whether a formula's last operation is + - * / ^ % or a SUM ([MS-XLS] 2.5.198)."""
    if len(tokens) >= 4 and (
        tokens[-4:-2] == b"\x19\x10" or (tokens[-4] & 0x1F == 0x02 and tokens[-2:] == b"\x04\x00")
    ):
        return True
    return tokens[-1:] in (b"\x03", b"\x04", b"\x05", b"\x06", b"\x07", b"\x14")


def _nothing(*_: Any) -> None:
    pass


def open_book(stream: bytes, charset: str | None = None) -> XlsBook:
    """The workbook that a stream holds. `charset`: that of its texts, where it is older than Unicode and does not say.

    Raises Unreadable, and XLRDError where it is encrypted.
    """
    book = XlsBook()
    book.biff2_8_load(
        file_contents=stream,
        formatting_info=True,
        ragged_rows=True,
        on_demand=True,
        logfile=io.StringIO(),
        encoding_override=charset,
    )
    book.biff_version = book.getbof(_GLOBALS)
    if book.biff_version not in xlrd.book.SUPPORTED_VERSIONS:
        raise faults.broken()
    if book.biff_version < 45:  # it is a sheet and nothing else
        book.fake_globals_get_sheet()
        return book
    try:
        book.parse_globals()
    except Exception as error:
        if "encrypted" in str(error) or not book._sheet_names:
            raise
        book.partial = True
    if book.biff_version >= BIFF5:
        book._sheet_list = [None] * len(book._sheet_names)
        book.get_sheets()
    return book
