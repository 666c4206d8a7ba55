"""Refusal texts for families of attachments that cannot be anonymised."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "oldoffice": "documents in the old Office format (.doc, .xls, .ppt), or locked with a password, cannot be made "
    "anonymous; please save the document as .docx, .xlsx or .pptx without a password and attach it anew",
    "flatoffice": "documents saved as plain XML cannot be made anonymous; please save the document as .docx or .odt "
    "and attach it anew",
    "archive": "archives other than ZIP cannot be made anonymous; please send a ZIP, or the files one by one",
    "ebook": "e-books name who wrote and made them and cannot be made anonymous; please paste the text into the letter",
    "mailbox": "mailbox files cannot be made anonymous; please attach the mails that matter one by one",
    "tnef": "winmail.dat cannot be made anonymous; please send the letter again in plain text or HTML format",
    "audio": "this kind of recording cannot be made anonymous; please save it as MP3 or M4A and send that",
    "video": "this kind of film (AVI, MKV, WebM, WMV) cannot be made anonymous; please save it as MP4 and send that",
    "unknown": "this kind of attachment cannot be made anonymous; please send pictures or plain text",
}


def words_for(family: str) -> str:
    """The text for the author when an attachment of this family is refused (ASCII, names no file)."""
    return WORDS.get(family, WORDS["unknown"])
