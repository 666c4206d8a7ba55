"""Rebuilds an attached mail by the rules of the letter around it."""

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
"""Whoever else wrote or got an attached mail (the domain is nobody's: RFC 6761 6.4)."""

_BROKEN = "an attached mail is damaged and cannot be made anonymous; please paste what matters into the letter"


def clean_mail(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Parse, scrub and compose an attached mail. Subject, words, pictures and files stay, as they would in a letter; of
    the header the day and time in UTC, and who of the two wrote to whom. Raises CannotAnonymise when it is broken, or
    something in it cannot be cleaned."""
    within = cleaning.deeper()
    try:
        facts = enclosed(attachment.content)
        message = parse(attachment.content, names=cleaning.redactor.known.names)
    except Malformed as error:
        raise CannotAnonymise(_BROKEN) from error
    message = _scrubbed(message, within)
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


def _scrubbed(message: Message, within: Cleaning) -> Message:
    # Not at the top: the list of scrubbers holds the one that cleans attachments, and so this cleaner.
    from relay.anonymise.attachments import scrub_attachments, scrub_within
    from relay.anonymise.scrub import SCRUBBERS

    for scrubber in SCRUBBERS:
        if scrubber is scrub_attachments:
            message = scrub_within(message, within)
            continue
        done = scrubber(message, within.redactor)
        message = done.message
        for removal in done.removals:
            within.tally.add(removal.kind, removal.count)
    return message


def _who(addresses: tuple[str, ...], known: Known) -> Persona:
    """The first of the two members among the addresses; somebody, when neither is."""
    for address in addresses:
        for identity, persona in (
            (known.author, known.author_persona),
            (known.recipient, known.recipient_persona),
        ):
            if address in {normalise(own) for own in (*identity.addresses, persona.alias)}:
                return persona
    return _SOMEBODY


def _token(message: Message) -> str:
    """A name for the mail that comes from nothing but what of it goes on."""
    said = hashlib.sha256("\0".join((message.subject, message.text or "", message.html or "")).encode("utf-8"))
    for attachment in message.attachments:
        said.update(hashlib.sha256(attachment.content).digest())
    return said.hexdigest()[:24]
