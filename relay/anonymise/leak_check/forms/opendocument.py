"""Proves OpenDocument files (ISO/IEC 26300): listed members, metadata of our form, no scripts, no people and times, and
nothing from elsewhere that opens by itself."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.reading import Proof, need, needed
from relay.anonymise.leak_check.forms.xml import attributes_of, elements_of, prove_markup
from relay.anonymise.leak_check.forms.zip import members_of

_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"><office:meta/>'
    b"</office:document-meta>"
)
_MEMBER = re.compile(
    r"(?>(?:Object \d{1,5}/)*)(?:(content|styles|settings|meta)\.xml|Pictures/picture\d{1,5}\.[a-z0-9]{1,5})"
)
_MIME, _MANIFEST = "mimetype", "META-INF/manifest.xml"
_TYPE = re.compile(rb"application/vnd\.oasis\.opendocument\.[a-z-]{1,40}")
_LISTED = re.compile(rb'<manifest:file-entry manifest:full-path="[^"<>]*" manifest:media-type="[^"<>]*"/>')
# Part 3, 3.10, 5.4, 12, 14, 19.3: scripts, forms, databases, and what fetches or sends.
_GONE = elements_of("""
    scripts script event-listeners forms dde-connection-decls dde-source dde-connection-decl database-source-sql
    database-source-table database-source-query table-source cell-range-source sender-database control
""")
_TELLING = attributes_of("rsid paragraph-rsid protection-key xml-id")
_HREF = re.compile(rb'<([\w.-]+:)?([\w.-]+)(?=[ \n])[^<>]*?[ \n]xlink:href="([^"]*)"')
_LINK = re.compile(rb"(?:https?:|mailto:|tel:|#|$)", re.IGNORECASE)
_OUTSIDE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:|/|\.\./[^\"]*\.\./")
# Authors and times of notes and changes, and fields that show them (part 3, 7.3, 14.1).
_PEOPLE = re.compile(
    rb"<(?:dc:creator|text:(?:initial-creator|author-name|printed-by))(?: [^<>]*)?>(?!Author<)[^<]"
    rb"|<(?:text:author-initials|meta:creator-initials|loext:sender-initials)(?: [^<>]*)?>(?!A<)[^<]"
    rb"|<text:sender-[a-z-]+(?: [^<>]*)?>[^<]|<meta:date-string(?: [^<>]*)?>[^<]"
    rb"|<text:(?:creation|modification|print)-(?:date|time)(?: [^<>]*)?>[^<]"
    rb"|<text:editing-(?:cycles|duration)(?: [^<>]*)?>[^<]|<text:file-name(?: [^<>]*)?>(?!document<)[^<]"
)
_DATES = re.compile(
    rb"<(?:office:annotation|office:change-info)\b[^>]*>(?:(?!</office:).){0,400}?<dc:date>(?!2000-01-01T00:00:00<)",
    re.DOTALL,
)
_SETTING = re.compile(
    rb'<config:config-item [^<>]*?config:type="(?!boolean"|short"|int"|long")|(?i:<config:[^<>]*?rsid)'
)


def read_opendocument(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for any other member, other metadata, and a mark of a person, session or time."""
    members = members_of(octets, proof)
    need(next(iter(members), "") == _MIME and _TYPE.fullmatch(members[_MIME]), "the type of the document")
    listed = members.get(_MANIFEST, b"")
    prove_markup(listed)
    need(len(_LISTED.findall(listed)) == listed.count(b"<manifest:file-entry"), "a manifest of another form")
    for name, content in members.items():
        if name in (_MIME, _MANIFEST):
            continue
        part = needed(_MEMBER.fullmatch(name), "a member that is not listed")[1]
        if part is None:
            proof.inside(content)
        elif part == "meta":
            need(content == _META, "metadata of another form")
        else:
            _read_part(content)


def _read_part(content: bytes) -> None:
    prove_markup(content)
    need(not _GONE.search(content), "an element that is not shown")
    need(not _TELLING.search(content), "an attribute about a session")
    need(not _PEOPLE.search(content) and not _DATES.search(content), "a person or time")
    need(not _SETTING.search(content), "a setting that is a text")
    for _, element, target in _HREF.findall(content):
        need(_LINK.match(target) if element == b"a" else not _OUTSIDE.match(target), "a reference outside")
