"""Cleans attached text files: notes, tables, source code. Charset and all octets around a mention stay."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise import escapes, tokens
from relay.anonymise.attachments.acting.text import harmless_text
from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.regions import marks_without_region
from relay.anonymise.attachments.text_files import cells as records
from relay.anonymise.attachments.text_files import embedded, headers, notebook
from relay.anonymise.attachments.text_files import syntax as structure
from relay.anonymise.attachments.text_files.octets import rewritten
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.passages import passages, together, with_contacts
from relay.anonymise.pgp_armour import armoured
from relay.message.read import charset_guess as charset
from relay.message.read.charset_guess import Written
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_TEXT = 4 * 1024 * 1024


def clean_text(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Replace identities in a text file: in prose everything that is removed from a letter; in other files (tables,
    JSON, XML, TeX, source code) mentions, none across the border of a cell, key, string or line. What a program would
    fetch or run by itself is made harmless. Charset, line ends and all octets around both stay. Raises CannotAnonymise
    when it is larger than MAX_TEXT octets."""
    if len(attachment.content) > MAX_TEXT:
        raise CannotAnonymise("an attached text file is too large to be made anonymous; please send a shorter one")
    redactor = cleaning.redactor
    written = charset.read(attachment.content, redactor.known.names, attachment.charset)
    kind = structure.kind_of(attachment.filename, attachment.media_type, written.shown)
    if kind == "json" and notebook.is_notebook(attachment.filename, written.shown):
        cleaning.tally.add("document-properties")
        written = Written(notebook.cleaned(written.shown, cleaning), "utf-8")
        attachment = replace(attachment, content=written.text.encode("utf-8", "replace"))
    harmless = harmless_text(attachment, written, kind, cleaning.tally)
    content = harmless.content
    if content is not attachment.content:
        written = charset.read(content, redactor.known.names, attachment.charset)
    inside = _telling(written.shown, kind, attachment.filename, cleaning)
    if inside:
        cleaning.tally.found(inside)
        content = rewritten(content, written, inside)
        written = charset.read(content, redactor.known.names, written.codec)
    found = _mentions(written.shown, kind, redactor)
    if found:
        cleaning.tally.add("attached-text", len(found))
        content = rewritten(content, written, found)
    return replace(harmless, content=content, charset=charset.label_of(written))


def _telling(text: str, kind: str, filename: str | None, cleaning: Cleaning) -> list[Finding]:
    """What the file says beside its text: of pictures in it, of regions, and of who made it with what."""
    marks = marks_without_region(text) if kind == "markup" else ()
    regions = [Finding(start, end, new, "document-properties") for start, end, new in marks]
    heads = headers.find(text, filename, kind)
    return together((heads, embedded.find(text, cleaning), regions))


def _mentions(text: str, kind: str, redactor: Redactor) -> list[Finding]:
    if kind == "text":
        return passages(text, redactor)
    found = (
        armoured(text, redactor),
        redactor.find(text),
        records.find(text, kind, redactor),
        escapes.find(text, redactor.find, tex=kind == "tex"),
        escapes.find(text, lambda plain: records.find(plain, kind, redactor), tex=False),
        tokens.find(text, redactor),
    )
    fitted = structure.within(with_contacts(text, found, redactor), text, kind, redactor)
    return together((structure.in_links(text, kind, redactor), fitted))


def decoded(content: bytes) -> tuple[str, bytes]:
    """The text of a file, and its byte order mark (b"" without one)."""
    written = charset.read(content)
    return written.shown, written.mark
