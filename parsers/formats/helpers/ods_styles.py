"""How the text of an OpenDocument file looks by its styles (OpenDocument 1.3 part 3, clauses 16.2, 20.365)."""

import re
from typing import NamedTuple

from lxml import etree

from parsers.formats.helpers.text_runs import Look

STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MOST_PARENTS = 20


class _Said(NamedTuple):
    """What a style says itself; None for what it leaves to others."""

    struck: bool | None = None
    hidden: bool | None = None
    raised: int | None = None

    def over(self, other: "_Said") -> "_Said":
        """With what the other says where this one says nothing."""
        return _Said(
            other.struck if self.struck is None else self.struck,
            other.hidden if self.hidden is None else self.hidden,
            other.raised if self.raised is None else self.raised,
        )

    def look(self) -> Look:
        return Look(bool(self.struck or self.hidden), self.raised or 0)


_NOTHING = ("", _Said())


class Styles:
    """The styles of a file by family and name, as they are met."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, str], tuple[str, _Said]] = {}
        self._hidden_tables: set[str] = set()
        self._looks: dict[tuple[tuple[str, str], ...], Look] = {}

    def add(self, style: etree._Element) -> None:
        """Take in a style:style, or a style:default-style, which is the parent of those without one."""
        family, name = style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")
        if any(child.get(f"{_TABLE}display") == "false" for child in style):
            self._hidden_tables.add(name)
        self._own[family, name] = style.get(f"{STYLE}parent-style-name", ""), _said(style)
        self._looks.clear()

    def hides_table(self, name: str | None) -> bool:
        """Whether tables of a style are hidden."""
        return name in self._hidden_tables

    def look(self, *names: tuple[str, str]) -> Look:
        """How text looks to which styles apply, each as (family, name); the first one is the innermost."""
        if (known := self._looks.get(names)) is not None:
            return known
        said = _Said()
        for family, name in names:
            said = said.over(self._with_parents(family, name))
        _, default = self._own.get((names[-1][0], ""), _NOTHING) if names else _NOTHING
        self._looks[names] = said.over(default).look()
        return self._looks[names]

    def _with_parents(self, family: str, name: str) -> _Said:
        said = _Said()
        for _ in range(_MOST_PARENTS):
            if not name:
                break
            name, own = self._own.get((family, name), _NOTHING)
            said = said.over(own)
        return said


def _said(style: etree._Element) -> _Said:
    text = style.find(f"{STYLE}text-properties")
    if text is None:
        return _Said()
    lines = [text.get(f"{STYLE}text-line-through-{what}") for what in ("style", "type")]
    display, place = text.get(f"{_TEXT}display"), text.get(f"{STYLE}text-position")
    return _Said(
        any(line not in (None, "none") for line in lines) if any(line is not None for line in lines) else None,
        None if display is None else display == "none",
        None if place is None else _raised(place.split(" ")[0]),
    )


def _raised(place: str) -> int:
    percent = int(place[:-1]) if re.fullmatch(r"-?[0-9]{1,3}%", place) else {"super": 1, "sub": -1}.get(place, 0)
    return (percent > 0) - (percent < 0)
