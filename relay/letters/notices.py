"""Mail that relay writes about a letter: what did not arrive, who was not copied, and mail for the operator.

A notice names the other side only by pseudonym, repeats nothing of the letter, and has the null return path, so that
nothing ever answers it (RFC 3834 2, RFC 5321 4.5.5).
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime

from relay.message.compose import compose
from relay.message.sign import Signer
from relay.message.threads import new_message_id
from relay.model import Attachment, Delivery, Envelope, Headers, JournalEntry, Message, NewDelivery, Pair, Route, Side
from relay.outcomes import Failed
from relay.refusals import UnknownAlias
from relay.settings import Settings
from relay.stationery import Stationery, StationeryError
from relay.store import Acceptance, Proven, Store, StoreError

log = logging.getLogger("relay.notices")


@dataclass(frozen=True, slots=True)
class Notices:
    """Writes notices. ``signer`` signs them as ours; ``store`` tells whom a failed delivery belongs to."""

    settings: Settings
    store: Store
    stationery: Stationery
    signer: Signer

    def partly_relayed(self, route: Route, journal_id: str, now: datetime, missed: int, copied: int) -> Acceptance:
        """Tell the author that ``missed`` of the letter's own recipients did not get it, and that ``copied`` people
        named in To and Cc were not copied to."""
        subject, text = self._letter(
            "partly-relayed",
            route.language,
            name=route.recipient_persona.name,
            id=journal_id,
            missed=missed,
            copied=copied,
            **self._signed_by(),
        )
        return self._to(
            route.author.addresses[0], Message(subject, text), f"{journal_id}-n", now, pair_id=route.pair_id
        )

    async def undeliverable(self, letter_id: str, outcome: Failed, now: datetime) -> Acceptance | None:
        """Tell the author, kindly, that their letter did not arrive. None when nobody is left to be told."""
        try:
            return await self._undeliverable(letter_id, outcome, now)
        except StoreError as error:
            log.error("%s: its author could not be told: %s", letter_id, type(error).__name__)
            return None

    async def delayed(self, delivery: Delivery, now: datetime) -> Acceptance | None:
        """Tell the author, once, that their letter is late and still being tried. None when they know already."""
        try:
            entry = await self.store.journal.show(delivery.journal_id)
            told = await self.store.journal.show(f"{delivery.journal_id}-d")
            if entry is None or told is not None:
                return None
            days = duration(self.settings.delivery.give_up_after)
            return await self._about(entry[0], "delayed", f"{delivery.journal_id}-d", now, days=days)
        except StoreError as error:
            log.error("%s: its author could not be told: %s", delivery.journal_id, type(error).__name__)
            return None

    async def _undeliverable(self, letter_id: str, outcome: Failed, now: datetime) -> Acceptance | None:
        found = await self.store.journal.show(letter_id)
        if found is None:
            return None
        return await self._about(found[0], "undeliverable", f"{found[0].id}-f", now, why=why(outcome.status))

    async def _about(
        self, entry: JournalEntry, name: str, notice_id: str, now: datetime, **more: object
    ) -> Acceptance | None:
        """The letter ``name`` to the author of the letter in ``entry``."""
        if entry.pair_id is None or entry.side is None:
            return None
        pair = await self.store.directory.pair(entry.pair_id)
        identities = await self.store.directory.identities(entry.pair_id)
        if pair is None or identities is None:
            return None
        author = identities[0] if entry.side == "mentor" else identities[1]
        if not author.addresses:  # they were forgotten
            return None
        other = pair.persona(entry.side.other).name
        values: dict[str, object] = {"name": other, "id": entry.id, "sent_at": entry.accepted_at, **more}
        subject, text = self._letter(name, pair.language, **values, **self._signed_by())
        return self._to(author.addresses[0], Message(subject, text), notice_id, now, pair_id=entry.pair_id)

    def asking(self, route: Route, journal_id: str, answer_to: str, now: datetime, days: int) -> Acceptance:
        """Ask the registered author whether the held letter is theirs; their answer goes to ``answer_to``."""
        subject, text = self._letter(
            "is-it-yours",
            route.language,
            name=route.recipient_persona.name,
            id=journal_id,
            days=days,
            **self._signed_by(),
        )
        to, message = route.author.addresses[0], Message(subject, text)
        return self._to(to, message, f"{journal_id}-q", now, pair_id=route.pair_id, sender=answer_to)

    def asking_about_address(
        self, route: Route, mailbox: str, journal_id: str, answer_to: str, now: datetime
    ) -> Acceptance:
        """Ask the member at their proven ``mailbox`` whether a held letter from an unproven address is theirs."""
        values = {"name": route.recipient_persona.name, "id": journal_id, **self._signed_by()}
        message = Message(*self._letter("from-another-address", route.language, **values))
        return self._to(mailbox, message, f"{journal_id}-q", now, pair_id=route.pair_id, sender=answer_to)

    def not_taken(self, route: Route, mailbox: str, journal_id: str, why: str, now: datetime) -> Acceptance:
        """Tell the member at their proven ``mailbox`` that a letter from an unproven address was not taken, and
        ``why``: the words of the refusal that a proven member would have heard."""
        values = {
            "name": route.recipient_persona.name,
            "id": journal_id,
            "why": f"{why[:1].upper()}{why[1:]}.",
            **self._signed_by(),
        }
        message = Message(*self._letter("not-taken", route.language, **values))
        return self._to(mailbox, message, f"{journal_id}-q", now, pair_id=route.pair_id)

    def address_proven(self, proven: Proven, sent: int, now: datetime) -> Acceptance:
        """Tell the new address that it can be written from now, and that ``sent`` letters that waited went out."""
        values = {"sent": sent, **self._signed_by()}
        message = Message(*self._letter("address-confirmed", proven.pair.language, **values))
        return self._to(proven.address, message, secrets.token_hex(6), now, pair_id=proven.pair.id)

    async def closed_meanwhile(self, entry: JournalEntry, now: datetime) -> Acceptance | None:
        """Tell the author of a held letter that their answer came when the pair was closed."""
        return await self._about(entry, "closed-meanwhile", f"{entry.id}-c", now)

    async def not_passed_on(self, entry: JournalEntry, now: datetime) -> Acceptance | None:
        """Tell the author that a coordinator refused their held letter. None when nobody is left to be told."""
        return await self._about(entry, "not-passed-on", f"{entry.id}-r", now)

    async def held_back(self, entry: JournalEntry, now: datetime) -> Acceptance | None:
        """Tell the author that their letters wait because there are many. None when nobody is left to be told."""
        return await self._about(entry, "held-back", f"{entry.id}-h", now)

    async def to_operator(self, envelope: Envelope, journal_id: str, now: datetime) -> list[Acceptance]:
        """Mail for postmaster@ or abuse@ (RFC 2142), handed to the operator as a file, whatever it holds.

        Raises UnknownAlias when no operator is set.
        """
        operator = self.settings.programme.operator
        if not operator:
            raise UnknownAlias
        subject, text = self._letter(
            "operator",
            "en",
            programme=self.settings.programme.name,
            domain=self.settings.domain,
            id=journal_id,
            peer=envelope.peer,
        )
        mail = Attachment(envelope.content, "application/octet-stream", "message.eml")
        return [
            self._to(operator, Message(subject, text, None, (mail,)), journal_id, now, pair_id=None, kind="operator")
        ]

    def suspended(self, pair: Pair, side: Side, notice_id: str, now: datetime) -> Acceptance | None:
        """Tell the operator that the member on ``side`` has no mailbox any more. None when no operator is set."""
        operator = self.settings.programme.operator
        if not operator:
            return None
        name, partner = pair.persona(side).name, pair.persona(side.other).name
        subject, text = self._letter("suspended", "en", name=name, side=side.value, pair=pair.id, partner=partner)
        return self._to(operator, Message(subject, text), notice_id, now, pair_id=pair.id)

    def _letter(self, name: str, language: str, /, **values: object) -> tuple[str, str]:
        """A letter in the operator's words, or in ours when theirs cannot be filled in: somebody must be told."""
        try:
            return self.stationery.letter(name, language, **values)
        except StationeryError as error:
            log.error("%s", error)
            return Stationery().letter(name, language, **values)

    def _signed_by(self) -> dict[str, str]:
        programme = self.settings.programme
        return {"programme": programme.name, "help": programme.help or f"postmaster@{self.settings.domain}"}

    def _to(
        self,
        address: str,
        message: Message,
        journal_id: str,
        now: datetime,
        *,
        pair_id: str | None,
        kind: str = "notice",
        sender: str = "",
    ) -> Acceptance:
        headers = Headers(
            from_name=self.settings.programme.name,
            from_address=sender or f"postmaster@{self.settings.domain}",
            to_address=address,
            message_id=new_message_id(secrets.token_hex(12), self.settings.domain),
            date=now.replace(microsecond=0),
            auto_submitted="auto-replied",
        )
        content = self.signer.sign(compose(message, headers))
        delivery = NewDelivery(secrets.token_hex(8), journal_id, address, "", content, now, notice=True)
        entry = JournalEntry(journal_id, pair_id, None, kind, now, 0, len(content))
        return Acceptance(entry, None, (delivery,), keep=False)


