"""Learns further names and addresses of the author from a letter's own header, for this letter only."""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.names.roles import NOT_A_PERSON, ROLE_WORDS
from relay.model import Identity, Known, Persona, RoutingHeaders

_MAX_NAMES = 8
_MAX_NAME = 100
_MAX_WORDS = 8
# "Jane Doe | Northbank", "Jane Doe (Northbank)", "Jane Doe - Northbank", "Jane Doe via a service".
_PARTED = re.compile(r"\s*[|/()\[\]•·]\s*|\s+[-–—]\s+|\s+via\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def learned(known: Known, headers: RoutingHeaders) -> Known:
    """``known``, with the names and addresses in the From and Reply-To of this letter added to the author.

    Display names that are only a role, a device, a brand or an address ("Info", "Me", "iPhone") are skipped, and so are
    the pair's pseudonyms. Addresses in the domain of the pair's aliases are ours, and not learned.
    """
    people = known.author, known.author_persona, known.recipient, known.recipient_persona
    return replace(known, author=with_learned(*people, headers))


def with_learned(
    author: Identity, author_persona: Persona, recipient: Identity, recipient_persona: Persona, headers: RoutingHeaders
) -> Identity:
    """``author`` with the names and addresses of ``learned``."""
    ours = author_persona.alias.rpartition("@")[2].lower()
    taken = {*author.addresses, *recipient.addresses}
    addresses = tuple(
        address for address in dict.fromkeys(headers.reply_to) if address not in taken and not _within(address, ours)
    )
    masks = {skeleton_of(persona.name) for persona in (author_persona, recipient_persona)}
    parts = (part.strip(" ,.;'\"") for name in headers.author_names for part in _PARTED.split(name[:_MAX_NAME]))
    names = tuple(dict.fromkeys(part for part in parts if _is_a_name(part) and skeleton_of(part) not in masks))
    return Identity(author.addresses + addresses[:_MAX_NAMES], author.known_as, names[:_MAX_NAMES])


def _within(address: str, domain: str) -> bool:
    at = address.rpartition("@")[2]
    return at == domain or at.endswith("." + domain)


def _is_a_name(part: str) -> bool:
    words = _WORD.findall(skeleton_of(part))
    if not words or len(words) > _MAX_WORDS or "@" in part:
        return False
    return sum(map(len, words)) > 1 and not all(word in ROLE_WORDS or word in NOT_A_PERSON for word in words)
