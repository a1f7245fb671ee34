"""Gives cells a fill: a copy of their style that differs in nothing else (ECMA-376 part 1, 18.8)."""

from copy import deepcopy

from lxml import etree

from parsers.marked.marks import NotMarkable
from parsers.marked.package import ChangedPackage

COLOUR = "FFFFE699"
"""The light orange that asks for a look."""
_AFTER_FILLS = ("borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")


class Fills:
    """The styles of a workbook, with a filled one beside each that a marked cell has."""

    def __init__(self, package: ChangedPackage, workbook: str) -> None:
        part = next((part for _, kind, part in package.read.related(workbook) if kind.endswith("/styles")), "")
        if part not in package:
            raise NotMarkable("文件没有样式表")
        self._root = package.root(part)
        self._space = f"{{{etree.QName(self._root).namespace}}}"
        self._xfs = self._root.find(f"{self._space}cellXfs")
        if self._xfs is None or not len(self._xfs):
            raise NotMarkable("文件没有单元格样式")
        self._fill: int | None = None
        self._filled: dict[int, int] = {}

    def filled(self, style: int) -> int:
        """The number of the style that is that one with our fill."""
        if style not in self._filled:
            assert self._xfs is not None
            styles = self._xfs.findall(f"{self._space}xf")
            new = deepcopy(styles[style if style < len(styles) else 0])
            new.set("fillId", str(self._our_fill()))
            new.set("applyFill", "1")
            self._xfs.append(new)
            self._xfs.set("count", str(len(styles) + 1))
            self._filled[style] = len(styles)
        return self._filled[style]

    def _our_fill(self) -> int:
        if self._fill is None:
            fills = self._root.find(f"{self._space}fills")
            if fills is None:
                fills = self._new_fills()
            fill = etree.SubElement(fills, f"{self._space}fill")
            pattern = etree.SubElement(fill, f"{self._space}patternFill", patternType="solid")
            etree.SubElement(pattern, f"{self._space}fgColor", rgb=COLOUR)
            etree.SubElement(pattern, f"{self._space}bgColor", indexed="64")
            number = len(fills.findall(f"{self._space}fill"))
            fills.set("count", str(number))
            self._fill = number - 1
        return self._fill

    def _new_fills(self) -> etree._Element:
        """The fills of a workbook that has none: the first two are the standard's (18.8.21)."""
        fills = etree.Element(f"{self._space}fills")
        for kind in ("none", "gray125"):
            etree.SubElement(
                etree.SubElement(fills, f"{self._space}fill"), f"{self._space}patternFill", patternType=kind
            )
        for child in self._root:
            if isinstance(child.tag, str) and etree.QName(child).localname in _AFTER_FILLS:
                child.addprevious(fills)
                return fills
        self._root.append(fills)
        return fills
