"""Cleans OpenDocument files: visible content stays; authors, places and programs are removed."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from functools import partial
from urllib.parse import unquote

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.opendocument.clean import MACROS_REFUSED, Document, clean_xml
from relay.anonymise.attachments.documents.opendocument.manifest import EXTENSIONS, manifest, media_types
from relay.anonymise.attachments.documents.opendocument.settings import clean_settings
from relay.anonymise.attachments.documents.packages import Package, opened, packed, renamed
from relay.anonymise.attachments.documents.verify import DRAWING, refuse_remains
from relay.anonymise.attachments.documents.xml_attributes import Tokens
from relay.anonymise.attachments.documents.xml_trees import broken
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.passages import mentions, passages
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_LOCKED = "a document in this letter is locked with a password; please save it without one and attach it anew"
_EMBEDDED = (
    "a document in this letter holds an object of another program; please put a picture of it in its place, and attach "
    "the document anew"
)
_MANIFEST, _MIME, _SETTINGS = "META-INF/manifest.xml", "mimetype", "settings.xml"
# Library lists exist also without libraries.
_EMPTY = ("-lc.xml", "-lb.xml")
_MACROS = ("basic/", "scripts/", "dialogs/")
_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"><office:meta/>'
    b"</office:document-meta>"
)
_TREES = ("content.xml", "styles.xml")


def clean_opendocument(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one OpenDocument package (ISO/IEC 26300). Raises CannotAnonymise when it is damaged or locked, has macros,
    or holds a file that cannot be cleaned."""
    package = opened(attachment.content, cleaning)
    types, locked = media_types(package.read(_MANIFEST))
    if locked:
        raise CannotAnonymise(_LOCKED)
    if any(name.lower().startswith(_MACROS) and not name.lower().endswith(_EMPTY) for name in package.names()):
        raise CannotAnonymise(MACROS_REFUSED)
    media_type = package.read(_MIME).decode("ascii", "replace").strip() if _MIME in package else types.get("/", "")
    if media_type not in EXTENSIONS:
        raise broken()
    files = _Files(package, types, cleaning)
    files.document("", media_type)
    entries = [("/", media_type), *((path, kind) for path, kind, _ in files.members)]
    content = packed(
        [
            (_MIME, media_type.encode()),
            *((path, content) for path, _, content in files.members if not path.endswith("/")),
            (_MANIFEST, manifest(entries)),
        ],
        stored=frozenset({_MIME}),
    )
    cleaning.tally.add("document-properties")
    return replace(
        attachment,
        content=content,
        media_type=media_type,
        filename=renamed(attachment.filename, EXTENSIONS[media_type]),
    )


class _Files:
    """The files of the new package, added as references to them are found."""

    def __init__(self, package: Package, types: dict[str, str], cleaning: Cleaning) -> None:
        self._package, self._types, self._cleaning = package, types, cleaning
        self._names: dict[str, str | None] = {}
        self._tokens = Tokens(cleaning.redactor)
        self.members: list[tuple[str, str, bytes]] = []

    def document(self, folder: str, media_type: str, depth: int = 0) -> None:
        """Clean the document in ``folder`` ("" or "Object 1/"), and those inside of it."""
        redactor = self._cleaning.redactor
        running = "spreadsheet" not in media_type
        document = Document(self._tokens, partial(passages if running else mentions, redactor=redactor))
        document.kept = lambda target: self._kept(folder, target, depth)
        if folder + "content.xml" not in self._package:
            raise broken()
        for name in _TREES:
            if folder + name in self._package:
                content = clean_xml(self._package.read(folder + name), document)
                refuse_remains(content, redactor)
                self.members.append((folder + name, "text/xml", content))
        if folder + _SETTINGS in self._package:
            settings = clean_settings(self._package.read(folder + _SETTINGS))
            self.members.append((folder + _SETTINGS, "text/xml", settings))
        self.members.append((folder + "meta.xml", "text/xml", _META))
        self._cleaning.tally.add("document-text", document.redacted)
        self._cleaning.tally.add("link", document.links)

    def _kept(self, folder: str, target: str, depth: int) -> str | None:
        path = posixpath.normpath(posixpath.join(folder, unquote(target)))
        if path not in self._names:
            self._names[path] = self._added(folder, path, depth)
        new = self._names[path]
        if new is None:
            return None
        return ("./" if target.startswith("./") else "") + posixpath.relpath(new, folder or ".")

    def _added(self, folder: str, path: str, depth: int) -> str | None:
        """The name of a file or object in the new package; None when it is left out."""
        number = len(self._names) + 1
        if path + "/content.xml" in self._package:
            media_type = self._types.get(path + "/", "")
            if depth >= 3 or media_type not in EXTENSIONS:
                raise CannotAnonymise(_EMBEDDED)
            # Objects get neutral names; the old one may be a person's.
            self._names[path] = name = f"{folder}Object {number}"
            self.members.append((name + "/", media_type, b""))
            self._embedded(path, name, media_type, depth)
            return name
        if "ObjectReplacements/" in path or path not in self._package:
            # A preview of an object, which programs generate when they open the document.
            return None
        if path.removeprefix(folder).startswith("Object"):
            raise CannotAnonymise(_EMBEDDED)
        kind = self._types.get(path) or "application/octet-stream"
        inner = Attachment(self._package.read(path), kind)
        if family_of(inner) == "unknown":
            raise CannotAnonymise(DRAWING)
        clean = self._cleaning.inside(inner)
        extension = _PICTURES.get(clean.media_type, "bin")
        name = f"{folder}Pictures/picture{number}.{extension}"
        self.members.append((name, clean.media_type, clean.content))
        return name

    def _embedded(self, path: str, name: str, media_type: str, depth: int) -> None:
        before = len(self.members)
        self.document(path + "/", media_type, depth + 1)
        self.members[before:] = [
            (name + member[len(path) :] if member.startswith(path + "/") else member, kind, content)
            for member, kind, content in self.members[before:]
        ]


_PICTURES = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg",
    "audio/mpeg": "mp3", "video/mp4": "mp4",
}  # fmt: skip
