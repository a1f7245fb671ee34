"""Sheets drawn in text, and short answers about their layout."""

from collections.abc import Sequence

from parsers.grid import address
from parsers.layout import Layout, analyse
from parsers.layout.model import Region
from parsers.layout.pictures import drawn


def layout(picture: str) -> Layout:
    """The layout of a drawn sheet."""
    return analyse(drawn(picture))


def only(picture: str) -> Region:
    """The one region of a drawn sheet."""
    (region,) = layout(picture).regions
    return region


def roles(region: Region) -> Sequence[str]:
    """The role of each line, top down."""
    return [line.role for line in region.rows]


def paths(region: Region) -> Sequence[str]:
    """The heading of each column, its levels parted by /."""
    return ["/".join(column.heading.path) for column in region.columns]


def cells(region: Region, role: str) -> Sequence[str]:
    """The addresses of all cells of a role, in order."""
    return [address(*place) for place in sorted(region.cells) if region.cells[place].role == role]
