"""Makes text files harmless that act in the program that opens them: tables, XML, Markdown."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.attachments.acting.names import harmless_name, text_type
from relay.anonymise.attachments.acting.recognise import extension_of
from relay.anonymise.attachments.acting.remote import in_markdown
from relay.anonymise.attachments.acting.tables import harmless_cells
from relay.anonymise.attachments.acting.xml_text import acts_in_browser, in_xml
from relay.anonymise.attachments.text_files.octets import rewritten
from relay.anonymise.identities import Finding
from relay.anonymise.tally import Tally
from relay.message.read import charset_guess as charset
from relay.model import Attachment

_MARKDOWN = frozenset(str.split("md markdown mdown mkd mkdn rmd qmd"))


def harmless_text(attachment: Attachment, written: charset.Written, kind: str, tally: Tally) -> Attachment:
    """The text file, ``written`` as read and ``kind`` its syntax, without what its program would fetch or run by
    itself; with .txt behind its name where that cannot be taken out. Counted in ``tally``."""
    clean = replace(attachment, media_type=text_type(attachment.media_type))
    text, ending = written.shown, extension_of(attachment.filename)
    found = _found(text, kind, ending, attachment.media_type)
    if kind == "markup" and acts_in_browser(text):
        # As text it shows all that its author wrote.
        return harmless_name(clean, "text", tally, as_text=True)
    if kind == "table" and text.lstrip("\ufeff \t\r\n").startswith("<"):
        clean = harmless_name(clean, "text", tally, as_text=True)
    if not found:
        return clean
    tally.found(found)
    return replace(clean, content=rewritten(attachment.content, written, found))


def _found(text: str, kind: str, ending: str, media_type: str) -> list[Finding]:
    if kind == "table":
        return harmless_cells(text)
    if kind == "markup":
        return in_xml(text)
    if ending in _MARKDOWN or media_type == "text/markdown":
        return in_markdown(text)
    return []
