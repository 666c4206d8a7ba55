"""Runs all scrubbers over a letter; each removes one kind of content, in the order listed."""

from __future__ import annotations

import re
from collections.abc import Callable

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.canonical_form import scrub_form
from relay.anonymise.filenames import scrub_filenames
from relay.anonymise.html.scrub import scrub_html
from relay.anonymise.identities import Redactor
from relay.anonymise.subject import scrub_subject
from relay.anonymise.tally import merged
from relay.anonymise.text import scrub_text
from relay.model import Known, Message, Removal, Scrubbed

# HTML before attachments: pictures embedded in the HTML become attachments, which are cleaned next. File names last:
# a cleaner may have corrected an extension.
SCRUBBERS: tuple[Callable[[Message, Redactor], Scrubbed], ...] = (
    scrub_subject,
    scrub_text,
    scrub_html,
    scrub_form,
    scrub_attachments,
    scrub_filenames,
)


_TAG = re.compile(r"<[^>]*>")


def _sample(message: Message) -> str:
    """The running text of a letter, in whatever form it has."""
    return message.text or _TAG.sub(" ", (message.html or "")[:100_000])


def scrub(message: Message, known: Known) -> Scrubbed:
    """Run every scrubber. Returns the clean letter and the removals, counted by kind. Raises CannotAnonymise when
    something in it cannot be cleaned."""
    redactor = Redactor(known, _sample(message))
    removals: list[Removal] = []
    for scrubber in SCRUBBERS:
        done = scrubber(message, redactor)
        message = done.message
        removals.extend(done.removals)
    return Scrubbed(message, merged(removals))
