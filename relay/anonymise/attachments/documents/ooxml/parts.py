"""Follows the relationships between the parts of an Office document (ECMA-376 part 2), and packs the kept parts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import unquote

from lxml import etree

from relay.anonymise.attachments.documents.ooxml.wanted import KEPT, MACROS, WORKBOOKS
from relay.anonymise.attachments.documents.packages import Package
from relay.anonymise.attachments.documents.xml_trees import broken, local, parsed, serialised
from relay.anonymise.identities import Redactor
from relay.anonymise.links.in_files import clean_link_of_file
from relay.refusals import CannotAnonymise

MAX_PARTS = 5000
MACROS_REFUSED = (
    "documents with macros or form controls cannot be made anonymous; please save it without them, as .docx, .xlsx "
    "or .pptx, and attach it anew"
)
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


@dataclass(slots=True)
class Relationship:
    """A reference from a part: to another part (``part``), or to an external address (``target``)."""

    id: str
    type: str
    target: str = ""
    part: Part | None = None

    @property
    def kind(self) -> str:
        """The last path segment of the type."""
        return self.type.rpartition("/")[2]


@dataclass(slots=True)
class Part:
    """A kept part. ``kind`` is the last path segment of the relationship type that leads to it; ``dropped`` are the ids
    of its dropped relationships."""

    name: str
    content_type: str
    kind: str
    content: bytes
    relationships: list[Relationship] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)


class ContentTypes:
    """The content type of each part, from [Content_Types].xml (ECMA-376 part 2, 10.1.2)."""

    def __init__(self, content: bytes) -> None:
        self._defaults: dict[str, str] = {}
        self._overrides: dict[str, str] = {}
        for element in parsed(content):
            kind = element.get("ContentType", "")
            if local(element.tag) == "Default":
                self._defaults[element.get("Extension", "").lower()] = kind
            elif local(element.tag) == "Override":
                self._overrides[element.get("PartName", "").lstrip("/").lower()] = kind

    def of(self, name: str) -> str:
        """The content type of a part; "" when none is declared."""
        extension = name.rpartition(".")[2].lower()
        return self._overrides.get(name.lower()) or self._defaults.get(extension, "")


class Walk:
    """The kept parts of one document, the main one first."""

    def __init__(self, package: Package, redactor: Redactor) -> None:
        self._package, self._redactor = package, redactor
        self._types = ContentTypes(package.read("[Content_Types].xml"))
        self._parts: dict[str, Part] = {}
        self.links_removed = 0
        self.main_type = ""

    def parts(self) -> list[Part]:
        """Every part that is kept. Raises CannotAnonymise for macros, and when there is no main part."""
        roots = [root for root in self._targets("") if root.kind == "officeDocument" and root.part]
        if len(roots) != 1:
            raise broken()
        self.main_type = roots[0].type
        queue = list(self._parts.values())
        for part in queue:
            known = len(self._parts)
            part.relationships = list(self._targets(part.name, part))
            queue += list(self._parts.values())[known:]
            if len(queue) > MAX_PARTS:
                raise broken()
        return queue

    def _targets(self, source: str, part: Part | None = None) -> Iterator[Relationship]:
        folder, _, base = source.rpartition("/")
        name = f"{folder}/_rels/{base}.rels".lstrip("/")
        if name not in self._package:
            return
        for element in parsed(self._package.read(name)):
            found = self._relationship(element, folder, part)
            if found is not None:
                yield found
            elif part is not None:
                part.dropped.add(element.get("Id", ""))

    def _relationship(self, element: etree._Element, folder: str, part: Part | None) -> Relationship | None:
        found = Relationship(element.get("Id", ""), element.get("Type", ""))
        if found.kind in MACROS:
            raise CannotAnonymise(MACROS_REFUSED)
        if element.get("TargetMode") == "External":
            return self._outside(found, element.get("Target", ""), part)
        wanted = found.kind == "officeDocument" if part is None else found.kind in KEPT
        target = element.get("Target", "")
        if target.startswith("#"):
            found.target = self._redactor.redact(target)[0]
            return found if found.kind == "hyperlink" else None
        name = posixpath.normpath(posixpath.join("/" + folder, unquote(target))).lstrip("/")
        if not wanted or name not in self._package:
            return None
        key = name.lower()
        content_type = self._types.of(name)
        if part is not None and "svg" in content_type and b"svgBlip" in part.content:
            # The vector version of a picture, for programs that can show it: the picture itself stays.
            return None
        if key not in self._parts:
            if re.search("macro(?:Enabled|sheet)|vba|activeX", content_type, re.IGNORECASE):
                raise CannotAnonymise(MACROS_REFUSED)
            self._parts[key] = Part(name, content_type, found.kind, self._package.read(name))
        found.part = self._parts[key]
        return found

    def _outside(self, found: Relationship, target: str, part: Part | None) -> Relationship | None:
        """An external reference: a cleaned hyperlink is kept; anything that a program would fetch is dropped."""
        if part is not None and part.kind == "externalLink":
            # Formulas of the workbook refer to it; its path is replaced.
            found.target = "other-workbook.xlsx" if found.kind in WORKBOOKS else "other-file"
            return found
        if found.kind != "hyperlink":
            self.links_removed += 1
            return None
        if target.startswith("#"):
            found.target = self._redactor.redact(target)[0]
            return found
        link = clean_link_of_file(target, self._redactor)
        self.links_removed += not link.broken and (link.url is None or link.reading.changed)
        if link.url is None:
            return None
        found.target = link.url
        return found


def written(
    parts: list[Part], main_type: str, properties: list[tuple[str, str, str, bytes]]
) -> Iterator[tuple[str, bytes]]:
    """The members of the new package, in order. ``main_type`` is the type of the relationship to the main part, of
    which there are two (transitional and strict); ``properties`` are (name, content type, relationship type, content)
    of the document properties."""
    yield "[Content_Types].xml", _content_types(parts, [(name, kind) for name, kind, _, _ in properties])
    main = next(part for part in parts if part.kind == "officeDocument")
    rows = [("rId1", main_type, main.name, False)]
    rows += [(f"rId{number}", kind, name, False) for number, (name, _, kind, _) in enumerate(properties, 2)]
    yield "_rels/.rels", _rels(rows)
    for part in parts:
        yield part.name, part.content
        if part.relationships:
            folder, _, base = part.name.rpartition("/")
            rows = [(r.id, r.type, "/" + r.part.name if r.part else r.target, not r.part) for r in part.relationships]
            yield f"{folder}/_rels/{base}.rels".lstrip("/"), _rels(rows)
    for name, _, _, content in properties:
        yield name, content


def _rels(rows: list[tuple[str, str, str, bool]]) -> bytes:
    root = etree.Element(f"{{{_RELATIONSHIPS}}}Relationships", nsmap=_without_prefix(_RELATIONSHIPS))
    for identifier, kind, target, outside in rows:
        child = etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship")
        child.set("Id", identifier)
        child.set("Type", kind)
        child.set("Target", target)
        if outside and not target.startswith("#"):
            child.set("TargetMode", "External")
    return serialised(root)


def _content_types(parts: list[Part], properties: list[tuple[str, str]]) -> bytes:
    root = etree.Element(f"{{{_TYPES}}}Types", nsmap=_without_prefix(_TYPES))
    defaults = {"rels": _RELS_TYPE, "xml": "application/xml"}
    overrides: list[tuple[str, str]] = []
    for name, kind in [*((part.name, part.content_type) for part in parts), *properties]:
        extension = name.rpartition(".")[2].lower()
        if not kind.endswith("xml") and defaults.setdefault(extension, kind) == kind:
            continue
        overrides.append((name, kind))
    for extension, kind in defaults.items():
        etree.SubElement(root, f"{{{_TYPES}}}Default", {"Extension": extension, "ContentType": kind})
    for name, kind in overrides:
        etree.SubElement(root, f"{{{_TYPES}}}Override", {"PartName": "/" + name, "ContentType": kind})
    return serialised(root)


def _without_prefix(uri: str) -> dict[str, str]:
    """lxml's namespace map for a namespace without a prefix (its type stub requires str keys)."""
    return cast("dict[str, str]", {None: uri})
