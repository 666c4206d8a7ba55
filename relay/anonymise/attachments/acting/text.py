"""Finds what acts in a text file when its program opens it: in tables, XML and Markdown."""

from __future__ import annotations

from relay.anonymise.attachments.acting.recognise import extension_of
from relay.anonymise.attachments.acting.remote import in_markdown
from relay.anonymise.attachments.acting.tables import harmless_cells
from relay.anonymise.attachments.acting.xml_text import acts_in_browser, in_xml
from relay.anonymise.identities import Finding
from relay.model import Attachment

_MARKDOWN = frozenset(str.split("md markdown mdown mkd mkdn rmd qmd"))


def acts_as_it_is(text: str, kind: str) -> bool:
    """Whether a text file of the syntax ``kind`` acts in a way that cannot be taken out: as text, under another name,
    it shows all that its author wrote."""
    if kind == "table":
        return text.lstrip("\ufeff \t\r\n").startswith("<")
    return kind == "markup" and acts_in_browser(text)


def acting(text: str, kind: str, attachment: Attachment) -> list[Finding]:
    """What the program of a text file would fetch or run by itself, in order. Taking it out, or anything else, may join
    pieces that act: only a text in which nothing is found is harmless."""
    if kind == "table":
        return harmless_cells(text)
    if kind == "markup":
        return [] if acts_in_browser(text) else in_xml(text)
    if extension_of(attachment.filename) in _MARKDOWN or attachment.media_type == "text/markdown":
        return in_markdown(text)
    return []
