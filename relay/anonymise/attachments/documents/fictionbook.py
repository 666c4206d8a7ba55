"""Rewrites a FictionBook: the book stays; who wrote, scanned and made it, when and with what, goes.

Source: the FictionBook 2.1 schema (FictionBook2.1.xsd).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from lxml import etree

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.text_runs import PARAGRAPH, Piece, redact_pieces
from relay.anonymise.attachments.documents.verify import refuse_remains
from relay.anonymise.attachments.documents.xml_attributes import Tokens, redact_values
from relay.anonymise.attachments.documents.xml_trees import (
    attributes,
    broken,
    elements,
    local,
    parsed,
    serialised,
)
from relay.anonymise.attachments.regions import tag_without_region
from relay.anonymise.links.in_files import clean_link_of_file
from relay.anonymise.passages import passages
from relay.message.read import charset_guess as charset
from relay.model import Attachment

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")
_BLOCKS = frozenset(
    str.split("body section title subtitle p empty-line epigraph annotation poem stanza v cite text-author date image")
    + str.split("table tr th td")
)
_WITHIN_LINES = frozenset(str.split("a strong emphasis style strikethrough sub sup code"))
_SHOWN = _BLOCKS | _WITHIN_LINES
# What stays of the description, which is written anew around it.
_TITLE = ("genre", "book-title", "annotation", "coverpage", "lang", "src-lang")
_ATTRIBUTES = frozenset(str.split("id type alt title colspan rowspan align valign href lang"))
_LANGUAGES = frozenset({"lang", "src-lang"})
_PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg"}


def clean_fictionbook(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one FictionBook. Its text is searched like a letter's, each picture cleaned. Raises CannotAnonymise when it
    is damaged, or holds a file that cannot be cleaned."""
    redactor = cleaning.redactor
    shown = charset.read(attachment.content, redactor.known.names, attachment.charset).shown
    root = parsed(_DECLARATION.sub("", shown).encode("utf-8", "replace"))
    if local(root.tag) != "FictionBook":
        raise broken()
    space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
    names = _clean_binaries(root, cleaning)
    tokens = Tokens(redactor)
    for child in list(root):
        match local(child.tag):
            case "description":
                root.replace(child, _description(child, space))
            case "body" | "binary":
                pass
            case _:
                root.remove(child)
    _clean_elements(root)
    found = redact_values(root, tokens)
    links = sum(_clean_target(element, names, tokens) for element in elements(root))
    found += redact_pieces(_pieces_of(root), lambda text: passages(text, redactor))
    content = serialised(root)
    refuse_remains(content, redactor)
    cleaning.tally.add("document-text", found)
    cleaning.tally.add("link", links)
    cleaning.tally.add("document-properties")
    return replace(attachment, content=content, media_type="application/x-fictionbook+xml", charset=None)


def _clean_binaries(root: etree._Element, cleaning: Cleaning) -> dict[str, str]:
    """Clean every embedded file, and number them: their names are those of the author's files. Returns old name → new
    name."""
    names: dict[str, str] = {}
    for number, element in enumerate([each for each in root if local(each.tag) == "binary"], 1):
        try:
            content = base64.b64decode("".join((element.text or "").split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise broken() from error
        clean = cleaning.inside(Attachment(content, element.get("content-type", "application/octet-stream")))
        if clean.media_type not in _PICTURES:
            raise broken()
        old = element.get("id", "")
        names[old] = f"picture{number}.{_PICTURES[clean.media_type]}"
        tail = element.tail
        element.clear()
        element.tail = tail
        element.set("id", names[old])
        element.set("content-type", clean.media_type)
        element.text = base64.b64encode(clean.content).decode("ascii")
    return names


def _description(old: etree._Element, space: str) -> etree._Element:
    """A new description with title, genre, language, annotation and cover, and the same neutral words for all else that
    the schema demands."""
    new = etree.Element(f"{space}description")
    title = etree.SubElement(new, f"{space}title-info")
    info = next((each for each in old if local(each.tag) == "title-info"), None)
    kept = [each for each in info if local(each.tag) in _TITLE] if info is not None else []
    for element in kept:
        if local(element.tag) == "book-title":
            _author(title, space)
        title.append(element)
    document = etree.SubElement(new, f"{space}document-info")
    _author(document, space)
    for tag, text in (("date", ""), ("id", "document"), ("version", "1.0")):
        etree.SubElement(document, f"{space}{tag}").text = text
    return new


def _author(parent: etree._Element, space: str) -> None:
    author = etree.SubElement(parent, f"{space}author")
    etree.SubElement(author, f"{space}nickname").text = "Author"


def _clean_elements(root: etree._Element) -> None:
    """Keep what a reader sees: elements and attributes of the format."""
    for element in elements(root):
        tag = local(element.tag)
        if tag in _LANGUAGES:
            element.text = tag_without_region(element.text or "")
        in_body = any(local(each.tag) in ("body", "annotation") for each in element.iterancestors())
        if in_body and tag not in _SHOWN:
            _plain(element)
        for name, value in attributes(element):
            if local(name) == "lang":
                element.set(name, tag_without_region(value))
            elif local(name) not in _ATTRIBUTES and tag != "binary" and not (tag == "style" and local(name) == "name"):
                del element.attrib[name]


def _plain(element: etree._Element) -> None:
    """Make an element of another format a plain style: its text was shown."""
    for name, _ in attributes(element):
        del element.attrib[name]
    element.tag = element.tag.rpartition("}")[0] + "}style" if "}" in element.tag else "style"
    element.set("name", "plain")


def _clean_target(element: etree._Element, names: dict[str, str], tokens: Tokens) -> int:
    """Clean the target of a link or picture. Returns 1 for a link that was changed."""
    name = next((name for name, _ in attributes(element) if local(name) == "href"), None)
    if name is None:
        return 0
    target = str(element.get(name, ""))
    if target.startswith("#"):
        element.set(name, "#" + names.get(target[1:], tokens.applied(target[1:])))
        return 0
    link = clean_link_of_file(target, tokens.redactor).url if local(element.tag) == "a" else None
    if link == target:
        return 0
    if link is None:
        del element.attrib[name]
    else:
        element.set(name, link)
    return 1


def _pieces_of(root: etree._Element) -> list[Piece]:
    """The text in reading order; pieces within one paragraph are adjacent."""
    pieces: list[Piece] = []
    gap = PARAGRAPH
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = local(element.tag)
        if tag == "binary":
            continue
        gap = gap if tag in _WITHIN_LINES else PARAGRAPH
        piece = Piece(element, tail=event == "end", gap=gap)
        if piece.text.strip() or (piece.text and gap == ""):
            pieces.append(piece)
            gap = ""
    return pieces
