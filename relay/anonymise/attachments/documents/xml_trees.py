"""Parses document XML without resolving external references, and serialises it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from lxml import etree

from relay.refusals import CannotAnonymise

MAX_XML = 48 * 1024 * 1024
MAX_NODES = 2_500_000
"""Tags and attributes of one file; each takes some 200 octets of memory."""
MAX_ATTRIBUTES = 1000
"""Attributes of one element, which are searched linearly."""

_BROKEN = "a document in this letter is damaged and cannot be made anonymous; please save it again and attach it anew"
_TOO_LARGE = "a document in this letter is too large to be made anonymous; please send it in smaller pieces"
_ENCODINGS = frozenset({"UTF-8", "UTF-16", "US-ASCII", "ASCII", "ISO-8859-1"})
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E|<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")


def broken() -> CannotAnonymise:
    """The refusal for a document that is invalid."""
    return CannotAnonymise(_BROKEN)


def parsed(content: bytes) -> etree._Element:
    """The root of an XML file, without comments and processing instructions. Raises CannotAnonymise for XML that is
    damaged, too large, or has a document type declaration (no document format needs one, XML bombs do)."""
    if len(content) > MAX_XML or content.count(b"<") + content.count(b"=") > MAX_NODES:
        raise CannotAnonymise(_TOO_LARGE)
    if _DOCTYPE.search(content):
        raise broken()
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise broken() from error
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() not in _ENCODINGS:
        raise broken()
    return root


def serialised(root: etree._Element) -> bytes:
    """The tree as UTF-8, with the XML declaration that document formats require."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


@lru_cache(maxsize=4096)
def local(tag: object) -> str:
    """A name without its namespace; "" for comments and the like."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@lru_cache(maxsize=4096)
def namespace(tag: object) -> str:
    """The namespace of a name; "" for none."""
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def elements(root: etree._Element) -> Iterator[etree._Element]:
    """Every element in document order, listed beforehand: the tree may be changed meanwhile."""
    return iter(list(root.iter("*")))


def attributes(element: etree._Element) -> list[tuple[str, str]]:
    """The attributes of an element, listed beforehand. Raises CannotAnonymise beyond MAX_ATTRIBUTES."""
    if len(element.attrib) > MAX_ATTRIBUTES:
        raise CannotAnonymise(_TOO_LARGE)
    return cast("list[tuple[str, str]]", element.items())


def removed(element: etree._Element) -> None:
    """Remove an element with its content from its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    _leave(parent, element, element.tail or "")
    parent.remove(element)


def unwrapped(element: etree._Element) -> None:
    """Replace an element by its content."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for number, child in enumerate(list(element)):
        parent.insert(place + number, child)
    parent.remove(element)


def _leave(parent: etree._Element, element: etree._Element, tail: str) -> None:
    if not tail.strip():
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
