"""Takes identities out of the plain text of a letter."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.model import Message, Scrubbed


def scrub_text(message: Message, redactor: Redactor) -> Scrubbed:
    """Replace every address and name of the two people in the text. The rest of it stays as it is."""
    if not message.text:
        return Scrubbed(message)
    tally = Tally()
    text = tally.redacted(redactor, message.text)
    return Scrubbed(replace(message, text=text) if tally else message, tally.removals())
