"""Rebuilds an e-book (EPUB 2 and 3): its words, pictures and look stay; who wrote, made, sold and bought it goes.

The package is written anew by allow-list. Files get neutral names, identifiers and classes too, since sellers mark
copies with them. Scripts, what would be fetched, and files that no reading program shows are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.epub.fonts import clean_font
from relay.anonymise.attachments.documents.epub.names import Names
from relay.anonymise.attachments.documents.epub.navigation import clean_ncx
from relay.anonymise.attachments.documents.epub.opf import MIMETYPE, Book, Item, container, package_document, read_book
from relay.anonymise.attachments.documents.epub.pages import clean_book_page
from relay.anonymise.attachments.documents.epub.styles import clean_sheet
from relay.anonymise.attachments.documents.packages import opened, packed
from relay.anonymise.attachments.documents.verify import refuse_remains
from relay.anonymise.attachments.documents.xml_trees import broken
from relay.anonymise.attachments.sniff import family_of
from relay.model import Attachment

_PICTURES = frozenset({"jpeg", "png", "gif", "webp", "svg", "bmp", "tiff", "heic"})
_RECORDINGS = frozenset({"mp3", "mp4", "ogg", "aac", "wav", "flac", "aiff", "matroska"})
_EXTENSIONS = {
    "image/jpeg": "jpg", "image/svg+xml": "svg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "video/quicktime": "mov",
}  # fmt: skip


def clean_epub(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one e-book. Raises CannotAnonymise when it is damaged or protected against copying, or holds a file that
    cannot be cleaned."""
    package = opened(attachment.content, cleaning)
    book = read_book(package)
    names = Names(cleaning.redactor)
    for item in book.items:
        _clean_file(item, package.read(item.path), cleaning)
    for number, item in enumerate(book.items, 1):
        if item.new_type:
            names.add(item.path, f"{item.kind}s/{item.kind}{number}.{_extension(item)}")
    for item in book.items:
        if item.kind in _WORDS:
            item.content = _WORDS[item.kind](package.read(item.path), item, names, cleaning)
            refuse_remains(item.content, cleaning.redactor)
    return replace(
        attachment,
        content=_written(book, names, cleaning),
        media_type=MIMETYPE,
        filename=_renamed(attachment.filename),
    )


def _clean_file(item: Item, content: bytes, cleaning: Cleaning) -> None:
    """Clean a picture, recording or font; what is neither, nor has words, is left out."""
    if item.kind == "font":
        item.content = clean_font(content) or b""
        item.new_type = "font/ttf" if item.content else ""
    elif item.kind == "file":
        inner = Attachment(content, item.media_type)
        family = family_of(inner)
        if family not in _PICTURES | _RECORDINGS:
            raise broken()
        clean = cleaning.inside(inner)
        item.content, item.new_type = clean.content, clean.media_type
        item.kind = "picture" if family in _PICTURES else "recording"


def _page(content: bytes, item: Item, names: Names, cleaning: Cleaning) -> bytes:
    done = clean_book_page(content, item.path, names, cleaning)
    cleaning.tally.add("document-text", done.redacted)
    cleaning.tally.add("link", done.links)
    item.properties |= done.properties
    return done.content


def _style(content: bytes, item: Item, names: Names, _cleaning: Cleaning) -> bytes:
    return clean_sheet(content.decode("utf-8", "replace"), item.path, names).encode()


def _ncx(content: bytes, item: Item, names: Names, _cleaning: Cleaning) -> bytes:
    return clean_ncx(content, item.path, names)


_WORDS: dict[str, Callable[[bytes, Item, Names, Cleaning], bytes]] = {"page": _page, "style": _style, "ncx": _ncx}


def _written(book: Book, names: Names, cleaning: Cleaning) -> bytes:
    redactor = cleaning.redactor
    book.title = redactor.redact(book.title)[0]
    kept = [item for item in book.items if item.new_type]
    digest = sha256(b"".join(item.content for item in kept)).digest()
    identifier = f"urn:uuid:{UUID(bytes=digest[:16], version=4)}"
    for item in kept:
        if item.kind == "ncx":
            item.content = item.content.replace(b"{{identifier}}", identifier.encode(), 1)
    cleaning.tally.add("document-properties")
    document = package_document(book, names, identifier)
    refuse_remains(document, redactor)
    return packed(
        [
            ("mimetype", MIMETYPE.encode()),
            ("META-INF/container.xml", container()),
            ("OEBPS/package.opf", document),
            *((f"OEBPS/{names.of(item.path)}", item.content) for item in kept),
        ],
        stored=frozenset({"mimetype"}),
    )


def _extension(item: Item) -> str:
    fixed = {"page": "xhtml", "style": "css", "ncx": "ncx", "font": "ttf"}.get(item.kind)
    return fixed or _EXTENSIONS.get(item.new_type) or item.new_type.rpartition("/")[2]


def _renamed(filename: str | None) -> str | None:
    if filename is None or filename.lower().endswith(".epub"):
        return filename
    return f"{filename}.epub"
