"""The parts of an .xlsx package that are changed or added; all others keep their bytes (ECMA-376 part 2)."""

import io
import posixpath
import zipfile

from lxml import etree

from parsers.formats.helpers.zipped_xml import Package
from parsers.marked.marks import NotMarkable

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES = "[Content_Types].xml"
_SIGNATURE = "/digital-signature/origin"


class ChangedPackage:
    """A package with changes, which `written` puts together. Raises NotMarkable for one with a signature."""

    def __init__(self, content: bytes) -> None:
        self.read = Package(content)
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._names = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in self._zip.infolist()}
        self._changed: dict[str, bytes] = {}
        self._roots: dict[str, etree._Element] = {}
        if any(kind.endswith(_SIGNATURE) for _, kind, _ in self.read.related("")):
            raise NotMarkable("文件带有数字签名")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names or name in self._changed or name in self._roots

    def bytes_of(self, name: str) -> bytes:
        """A part as it stands now."""
        if name in self._changed:
            return self._changed[name]
        return self._zip.read(self._names[name.lower()])

    def root(self, name: str) -> etree._Element:
        """A part as XML, whose changes are written."""
        if name not in self._roots:
            self._roots[name] = self.read.root(name)
        return self._roots[name]

    def put(self, name: str, content: bytes | etree._Element, kind: str = "") -> None:
        """Add a part, or change one; `kind` is its content type where it is new and its ending does not tell."""
        if isinstance(content, bytes):
            self._changed[name] = content
        else:
            self._roots[name] = content
        if kind:
            types = self.root(_CONTENT_TYPES)
            etree.SubElement(types, f"{{{TYPES}}}Override", PartName=f"/{name}", ContentType=kind)

    def declare_ending(self, ending: str, kind: str) -> None:
        """Say of what content type the parts with an ending are."""
        types = self.root(_CONTENT_TYPES)
        known = {one.get("Extension", "").lower() for one in types.iterfind(f"{{{TYPES}}}Default")}
        if ending not in known:
            types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=ending, ContentType=kind))

    def relate(self, name: str, kind: str, target: str) -> str:
        """Let a part ("" is the package) point to another; the id of the relation."""
        folder, base = posixpath.split(name)
        relations = f"{folder}/_rels/{base}.rels".lstrip("/")
        if relations not in self:
            self.put(relations, etree.Element(f"{{{RELATIONS}}}Relationships", nsmap={None: RELATIONS}))
        root = self.root(relations)
        known = {one.get("Id") for one in root}
        new = next(f"rIdM{number}" for number in range(1, len(known) + 2) if f"rIdM{number}" not in known)
        etree.SubElement(root, f"{{{RELATIONS}}}Relationship", Id=new, Type=kind, Target=f"/{target}")
        return new

    def unused(self, pattern: str) -> str:
        """The first name of a pattern such as xl/comments{}.xml that no part has."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def written(self) -> bytes:
        """The package; parts that did not change keep their bytes, their order and their way of compression."""
        for name, root in self._roots.items():
            tree = root.getroottree()
            self._changed[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
            there = set()
            for info in self._zip.infolist():
                name = info.filename.replace("\\", "/").lstrip("/")
                changed = next((key for key in self._changed if key.lower() == name.lower()), None)
                content = self._changed[changed] if changed else self._zip.read(info)
                there.add(name.lower())
                kept = zipfile.ZipInfo(info.filename, info.date_time)
                kept.compress_type, kept.external_attr = info.compress_type, info.external_attr
                out.writestr(kept, content)
            for name, content in self._changed.items():
                if name.lower() not in there:
                    out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
        return target.getvalue()
