"""Takes identities, paths and unseen signs out of file names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.model import Attachment, Message, Scrubbed

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_NEUTRAL = {"image": "picture", "audio": "recording", "video": "video"}


def scrub_filenames(message: Message, redactor: Redactor) -> Scrubbed:
    """A neutral name ("picture-1.jpg", "document-2.txt") for every file whose name held an address or name of the two
    people, or a path, control or direction sign. Every other name stays as it is."""
    if not any(attachment.filename for attachment in message.attachments):
        return Scrubbed(message)
    tally = Tally()
    attachments = tuple(
        _renamed(attachment, number, redactor, tally) for number, attachment in enumerate(message.attachments, 1)
    )
    return Scrubbed(replace(message, attachments=attachments) if tally else message, tally.removals())


def _renamed(attachment: Attachment, number: int, redactor: Redactor, tally: Tally) -> Attachment:
    name = attachment.filename
    if name is None or not (_unseemly(name) or redactor.find(name)):
        return attachment
    tally.add("file-name")
    family = _NEUTRAL.get(attachment.media_type.partition("/")[0], "document")
    extension = _EXTENSION.search(name)
    neutral = f"{family}-{number}{extension[0].lower() if extension else ''}"
    # An extension can be a name, too ("letter.jane").
    if redactor.find(neutral):
        neutral = f"{family}-{number}"
    return replace(attachment, filename=neutral)


def _unseemly(name: str) -> bool:
    if "/" in name or "\\" in name or len(name) > 200:
        return True
    # Joiners belong to emoji and to Indic and Persian spelling; no other unseen sign belongs in a file name.
    return any(
        unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and sign not in "\u200c\u200d" for sign in name
    )
