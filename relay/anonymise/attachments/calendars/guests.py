"""People and identifiers in calendar entries: the author is their persona, the recipient their own address, by which
their calendar knows them; others are dropped. What relay changed is changed back in the answer (way_back.py)."""

from __future__ import annotations

import hashlib
import re
import uuid

from icalendar import vCalAddress

from relay.anonymise.way_back import IDENTIFIER, ORGANISER, Changes, as_written
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
    """Maps addresses in one calendar to members. ``known.author`` is its sender; ``changes`` those of the letter."""

    def __init__(self, known: Known, changes: Changes) -> None:
        self._known = known
        self._changes = changes
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
        """The identifier of an entry as the recipient knows it. One without information is kept, any other is replaced
        by a hash that is the same in all letters of this pair; in the answer it is the organiser's own again."""
        own = as_written(IDENTIFIER, uid, self._known)
        if own is not None:
            return own
        new = uid
        if not _tells_nothing(uid):
            pair = "\0".join(sorted((self.author.alias, self.recipient.alias)))
            new = hashlib.sha256(f"calendar\0{pair}\0{uid}".encode()).hexdigest()[:32]
        self._changes.changed(IDENTIFIER, new, uid)
        return new

    def organiser(self, persona: Persona, uid: str, written: object) -> vCalAddress:
        """The member who organises the entry ``uid``, who was ``written`` so. An organiser who gets an answer is at the
        address under which they invited."""
        if persona == self.recipient:
            own = as_written(ORGANISER, uid, self._known)
            return vCalAddress(f"mailto:{own or self._known.recipient.addresses[0]}")
        bare = _bare(str(written))
        if bare and bare.lower() not in (self._known.author.addresses[0].lower(), self.author.alias.lower()):
            self._changes.changed(ORGANISER, self.new_uid(uid), bare)
        return self.guest(persona)

    def guest(self, persona: Persona, original: vCalAddress | None = None) -> vCalAddress:
        """A member as guest, with the parameters of ``original`` about their answer (RFC 5545 3.2)."""
        mine = persona == self.recipient
        address = vCalAddress(f"mailto:{self._known.recipient.addresses[0] if mine else persona.alias}")
        if not mine:
            address.params["CN"] = persona.name
        return _with_answer(address, original)


def _with_answer(address: vCalAddress, original: vCalAddress | None) -> vCalAddress:
    for name, pattern in _PARAMETERS.items():
        value = str(original.params.get(name, "")).upper() if original is not None else ""
        if pattern.fullmatch(value):
            address.params[name] = value
    return address


def _bare(address: str) -> str:
    return re.sub(r"\Amailto:", "", address.strip(), flags=re.IGNORECASE)


def _compared(address: str) -> str:
    bare = _bare(address)
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
