"""Takes identities out of the subject."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.model import Message, Scrubbed


def scrub_subject(message: Message, redactor: Redactor) -> Scrubbed:
    """Replace every address and name of the two people in the subject. The rest of it stays as it is."""
    tally = Tally()
    subject = tally.redacted(redactor, message.subject)
    return Scrubbed(replace(message, subject=subject) if tally else message, tally.removals())
