"""Writes the table of contents of an EPUB 2 (NCX, OPF 2.0.1 2.4.1) anew: titles without identities, and targets."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lxml import etree

from relay.anonymise.attachments.documents.epub.markup import tree_of
from relay.anonymise.attachments.documents.epub.names import Names
from relay.anonymise.attachments.documents.xml_trees import local

_DEEPEST = 20


def clean_ncx(content: bytes, path: str, names: Names) -> bytes:
    """The table of contents; "{{identifier}}" stands for the identifier of the book. Raises CannotAnonymise."""
    root = tree_of(content)
    numbers = iter(range(1, 1_000_000))
    points = "".join(
        _point(one, path, names, numbers, 1)
        for tree in root
        if local(tree.tag) == "navMap"
        for one in tree
        if local(one.tag) == "navPoint"
    )
    title = names.redactor.redact(_label(root, "docTitle"))[0]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">'
        '<head><meta name="dtb:uid" content="{{identifier}}"/></head>'
        f"<docTitle><text>{escape(title)}</text></docTitle><navMap>{points}</navMap></ncx>\n"
    ).encode()


def _point(point: etree._Element, path: str, names: Names, numbers: Iterator[int], depth: int) -> str:
    inner = [one for one in point if local(one.tag) == "navPoint"] if depth < _DEEPEST else []
    number = next(numbers)
    within = "".join(_point(one, path, names, numbers, depth + 1) for one in inner)
    target = next((one.get("src", "") for one in point if local(one.tag) == "content"), "")
    link = names.link(target, path)
    if link is None:
        return within
    words = escape(names.redactor.redact(_label(point, "navLabel"))[0])
    return (
        f'<navPoint id="point{number}" playOrder="{number}"><navLabel><text>{words}</text></navLabel>'
        f'<content src="{escape(link)}"/>{within}</navPoint>'
    )


def _label(parent: etree._Element, name: str) -> str:
    for one in parent:
        if local(one.tag) == name:
            return " ".join("".join(map(str, one.itertext())).split())
    return ""
