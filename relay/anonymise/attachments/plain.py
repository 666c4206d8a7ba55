"""Cleans attached text files: notes, tables, source code."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.identities import replaced
from relay.anonymise.passages import passages
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_TEXT = 4 * 1024 * 1024


def clean_text(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Replace identities in a text file. Line ends stay; a file without identities stays byte for byte; a changed one
    becomes UTF-8. Raises CannotAnonymise when it is larger than MAX_TEXT octets."""
    media_type = attachment.media_type if attachment.media_type.startswith("text/") else "text/plain"
    if len(attachment.content) > MAX_TEXT:
        raise CannotAnonymise("an attached text file is too large to be made anonymous; please send a shorter one")
    text, mark = decoded(attachment.content)
    found = passages(text, cleaning.redactor)
    if not found:
        return replace(attachment, media_type=media_type)
    cleaning.tally.add("attached-text", len(found))
    clean = replaced(text, found)
    return replace(attachment, content=mark + clean.encode("utf-8"), media_type=media_type)


def decoded(content: bytes) -> tuple[str, bytes]:
    """The text of a file, and the UTF-8 byte order mark to write before it again ("" when it had none)."""
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", "replace"), b"\xef\xbb\xbf"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), b""
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), b""
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), b""
