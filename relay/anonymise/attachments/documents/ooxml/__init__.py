"""Cleans Word, Excel and PowerPoint files: visible content stays; authors, places and programs are removed."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.ooxml.clean import Document, clean_part
from relay.anonymise.attachments.documents.ooxml.parts import MACROS_REFUSED, Part, Walk, written
from relay.anonymise.attachments.documents.ooxml.repeated import refuse_more_cells
from relay.anonymise.attachments.documents.ooxml.wanted import FILES, MAIN_TYPES
from relay.anonymise.attachments.documents.packages import opened, packed, renamed
from relay.anonymise.attachments.documents.verify import DRAWING, refuse_remains
from relay.anonymise.attachments.documents.xml_attributes import Tokens
from relay.anonymise.attachments.documents.xml_trees import broken
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.passages import mentions, passages
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_EMBEDDED = (
    "a document in this letter holds an object of another program; please put a picture of it in its place, and attach "
    "the document anew"
)
_PROPERTIES = (
    (
        "docProps/core.xml",
        "application/vnd.openxmlformats-package.core-properties+xml",
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
        b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    ),
    (
        "docProps/app.xml",
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties",
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
        b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    ),
)
# The usual names of parts.
_COMMON_NAME = re.compile(r"(?:word|xl|ppt)/(?:[A-Za-z]{2,20}/){0,2}[A-Za-z]{2,24}\d{0,5}\.(?:xml|vml|odttf|fntdata)")


def clean_ooxml(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one Office Open XML file (ECMA-376): a new package with fresh properties and only the parts that the
    document shows. Raises CannotAnonymise when it is damaged or locked, has macros, or holds a file that cannot be
    cleaned."""
    package = opened(attachment.content, cleaning)
    if "EncryptedPackage" in package:
        raise broken()
    redactor = cleaning.redactor
    walk = Walk(package, redactor)
    parts = walk.parts()
    if parts[0].content_type not in MAIN_TYPES:
        raise CannotAnonymise(MACROS_REFUSED) if "macro" in parts[0].content_type.lower() else broken()
    extension, media_type = MAIN_TYPES[parts[0].content_type]
    # The strings of a table are no running text: their neighbours are accidental.
    running = extension not in ("xlsx", "xltx")
    find = partial(passages if running else mentions, redactor=redactor)
    if not running:
        refuse_more_cells(parts, redactor)
    document = Document(cleaning, find, Tokens(redactor))
    for part in sorted(parts, key=lambda part: (part.kind != "officeDocument", part.kind != "table")):
        _clean(part, document)
    _rename(parts, cleaning)
    content = packed(written(parts, walk.main_type, list(_PROPERTIES)))
    cleaning.tally.add("document-text", document.redacted)
    cleaning.tally.add("document-properties")
    cleaning.tally.add("link", walk.links_removed)
    return replace(attachment, content=content, media_type=media_type, filename=renamed(attachment.filename, extension))


def _clean(part: Part, document: Document) -> None:
    if part.kind in FILES:
        _clean_file(part, document.cleaning)
    elif part.content_type.endswith("xml") or part.content_type.endswith("vmlDrawing"):
        part.content = clean_part(part, document)
        refuse_remains(part.content, document.cleaning.redactor)
    elif part.kind != "font":
        raise broken()


def _clean_file(part: Part, cleaning: Cleaning) -> None:
    """A file of another format inside of the document."""
    inner = Attachment(part.content, part.content_type or "application/octet-stream")
    if part.kind in ("oleObject", "package") and family_of(inner) not in ("office", "opendocument"):
        raise CannotAnonymise(_EMBEDDED)
    if part.kind == "image" and family_of(inner) == "unknown":
        raise CannotAnonymise(DRAWING)
    clean = cleaning.inside(inner)
    part.content, part.content_type = clean.content, clean.media_type


def _rename(parts: list[Part], cleaning: Cleaning) -> None:
    """Rename parts with unusual names, by their content type."""
    taken = {part.name.lower() for part in parts}
    for number, part in enumerate(parts, 1):
        if _COMMON_NAME.fullmatch(part.name) and not cleaning.redactor.find(part.name):
            continue
        folder = parts[0].name.partition("/")[0] if "/" in parts[0].name else "word"
        word = part.kind if part.kind.isalpha() else "part"
        extension = _EXTENSIONS.get(part.content_type, "xml" if part.content_type.endswith("xml") else "bin")
        name = f"{folder}/{'media/' if part.kind in FILES else ''}{word}{number}.{extension}"
        while name.lower() in taken:
            name = name.replace(f"{number}.", f"{number}0.")
        taken.add(name.lower())
        part.name = name


_EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg",
    "image/x-emf": "emf", "image/x-wmf": "wmf", "video/mp4": "mp4", "audio/mpeg": "mp3", "audio/mp4": "m4a",
    "application/vnd.openxmlformats-officedocument.vmlDrawing": "vml",
    **{media_type: extension for extension, media_type in MAIN_TYPES.values()},
}  # fmt: skip
