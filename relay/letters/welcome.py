"""The two welcome letters to each member of a new pair: how to write, and who can read what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.write import Letter, Writer
from relay.model import NewPair, Pair, Persona, Side
from relay.policy.recipients import new_token, return_path
from relay.store import Acceptance


@dataclass(frozen=True, slots=True)
class Welcome:
    """Writes welcome letters."""

    writer: Writer

    def letters(self, pair: NewPair, now: datetime) -> list[Acceptance]:
        """The welcome letters to both members of a new pair. Raises StationeryError."""
        return self.to_both(
            pair, {Side.MENTOR: pair.mentor_identity.addresses[0], Side.MENTEE: pair.mentee_identity.addresses[0]}, now
        )

    def to_both(
        self, pair: Pair | NewPair, mailboxes: Mapping[Side, str], now: datetime, *, awake: Side | None = None
    ) -> list[Acceptance]:
        """The welcome letters to both members, at these addresses. ``awake``: who has just answered, and gets them at
        once. Raises StationeryError."""
        return [
            letter for side in Side for letter in self.to_one(pair, side, mailboxes[side], now, awake=side is awake)
        ]

    def to_one(
        self, pair: Pair | NewPair, to: Side, mailbox: str, now: datetime, *, awake: bool = False
    ) -> list[Acceptance]:
        """The two welcome letters to the member on one side, at this address. Raises StationeryError."""
        letters = (write(pair, to, mailbox) for write in (self._how_to_write, self._privacy))
        return [self.writer.write(replace(letter, at_once=awake), now) for letter in letters]

    def _how_to_write(self, pair: Pair | NewPair, to: Side, mailbox: str) -> Letter:
        """The first letter. It comes from the programme, with Reply-To at the partner's alias."""
        own, partner = _personas(pair, to)
        values = {"own_name": own.name, "partner_name": partner.name, "partner_alias": partner.alias, "role": str(to)}
        return replace(self._letter("welcome", pair, to, mailbox, values), reply_to=partner.alias)

    def _privacy(self, pair: Pair | NewPair, to: Side, mailbox: str) -> Letter:
        own, partner = _personas(pair, to)
        settings = self.writer.settings
        values = {
            "own_name": own.name,
            "own_alias": own.alias,
            "partner_name": partner.name,
            "kept": settings.store.content == "kept",
            "max_size": settings.smtp.max_message_size,
        }
        return self._letter("who-reads-what", pair, to, mailbox, values)

    def _letter(self, name: str, pair: Pair | NewPair, to: Side, mailbox: str, values: Mapping[str, object]) -> Letter:
        """A welcome letter. It has a return path, so that relay learns early of an address that does not exist."""
        return Letter(
            name,
            mailbox,
            pair.manner(to),
            values,
            pair.id,
            return_path=return_path(new_token(), self.writer.settings.domain),
            side=to.other,  # in the journal, the side that a letter comes from
            kind="welcome",
        )


def _personas(pair: Pair | NewPair, to: Side) -> tuple[Persona, Persona]:
    """The personas of the recipient and of their partner."""
    return (pair.mentor, pair.mentee) if to is Side.MENTOR else (pair.mentee, pair.mentor)
