"""Runs all scrubbers over a letter; each removes one kind of content, in the order listed."""

from __future__ import annotations

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.doubts import Doubts
from relay.anonymise.echoes import remembered
from relay.anonymise.html.history_carried import scrub_history, to_remember
from relay.anonymise.identities import Redactor
from relay.anonymise.returned_files import FileEchoes
from relay.anonymise.running_text import running_text
from relay.anonymise.scrubbers import AFTER_ATTACHMENTS, BEFORE_ATTACHMENTS, Scrubber
from relay.anonymise.tally import merged
from relay.model import Known, Message, Removal, Scrubbed

# History before attachments: pictures that only it shows need not be cleaned. An attached mail keeps its own.
SCRUBBERS: tuple[Scrubber, ...] = (*BEFORE_ATTACHMENTS, scrub_history, scrub_attachments, *AFTER_ATTACHMENTS)


def scrub(message: Message, known: Known) -> Scrubbed:
    """Run every scrubber. Returns the clean letter, the removals, counted by kind, what a person has to decide, and
    what recognises its words later. Raises CannotAnonymise when something in it cannot be cleaned, ContactDetails where
    they are refused."""
    redactor = Redactor(known, running_text(message))
    removals: list[Removal] = []
    for scrubber in SCRUBBERS:
        done = scrubber(message, redactor)
        message = done.message
        removals.extend(done.removals)
    doubts = redactor.of_letter(Doubts).all()
    echoes = redactor.of_letter(FileEchoes).with_files(remembered(message, redactor))
    return Scrubbed(message, merged(removals), doubts, echoes, to_remember(message, redactor))
