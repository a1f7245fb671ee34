"""Adds comments to a sheet: their texts (ECMA-376 part 1, 18.7) and the shapes in which they show (part 4, 19)."""

from lxml import etree

from parsers.formats.helpers.references import position
from parsers.marked.marks import NotMarkable
from parsers.marked.package import OFFICE, ChangedPackage

AUTHOR = "mailbot"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_SHAPES_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EMPTY_SHAPES = b"""<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"\
 xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>"""
_SHAPE = """<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
id="_x0000_t{kind}" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>\
<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype><v:shape xmlns:v="urn:schemas-microsoft-com:vml" \
xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{id}" \
type="#_x0000_t{kind}" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">\
<v:fill color2="#ffffe1"/><v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/>\
<x:SizeWithCells/><x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 16</x:Anchor><x:AutoFill>False</x:AutoFill>\
<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""
"""The numbers of its kind and itself are free, since no program uses ours."""
_FIRST_ID = 700_000
_LINES = 30


class Comments:
    """The comments of one sheet, old ones kept; a cell that has one gets our words behind its own."""

    def __init__(self, package: ChangedPackage, sheet: str, shapes: str) -> None:
        """`shapes`: the relation by which the sheet names the drawing of its comments, or ""."""
        self._package, self._sheet = package, sheet
        related = [one for one in package.read.related(sheet) if one[2] in package]
        self._part = next((part for _, kind, part in related if kind.endswith("/comments")), "")
        self._shapes_part = next((part for key, _, part in related if key == shapes), "")
        self._root = package.root(self._part) if self._part else self._empty()
        self._new: list[tuple[int, int]] = []

    def _empty(self) -> etree._Element:
        root = etree.Element(f"{{{_MAIN}}}comments", nsmap={None: _MAIN})
        etree.SubElement(root, f"{{{_MAIN}}}authors")
        etree.SubElement(root, f"{{{_MAIN}}}commentList")
        return root

    def add(self, reference: str, text: str) -> None:
        """Say something of a cell."""
        listed = self._root.find("{*}commentList")
        if listed is None:
            raise NotMarkable("批注部分格式特殊")
        known = next((one for one in listed if one.get("ref") == reference), None)
        if known is not None and (words := known.find("{*}text")) is not None:
            _add_run(words, f"\n{text}")
            return
        comment = etree.SubElement(listed, f"{{{_MAIN}}}comment", ref=reference, authorId=str(self._author()))
        _add_run(etree.SubElement(comment, f"{{{_MAIN}}}text"), text)
        self._new.append(position(reference))

    def _author(self) -> int:
        authors = self._root.find("{*}authors")
        if authors is None:
            raise NotMarkable("批注部分格式特殊")
        names = [one.text for one in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, f"{{{_MAIN}}}author").text = AUTHOR
            names.append(AUTHOR)
        return names.index(AUTHOR)

    def finish(self) -> str:
        """Write the comments; the id of the relation to their shapes where the sheet does not name it yet, else ""."""
        if not self._part:
            self._part = self._package.unused("xl/commentsM{}.xml")
            self._package.put(self._part, self._root, _COMMENTS_TYPE)
            self._package.relate(self._sheet, f"{OFFICE}/comments", self._part)
        named = ""
        if not self._shapes_part:
            self._shapes_part = self._package.unused("xl/drawings/vmlDrawingM{}.vml")
            self._package.put(self._shapes_part, _EMPTY_SHAPES)
            self._package.declare_ending("vml", _SHAPES_TYPE)
            named = self._package.relate(self._sheet, f"{OFFICE}/vmlDrawing", self._shapes_part)
        self._draw()
        return named

    def _draw(self) -> None:
        """Put a shape for each new comment before the end of the drawing, whose XML is often no XML at all."""
        drawing = self._package.bytes_of(self._shapes_part)
        before, end, after = drawing.rpartition(b"</xml>")
        if not end:
            raise NotMarkable("批注图形格式特殊")
        first = _FIRST_ID + drawing.count(b"_x0000_s7")
        shapes = "".join(
            _SHAPE.format(
                kind=first + number,
                id=first + number,
                row=row - 1,
                column=column - 1,
                left=column,
                right=column + 3,
                top=max(row - 2, 0),
                bottom=row + 3,
            )
            for number, (row, column) in enumerate(self._new)
        )
        self._package.put(self._shapes_part, before + shapes.encode("ascii") + end + after)


def _add_run(words: etree._Element, text: str) -> None:
    space = etree.QName(words).namespace
    run = etree.SubElement(words, f"{{{space}}}r")
    written = etree.SubElement(run, f"{{{space}}}t")
    written.text = text
    written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
