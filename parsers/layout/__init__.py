"""What a sheet is, knowing no form: its tables, their headings and lines, and the labels and values around them."""

from parsers.layout.analysis import analyse
from parsers.layout.as_html import page
from parsers.layout.as_json import as_json
from parsers.layout.model import Layout

__all__ = ["Layout", "analyse", "as_json", "page"]
