"""The words of the journal in plain English: outcomes, and the reasons of refusals and failures."""

from __future__ import annotations

import re

from relay import refusals
from relay.smtp.client.reply_outcome import from_a_server, meaning

OUTCOMES = {
    "accepted": "relay has it and will deliver it, or holds it: see relay queue list and relay held list",
    "delivered": "the recipient's mail server has taken it",
    "failed": "it will not arrive: relay gave it up, or it came back",
    "refused": "it was not accepted; its author's mail server got the reply",
}


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
