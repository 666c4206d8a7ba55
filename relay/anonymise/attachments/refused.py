"""The words for every family of attachment that cannot be made anonymous."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "office": "Word, Excel and PowerPoint files cannot be made anonymous yet; please paste the text into the letter",
    "opendocument": "OpenDocument files cannot be made anonymous yet; please paste the text into the letter",
    "oldoffice": "documents in the old Office format cannot be made anonymous; please paste the text into the letter",
    "rtf": "RTF documents cannot be made anonymous yet; please paste the text into the letter",
    "html": "attached web pages cannot be made anonymous yet; please paste the text into the letter",
    "calendar": "calendar invitations cannot be made anonymous yet; please write the day and time into the letter",
    "contact": "contact cards say who you are and cannot be passed on; please leave them out",
    "archive": "archives (ZIP and the like) cannot be made anonymous yet; please attach text or pictures one by one",
    "mail": "attached mails cannot be made anonymous yet; please paste what matters into the letter",
    "tnef": "winmail.dat cannot be made anonymous; please send the letter again in plain text or HTML format",
    "crypto": "keys, signatures and encrypted files say who you are and cannot be passed on; please leave them out",
    "audio": "sound recordings cannot be made anonymous yet; please write to each other for now",
    "video": "videos cannot be made anonymous yet; please write to each other, or send a picture",
    "unknown": "this kind of attachment cannot be made anonymous; please send pictures or plain text",
}


def words_for(family: str) -> str:
    """What the author hears when an attachment of this family is in the letter (ASCII, names no file)."""
    return WORDS.get(family, WORDS["unknown"])
