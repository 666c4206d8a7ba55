"""Rebuilds the HTML of a letter from its visible content, without identities."""

from __future__ import annotations

import binascii
import re
from dataclasses import replace

from relay.anonymise.html.page import Page
from relay.anonymise.html.regions import Picture
from relay.anonymise.html.well_formed import well_formed
from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.passages import passages
from relay.anonymise.tally import Tally
from relay.message.read.html_to_text import well_formed_to_text
from relay.message.read.segments import PLACED
from relay.model import Attachment, Message, Scrubbed

# A picture embedded in the HTML (RFC 2397); extracted first, because it may be larger than all the rest.
_DATA_PICTURE = re.compile(
    r"(\bsrc\s*=\s*[\"']?\s*)data:(image/[\w.+\-]{1,40});base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE
)


def scrub_html(message: Message, redactor: Redactor) -> Scrubbed:
    """Keep structure, emphasis, colours, links and inline pictures; remove what is hidden, remote or identifying.

    Addresses and names are searched in the visible text, across tags. A letter without plain text gets one. Raises
    CannotAnonymise when the HTML is too large or too deeply nested.
    """
    if message.html is None:
        return Scrubbed(message)
    tally = Tally()
    source, embedded = _without_data_pictures(message.html, message.attachments)
    clean = well_formed(source, tally)
    pictures = {
        attachment.content_id: Picture(attachment.content_id)
        for attachment in (*message.attachments, *embedded)
        if attachment.content_id
    }
    page = Page(redactor, tally, pictures)
    html = page.rebuilt(clean)
    stay = tuple(attachment for attachment in message.attachments if not _only_in_signature(attachment, pictures))
    tally.add("signature-picture", len(message.attachments) - len(stay))
    shown = tuple(attachment for attachment in embedded if pictures[attachment.content_id or ""].shown)
    return Scrubbed(
        replace(
            message,
            html=html,
            text=message.text if message.text is not None else _as_text(html, redactor),
            attachments=(*stay, *shown),
        ),
        tally.removals(),
    )


def _only_in_signature(attachment: Attachment, pictures: dict[str, Picture]) -> bool:
    """Whether the picture was shown only in a signature block that was removed. One that stood between two parts of the
    text is not part of a block, whatever the words around it look like."""
    content_id = attachment.content_id or ""
    picture = pictures.get(content_id)
    return picture is not None and picture.removed and not picture.shown and not content_id.startswith(PLACED)


def _as_text(html: str, redactor: Redactor) -> str:
    text = well_formed_to_text(html)
    return replaced(text, passages(text, redactor))


def _without_data_pictures(html: str, attachments: tuple[Attachment, ...]) -> tuple[str, list[Attachment]]:
    """The HTML with each data: picture as a cid: reference, and the pictures as inline attachments."""
    if "data:" not in html.lower():
        return html, []
    taken = {attachment.content_id for attachment in attachments}
    pictures: list[Attachment] = []

    def moved(found: re.Match[str]) -> str:
        try:
            # The pattern also matches no-break spaces, which are harmless, and letters such as "ſ", which are not
            # base64.
            content = binascii.a2b_base64("".join(found[3].split()))
        except ValueError:
            return found[1]
        content_id = f"embedded-{len(pictures) + 1}"
        while content_id in taken:
            content_id += "x"
        pictures.append(Attachment(content, found[2].lower(), None, content_id, inline=True))
        return f"{found[1]}cid:{content_id}"

    return _DATA_PICTURE.sub(moved, html), pictures
