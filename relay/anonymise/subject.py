"""Removes identities from the subject, and normalises its prefix, which shows the mail program's language."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise import answered_meetings
from relay.anonymise.echoes import is_known_subject
from relay.anonymise.history.blocks import HEADER
from relay.anonymise.history.language import detect_language
from relay.anonymise.history.prefixes import edits
from relay.anonymise.identities import Finding, Redactor, replaced
from relay.anonymise.links import in_text
from relay.anonymise.parted_names import parted_names
from relay.anonymise.returned_words import without_returned
from relay.anonymise.running_text import running_text
from relay.anonymise.tally import Tally
from relay.anonymise.way_back import SUBJECT, Changes, as_written, bare, core, prefix
from relay.model import Message, Scrubbed

_MOST_FOLDS = 40


def scrub_subject(message: Message, redactor: Redactor) -> Scrubbed:
    """Replace every address and name in the subject, and the mail program's prefix by "Re:" or "Fwd:". A subject
    that its reader wrote otherwise gets their words back (way_back.py). The rest is unchanged."""
    tally = Tally()
    if message.folds:
        message = _joined(message, redactor, tally)
    found = edits(message.subject, lambda: detect_language(running_text(message)).language)
    changes = [Finding(*edit, HEADER) for edit in found]
    tally.found(changes)
    subject = replaced(message.subject, changes)
    written = subject
    if not is_known_subject(subject, redactor.known):
        timed = answered_meetings.find(subject)
        tally.found(timed)
        subject = replaced(subject, timed)
        linked = in_text.find(subject, redactor).changed
        tally.found(linked)
        subject = replaced(subject, linked)
        named = without_returned(subject, redactor)
        tally.found(named)
        subject = replaced(subject, named)
    own = as_written(SUBJECT, core(subject), redactor.known)
    if own is not None:
        # Their program finds its thread by these words.
        return Scrubbed(replace(message, subject=prefix(subject) + own), tally.removals())
    if subject != written:
        redactor.of_letter(Changes).changed(SUBJECT, core(subject), bare(written))
    return Scrubbed(replace(message, subject=subject) if tally else message, tally.removals())


def _joined(message: Message, redactor: Redactor, tally: Tally) -> Message:
    """The letter without the names that a fold of its subject parts."""
    subject = message.subject
    blanks = dict.fromkeys(_blanks_around(subject, at) for at in message.folds[:_MOST_FOLDS])
    parted = parted_names(subject, blanks, redactor)
    if is_known_subject(subject, redactor.known):
        parted = []
    tally.found(parted)
    return replace(message, subject=replaced(subject, parted), folds=())


def _blanks_around(subject: str, at: int) -> tuple[int, int]:
    """The blanks of which the one at ``at`` is part."""
    return len(subject[:at].rstrip()), len(subject) - len(subject[at:].lstrip())
