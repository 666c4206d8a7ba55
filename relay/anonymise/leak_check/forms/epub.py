"""Proves an e-book (EPUB 3.3, OPF 2.0.1): files with neutral names, a package document of relay's form, pages and style
sheets without classes of programs, comments and what is fetched."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.reading import Proof, need, needed
from relay.anonymise.leak_check.forms.truetype import read_truetype
from relay.anonymise.leak_check.forms.zip import members_of

_CONTAINER = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<container version="1.0" '
    b'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/package.opf" '
    b'media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
_FIXED = {"mimetype": b"application/epub+zip", "META-INF/container.xml": _CONTAINER}
_FILE = re.compile(r"OEBPS/(page|style|ncx|font|picture|recording)s/\1\d{1,5}\.[a-z0-9]{2,5}")
_PLACE = r"(?:\.\./)?(?:(?:page|style|ncx|font|picture|recording)s/)?[a-z]+\d{1,5}\.[a-z0-9]{2,5}(?:#i\d+)?|#i\d+"
_HERE, _LINK = re.compile(_PLACE), re.compile(rf"{_PLACE}|(?:https?|mailto|tel):[^\"]*|#?", re.IGNORECASE)
_PACKAGE = re.compile(
    r'<\?xml version="1\.0" encoding="UTF-8"\?>\n<package xmlns="http://www\.idpf\.org/2007/opf" '
    r'version="[23]\.0" unique-identifier="id">\n<metadata xmlns:dc="http://purl\.org/dc/elements/1\.1/">'
    r'<dc:identifier id="id">urn:uuid:[0-9a-f-]{36}</dc:identifier><dc:title>[^<>]*</dc:title>'
    r"(?>(?:<dc:language>[A-Za-z0-9-]{2,40}</dc:language>)+)"
    r'(?:<meta property="dcterms:modified">2000-01-01T00:00:00Z</meta>)?'
    r'(?>(?:<meta property="rendition:[a-z]+">[a-z-]{1,31}</meta>)*)'
    r'(?:<meta name="cover" content="item\d+"/>)?</metadata>\n'
    rf'<manifest>(?>(?:<item id="item\d+" href="(?:{_PLACE})" media-type="[a-z0-9.+/-]+"'
    r'(?: properties="[a-z -]*")?/>)*)'
    r'</manifest>\n<spine(?: toc="item\d+")?(?: page-progression-direction="[a-z]+")?>'
    r'(?>(?:<itemref idref="item\d+"(?: linear="(?:yes|no)")?/>)*)</spine>\n'
    rf'(?:<guide>(?>(?:<reference type="[a-z-]+" title="[^"<>]*" href="(?:{_PLACE})"/>)*)</guide>\n)?</package>\n'
)
_NCX = re.compile(
    r'<\?xml version="1\.0" encoding="UTF-8"\?>\n<ncx xmlns="http://www\.daisy\.org/z3986/2005/ncx/" version="2005-1">'
    r'<head><meta name="dtb:uid" content="urn:uuid:[0-9a-f-]{36}"/></head><docTitle><text>[^<>]*</text></docTitle>'
    r"<navMap>"
    r'(?>(?:<navPoint id="point\d+" playOrder="\d+">|<navLabel><text>[^<>]*</text></navLabel>'
    rf'|<content src="(?:{_PLACE}|)"/>|</navPoint>)*)</navMap></ncx>\n'
)
_PAGE = re.compile(r"<\?xml version='1\.0' encoding='UTF-8'\?>\n<!DOCTYPE html>\n(?=<)")
_GONE = re.compile(
    r"<[!?]|<(?:[\w.-]+:)?(?:script|meta|base|iframe|embed|object|applet|canvas|form|input|button|select|textarea|map"
    r"|metadata|foreignObject|template)[ />]"
)
_ATTRIBUTE = re.compile(r'<([\w.:-]+)(?=[ \n])|[ \n]([\w.:-]+)="([^"<>]*+)"')
_NEUTRAL = re.compile(r"[ic]\d+(?: [ic]\d+)*")
_OF_PROGRAMS = re.compile(r"on[a-z]+|data-.*|aria-(?!label$).*|xml:base|cite|datetime|about|resource|property")
_FETCHED = re.compile(rf"url\((?![\"']?(?:{_PLACE})[\"']?\))|@import|/\*|expression|javascript", re.IGNORECASE)


def read_epub(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for any other file, a description of another form, and what is fetched or told in a page."""
    members = members_of(octets, proof)
    need(all(members.get(name) == content for name, content in _FIXED.items()), "a container of another form")
    for name, content in members.items():
        found = _FILE.fullmatch(name)
        if name == "OEBPS/package.opf":
            need(_PACKAGE.fullmatch(content.decode("utf-8")), "a package document of another form")
        elif found is not None:
            _read_file(found[1], content, proof)
        else:
            need(name in _FIXED, "a file that is not listed")


def _read_file(kind: str, content: bytes, proof: Proof) -> None:
    if kind == "page":
        _read_page(content.decode("utf-8"))
    elif kind == "style":
        need(not _FETCHED.search(content.decode("utf-8")), "a style that fetches")
    elif kind == "ncx":
        need(_NCX.fullmatch(content.decode("utf-8")), "a table of contents of another form")
    elif kind == "font":
        read_truetype(content)
    else:
        proof.inside(content)


def _read_page(page: str) -> None:
    begin = needed(_PAGE.match(page), "a page of another form")
    need(not _GONE.search(page, begin.end()), "an element that is not listed")
    element = ""
    for found in _ATTRIBUTE.finditer(page):
        element = (found[1] or element).rpartition(":")[2]
        name, value = found[2] or "", found[3] or ""
        if name in ("class", "id"):
            need(_NEUTRAL.fullmatch(value), "a name")
        elif name.rpartition(":")[2] in ("href", "src"):
            need((_LINK if element == "a" else _HERE).fullmatch(value), "a reference outside")
        need(name != "style" or not _FETCHED.search(value), "a style that fetches")
        need(not _OF_PROGRAMS.fullmatch(name), "an attribute that is not listed")
