"""One pair of people, and a way through the whole of the middle for a letter of one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.message.read.parse import parse
from relay.message.write.dkim_sign import Signer
from relay.model import Attachment, Headers, Identity, Known, Message, Persona, RebuildOrder
from relay.rebuild import rebuild


@pytest.fixture
def known() -> Known:
    """Jane writes, Tom reads."""
    return Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
        Identity(("tom.ashdown@gmx.de",), ("Tom Ashdown",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )


@pytest.fixture
def redactor(known: Known) -> Redactor:
    """Looks for both."""
    return Redactor(known)


@pytest.fixture
def clean(redactor: Redactor) -> Callable[[Attachment], list[Attachment]]:
    """Clean one file of a letter: what of it goes on (none, when it is left out)."""

    def through(attachment: Attachment) -> list[Attachment]:
        return list(scrub_attachments(Message("s", "words", None, (attachment,)), redactor).message.attachments)

    return through


@pytest.fixture
def relayed(known: Known) -> Callable[[bytes], Message]:
    """Jane's raw letter as Tom's program reads it."""
    headers = Headers(
        known.author_persona.name,
        known.author_persona.alias,
        known.recipient.addresses[0],
        "a1b2@relay.example.org",
        datetime(2026, 2, 4, tzinfo=UTC),
    )

    def through(content: bytes) -> Message:
        return parse(rebuild(RebuildOrder(content, known, headers), Signer("relay.example.org", ())).content)

    return through
