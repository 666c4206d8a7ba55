"""Counts what makes a line one of a signature block: marks of contact, employer, rank, hours; services for meetings."""

from __future__ import annotations

import re

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.signature_blocks.contacts import contacts_of_part, without_pages
from relay.anonymise.signature_blocks.employers import names_employer
from relay.anonymise.signature_blocks.hours import tells_hours
from relay.anonymise.signature_blocks.ranks import has_organisation, names_rank
from relay.anonymise.signature_blocks.words_of_lines import MAX_LINE, speaks

LONGEST_TITLE = 400
"""Titles and links of meetings are searched in lines up to this length."""
_MEETING_SERVICES = (
    "microsoft teams", "teams.microsoft.", "teams.live.", "microsoft-teams", "zoom", "webex", "meet.google.",
    "google meet", "gotomeeting", "goto meeting", "goto.com",
)  # fmt: skip
_PARTED = re.compile(r" *[|·•▪◦│] *| {3,}|\t+| [-–—/] ")
_MARKUP = "*_~ "


def marks(words: str) -> int:
    """The number of marks of contact, employer or rank in a line: one per kind for each of its parts ("Tel. 1 | Fax
    2")."""
    if len(words) > MAX_LINE:
        return 0
    return sum(_marks_of_part(part.strip(_MARKUP)) for part in _PARTED.split(words) if part)


def contacts(words: str) -> int:
    """The marks of contact alone: telephone, address, home page, street, account."""
    if len(words) > MAX_LINE:
        return 0
    parts = (part.strip(_MARKUP) for part in _PARTED.split(words) if part)
    return sum(contacts_of_part(part, small(part)) for part in parts)


def _marks_of_part(part: str) -> int:
    low = small(part)
    return contacts_of_part(part, low) + _shows_employer(part) + names_rank(part) + tells_hours(part, low)


def _shows_employer(part: str) -> bool:
    """Whether it has a word of an employer. Where somebody speaks, a small one is a word: "see you at the library"."""
    if not has_employer(part):
        return False
    return not speaks(part) or has_employer(" ".join(word for word in part.split() if not word[:1].islower()))


def has_employer(words: str) -> bool:
    """Whether a short text holds a word of an organisation's name ("Ltd", "University")."""
    return names_employer(words) or has_organisation(words)


def shows_page(words: str) -> bool:
    """Whether the only marks of a line are links to pages: not to the first page of a site, nor to an account."""
    rest = without_pages(words)
    return rest is not None and not marks(rest)


def names_meetings(words: str) -> bool:
    """Whether a line names a service for meetings online."""
    return 0 < len(words) <= LONGEST_TITLE and holds_any(small(words), _MEETING_SERVICES)


def is_row(words: str) -> bool:
    """Whether this is a one-line signature block: a name and three marks, separated ("Ines | Head of Maths | +44
    …")."""
    parts = _PARTED.split(words)
    return len(parts) >= 3 and 1 < len(parts[0].split()) <= 4 and marks(parts[0]) == 0 and marks(words) >= 3
