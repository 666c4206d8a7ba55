"""Cleans the links of attached files, which stand behind words, buttons and pictures."""

from __future__ import annotations

from relay.anonymise.doubts import Doubts
from relay.anonymise.identities import Redactor
from relay.anonymise.links.clean import Link, clean_link
from relay.anonymise.links.owners import shows_owner


class BrokenLinks:
    """How many links of a letter's files may not open any more. A redactor holds one for its letter
    (``redactor.of_letter(BrokenLinks)``)."""

    def __init__(self) -> None:
        self.count = 0


def clean_link_of_file(url: str, redactor: Redactor) -> Link:
    """Clean one link of a file, count it where it may not open any more, and note a doubt where it shows its owner."""
    link = clean_link(url, redactor)
    redactor.of_letter(BrokenLinks).count += link.broken
    owner = shows_owner(link.url, redactor) if link.url and not link.broken else None
    if owner:
        redactor.of_letter(Doubts).add(owner.kind, link.url or "")
    return link
