"""Cleans the pictures in RTF documents."""

from __future__ import annotations

import re

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.rtf.tokens import BROKEN, Binary, Group, Item, Octets, Word
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_KINDS = {"jpegblip": "image/jpeg", "pngblip": "image/png"}
_DRAWINGS = (
    "an RTF document in this letter holds a drawing that cannot be made anonymous; please put a JPEG or PNG picture in "
    "its place, and attach the document anew"
)
_BLANK = re.compile(rb"\s+")


def clean_picture(group: Group, cleaning: Cleaning) -> None:
    """Replace the picture by the cleaned one. Raises CannotAnonymise for drawings (WMF, EMF) and damaged pictures."""
    kind = next((_KINDS[item.name] for item in group.items if isinstance(item, Word) and item.name in _KINDS), None)
    if kind is None:
        raise CannotAnonymise(_DRAWINGS)
    raw = b"".join(item.content for item in group.items if isinstance(item, Binary))
    digits = _BLANK.sub(b"", b"".join(item.content for item in group.items if isinstance(item, Octets)))
    try:
        content = raw or bytes.fromhex(digits.decode("ascii"))
    except ValueError as error:
        raise CannotAnonymise(BROKEN) from error
    clean = cleaning.inside(Attachment(content, kind))
    if clean.media_type not in _KINDS.values():
        raise CannotAnonymise(_DRAWINGS)
    word = next(name for name, media_type in _KINDS.items() if media_type == clean.media_type)
    items: list[Item] = [item for item in group.items if not isinstance(item, Binary | Octets)]
    for place, item in enumerate(items):
        if isinstance(item, Word) and item.name in _KINDS:
            items[place] = Word(word)
    group.items = [*items, Octets(clean.content.hex().encode("ascii"))]
