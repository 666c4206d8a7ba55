"""Proves a FictionBook (FictionBook2.1.xsd): the book, a description of relay's form, and proven pictures."""

from __future__ import annotations

import base64
import re

from relay.anonymise.leak_check.forms.reading import Proof, need
from relay.anonymise.leak_check.forms.xml import prove_markup

_ELEMENTS = frozenset(
    bytes.split(b"""
        FictionBook description title-info document-info genre book-title annotation coverpage lang src-lang author
        nickname date id version body section title subtitle p empty-line epigraph poem stanza v cite text-author image
        table tr th td a strong emphasis style strikethrough sub sup code binary
    """)
)
_START = re.compile(rb"<(?!/|\?)(?:[\w.-]+:)?([\w-]+)")
_ATTRIBUTES = re.compile(rb'[ \n](?:[\w.-]+:)?([\w-]+)="')
_LISTED = frozenset(
    bytes.split(b"id type alt title colspan rowspan align valign href lang name content-type l xlink xsi xml xmlns")
)
_TAG = re.compile(rb"<[^<>]*>")
_DOCUMENT = re.compile(
    rb"<((?:[\w.-]+:)?)document-info[^<>]*>\s*<\1author>\s*<\1nickname>Author</\1nickname>\s*</\1author>\s*"
    rb"<\1date(?:/>|></\1date>)\s*<\1id>document</\1id>\s*<\1version>1\.0</\1version>\s*</\1document-info>"
)
_DESCRIPTION = re.compile(rb"<(?:[\w.-]+:)?(?:description|[a-z]+-info)[ />]")
_AUTHOR = re.compile(rb"<(?:[\w.-]+:)?author[ >]")
_OURS = re.compile(rb"<((?:[\w.-]+:)?)author>\s*<\1nickname>Author</\1nickname>\s*</\1author>")
_BINARY = re.compile(rb'<(?:[\w.-]+:)?binary id="picture\d{1,5}\.[a-z]{3,4}" content-type="image/[a-z+]{3,9}">([^<]*)<')
_OPENED_BINARY = re.compile(rb"<(?:[\w.-]+:)?binary[ >]")
_HREF = re.compile(rb'<(?:[\w.-]+:)?([\w-]+)[^<>]*?[ \n:]href="([^"]*)"')
_LINK = re.compile(rb"(?:https?:|mailto:|tel:|#|$)", re.IGNORECASE)


def read_fictionbook(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for any other element or attribute, a person, program or time in the description, a target
    outside that opens by itself, and a picture that is not proven."""
    prove_markup(octets)
    need(_ELEMENTS.issuperset(_START.findall(octets)), "an element that is not listed")
    for tag in set(_TAG.findall(_BINARY.sub(b"<", octets))):
        names = {name for name in _ATTRIBUTES.findall(tag) if not name.startswith(b"ns")}
        need(b"xmlns" in tag or names <= _LISTED, "an attribute that is not listed")
    described = _DOCUMENT.search(octets) and octets.count(b"document-info") == 2
    need(described or not _DESCRIPTION.search(octets), "a description of another form")
    need(len(_AUTHOR.findall(octets)) == len(_OURS.findall(octets)), "an author")
    for element, target in _HREF.findall(octets):
        need(_LINK.match(target) if element == b"a" else target.startswith(b"#"), "a reference outside")
    pictures = _BINARY.findall(octets)
    need(len(pictures) == len(_OPENED_BINARY.findall(octets)), "a file of another form")
    for picture in pictures:
        proof.inside(base64.b64decode(picture, validate=True))
