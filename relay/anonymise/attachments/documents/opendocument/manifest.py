"""Reads and writes the manifest, the list of files of an OpenDocument package (OpenDocument 1.3 part 2)."""

from __future__ import annotations

from lxml import etree

from relay.anonymise.attachments.documents.xml_trees import elements, local, parsed, serialised

_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
# Media type → extension, for the document types that can be cleaned.
EXTENSIONS = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.text-template": "ott",
    "application/vnd.oasis.opendocument.text-master": "odm",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.spreadsheet-template": "ots",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.presentation-template": "otp",
    "application/vnd.oasis.opendocument.graphics": "odg",
    "application/vnd.oasis.opendocument.graphics-template": "otg",
    "application/vnd.oasis.opendocument.chart": "odc",
    "application/vnd.oasis.opendocument.formula": "odf",
}


def media_types(content: bytes) -> tuple[dict[str, str], bool]:
    """The media type of each path, and whether any file is encrypted. Raises CannotAnonymise."""
    types: dict[str, str] = {}
    locked = False
    for element in elements(parsed(content)):
        tag = local(element.tag)
        if tag == "file-entry":
            types[element.get(f"{{{_MANIFEST}}}full-path", "")] = element.get(f"{{{_MANIFEST}}}media-type", "")
        locked = locked or tag in ("encryption-data", "encrypted-key")
    return types, locked


def manifest(entries: list[tuple[str, str]]) -> bytes:
    """A manifest of (path, media type); the first entry is the package itself, "/"."""
    root = etree.Element(f"{{{_MANIFEST}}}manifest", nsmap={"manifest": _MANIFEST})
    root.set(f"{{{_MANIFEST}}}version", "1.2")
    for path, media_type in entries:
        child = etree.SubElement(root, f"{{{_MANIFEST}}}file-entry")
        child.set(f"{{{_MANIFEST}}}full-path", path)
        child.set(f"{{{_MANIFEST}}}media-type", media_type)
    return serialised(root)
