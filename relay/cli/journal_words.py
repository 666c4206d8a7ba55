"""The words of the journal in plain English: outcomes, and the reasons of refusals and failures."""

from __future__ import annotations

import re

from relay import refusals
from relay.model import JournalEntry
from relay.smtp.client.reply_outcome import from_a_server, meaning
from relay.store import COPY, FROM_OPERATOR, TO_OPERATOR

OUTCOMES = {
    "accepted": "relay has it and will deliver it, or holds it: see relay queue list and relay held list",
    "delivered": "the recipient's mail server has taken it",
    "failed": "it will not arrive: relay gave it up, or it came back",
    "refused": "it was not accepted; its author's mail server got the reply",
}


_BY_MEMBERS = frozenset({"letter", "refusal", "answer", "command", "automatic", TO_OPERATOR})
_ENTERED_AS_READER = frozenset({FROM_OPERATOR, COPY})


def whose(entry: JournalEntry) -> str:
    """ "from mentor" for what a member sent, "to mentor" for a letter of relay's own; "" when it belongs to no side.

    The journal enters most letters of relay's own with the side they stand for: the other one of their reader.
    """
    if entry.side is None:
        return ""
    if entry.kind in _BY_MEMBERS:
        return f"from {entry.side}"
    return f"to {entry.side if entry.kind in _ENTERED_AS_READER else entry.side.other}"


def explained(reason: str) -> str:
    """What the ``reason`` of a journal entry means: the reply of a refusal, or a status; "" when it is not known."""
    refusal = getattr(refusals, reason, None)
    if isinstance(refusal, type) and issubclass(refusal, refusals.Refusal):
        try:
            return str(refusal().reply)
        except TypeError:  # its text depends on the letter
            return ""
    if from_a_server(reason):
        return "the reply of the recipient's mail server (RFC 5321 4.2.3, RFC 3463)"
    return meaning(reason)


def first_sentence(text: str) -> str:
    """The text to its first full stop, colon or semicolon that ends a clause."""
    return re.split(r"[.;:](?=\s|$)", text, maxsplit=1)[0]
