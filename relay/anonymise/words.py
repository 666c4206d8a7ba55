"""Loads the word lists of all languages, and what is known of links, before the first letter comes."""

from __future__ import annotations

from relay.anonymise import answered_meetings, chats, invitations, program_names, reactions
from relay.anonymise.appended import notices, program_lines, service_lines, stamps, subject_tags, tickets, tool_lines
from relay.anonymise.leak_check import registered_words
from relay.anonymise.links.services import link_services
from relay.anonymise.names import sounds, without_forms
from relay.anonymise.names.initials import no_initials
from relay.anonymise.names.joined_forms import joined_forms
from relay.anonymise.names.languages import languages
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.names.lookalikes import lookalikes
from relay.anonymise.signature_blocks import employers, hours, ranks
from relay.message import our_letters
from relay.message.automatic import receipts


def load() -> None:
    """Load them, for the finder and for the leak check. Raises ValueError when a word list is invalid."""
    lexicon()
    registered_words.load_words()
    joined_forms()
    lookalikes()
    sounds.load()
    no_initials()
    without_forms.load()
    program_lines.load()
    notices.load()
    service_lines.load()
    stamps.load()
    tickets.load()
    tool_lines.load()
    subject_tags.load()
    ranks.load()
    employers.load()
    hours.load()
    program_names.load()
    reactions.load()
    answered_meetings.load()
    chats.load()
    invitations.load()
    receipts.load()
    our_letters.load()
    link_services()
    languages.cache_clear()  # their content is now stored with less memory