def duration(seconds: float) -> str:
    """A time in round words: "3 days", "1 hour"."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = round(seconds / size)
        if count >= 1:
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "a minute"


OPERATOR_NAMES = ("postmaster", "abuse")


def is_operator(recipient: str) -> bool:
    """Whether an address of ours is one that must reach the operator (RFC 5321 4.5.1, RFC 2142 4)."""
    return recipient.rpartition("@")[0].lower() in OPERATOR_NAMES


_WHY = (
    (("5.1.",), "their mailbox could not be found any more"),
    (("5.2.2", "4.2.2"), "their mailbox is full"),
    (("5.3.4", "5.2.3"), "it is larger than their mailbox takes"),
    (("5.2.",), "their mailbox does not take mail at the moment"),
    (("5.7.",), "their mail server did not want it"),
    (("4.", "5.4.7"), "their mail server could not be reached for several days"),
    (("5.4.",), "their mail server could not be reached"),
)


def why(status: str) -> str:
    """A delivery status (RFC 3463) as the class of failure in plain words, which name no server and no address."""
    enhanced = status.rpartition(" ")[2]  # our own statuses have no reply code before it
    for starts, words in _WHY:
        if enhanced.startswith(starts):
            return words
    if status.startswith("4"):
        return "their mail server could not be reached for several days"
    return "their mail server refused it"
