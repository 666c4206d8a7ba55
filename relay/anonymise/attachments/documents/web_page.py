"""Rebuilds an attached web page by the rules for formatted letters."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from relay.anonymise.attachments.beside import numbered
from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.html.scrub import scrub_html
from relay.message.read.charsets import decode, tidy
from relay.message.read.html_signs import with_signs
from relay.message.read.html_to_text import declared_charset
from relay.model import Attachment, Message

_SHOWN = re.compile(r'src="cid:([^"]{1,100})"')
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))


def clean_page(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Keep the visible content of the page and its embedded pictures, each cleaned; scripts, style sheets, comments and
    everything that would be fetched are removed. References to pictures beside it in an archive become "cid:" and their
    number (beside.py). Raises CannotAnonymise when the page is too large or too deeply
    nested, or a picture cannot be cleaned."""
    content = attachment.content
    charset = next((name for mark, name in _MARKS if content.startswith(mark)), None) or declared_charset(content)
    page, numbers = numbered(tidy(decode(content, charset)), cleaning.beside)
    others = tuple(Attachment(b"", "image/png", None, number, inline=True) for number in numbers)
    # With an empty text, scrub_html does not generate one from the HTML.
    done = scrub_html(Message(text="", html=with_signs(page), attachments=others), cleaning.redactor)
    for removal in done.removals:
        cleaning.tally.add(removal.kind, removal.count)
    pictures = {
        picture.content_id: cleaning.inside(picture)
        for picture in done.message.attachments
        if picture.content_id not in numbers
    }

    def embedded(place: re.Match[str]) -> str:
        picture = pictures.get(place[1])
        if place[1] in numbers:
            return place[0]  # the archive knows its new name
        if picture is None:
            return 'src=""'
        return f'src="data:{picture.media_type};base64,{base64.b64encode(picture.content).decode("ascii")}"'

    body = _SHOWN.sub(embedded, done.message.html or "")
    page = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'
    return replace(attachment, content=page.encode("utf-8"), media_type="text/html")
