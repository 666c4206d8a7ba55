"""The scrubbers for everything but attachments, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable

from relay.anonymise.calendar_answers import scrub_calendar_answer
from relay.anonymise.canonical_form import scrub_form
from relay.anonymise.filenames import scrub_filenames
from relay.anonymise.html.scrub import scrub_html
from relay.anonymise.identities import Redactor
from relay.anonymise.reactions import scrub_reaction
from relay.anonymise.subject import scrub_subject
from relay.anonymise.text import scrub_text
from relay.model import Message, Scrubbed

Scrubber = Callable[[Message, Redactor], Scrubbed]

# HTML before attachments: pictures embedded in the HTML become attachments, which are cleaned next. File names last:
# a cleaner may have corrected an extension.
BEFORE_ATTACHMENTS: tuple[Scrubber, ...] = (
    scrub_calendar_answer,
    scrub_subject,
    scrub_reaction,
    scrub_text,
    scrub_html,
    scrub_form,
)
AFTER_ATTACHMENTS: tuple[Scrubber, ...] = (scrub_filenames,)
