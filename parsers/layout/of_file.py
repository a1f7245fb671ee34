"""The layouts of a file's sheets, as values that can leave the process that read it."""

from dataclasses import dataclass

from parsers.formats.read_file import read_grids
from parsers.layout.analysis import analyse
from parsers.layout.as_html import page
from parsers.layout.as_json import SheetJson, as_json


@dataclass(frozen=True, slots=True)
class FileLayout:
    """Every sheet as JSON tells it, and all of them as one HTML page."""

    sheets: tuple[SheetJson, ...]
    page: str


def layouts_of(content: bytes, title: str, slowly: bool = False) -> FileLayout:
    """What the sheets of a file are. `slowly`: LibreOffice may be started.

    Raises Unreadable. Hostile files may end the process: call it through parsers.child.isolate.
    """
    sheets = [(grid, analyse(grid)) for grid in read_grids(content, slowly=slowly)]
    return FileLayout(tuple(as_json(layout) for _, layout in sheets), page(sheets, title))
