"""Parses a letter into a Message: everything a person wrote, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from relay.message.read.applefile import data_fork
from relay.message.read.charset_labels import codec_of
from relay.message.read.charset_patterns import is_utf_8
from relay.message.read.charsets import decode_with_codec, tidy
from relay.message.read.cms import NotCmsError, opened
from relay.message.read.entities import Entity, read
from relay.message.read.header_words import decoded_with_folds
from relay.message.read.headers import Head, first, split
from relay.message.read.html_signs import with_signs
from relay.message.read.html_to_text import declared_charset, html_to_text
from relay.message.read.reactions import GMAIL, emoji_of_gmail, is_emoji
from relay.message.read.same_words import says_all
from relay.message.read.segments import Segment, can_stand, joined
from relay.message.read.symbol_fonts import private_signs
from relay.message.read.text_formats import enriched_to_text, richtext_to_text, unflow
from relay.message.read.tnef import Opened, open_tnef
from relay.message.read.transfer import decode_transfer
from relay.message.read.uuencode import without_files
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

MAX_SIGNED = 3
_NO_KEY = "this letter is encrypted and cannot be opened here; please send it without encryption"
_SEALED = "this letter is sealed in a way that cannot be opened here; please send it as an ordinary letter"
_BODIES = frozenset({"text/plain", "text/html", "text/markdown", "text/enriched", "text/richtext"})
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pgp-encrypted"})
_RICH_ONLY = "this letter is written in a form only Outlook reads; please send it again as plain text or HTML"
_OUTLOOK = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_PACKED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TWINS = frozenset({"text/x-amp-html", "text/watch-html"})
"""Alternative parts for special programs. They are dropped: a recipient with such a program must not be shown anything
else."""


_SEAL = Attachment(b"", "application/pkcs7-signature")
"""Stands for a dropped signature, so that the attachment cleaner counts it."""


@dataclass(slots=True)
class _Found:
    """The result so far. ``segments`` are in reading order. ``reaction`` is the emoji of a reaction by Gmail;
    ``reacts`` says that a text is a reaction by RFC 9078. ``codec`` is that of the first text that is not UTF-8.
    ``letters_of_signs`` is the last page as written, where its fonts showed signs."""

    segments: list[Segment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    opened: int = 0
    outlook: Opened | None = None
    names: tuple[str, ...] = ()
    codec: str | None = None
    letters_of_signs: str | None = None
    reaction: str = ""
    reacts: bool = False


def parse(content: bytes, head: Head | None = None, names: tuple[str, ...] = (), tree: Entity | None = None) -> Message:
    """Parse raw ``content`` (RFC 5322, MIME); ``head`` and ``tree`` are its header section and entities if already
    read. ``names`` are registered names, which help to guess a charset.

    Returns the decoded subject, the text, the HTML as the author's program wrote it, and the attachments. Raises
    Malformed for invalid mail, CannotAnonymise when it cannot be opened (encrypted, unknown packing or charset).
    """
    head = head or split(content)
    found = _Found(names=names)
    _walk(tree or read(content, head), found, related=False)
    subject, folds = decoded_with_folds(first(head[0], "subject") or b"", found.codec, names)
    text, markup = _body(found)
    if not found.segments:
        text, markup = _outlook_body(found.outlook)
    emoji = (text or "").strip()
    if found.reacts and is_emoji(emoji):  # RFC 9078 2: the part holds the emoji; with more words it is a letter
        found.reaction = emoji
    return Message(subject, text, markup, tuple(found.attachments), found.reaction, folds)


def _body(found: _Found) -> tuple[str | None, str | None]:
    """The plain text and the HTML; the pictures shown between them get the Content-ID that the HTML cites."""
    body = joined(found.segments)
    places = {id(picture): content_id for picture, content_id in body.placed}
    if places:
        found.attachments = [
            replace(one, content_id=places[id(one)], inline=True) if id(one) in places else one
            for one in found.attachments
        ]
    return body.plain, body.markup


def _outlook_body(outlook: Opened | None) -> tuple[str | None, str | None]:
    """The body that only winmail.dat holds."""
    if outlook is None or not (outlook.rich or outlook.text or outlook.html):
        return "", None
    if outlook.html is None and outlook.text is None:
        raise CannotAnonymise(_RICH_ONLY)
    return outlook.text, outlook.html


def _walk(entity: Entity, found: _Found, *, related: bool) -> None:
    kind = entity.type
    if kind in _ENCRYPTED:
        raise CannotAnonymise(_NO_KEY)
    if kind == "message/partial":
        raise CannotAnonymise("this letter was sent in pieces; please send it whole")
    if kind in _TWINS:
        return
    if kind in _PACKED or (kind == "application/octet-stream" and (entity.filename or "").lower().endswith(".p7m")):
        _signed(entity, found, related=related)
    elif kind in _OUTLOOK or (entity.filename or "").lower() == "winmail.dat":
        _tnef(entity, found)
    elif kind == "application/applefile":
        _applefile(entity, found, related=related)
    elif kind == "multipart/alternative":
        _alternative(entity, found)
    elif kind == "multipart/signed":
        # The signature identifies its author; it would not be valid anyway for the rebuilt letter (RFC 1847).
        _walk(entity.children[0], found, related=related)
        found.attachments.append(_SEAL)
    elif kind.startswith("multipart/"):
        for index, child in enumerate(entity.children):
            _walk(child, found, related=related or (kind == "multipart/related" and index > 0))
    else:
        _leaf(entity, found, related=related)


def _leaf(entity: Entity, found: _Found, *, related: bool) -> None:
    """A part of the body, a reaction of Gmail, or an attachment."""
    if entity.type == GMAIL:
        found.reaction = emoji_of_gmail(decode_transfer(entity.octets, entity.encoding))
        return
    if _is_body(entity):
        text, markup, files = _segment(entity, found)
        found.segments.append(Segment(text, markup))
        found.reacts = found.reacts or entity.disposition == "reaction"
        found.attachments.extend(files)
        return
    attachment = _attachment(entity, related)
    if not related and can_stand(entity.type, entity.disposition, entity.filename):
        found.segments.append(Segment(picture=attachment))
    found.attachments.append(attachment)


def _is_body(entity: Entity) -> bool:
    if entity.type not in _BODIES:
        return False
    return entity.disposition != "attachment" and entity.filename is None


def _signed(entity: Entity, found: _Found, *, related: bool) -> None:
    """Opaque S/MIME: the signed content is read as if it stood here itself (RFC 8551 3.5.2)."""
    octets = decode_transfer(entity.octets, entity.encoding)
    try:
        inside = opened(octets)
    except NotCmsError as error:
        raise CannotAnonymise(_SEALED) from error
    if inside.kind == "encrypted":
        raise CannotAnonymise(_NO_KEY)
    if inside.kind == "detached":
        found.attachments.append(_attachment(entity, related))
        return
    if inside.kind != "signed" or found.opened >= MAX_SIGNED:
        raise CannotAnonymise(_SEALED)
    found.opened += 1
    _walk(read(inside.content), found, related=related)
    found.attachments.append(_SEAL)


def _tnef(entity: Entity, found: _Found) -> None:
    """winmail.dat: its files count as attachments; its body counts when there is no other."""
    outlook = open_tnef(decode_transfer(entity.octets, entity.encoding))
    found.outlook = found.outlook or outlook
    found.attachments.extend(outlook.attachments)


def _applefile(entity: Entity, found: _Found, *, related: bool) -> None:
    content = data_fork(decode_transfer(entity.octets, entity.encoding))
    if content is not None:
        found.attachments.append(
            replace(_attachment(entity, related), content=content, media_type="application/octet-stream")
        )


def _alternative(entity: Entity, found: _Found) -> None:
    """The alternatives of one body: the last plain and the last HTML one, with the attachments of all."""
    plain: str | None = None
    markup: str | None = None
    as_written: str | None = None
    for child in entity.children:
        inner = _Found(opened=found.opened, names=found.names, codec=found.codec)
        _walk(child, inner, related=False)
        text, rich = _body(inner) if inner.segments else (None, None)
        if rich is not None:
            markup, as_written = rich, inner.letters_of_signs
        elif text is not None:
            plain = text
        found.attachments.extend(inner.attachments)
        found.outlook = found.outlook or inner.outlook
        found.codec = found.codec or inner.codec
        found.reaction = found.reaction or inner.reaction
    if plain is not None and as_written is not None and says_all(html_to_text(as_written), plain):
        plain = None  # it has "J" for a smile in Wingdings; the text made from the HTML has the smile
    if plain is not None or markup is not None:
        found.segments.append(Segment(plain, markup))


def _segment(entity: Entity, found: _Found) -> tuple[str | None, str | None, list[Attachment]]:
    """The plain text, the HTML, and the files that were uuencoded in the text."""
    octets = decode_transfer(entity.octets, entity.encoding)
    charset = entity.parameters.get("charset")
    if entity.type == "text/html":
        written = tidy(_read(octets, _html_charset(octets, charset), found))
        markup = with_signs(written)
        found.letters_of_signs = None if markup == written else written
        return None, markup, []
    text, files = without_files(private_signs(tidy(_read(octets, charset, found))))
    if entity.type == "text/enriched":
        text = enriched_to_text(text)
    elif entity.type == "text/richtext":
        text = richtext_to_text(text)
    elif entity.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, entity.parameters.get("delsp", "").lower() == "yes")
    return text, None, files


def _html_charset(octets: bytes, charset: str | None) -> str | None:
    """The charset of the header; if that cannot be right, the one that the document declares."""
    codec = codec_of(charset or "utf-8")
    if codec not in (None, "utf-8") or (codec and is_utf_8(octets)):
        return charset
    return declared_charset(octets) or charset


def _read(octets: bytes, charset: str | None, found: _Found) -> str:
    text, codec = decode_with_codec(octets, charset, found.names)
    if found.codec is None and codec != "utf-8":
        found.codec = codec
    return text


def _attachment(entity: Entity, related: bool) -> Attachment:
    cid = entity.content_id or (entity.location if related else None)
    picture = entity.type.startswith("image/")
    return Attachment(
        content=decode_transfer(entity.octets, entity.encoding),
        media_type=entity.type,
        filename=tidy(entity.filename).replace("\n", " ").strip() if entity.filename else None,
        content_id=cid,
        inline=picture and (entity.disposition == "inline" or (related and entity.disposition != "attachment")),
        charset=entity.parameters.get("charset"),
    )
