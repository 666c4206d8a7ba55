"""Re-reads the finished letter and refuses it when anything identifying is left: rather no letter than a leak."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from relay.anonymise.attachments.plain import decoded
from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.identities import Reading, Redactor, decoded_fully
from relay.anonymise.markup import BLOCKS, VOID
from relay.message.charrefs import unescape
from relay.message.headers import decoded_values, split
from relay.message.parse import parse
from relay.model import Known, Message
from relay.refusals import StillIdentifying

_TAG = re.compile(r"<(?:/?([a-z][a-z0-9]*)|!)[^>]*>", re.IGNORECASE)
_SPACE = re.compile(r"white-space:([a-z]+)")


def last_look(message: Message, headers: Sequence[str], body: bytes, known: Known, forbidden: Sequence[str]) -> None:
    """Look at a finished letter as its reader's program will see it.

    ``message`` is the finished letter parsed afresh, ``headers`` the decoded values of its fields but for those made of
    what the recipient knows anyway, ``body`` its octets below the header section, ``forbidden`` further words that must
    not be in it. Attached mails are looked at in the same way. Raises StillIdentifying; what a Redactor leaves on
    purpose is left here too.
    """
    redactor = Redactor(known)
    words = tuple(_forbidden_forms(forbidden))
    for text in _texts(message, headers):
        if redactor.find(text) or _holds(redactor.read(text), words):
            raise StillIdentifying
    octets = tuple(_octet_forms(known, forbidden))
    without_nul = tuple(form for form in octets if b"\0" not in form)
    for content in (body, *(attachment.content for attachment in message.attachments)):
        low = content.lower()
        # In UTF-16 what is ASCII is half NUL, and most of what is looked through has none.
        if any(form in low for form in (octets if b"\0" in low else without_nul)):
            raise StillIdentifying
    for attachment in message.attachments:
        if attachment.media_type == "message/rfc822":
            inner = attachment.content
            head = split(inner)
            last_look(parse(inner, head), decoded_values(head[0]), inner[head[1] :], known, forbidden)


def _texts(message: Message, headers: Sequence[str]) -> Iterator[str]:
    yield "\n".join((message.subject, *headers))
    if message.text:
        yield message.text
    if message.html:
        # What a reader sees, and the attributes: programs read those, and some show them.
        yield visible(message.html)
        if "=" in message.html:
            for tag in {tag[0] for tag in _TAG.finditer(message.html) if "=" in tag[0]}:
                yield unescape(tag)
    for attachment in message.attachments:
        if attachment.filename:
            yield attachment.filename
        if attachment.media_type.startswith("text/"):
            yield decoded(attachment.content)[0]


def visible(html: str) -> str:
    """What a reader of well-formed HTML sees, a line for each block."""
    if "white-space" in html or "<pre" in html.lower():
        return unescape("".join(_as_shown(html)))
    return unescape(_TAG.sub(_gap, html.replace("\n", " ")))


def _as_shown(html: str) -> Iterator[str]:
    """The text of well-formed HTML as page.py sees it: a line of the source is none of the page, but in a pre."""
    around: list[bool] = []
    pre = False
    at = 0
    for tag in _TAG.finditer(html):
        text = html[at : tag.start()]
        yield text if pre else text.replace("\n", " ")
        yield _gap(tag)
        at = tag.end()
        name = (tag[1] or "").lower()
        if tag[0].startswith("</"):
            pre = around.pop() if around else False
        elif name and name not in VOID:
            around.append(pre)
            space = _SPACE.search(tag[0])
            pre = name == "pre" or (space[1].startswith(("pre", "break")) if space else pre)
    yield html[at:].replace("\n", " ")


def _gap(tag: re.Match[str]) -> str:
    """What a reader sees in the place of a tag: a new line for a block, nothing for a piece of a line."""
    name = (tag[1] or "").lower()
    return "\n" if name in BLOCKS or name == "br" else ""


def _forbidden_forms(forbidden: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word folded, and its letters alone when they are ten or more."""
    for word in forbidden:
        skeleton = skeleton_of(word).strip(" <>")
        if skeleton:
            alone = letters(skeleton)
            yield skeleton, alone if len(alone) >= 10 else ""


def _holds(reading: Reading, words: tuple[tuple[str, str], ...]) -> bool:
    if _holds_one(reading, words):
        return True
    text = reading.folded.original
    decoded_text = decoded_fully(text)
    return decoded_text != text and _holds_one(Reading(decoded_text), words)


def _holds_one(reading: Reading, words: tuple[tuple[str, str], ...]) -> bool:
    return any(word in reading.folded.text or (alone and alone in reading.letters) for word, alone in words)


def _octet_forms(known: Known, forbidden: Sequence[str]) -> Iterator[bytes]:
    """What is looked for in octets that are no text: addresses and words, as UTF-8 and as UTF-16."""
    for word in (*known.author.addresses, *known.recipient.addresses, *forbidden):
        low = word.strip(" <>").lower()
        if len(low) < 6:
            continue
        yield low.encode("utf-8", "replace")
        yield low.encode("utf-16-le", "replace")
        yield low.encode("utf-16-be", "replace")
