"""Makes XML files harmless that a browser or a map program shows: style sheets, external types and remote pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from relay.anonymise.attachments.acting.remote import in_html, is_remote
from relay.anonymise.attachments.acting.table import table
from relay.anonymise.attachments.acting.xml_head import head_of
from relay.anonymise.identities import Finding
from relay.anonymise.passages import together

_KIND = "fetched"
_STYLE = re.compile(r"<\?(?:xml-stylesheet|mso-application|mso-\w{1,30}|import)\b", re.IGNORECASE)
_TYPE = re.compile(r"(<!DOCTYPE\s{1,99}[\w:.-]{1,200})\s{1,99}(?:SYSTEM|PUBLIC)\b", re.IGNORECASE)
_DECLARES = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)|<!DOCTYPE[^>\[]{0,4000}\[", re.IGNORECASE)
# Elements of maps whose text is fetched (KML 2.3: Icon, Link, Url, NetworkLink, ScreenOverlay, Model, styleUrl).
_FETCHED = re.compile(
    r"<((?:[\w.-]{1,40}:)?(?:href|styleUrl|targetHref|sourceHref|resourceMap|url|schemaUrl|httpQuery))(?:\s[^<>]{0,500})?>"
    r"\s{0,99}(?:<!\[CDATA\[)?\s{0,99}([^<\]]{0,4000})",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"<(?:[\w.-]{1,40}:)?link\s[^<>]{0,200}?href\s{0,9}=\s{0,9}(?:\"([^\"<>]{0,4000})\"|'([^'<>]{0,4000})')",
    re.IGNORECASE,
)
_MEDIA = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?|heic|avif|mp[34]|m4[av]|ogg|wav|webm|mov)(?:[?#]|\Z)", re.I)
_ESCAPED = re.compile(
    r"&lt;(?:img|iframe|script|link|video|audio|source|object|embed|style|svg|input|body|table|td|base)\b"
    r"((?:(?!&gt;)[^<]){0,4000})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:)?//[^\s\"'<>&]{1,2000}|\\\\[^\s\"'<>&]{1,2000}", re.IGNORECASE)
_SECTION = "<![CDATA["


def acts_in_browser(text: str) -> bool:
    """Whether a browser that shows the XML would draw or run something in it, or a program would put other files into
    it: elements of HTML, SVG, XSLT or XInclude, or entities. Such a file passes as text."""
    head = head_of(text)
    if head is None:
        # A root behind a very long beginning; other text has none.
        return text.lstrip("\ufeff \t\r\n").startswith("<?xml")
    if _DECLARES.search(text):
        return True
    low = (unescape(text) if "&#" in text else text).lower()
    return any(namespace in low for namespace in table().active_namespaces)


def in_xml(text: str) -> list[Finding]:
    """What programs would fetch when they open the XML, in order: style sheets, an external document type, and in maps
    (KML, GPX) remote pictures, models and other maps."""
    head = head_of(text)
    found = [list(_style_sheets(text)), list(_document_type(text))]
    if head is not None and head.root in ("kml", "gpx"):
        found += (list(_of_maps(text)), list(_described(text)))
    return together(found)


def _style_sheets(text: str) -> Iterator[Finding]:
    for begins in _STYLE.finditer(text):
        end = text.find("?>", begins.end())
        yield Finding(begins.start(), end + 2 if end >= 0 else len(text), "", _KIND)


def _document_type(text: str) -> Iterator[Finding]:
    for begins in _TYPE.finditer(text):
        end = text.find(">", begins.end())
        if end >= 0 and "[" not in text[begins.end() : end]:
            yield Finding(begins.end(1), end, "", _KIND)


def _of_maps(text: str) -> Iterator[Finding]:
    for element in _FETCHED.finditer(text):
        if is_remote(unescape(element[2])):
            yield Finding(element.start(2), element.end(2), "", _KIND)
    for link in _LINK.finditer(text):
        group = 1 if link[1] is not None else 2
        if is_remote(link[group]) and _MEDIA.search(unescape(link[group])):
            yield Finding(link.start(group), link.end(group), "", _KIND)


def _described(text: str) -> Iterator[Finding]:
    """Remote pictures in descriptions, whose HTML is escaped or in CDATA sections."""
    at = text.find(_SECTION)
    while at >= 0:
        end = text.find("]]>", at)
        end = len(text) if end < 0 else end
        start = at + len(_SECTION)
        for one in in_html(text[start:end]):
            yield Finding(one.start + start, one.end + start, one.replacement, one.kind)
        at = text.find(_SECTION, end)
    for escaped in _ESCAPED.finditer(text):
        for address in _ADDRESS.finditer(text, escaped.start(1), escaped.end(1)):
            yield Finding(address.start(), address.end(), "", "remote-picture")
