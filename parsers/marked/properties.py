"""Custom document properties, which programs keep when they save a workbook again (ECMA-376 part 1, 22.3)."""

from lxml import etree

from parsers.formats.helpers.zipped_xml import Package
from parsers.marked.package import OFFICE, ChangedPackage

CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FIRST_NUMBER = 2
"""Lower ones are reserved (22.3.2.2)."""


def set_property(package: ChangedPackage, name: str, value: str) -> None:
    """Set a property of the document, in place of one of that name."""
    part = _part(package.read) or "docProps/custom.xml"
    if part not in package:
        package.put(part, etree.Element(f"{{{CUSTOM}}}Properties", nsmap={None: CUSTOM, "vt": VALUES}), _TYPE)
        package.relate("", f"{OFFICE}/custom-properties", part)
    root = package.root(part)
    for known in root.findall(f"{{{CUSTOM}}}property"):
        if known.get("name") == name:
            root.remove(known)
    numbers = [int(one.get("pid", "0")) for one in root]
    number = max([_FIRST_NUMBER - 1, *numbers]) + 1
    new = etree.SubElement(root, f"{{{CUSTOM}}}property", fmtid=_FORMAT, pid=str(number), name=name)
    etree.SubElement(new, f"{{{VALUES}}}lpwstr").text = value


def property_of(package: Package, name: str) -> str | None:
    """A property of a document; None where it has none of that name, or its part cannot be read."""
    part = _part(package)
    if part is None or part not in package:
        return None
    root, _ = package.root_so_far(part)
    for one in root.iterfind("{*}property"):
        if one.get("name") == name:
            return "".join(str(text) for text in one.itertext())
    return None


def _part(package: Package) -> str | None:
    return next((part for _, kind, part in package.related("") if kind.endswith("/custom-properties")), None)
