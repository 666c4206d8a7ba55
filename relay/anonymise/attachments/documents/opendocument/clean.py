"""Cleans one XML file of an OpenDocument package."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from relay.anonymise.attachments.acting.formulas import acts
from relay.anonymise.attachments.documents.opendocument.regions import neutral_regions
from relay.anonymise.attachments.documents.opendocument.text import pieces_of
from relay.anonymise.attachments.documents.paths import without_places
from relay.anonymise.attachments.documents.text_runs import Find, redact_pieces
from relay.anonymise.attachments.documents.xml_attributes import Tokens, redact_values
from relay.anonymise.attachments.documents.xml_trees import (
    attributes,
    elements,
    local,
    namespace,
    parsed,
    removed,
    serialised,
)
from relay.anonymise.links.in_files import clean_link_of_file
from relay.refusals import CannotAnonymise

MACROS_REFUSED = (
    "documents with macros or form controls cannot be made anonymous; please save it without them and attach it anew"
)
_AUTHOR = "Author"
_SOME_TIME = "2000-01-01T00:00:00"
# Authors and times of notes and changes; and text fields that show them.
_WORDS = {
    "creator": _AUTHOR, "date": _SOME_TIME, "date-string": "", "creator-initials": "A", "initial-creator": _AUTHOR,
    "author-name": _AUTHOR, "author-initials": "A", "printed-by": _AUTHOR, "file-name": "document",
    "template-name": "", "editing-cycles": "", "editing-duration": "", "print-time": "", "print-date": "",
    "creation-time": "", "creation-date": "", "modification-time": "", "modification-date": "",
    "sender-firstname": "", "sender-lastname": "", "sender-initials": "", "sender-title": "", "sender-position": "",
    "sender-email": "", "sender-phone-private": "", "sender-fax": "", "sender-company": "", "sender-phone-work": "",
    "sender-street": "", "sender-city": "", "sender-postal-code": "", "sender-country": "",
    "sender-state-or-province": "",
}  # fmt: skip
_DATED = frozenset({"annotation", "change-info"})
_GONE = frozenset(
    str.split("""
        scripts script event-listeners forms dde-connection-decls dde-source dde-connection-decl
        database-source-sql database-source-table database-source-query table-source cell-range-source settings
        sender-database
    """)
)
_CONTROLS = frozenset({"control"})
# Attributes that are removed: sessions, revision ids, protection keys.
_GONE_ATTRIBUTES = frozenset(str.split("rsid paragraph-rsid protection-key xml-id"))
# Elements that only show fetched content: removed with it.
_FETCHED = frozenset(
    str.split("""
        image object object-ole plugin applet floating-frame audio video sound fill-image background-image
        section-source include list-level-style-image
    """)
)
_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//|/|\.\./")


@dataclass(slots=True)
class Document:
    """State shared by the files of one package while they are cleaned. ``kept`` returns the new name of a referenced
    file of the package; None when it is left out."""

    tokens: Tokens
    find: Find
    kept: Callable[[str], str | None] = lambda _: None
    redacted: int = 0
    links: int = 0
    seen: set[str] = field(default_factory=set)


def clean_xml(content: bytes, document: Document) -> bytes:
    """The file without people, places and times; visible content stays. Raises CannotAnonymise."""
    root = parsed(content)
    for element in elements(root):
        tag = local(element.tag)
        if tag in _CONTROLS:
            raise CannotAnonymise(MACROS_REFUSED)
        if tag in _GONE and namespace(element.tag).startswith(("urn:oasis", "http://openoffice")):
            removed(element)
            continue
        _neutral(element, tag)
        neutral_regions(element)
    document.redacted += redact_values(root, document.tokens)
    for element in elements(root):
        _pointed(element, document)
    document.redacted += redact_pieces(pieces_of(root), document.find)
    return serialised(root)


def _neutral(element: etree._Element, tag: str) -> None:
    for name, value in attributes(element):
        if local(name) in _GONE_ATTRIBUTES:
            del element.attrib[name]
        elif local(name) in ("formula", "condition", "cell-range-address", "expression"):
            if acts(value):
                # The value that the cell shows stays.
                del element.attrib[name]
                continue
            element.set(name, without_places(value, "file:///other-file"))
    space = namespace(element.tag)
    parent = element.getparent()
    within = local(parent.tag) if parent is not None else ""
    if tag not in _WORDS or ":number:" in space:
        return
    if tag == "date" and ":text:" in space and within not in _DATED:
        # A date that somebody inserted in the text is text.
        return
    for child in list(element):
        element.remove(child)
    element.text = _WORDS[tag]


def _pointed(element: etree._Element, document: Document) -> None:
    """Clean the target of an element (xlink:href): a file of the package, a place in the document, or external."""
    name = next((name for name, _ in attributes(element) if local(name) == "href"), None)
    if name is None:
        return
    target = str(element.get(name, ""))
    clean: str | None
    if _is_preview(element):
        clean = None
    elif target.startswith("#") or not target:
        clean = document.tokens.redactor.redact(document.tokens.applied(target))[0]
    elif target == "..":
        # The surrounding document.
        clean = target
    elif _OUTSIDE.match(target):
        # External pictures and objects would be fetched when the document is opened.
        link = clean_link_of_file(target, document.tokens.redactor) if local(element.tag) == "a" else None
        clean = link.url if link else None
    else:
        clean = document.kept(target)
    if clean == target:
        return
    if clean is None:
        document.links += 1
        if local(element.tag) in _FETCHED:
            removed(element)
        elif local(element.tag) == "a":
            element.set(name, "#")
        else:
            del element.attrib[name]
        return
    element.set(name, clean)


def _is_preview(element: etree._Element) -> bool:
    """Whether it is a preview of the table or object beside it, which programs generate."""
    frame = element.getparent()
    if local(element.tag) != "image" or frame is None:
        return False
    return any(local(other.tag) in ("object", "table") for other in frame)
