"""Rebuilds one page of an e-book: XHTML elements and attributes by allow-list, words without identities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.epub.markup import tree_of
from relay.anonymise.attachments.documents.epub.names import Names
from relay.anonymise.attachments.documents.epub.styles import clean_sheet, clean_style
from relay.anonymise.attachments.documents.text_runs import PARAGRAPH, Piece, redact_pieces
from relay.anonymise.attachments.documents.xml_trees import (
    attributes,
    broken,
    elements,
    local,
    namespace,
    removed,
    serialised,
)
from relay.anonymise.attachments.regions import tag_without_region
from relay.anonymise.links.in_files import clean_link_of_file
from relay.anonymise.passages import passages

_XHTML, _MATHML = "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_INLINE = frozenset(
    str.split("""
        a abbr b bdi bdo big cite code del dfn em i ins kbd mark q ruby rb rt rp s samp small span strike strong sub sup
        time tt u var wbr font img
    """)
)
_BLOCKS = frozenset(
    str.split("""
        html head title body address article aside blockquote br caption col colgroup dd div dl dt figcaption figure
        footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul style link
        audio video source
    """)
)
_LIKE_DIV = frozenset(str.split("center details dialog dir fieldset form hgroup legend menu noscript search summary"))
_DROPPED = frozenset(
    str.split("""
        script iframe embed applet canvas template input button select option textarea meta base object param map area
        track frame frameset noframes trigger switch
    """)
)
_MATH = frozenset(
    str.split("""
        math maction menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace
        msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover mprescripts none
    """)
)
_NUMBERS = frozenset(
    str.split("width height colspan rowspan span start value mathsize lspace rspace linethickness rowspacing")
)
_NUMBER = re.compile(r"-?[\d.]{1,10}(?:px|em|ex|pt|%)?")
_CHOICES = frozenset(
    str.split("""
        dir type scope reversed controls display mathvariant stretchy fence separator form accent accentunder notation
        columnalign rowalign movablelimits largeop align valign
    """)
)
_CHOICE = re.compile(r"[A-Za-z1 -]{0,30}")
_SPOKEN = frozenset({"alt", "title", "aria-label"})
_TYPES = re.compile(r"[a-z][a-z-]{0,40}(?: [a-z][a-z-]{0,40}){0,5}")
_LANGUAGES = frozenset({"lang", _XML_LANG})
# Attributes that hold no words, each with the values it may have.
_ALLOWED = {
    **dict.fromkeys(_NUMBERS, _NUMBER),
    **dict.fromkeys(_CHOICES, _CHOICE),
    _EPUB_TYPE: _TYPES,
}
_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//")
_FETCHED = frozenset({"img", "link", "source", "audio", "video"})


@dataclass(slots=True)
class CleanPage:
    """A cleaned page, and what the list of files says of it (``properties``)."""

    content: bytes = b""
    properties: set[str] = field(default_factory=set)
    redacted: int = 0
    links: int = 0


def clean_book_page(content: bytes, path: str, names: Names, cleaning: Cleaning) -> CleanPage:
    """Clean the page at ``path``. Raises CannotAnonymise when it is not well-formed XHTML, or a name in it cannot be
    taken out."""
    root = tree_of(content)
    if local(root.tag) != "html" or namespace(root.tag) not in (_XHTML, ""):
        raise broken()
    page = CleanPage()
    for element in elements(root):
        if element is not root and not any(one is root for one in element.iterancestors()):
            continue  # removed with its parent
        _clean(element, path, names, page)
    _complete(root)
    page.redacted += redact_pieces(list(_pieces(root)), partial(passages, redactor=cleaning.redactor))
    etree.cleanup_namespaces(root)
    page.content = serialised(root).replace(b" standalone='yes'", b"").replace(b"?>\n", b"?>\n<!DOCTYPE html>\n", 1)
    return page


def _clean(element: etree._Element, path: str, names: Names, page: CleanPage) -> None:
    tag, space = local(element.tag), namespace(element.tag)
    if space == _SVG:
        _drawing(element, tag, path, names)
    elif space == _MATHML and tag in _MATH:
        page.properties |= {"mathml"}
        _attributes(element, tag, path, names, page)
    elif space not in (_XHTML, "") or tag in _DROPPED:
        removed(element)
    elif tag == "style":
        sheet = clean_sheet(element.text or "", path, names)
        element.attrib.clear()
        element.text = sheet
    elif tag in _INLINE or tag in _BLOCKS:
        _attributes(element, tag, path, names, page)
    else:
        # Taking the element away would move its words, which takes long where there are many.
        element.tag = f"{{{_XHTML}}}{'div' if tag in _LIKE_DIV else 'span'}"
        element.attrib.clear()


def _drawing(element: etree._Element, tag: str, path: str, names: Names) -> None:
    """A drawing inside of a page: usually only a frame for the picture of the cover, which is shown without it."""
    if tag != "svg":
        return  # goes with the drawing
    parent = element.getparent()
    if parent is None:
        raise broken()
    for image in element.iter(f"{{{_SVG}}}image"):
        source = names.link(str(image.get(f"{{{_XLINK}}}href") or image.get("href", "")), path)
        if source is not None:
            picture = etree.Element(f"{{{_XHTML}}}img", {"src": source, "alt": ""})
            picture.tail = element.tail
            parent.replace(element, picture)
            return
    if any(text.strip() for text in element.itertext()):
        raise broken()
    removed(element)


def _attributes(element: etree._Element, tag: str, path: str, names: Names, page: CleanPage) -> None:
    old = attributes(element)
    element.attrib.clear()
    for name, value in old:
        new = _attribute(tag, name, value.strip(), path, names)
        if new:
            element.set(name, new)
    target = dict(old).get("href" if tag in ("a", "link") else "src")
    if target is not None:
        _pointed(element, target.strip(), path, names, page)
    elif tag == "link":
        removed(element)
    if local(element.tag) == "img" and "alt" not in element.attrib:
        element.set("alt", "")


def _attribute(tag: str, name: str, value: str, path: str, names: Names) -> str:
    """The kept value of an attribute; "" when it is left out."""
    if name == "id":
        return names.identifier(value)
    if name == "class":
        return " ".join(names.class_name(word) for word in value.split())
    if name == "style":
        return clean_style(value, path, names)
    if name in _SPOKEN:
        return names.redactor.redact(value)[0]
    if name in _LANGUAGES:
        return tag_without_region(value)
    allowed = _ALLOWED.get(name)
    return value if allowed and tag != "link" and allowed.fullmatch(value) and not names.redactor.find(value) else ""


def _pointed(element: etree._Element, target: str, path: str, names: Names, page: CleanPage) -> None:
    """Set the target of a link or of a file that is shown; what would be fetched from outside goes."""
    tag = local(element.tag)
    if tag in _FETCHED:
        new = None if _OUTSIDE.match(target) else names.link(target, path)
        if new is None:
            page.links += 1
            words = element.get("alt", "")
            if tag == "img" and words:
                element.text, element.tag = words, f"{{{_XHTML}}}span"
                element.attrib.clear()
            else:
                removed(element)
            return
        element.set("href" if tag == "link" else "src", new)
        if tag == "link":
            element.set("rel", "stylesheet")
            element.set("type", "text/css")
        return
    if tag != "a":
        return
    link = clean_link_of_file(target, names.redactor).url if _OUTSIDE.match(target) else names.link(target, path)
    if link:
        element.set("href", link)
    else:
        page.links += 1


def _complete(root: etree._Element) -> None:
    """Every page needs a title (HTML 4.2.2)."""
    head = next((one for one in root if local(one.tag) == "head"), None)
    if head is None:
        head = etree.Element(f"{{{_XHTML}}}head")
        root.insert(0, head)
    titles = [one for one in head if local(one.tag) == "title"]
    title = titles[0] if titles else etree.SubElement(head, f"{{{_XHTML}}}title")
    if not (title.text or "").strip():
        title.text = "Book"


def _pieces(root: etree._Element) -> Iterator[Piece]:
    """All words of a page in reading order."""
    gap = PARAGRAPH
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = local(element.tag)
        if tag == "br":
            gap = gap or "\n"
        elif tag not in _INLINE:
            gap = PARAGRAPH
        piece = Piece(element, tail=event == "end")
        if tag == "style" and not piece.tail:
            continue
        if piece.text:
            piece.gap, gap = gap, ""
            yield piece
