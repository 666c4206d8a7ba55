"""Takes out of the plain text of a letter what must not pass."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.passages import passages
from relay.anonymise.tally import Tally
from relay.model import Message, Scrubbed


def scrub_text(message: Message, redactor: Redactor) -> Scrubbed:
    """Replace each passage that must not stay (see passages.py). The rest stays as it is."""
    if not message.text:
        return Scrubbed(message)
    tally = Tally()
    found = passages(message.text, redactor)
    tally.found(found)
    text = replaced(message.text, found)
    return Scrubbed(replace(message, text=text) if tally else message, tally.removals())
