"""relay preview: rebuilds a letter as it would leave, for a made-up pair or as ordered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from relay.anonymise.header_names import learned
from relay.message.read.parse import parse
from relay.message.read.routing_headers import read_routing_headers
from relay.message.write.dkim_sign import Signer
from relay.model import Conversions, Doubt, Headers, Identity, Known, Persona, RebuildOrder, Rebuilt, Removal
from relay.policy.routing import author_of
from relay.rebuild import rebuild
from relay.refusals import NeedsConversion, Refusal
from relay.settings import AttachmentSettings
from relay.workers.converters.convert import Converters
from relay.workers.converters.programs import KINDS

_DOMAIN = "relay.example"
_AUTHOR = Persona("Quiet River", f"quiet-river.preview@{_DOMAIN}")
_RECIPIENT = Persona("Amber Heron", f"amber-heron.preview@{_DOMAIN}")
_READER = "the.reader@somewhere.example"


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as the other member would receive it.

    ``attachments`` are (name, media type, size in octets). ``letter`` is the whole mail as it would be sent, without a
    DKIM signature. ``doubts`` are what a person must decide before it is sent. ``refused`` is the SMTP reply that the
    author would get, and then everything else is empty; else "".
    """

    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[tuple[str, str, int], ...] = ()
    removals: tuple[Removal, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    letter: bytes = b""
    refused: str = ""


def preview(content: bytes, now: datetime, contact: str = "allow", known_as: tuple[str, ...] = ()) -> Preview:
    """Rebuild ``content``, a raw letter, as if its author were a member of a made-up pair.

    The author's address and name are taken from its From field; ``known_as`` are further names. ``now`` (aware UTC)
    becomes the Date. ``contact`` is the setting programme.contact.
    """
    try:
        return previewed(_order(content, now, contact, known_as))
    except Refusal as refusal:
        return Preview(refused=str(refusal.reply))


def previewed(order: RebuildOrder) -> Preview:
    """Rebuild a letter as ``order`` says. Its To is made up, because a preview shows no real address."""
    try:
        letter = _rebuilt(replace(order, headers=replace(order.headers, to_address=_READER)))
    except Refusal as refusal:
        return Preview(refused=str(refusal.reply))
    message = parse(letter.content)
    return Preview(
        subject=message.subject,
        text=message.text or "",
        html=message.html or "",
        attachments=tuple((a.filename or "", a.media_type, len(a.content)) for a in message.attachments),
        removals=letter.removals,
        doubts=letter.doubts,
        letter=letter.content,
    )


def _rebuilt(order: RebuildOrder) -> Rebuilt:
    """The rebuilt letter. Files that need a converter are converted where one is installed. Raises Refusal."""
    try:
        return _with(Conversions(KINDS), order)
    except NeedsConversion:
        return asyncio.run(_converted(order))


def _with(conversions: Conversions, order: RebuildOrder) -> Rebuilt:
    return rebuild(replace(order, known=replace(order.known, conversions=conversions)), Signer(_DOMAIN, ()))


async def _converted(order: RebuildOrder) -> Rebuilt:
    converters = Converters(AttachmentSettings())
    await converters.open()

    async def attempt(conversions: Conversions) -> Rebuilt:
        return _with(conversions, order)

    return await converters.with_conversions(attempt)


def _order(content: bytes, now: datetime, contact: str, known_as: tuple[str, ...]) -> RebuildOrder:
    seen = read_routing_headers(content)
    known = learned(
        Known(Identity((author_of(seen),), known_as), _AUTHOR, Identity((_READER,)), _RECIPIENT, contact), seen
    )
    headers = Headers(
        from_name=_AUTHOR.name,
        from_address=_AUTHOR.alias,
        to_address=_READER,
        message_id=f"preview@{_DOMAIN}",
        date=now.replace(microsecond=0),
    )
    return RebuildOrder(content, known, headers, (seen.message_id,) if seen.message_id else ())
