"""People and identifiers in calendar entries: both members become personas, others are dropped."""

from __future__ import annotations

import hashlib
import re
import uuid

from icalendar import vCalAddress

from relay.message.read.addresses import normalise
from relay.model import Known, Persona

_PARAMETERS = {
    "PARTSTAT": re.compile(r"NEEDS-ACTION|ACCEPTED|DECLINED|TENTATIVE|COMPLETED|IN-PROCESS"),
    "RSVP": re.compile(r"TRUE|FALSE"),
    "ROLE": re.compile(r"CHAIR|REQ-PARTICIPANT|OPT-PARTICIPANT|NON-PARTICIPANT"),
}
_HEX = re.compile(r"[0-9a-f]{16,128}", re.IGNORECASE)
_TIMED = frozenset({1, 2, 6})
"""Versions of UUID that contain a time and a network card's address (RFC 9562 5)."""


class Guests:
    """Maps addresses in one calendar to members. ``known.author`` is its sender."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._personas: dict[str, Persona] = {}
        for identity, persona in (
            (known.author, known.author_persona),
            (known.recipient, known.recipient_persona),
        ):
            for address in (*identity.addresses, persona.alias):
                self._personas[_compared(address)] = persona

    @property
    def author(self) -> Persona:
        """The persona of the sender."""
        return self._known.author_persona

    @property
    def recipient(self) -> Persona:
        """The persona of the recipient."""
        return self._known.recipient_persona

    def persona(self, address: object) -> Persona | None:
        """The member with this calendar address (mailto:); None for anybody else."""
        return self._personas.get(_compared(str(address)))

    def new_uid(self, uid: str) -> str:
        """The identifier of an entry for both sides. An identifier without information is kept, so that a reply matches
        its entry; any other is replaced by a hash that is the same in all letters of this pair."""
        if _tells_nothing(uid):
            return uid
        pair = "\0".join(sorted((self.author.alias, self.recipient.alias)))
        return hashlib.sha256(f"calendar\0{pair}\0{uid}".encode()).hexdigest()[:32]


def calendar_address(persona: Persona, original: vCalAddress | None = None) -> vCalAddress:
    """A member as organiser or guest, with the parameters of ``original`` about their answer (RFC 5545 3.2)."""
    address = vCalAddress(f"mailto:{persona.alias}")
    address.params["CN"] = persona.name
    for name, pattern in _PARAMETERS.items():
        value = str(original.params.get(name, "")).upper() if original is not None else ""
        if pattern.fullmatch(value):
            address.params[name] = value
    return address


def _compared(address: str) -> str:
    bare = re.sub(r"\Amailto:", "", address.strip(), flags=re.IGNORECASE)
    try:
        return normalise(bare)
    except ValueError:
        return bare.lower()


def _tells_nothing(uid: str) -> bool:
    if _HEX.fullmatch(uid):
        return len(uid) != 32 or uuid.UUID(uid).version not in _TIMED
    try:
        return uid.count("-") == 4 and uuid.UUID(uid).version not in _TIMED
    except ValueError:
        return False
