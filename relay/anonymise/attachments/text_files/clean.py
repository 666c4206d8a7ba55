"""Cleans attached text files: notes, tables, source code. Charset and all octets around a mention stay."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise import escapes, tokens
from relay.anonymise.attachments.acting.names import harmless_name, text_type
from relay.anonymise.attachments.acting.text import acting, acts_as_it_is
from relay.anonymise.attachments.cleaning import ACTS, ActsByItself, Cleaning
from relay.anonymise.attachments.regions import marks_without_region
from relay.anonymise.attachments.text_files import cells as records
from relay.anonymise.attachments.text_files import embedded, headers, notebook
from relay.anonymise.attachments.text_files import syntax as structure
from relay.anonymise.attachments.text_files.octets import changed
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.passages import passages, together, with_contacts
from relay.anonymise.pgp_armour import armoured
from relay.anonymise.returned_files import FileEchoes
from relay.message.read import charset_guess as charset
from relay.message.read.charset_guess import Written
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_TEXT = 4 * 1024 * 1024
_ROUNDS = 9
"""How often what acts is taken out; honest files have it once."""


def clean_text(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Replace identities in a text file: in prose everything that is removed from a letter; in other files (tables,
    JSON, XML, TeX, source code) mentions, none across the border of a cell, key, string or line. What a program would
    fetch or run by itself is made harmless. Charset, line ends and all octets around both stay. Raises CannotAnonymise
    when it is larger than MAX_TEXT octets; ActsByItself when something acts whatever is taken out."""
    if len(attachment.content) > MAX_TEXT:
        raise CannotAnonymise("an attached text file is too large to be made anonymous; please send a shorter one")
    redactor = cleaning.redactor
    written = charset.read(attachment.content, redactor.known.names, attachment.charset)
    kind = structure.kind_of(attachment.filename, attachment.media_type, written.shown)
    if kind == "json" and notebook.is_notebook(attachment.filename, written.shown):
        cleaning.tally.add("document-properties")
        written = Written(notebook.cleaned(written.shown, cleaning), "utf-8")
        attachment = replace(attachment, content=written.text.encode("utf-8", "replace"))
    content = attachment.content
    for find in (_acting, _telling, _mentioned):
        found = find(written.shown, kind, attachment, cleaning)
        if found:
            content, written = changed(content, written, found)
    if content is not attachment.content:
        content, written = _harmless(content, written, kind, attachment, cleaning)
    clean = replace(
        attachment, content=content, media_type=text_type(attachment.media_type), charset=charset.label_of(written)
    )
    return harmless_name(clean, "text", cleaning.tally, as_text=True) if acts_as_it_is(written.shown, kind) else clean


def _harmless(
    content: bytes, written: Written, kind: str, attachment: Attachment, cleaning: Cleaning
) -> tuple[bytes, Written]:
    """The changed text of a file, in which nothing acts. Raises ActsByItself when something always does."""
    for _ in range(_ROUNDS):
        found = _acting(written.shown, kind, attachment, cleaning)
        if not found:
            return content, written
        content, written = changed(content, written, found)
    raise ActsByItself(f"{ACTS}save it as .txt and attach that", attachment.filename or "")


def _acting(text: str, kind: str, attachment: Attachment, cleaning: Cleaning) -> list[Finding]:
    found = acting(text, kind, attachment)
    cleaning.tally.found(found)
    return found


def _telling(text: str, kind: str, attachment: Attachment, cleaning: Cleaning) -> list[Finding]:
    """What the file says beside its text: of pictures in it, of regions, and of who made it with what."""
    marks = marks_without_region(text) if kind == "markup" else ()
    regions = [Finding(start, end, new, "document-properties") for start, end, new in marks]
    heads = headers.find(text, attachment.filename, kind)
    found = together((heads, embedded.find(text, cleaning), regions))
    cleaning.tally.found(found)
    return found


def _mentioned(text: str, kind: str, _attachment: Attachment, cleaning: Cleaning) -> list[Finding]:
    found = _mentions(text, kind, cleaning.redactor)
    cleaning.tally.add("attached-text", len(found))
    return found


def _mentions(text: str, kind: str, redactor: Redactor) -> list[Finding]:
    if kind == "text":
        return passages(text, redactor)
    files = redactor.of_letter(FileEchoes)
    with files.as_a_whole(redactor):
        named = redactor.find(text)
        files.note(text, redactor)
        found = (
            armoured(text, redactor),
            named,
            records.find(text, kind, redactor),
            escapes.find(text, redactor.find, tex=kind == "tex"),
            escapes.find(text, lambda plain: records.find(plain, kind, redactor), tex=False),
            tokens.find(text, redactor),
        )
        left = [files.without_returned(text, several, redactor) for several in found]
        fitted = structure.within(with_contacts(text, left, redactor), text, kind, redactor)
    return together((structure.in_links(text, kind, redactor), fitted))


def decoded(content: bytes) -> tuple[str, bytes]:
    """The text of a file, and its byte order mark (b"" without one)."""
    written = charset.read(content)
    return written.shown, written.mark
