"""Reads the package document of an e-book, and writes a new one with neutral metadata (EPUB 3.3 chapter 5, OPF 2.0.1).

Kept are title, language, reading order, the list of files and how pages are laid out. Creators, contributors,
publisher, dates, identifiers, descriptions and what programs add are not.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

from lxml import etree

from relay.anonymise.attachments.documents.epub.names import Names
from relay.anonymise.attachments.documents.packages import Package
from relay.anonymise.attachments.documents.xml_trees import broken, elements, local, parsed
from relay.anonymise.attachments.regions import tag_without_region
from relay.refusals import CannotAnonymise

MIMETYPE = "application/epub+zip"
_PROTECTED = (
    "e-books with copy protection name their buyer and cannot be passed on; please leave it out, or send a book "
    "without protection"
)
_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
# Fonts may be obfuscated (EPUB 3.3, 4.4); everything else that is encrypted is protected.
_OBFUSCATED = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_OPF = "application/oebps-package+xml"
_KINDS = {
    "application/xhtml+xml": "page", "text/html": "page", "text/x-oeb1-document": "page",
    "text/css": "style", "text/x-oeb1-css": "style", "application/x-dtbncx+xml": "ncx",
    "application/vnd.ms-opentype": "font", "application/font-sfnt": "font", "application/x-font-ttf": "font",
    "application/x-font-truetype": "font", "application/x-font-opentype": "font", "application/x-font-otf": "font",
    "application/font-woff": "font",
}  # fmt: skip
_NEW_TYPES = {"page": "application/xhtml+xml", "style": "text/css", "ncx": "application/x-dtbncx+xml"}
_DIRECTIONS = frozenset({"ltr", "rtl", "default"})
_LAYOUT = frozenset({"rendition:layout", "rendition:orientation", "rendition:spread", "rendition:flow"})
_WORD = re.compile(r"[a-z][a-z-]{0,30}")
_MAX_ITEMS = 5000


@dataclass(slots=True)
class Item:
    """One file of the book. ``kind``: page, style, ncx, font or file (later picture or recording); ``new_type`` is ""
    while it is left out."""

    id: str
    path: str
    media_type: str
    kind: str
    properties: set[str]
    content: bytes = b""
    new_type: str = ""


@dataclass(slots=True)
class Book:
    """What is kept of the package document at ``path``. ``spine``: ids with their linear attribute; ``guide``: (type,
    title, path#fragment from there)."""

    path: str
    modern: bool
    title: str
    languages: list[str]
    items: list[Item]
    spine: list[tuple[str, str]]
    direction: str = ""
    cover: str = ""
    layout: list[tuple[str, str]] = field(default_factory=list)
    guide: list[tuple[str, str, str]] = field(default_factory=list)


def read_book(package: Package) -> Book:
    """The book in a package. Raises CannotAnonymise when it is damaged, or protected against copying."""
    left_out = _obfuscated(package)
    files = [element for element in elements(parsed(package.read(_CONTAINER))) if local(element.tag) == "rootfile"]
    path = next((unquote(one.get("full-path", "")) for one in files if one.get("media-type", _OPF) == _OPF), "")
    root = parsed(package.read(path))
    items = [
        item for item in _items(root, posixpath.dirname(path)) if item.path in package and item.path not in left_out
    ]
    spine = next((element for element in elements(root) if local(element.tag) == "spine"), None)
    if spine is None or not items:
        raise broken()
    direction = spine.get("page-progression-direction", "")
    return Book(
        path,
        modern=str(root.get("version", "")).startswith("3"),
        title=_first(root, "title"),
        languages=[
            tag for one in elements(root) if local(one.tag) == "language" and (tag := tag_without_region(_text(one)))
        ],
        items=items,
        spine=[(one.get("idref", ""), one.get("linear", "")) for one in spine if local(one.tag) == "itemref"],
        direction=direction if direction in _DIRECTIONS else "",
        cover=next((one.get("content", "") for one in elements(root) if one.get("name") == "cover"), ""),
        layout=[
            (name, value)
            for one in elements(root)
            if (name := one.get("property", "")) in _LAYOUT and _WORD.fullmatch(value := _text(one))
        ],
        guide=[
            (one.get("type", ""), one.get("title", ""), one.get("href", ""))
            for one in elements(root)
            if local(one.tag) == "reference" and _WORD.fullmatch(one.get("type", ""))
        ],
    )


def _obfuscated(package: Package) -> set[str]:
    """The obfuscated fonts, which depend on the identifier of the book. Raises CannotAnonymise for anything encrypted
    otherwise."""
    found: set[str] = set()
    if _ENCRYPTION not in package:
        return found
    for data in elements(parsed(package.read(_ENCRYPTION))):
        if local(data.tag) != "EncryptedData":
            continue
        algorithms = {one.get("Algorithm", "") for one in data.iter() if local(one.tag) == "EncryptionMethod"}
        if not algorithms <= _OBFUSCATED:
            raise CannotAnonymise(_PROTECTED)
        found |= {unquote(one.get("URI", "")) for one in data.iter() if local(one.tag) == "CipherReference"}
    return found


def _items(root: etree._Element, folder: str) -> list[Item]:
    found: dict[str, Item] = {}
    for element in elements(root):
        href, media_type = element.get("href", ""), element.get("media-type", "").strip().lower()
        if local(element.tag) != "item" or not href or ":" in href.partition("/")[0]:
            continue
        path = posixpath.normpath(posixpath.join(folder, unquote(href)))
        kind = _KINDS.get(media_type) or _by_type(media_type)
        if kind and not path.startswith("..") and path.lower() not in found:
            properties = set(element.get("properties", "").split()) & {"nav", "cover-image"}
            item = Item(element.get("id", ""), path, media_type, kind, properties, new_type=_NEW_TYPES.get(kind, ""))
            found[path.lower()] = item
    if len(found) > _MAX_ITEMS:
        raise broken()
    return list(found.values())


def _by_type(media_type: str) -> str:
    if media_type.startswith(("image/", "audio/", "video/")):
        return "file"
    return "font" if media_type.startswith("font/") else ""


def _text(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _first(root: etree._Element, name: str) -> str:
    return next((text for one in elements(root) if local(one.tag) == name and (text := _text(one))), "Book")


def container() -> bytes:
    """The file that says where the package document is (EPUB 3.3, 4.2.6.3.1)."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        f'<rootfile full-path="OEBPS/package.opf" media-type="{_OPF}"/></rootfiles></container>\n'
    ).encode()


def package_document(book: Book, names: Names, identifier: str) -> bytes:
    """The new package document."""
    kept = [item for item in book.items if item.new_type]
    ids = {item.id: f"item{number}" for number, item in enumerate(kept, 1)}
    toc = next((f' toc="{ids[item.id]}"' for item in kept if item.kind == "ncx"), "")
    direction = f' page-progression-direction="{book.direction}"' if book.direction and book.modern else ""
    spine = "".join(f'<itemref idref="{ids[one]}"{_linear(linear)}/>' for one, linear in book.spine if one in ids)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" '
        f'version="{"3.0" if book.modern else "2.0"}" unique-identifier="id">\n'
        f"{_metadata(book, ids, identifier)}\n"
        f"<manifest>{''.join(_listed(item, ids[item.id], book.modern, names) for item in kept)}</manifest>\n"
        f"<spine{toc}{direction}>{spine}</spine>\n{_guide(book, names)}</package>\n"
    ).encode()


def _linear(value: str) -> str:
    return f' linear="{value}"' if value in ("yes", "no") else ""


def _metadata(book: Book, ids: dict[str, str], identifier: str) -> str:
    out = [f'<dc:identifier id="id">{identifier}</dc:identifier><dc:title>{escape(book.title)}</dc:title>']
    out += [f"<dc:language>{language}</dc:language>" for language in book.languages or ["und"]]
    if book.modern:
        out.append('<meta property="dcterms:modified">2000-01-01T00:00:00Z</meta>')
        out += [f'<meta property="{name}">{value}</meta>' for name, value in book.layout]
    if book.cover in ids:
        out.append(f'<meta name="cover" content="{ids[book.cover]}"/>')
    return f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{"".join(out)}</metadata>'


def _listed(item: Item, new_id: str, modern: bool, names: Names) -> str:
    properties = f' properties="{" ".join(sorted(item.properties))}"' if item.properties and modern else ""
    return f'<item id="{new_id}" href="{names.of(item.path)}" media-type="{item.new_type}"{properties}/>'


def _guide(book: Book, names: Names) -> str:
    """Where cover, contents and text begin; only in EPUB 2, which has no landmarks."""
    out = []
    for kind, title, target in book.guide:
        link = names.link(target, book.path)
        if link:
            words = escape(names.redactor.redact(title)[0])
            out.append(f'<reference type="{kind}" title="{words}" href="{link}"/>')
    return f"<guide>{''.join(out)}</guide>\n" if out and not book.modern else ""
