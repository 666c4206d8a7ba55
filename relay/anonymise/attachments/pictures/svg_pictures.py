"""Cleans the pictures embedded in a drawing as data: URLs (RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from relay.anonymise.attachments.cleaning import Cleaning
from relay.model import Attachment

_DATA = re.compile(r"data:(image/[\w.+-]+)((?:;[^,;]*)*),", re.IGNORECASE)
_KINDS = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))


def clean_data_url(url: str, cleaning: Cleaning) -> str | None:
    """The URL with the cleaned picture; None when it holds none. Raises CannotAnonymise for one that cannot be
    cleaned."""
    start = _DATA.match(url.strip())
    if start is None:
        return None
    body = "".join(url.strip()[start.end() :].split())
    try:
        packed = start[2].lower().endswith(";base64")
        content = base64.b64decode(unquote_to_bytes(body), validate=False) if packed else unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        return None
    clean = cleaning.inside(Attachment(content, start[1].lower()))
    if clean.media_type not in _KINDS:
        return None
    return f"data:{clean.media_type};base64,{base64.b64encode(clean.content).decode('ascii')}"
