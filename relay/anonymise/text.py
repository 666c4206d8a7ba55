"""Replaces what must not pass in the plain text of a letter."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.passages import passages
from relay.anonymise.tally import Tally
from relay.model import Message, Scrubbed
from relay.refusals import CannotAnonymise

MAX_LINES = 200_000


def scrub_text(message: Message, redactor: Redactor) -> Scrubbed:
    """Replace each passage that must not stay (see passages.py). The rest is unchanged. Raises CannotAnonymise when
    nothing is left, or there are more than MAX_LINES lines."""
    if not message.text:
        return Scrubbed(message)
    if message.text.count("\n") > MAX_LINES:
        raise CannotAnonymise("this letter has more lines than anybody reads; please send the text as a file")
    tally = Tally()
    found = passages(message.text, redactor)
    tally.found(found)
    text = replaced(message.text, found)
    if found and not (text.strip() or message.html or message.attachments):
        # For example a key alone: an empty letter would puzzle the recipient, and leave the author waiting.
        raise CannotAnonymise("nothing in this letter can be passed on; please write some words, too")
    return Scrubbed(replace(message, text=text) if tally else message, tally.removals())
