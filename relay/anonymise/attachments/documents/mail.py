"""Rebuilds an attached mail by the same rules as a letter."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from relay.anonymise.attachments.cleaning import Cleaning
from relay.message.read.addresses import normalise
from relay.message.read.attached_mail import enclosed
from relay.message.read.parse import parse
from relay.message.write.compose import compose
from relay.model import Attachment, Headers, Known, Message, Persona
from relay.refusals import CannotAnonymise, Malformed

_SOMEBODY = Persona("Somebody", "somebody@anonymous.invalid")
"""Replaces other authors and recipients of an attached mail (a reserved domain: RFC 6761 6.4)."""

_BROKEN = "an attached mail is damaged and cannot be made anonymous; please paste what matters into the letter"


def clean_mail(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Parse, scrub and compose an attached mail. Subject, text, pictures and files are treated as in a letter; of the
    header only the time in UTC and the two members as author and recipient are kept. Raises CannotAnonymise when it is
    invalid, or something in it cannot be cleaned."""
    within = cleaning.deeper()
    try:
        facts = enclosed(attachment.content)
        message = parse(attachment.content, names=cleaning.redactor.known.names)
    except Malformed as error:
        raise CannotAnonymise(_BROKEN) from error
    message = cleaning.scrub_mail(message, within)
    known = cleaning.redactor.known
    author, recipient = _who(facts.authors, known), _who(facts.recipients, known)
    headers = Headers(
        from_name=author.name,
        from_address=author.alias,
        to_address=recipient.alias,
        to_name=recipient.name,
        message_id=f"{_token(message)}@{known.author_persona.alias.rpartition('@')[2]}",
        date=facts.sent_at,
    )
    cleaning.tally.add("attached-mail")
    name = attachment.filename or "mail"
    name = name if name.lower().endswith(".eml") else f"{name}.eml"
    return replace(attachment, content=compose(message, headers), media_type="message/rfc822", filename=name)


def _who(addresses: tuple[str, ...], known: Known) -> Persona:
    """The first member among the addresses; _SOMEBODY without one."""
    for address in addresses:
        for identity, persona in (
            (known.author, known.author_persona),
            (known.recipient, known.recipient_persona),
        ):
            if address in {normalise(own) for own in (*identity.addresses, persona.alias)}:
                return persona
    return _SOMEBODY


def _token(message: Message) -> str:
    """An id for the mail, derived only from its cleaned content."""
    digest = hashlib.sha256("\0".join((message.subject, message.text or "", message.html or "")).encode("utf-8"))
    for attachment in message.attachments:
        digest.update(hashlib.sha256(attachment.content).digest())
    return digest.hexdigest()[:24]
