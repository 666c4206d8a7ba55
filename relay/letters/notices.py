"""Notices about a letter to its author (undeliverable, delayed, refused …), and about a mailbox to the operator."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.conversations import Show, about_member, showing_mail
from relay.letters.failure_reasons import protection_reason, reason_of
from relay.letters.refusal_codes import code_of
from relay.letters.returned import answer_returned, copy_too_large
from relay.letters.write import Letter, Writer
from relay.model import Delivery, JournalEntry, Manner, Pair, Route, Side
from relay.outcomes import Deferred, Failed
from relay.refusals import Refusal
from relay.roles import COORDINATOR, Roles
from relay.store import COPY, FROM_OPERATOR, TO_OPERATOR, Acceptance, Part, Store, StoreError

log = logging.getLogger(__name__)

_LONGEST_NAME = 80
_MOST_WORDS = 5

TOLD = {
    "broken-link": "broken-links",
    "doubtful-signature": "lines-left-out",
    **dict.fromkeys(("source-code", "formula", "fetched", "file-that-acts"), "files-made-safe"),
}
"""The removals that the author of a letter is told about (see removal_kinds), each with the notice that does."""


@dataclass(frozen=True, slots=True)
class Notices:
    """Writes notices. ``store`` is read to find the author of a letter. ``show`` puts a member's words into mail for
    the operator, in a worker; None in commands, which have no workers."""

    store: Store
    writer: Writer
    show: Show | None = None

    def partly_relayed(self, route: Route, journal_id: str, now: datetime, missed: int, copied: int) -> Acceptance:
        """Tell the author that ``missed`` recipients in relay's domain did not get the letter, and that ``copied``
        other people in To and Cc got no copy from relay."""
        values = {"name": route.recipient_persona.name, "id": journal_id, "missed": missed, "copied": copied}
        to, pair = route.author.addresses[0], route.pair_id
        return self.writer.write(Letter("partly-relayed", to, route.manner, values, pair, journal_id), now)

    def about_changes(self, route: Route, entry: JournalEntry, now: datetime, *, waits: bool) -> list[Acceptance]:
        """Tell the author what was changed in their letter that may matter to them: see TOLD. ``waits``: the letter is
        held, and not on its way yet."""
        to, pair = route.author.addresses[0], route.pair_id
        values = {"name": route.recipient_persona.name, "id": entry.id, "waits": waits}
        letters = (Letter(name, to, route.manner, values, pair, entry.id) for name in changes_told(entry))
        return [self.writer.write(letter, now) for letter in letters]

    async def undeliverable(self, letter_id: str, outcome: Failed, now: datetime) -> Acceptance | None:
        """Tell the author that their letter could not be delivered. None when the author is not known any more."""
        try:
            found = await self.store.journal.show(letter_id)
            if found is None:
                return None
            reason = reason_of(outcome.status)
            if found[0].kind == FROM_OPERATOR:
                return await answer_returned(found[0], outcome.status, self.store, self.writer, now)
            if found[0].kind == COPY:
                return await copy_too_large(found[0], self.store, self.writer, now) if reason == "smaller" else None
            # The operator's mailbox is known to nobody: all that a member can do is to write again.
            reason = "later" if found[0].kind == TO_OPERATOR else reason
            return await self.about_letter(found[0], "undeliverable", now, reason=reason)
        except StoreError as error:
            log.error("%s: no notice to its author (undeliverable): %s", letter_id, type(error).__name__)
            return None

    async def delayed(self, delivery: Delivery, now: datetime) -> Acceptance | None:
        """Tell the author once that their letter is late and still being tried. None when this notice was sent."""
        try:
            entry = await self.store.journal.show(delivery.journal_id)
            sent = await self.store.journal.show(f"{delivery.journal_id}-d")
            if entry is None or sent is not None:
                return None
            tried_for = self.writer.settings.delivery.give_up_after
            return await self.about_letter(entry[0], "delayed", now, tried_for=tried_for)
        except StoreError as error:
            log.error("%s: no notice to its author (delayed): %s", delivery.journal_id, type(error).__name__)
            return None

    async def no_secure_way(self, delivery: Delivery, now: datetime, *, held: bool) -> Acceptance | None:
        """Tell the author once that their letter waits for an encrypted connection; ``held``: until a person decides.

        None when this notice was sent, or the author is not known any more.
        """
        try:
            entry = await self.store.journal.show(delivery.journal_id)
            sent = await self.store.journal.show(f"{delivery.journal_id}-e")
            if entry is None or sent is not None:
                return None
            tried_for = self.writer.settings.delivery.give_up_after
            return await self.about_letter(entry[0], "not-yet-private", now, tried_for=tried_for, held=held)
        except StoreError as error:
            log.error("%s: no notice to its author (not-yet-private): %s", delivery.journal_id, type(error).__name__)
            return None

    async def no_secure_way_to_operator(
        self, delivery: Delivery, outcome: Deferred, now: datetime, *, held: bool
    ) -> Acceptance | None:
        """Tell the operator that a delivery waits for an encrypted connection, and the status of the last try.

        None when this notice was sent, no operator is set, the delivery is to the operator, or the database fails.
        """
        settings = self.writer.settings
        try:
            found = await self.store.journal.show(delivery.journal_id)
            entry = found[0] if found is not None else None
            pair = await self.store.directory.pair(entry.pair_id) if entry is not None and entry.pair_id else None
            sent = await self.store.journal.show(f"{delivery.journal_id}-w")
        except StoreError as error:
            log.error("%s: no notice to the operator (no-secure-way): %s", delivery.journal_id, type(error).__name__)
            return None
        to, language = settings.programme.operator, settings.programme.language
        if entry is None or pair is None or sent is not None or not to or to == delivery.recipient:
            return None
        side = entry.side.other if entry.side is not None and not delivery.notice else None
        side = entry.side if entry.kind == FROM_OPERATOR else side
        values: dict[str, object] = {"id": entry.id, "delivery": delivery.id, "pair": pair.id, "held": held}
        values |= {"name": pair.persona(side).name if side else "", "side": side.value if side else ""}
        values |= {"status": outcome.status, "why": protection_reason(outcome.status)}
        values |= {"smarthost": settings.delivery.smarthost is not None}
        values |= {"tried_for": settings.delivery.give_up_after}
        letter = Letter("no-secure-way", to, Manner(language), values, pair.id, entry.id)
        return about_member(self.writer, letter, None if side is None else Part(pair, side), now)

    def not_taken(self, route: Route, mailbox: str, journal_id: str, refusal: Refusal, now: datetime) -> Acceptance:
        """Tell a member at their proven ``mailbox`` that a letter from an unproven address was refused, and why."""
        values = {"name": route.recipient_persona.name, "id": journal_id, "why": code_of(refusal)}
        return self.writer.write(Letter("not-taken", mailbox, route.manner, values, route.pair_id, journal_id), now)

    def refused(self, route: Route, journal_id: str, refusal: Refusal, now: datetime) -> Acceptance:
        """Tell a proven author that their letter was refused, why, and because of which file or words of theirs."""
        shown = [_on_one_line(word) for word in refusal.own_words[:_MOST_WORDS]]
        values = {"id": journal_id, "why": code_of(refusal), "file": _on_one_line(refusal.file), "shown": shown}
        to = route.author.addresses[0]
        return self.writer.write(Letter("refused", to, route.manner, values, route.pair_id, journal_id), now)

    def not_relayed(
        self, author: str, route: Route | None, journal_id: str, refusal: Refusal, now: datetime
    ) -> Acceptance:
        """Tell the proven ``author`` of a mail with several recipients that one of them was refused, and why."""
        manner = route.manner if route else Manner(self.writer.settings.programme.language)
        values = {"id": journal_id, "why": code_of(refusal)}
        pair_id = route.pair_id if route else None
        return self.writer.write(Letter("not-relayed", author, manner, values, pair_id, journal_id), now)

    async def not_passed_on(self, entry: JournalEntry, now: datetime) -> Acceptance | None:
        """Tell the author that a coordinator refused their held letter. None when the author is not known any more."""
        return await self.about_letter(entry, "not-passed-on", now)

    async def not_sent(self, entry: JournalEntry, why: str, now: datetime, *, letter_id: str = "") -> Acceptance | None:
        """Tell an author who had to decide about their letter that it was not sent. ``why``: "no" or "late" (no
        answer).

        None when the author is not known any more.
        """
        return await self.about_letter(entry, "not-sent", now, letter_id=letter_id, at_once=why == "no", why=why)

    def too_late(self, part: Part, mailbox: str, answer_id: str, now: datetime) -> Acceptance:
        """Tell a member that the question they answered from ``mailbox`` is closed. Raises StationeryError."""
        values = {"command": "", "why": "late"}
        letter = Letter("desk-not-done", mailbox, part.pair.manner(part.side), values, part.pair.id, answer_id)
        return self.writer.write(letter, now)

    async def held_back(self, entry: JournalEntry, now: datetime) -> Acceptance | None:
        """Tell the author that their letters are held by the hourly limit. None when the author is not known any
        more."""
        return await self.about_letter(entry, "held-back", now)

    async def about_letter(
        self,
        entry: JournalEntry,
        name: str,
        now: datetime,
        /,
        *,
        letter_id: str = "",
        at_once: bool = False,
        **more: object,
    ) -> Acceptance | None:
        """The letter ``name`` to the author of the letter in ``entry``, with further values ``more``.

        ``letter_id`` is what its id is derived from, when that is not the letter itself. None when the author is not
        known any more. Raises StoreError, StationeryError.
        """
        if entry.pair_id is None or entry.side is None or entry.kind in (FROM_OPERATOR, COPY):
            return None
        pair = await self.store.directory.pair(entry.pair_id)
        identities = await self.store.directory.identities(entry.pair_id)
        if pair is None or identities is None:
            return None
        author = identities[0] if entry.side == "mentor" else identities[1]
        if not author.addresses:  # they were forgotten
            return None
        to_operator = entry.kind == TO_OPERATOR
        other = self.writer.settings.programme.name if to_operator else pair.persona(entry.side.other).name
        values: dict[str, object] = {"name": other, "id": entry.id, "sent_at": entry.accepted_at, **more}
        to, manner = author.addresses[0], pair.manner(entry.side)
        letter = Letter(name, to, manner, values, entry.pair_id, letter_id or entry.id, at_once=at_once)
        return self.writer.write(letter, now)

    async def complaint(self, letter_id: str, now: datetime) -> Acceptance | None:
        """Tell the operator, once for each letter, that its reader's provider reports it as spam; "" when nobody knows
        which letter. Nothing of the report is passed on. None when no operator is set, or they know. Raises
        StoreError."""
        programme = self.writer.settings.programme
        if not programme.operator or (letter_id and await self.store.journal.show(f"{letter_id}-c") is not None):
            return None
        found = await self.store.journal.show(letter_id) if letter_id else None
        entry = found[0] if found is not None else None
        pair = await self.store.directory.pair(entry.pair_id) if entry is not None and entry.pair_id else None
        values: dict[str, object] = {"id": letter_id, "pair": "", "name": "", "side": "", "partner": ""}
        values["sent_at"] = entry.accepted_at if entry is not None else now
        if pair is not None and entry is not None and entry.side is not None:
            reader = entry.side.other
            values |= {"pair": pair.id, "name": pair.persona(reader).name, "side": reader.value}
            values["partner"] = pair.persona(entry.side).name
        to, language, pair_id = programme.operator, programme.language, pair.id if pair is not None else None
        return self.writer.write(Letter("complaint", to, Manner(language), values, pair_id, letter_id), now)

    async def suspended(self, pair: Pair, side: Side, letter_id: str, now: datetime) -> Acceptance | None:
        """Tell the coordinator, else the operator, that the mailbox of the member on ``side`` does not exist. None when
        neither is set. Raises StoreError."""
        to, role = await self._desk(pair)
        if not to:
            return None
        values = {"name": pair.persona(side).name, "side": side.value, "pair": pair.id}
        values["partner"] = pair.persona(side.other).name
        manner = Manner(self.writer.settings.programme.language)
        letter = Letter("suspended", to, manner, values, pair.id, letter_id)
        return about_member(self.writer, letter, Part(pair, side), now, role=role)

    async def to_operator(
        self, name: str, part: Part, letter_id: str, mail: bytes, now: datetime, /, **values: object
    ) -> Acceptance | None:
        """The letter ``name`` to the pair's coordinator, else to the operator, about the member who has ``part``, with
        the words of their ``mail`` (raw octets, or none). An answer to it goes to that member.

        None, with a warning in the log, when neither is set. Raises StationeryError, StoreError, TryLater.
        """
        programme, pair = self.writer.settings.programme, part.pair
        to, role = await self._desk(pair)
        if not to:
            log.warning("%s: %s not sent to the operator, because programme.operator is not set", letter_id, name)
            return None
        whose = {"name": pair.persona(part.side).name, "side": part.side.value, "pair": pair.id}
        letter = Letter(name, to, Manner(programme.language), {**values, **whose}, pair.id, letter_id)
        return await showing_mail(self.writer, letter, part, mail, now, show=self.show, role=role)

    async def about_guardian(
        self, part: Part, answer: str, letter_id: str, mail: bytes, now: datetime
    ) -> Acceptance | None:
        """Tell the coordinator, else the operator, what the guardian of the member who has ``part`` answered: no, words
        (those of their ``mail``), or late (nothing). None when neither is set. Raises StationeryError, TryLater."""
        to, role = await self._desk(part.pair)
        if not to:
            return None
        values = {"name": part.pair.persona(part.side).name, "pair": part.pair.id, "answer": answer}
        manner = Manner(self.writer.settings.programme.language)
        letter = Letter("guardian-decides", to, manner, values, part.pair.id, letter_id)
        written = await showing_mail(self.writer, letter, part, mail, now, show=self.show, role=role)
        # The conversation is with nobody: an answer must not reach the member, whom it is not meant for.
        assert written.turn is not None
        return replace(written, turn=replace(written.turn, pair_id=None, side=None))

    async def _desk(self, pair: Pair) -> tuple[str, str]:
        """The address of who decides about a pair, "" for nobody, and their role, "" for the operator. Raises
        StoreError."""
        operator = self.writer.settings.programme.operator
        to = await Roles(self.writer.settings, self.store).coordinator_of(pair)
        return to, COORDINATOR if to.lower() != operator.lower() else ""


def _on_one_line(name: str) -> str:
    """A file name as one printable line of at most 80 characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"


def changes_told(entry: JournalEntry) -> list[str]:
    """The notices about what was changed in the letter of ``entry``."""
    return list(dict.fromkeys(name for kind, name in TOLD.items() if kind in entry.removed))
