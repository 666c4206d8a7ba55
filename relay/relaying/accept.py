"""An envelope arrives: who may write, rebuild it, promise delivery."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from relay.anonymise.learning import learned
from relay.message.fingerprint import fingerprint
from relay.message.glance import glance
from relay.message.headers import split
from relay.message.returned import recognise
from relay.message.threads import mapped, new_message_id
from relay.model import (
    Envelope,
    Glance,
    Headers,
    JournalEntry,
    Known,
    NewDelivery,
    RebuildOrder,
    Rebuilt,
    ThreadLink,
)
from relay.outcomes import Returned
from relay.policy.authenticity import Verdict
from relay.policy.loops import check_loop
from relay.policy.routing import author_of, check_open
from relay.refusals import (
    AuthorshipUnknown,
    NotAuthentic,
    NotTheirAlias,
    Refusal,
    StoreFull,
    TooMuchMail,
    UnknownAlias,
    Unproven,
)
from relay.relaying.asking import Asking
from relay.relaying.beginning import Beginning
from relay.relaying.deliver import Deliverer
from relay.relaying.excess import Excess
from relay.relaying.notices import Notices, is_operator
from relay.relaying.returned import Returns
from relay.settings import Settings
from relay.store import Acceptance, NoSuchAlias, Store, StoreBusyOrFull, StoreError, Traits, Way

log = logging.getLogger("relay.accept")


_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_id() -> str:
    """A journal id: short enough to read out on the telephone, random enough never to meet again (59 bits)."""
    number = secrets.randbelow(len(_SIGNS) ** 12)
    signs = []
    for _ in range(12):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return "".join(signs)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """One letter at the dot: its envelope, what its header says, what tells it from others, and which machine's mail it
    was recognised as (``told``; None for a person's)."""

    envelope: Envelope
    seen: Glance
    traits: Traits
    told: Returned | None


@dataclass(frozen=True, slots=True)
class Acceptor:
    """The story of one envelope. ``prove`` tells whether a letter is by its author, ``rebuild`` runs the pure middle,
    ``now`` is the clock."""

    settings: Settings
    store: Store
    prove: Callable[[Envelope, str], Awaitable[Verdict]]
    rebuild: Callable[[RebuildOrder], Awaitable[Rebuilt]]
    notices: Notices
    asking: Asking
    returns: Returns
    excess: Excess
    beginning: Beginning
    deliverer: Deliverer
    now: Callable[[], datetime]
    asked: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, envelope: Envelope) -> str:
        """Take responsibility for the envelope, or raise a Refusal. Returns the words after ``250 2.0.0``.

        When this returns, every delivery is committed to the disk (RFC 5321 6.1).
        """
        journal_id = new_id()
        try:
            answer = await self._accept(envelope, journal_id)
        except Refusal as refusal:
            log.info("%s refused %s", journal_id, type(refusal).__name__)
            self.beginning.counted(envelope, refusal)
            await self._record_refusal(envelope, journal_id, refusal)
            raise
        except StoreBusyOrFull as full:
            log.error("%s not accepted: the database cannot take it now", journal_id)
            raise StoreFull from full
        log.info("%s accepted", journal_id)
        return answer

    async def _accept(self, envelope: Envelope, journal_id: str) -> str:
        head = split(envelope.content)
        seen = glance(envelope.content, head)
        for_us = [r for r in envelope.recipients if is_operator(r)]
        aliases = [r.lower() for r in envelope.recipients if not is_operator(r)]
        letters: list[Acceptance] = []
        if for_us:
            # One journal id cannot name two entries: what goes to aliases has it.
            operator_id = f"{journal_id}-o" if aliases else journal_id
            if not await self.returns.operators_own(envelope, seen, operator_id, self.now()):
                if not self.excess.authors.take(f"operator/{envelope.peer}", self.now()):
                    raise TooMuchMail
                letters += await self.notices.to_operator(envelope, operator_id, self.now())
        if aliases and await self.asking.answered(envelope, aliases, self.now()):
            aliases = []
            self.deliverer.wake()  # a letter was released
        told = recognise(envelope.content, null_sender=envelope.return_path == "", head=head) if aliases else None
        if aliases and await self.returns.absorbed(envelope, told, aliases, journal_id, self.now()):
            aliases = []
            self.deliverer.wake()  # an author may have to be told
        if aliases and envelope.return_path == "":
            # A null return path is a report, never a letter (RFC 5321 4.5.5).
            raise NotAuthentic
        if aliases:
            traits = Traits(fingerprint(envelope.content, head), (*seen.in_reply_to, *seen.references), self.now())
            relayed = await self._letters(_Arrived(envelope, seen, traits, told), aliases, journal_id)
            if isinstance(relayed, str):
                log.info("%s is %s once more; not sent again", journal_id, relayed)
                journal_id = relayed
            else:
                letters += relayed
        before = await self._promise(letters) if letters else {}
        return f"accepted as {before.get(journal_id, journal_id)}"

    async def _promise(self, letters: list[Acceptance]) -> dict[str, str]:
        """Commit the letters. What the deliverer has a place for is tried at once, the rest goes through the queue.
        Returns, by their new journal id, the id of those that were accepted before."""
        reserved: dict[str, str] = {}
        try:
            letters = [self._with_places(letter, reserved) for letter in letters]
            accepted = await self.store.accept(letters)
            for delivery in accepted.trying:
                del reserved[delivery.id]
                self.deliverer.take(delivery)
        finally:
            for recipient in reserved.values():
                self.deliverer.release(recipient)
        if len(accepted.trying) < sum(len(letter.deliveries) for letter in letters):
            self.deliverer.wake()
        return accepted.before

    def _with_places(self, letter: Acceptance, reserved: dict[str, str]) -> Acceptance:
        """The letter, with those of its deliveries marked that a place is reserved for; notes these, by id, with their
        recipients."""
        deliveries = []
        for delivery in letter.deliveries:
            until = None if delivery.held else self.deliverer.reserve(delivery.recipient)
            if until is not None:
                reserved[delivery.id] = delivery.recipient
            deliveries.append(replace(delivery, tried_until=until))
        return replace(letter, deliveries=tuple(deliveries))

    async def _letters(self, arrived: _Arrived, aliases: list[str], journal_id: str) -> list[Acceptance] | str:
        """What to take responsibility for; or the journal id of before, when the whole of it was accepted already."""
        seen, now = arrived.seen, arrived.traits.now
        author = author_of(seen)
        proven = await self._prove(arrived.envelope, author)
        found = await self.store.ways(author, aliases, arrived.traits)
        ways = [way for way in found.values() if isinstance(way, Way)]
        open_ways = [way for way in ways if way.route.pair_state == "active"]
        if not proven:
            # The member is asked behind the refusal, so that neither its words nor its time tell who is one.
            self._ask_later(arrived, open_ways, journal_id)
            raise Unproven
        if not ways:
            raise UnknownAlias if all(isinstance(f, NoSuchAlias) for f in found.values()) else NotTheirAlias
        check_loop(seen, self.settings.domain)
        if not open_ways:
            check_open(ways[0].route)
        if await self.returns.answered(arrived.envelope, arrived.told, open_ways[0].route, journal_id, now):
            return []
        new_ways = [way for way in open_ways if way.before is None]
        if not new_ways:
            return str(open_ways[0].before)
        routes = [way.route for way in new_ways]
        answer = bool(seen.in_reply_to or seen.references)
        held = await self.excess.held(routes, arrived.traits.written, now, answer=answer)
        letters = []
        for number, way in enumerate(new_ways):
            letter_id = journal_id if number == 0 else f"{journal_id}-{number + 1}"
            letter = await self._letter(arrived, way, letter_id, now)
            letters.append(replace(letter, written=arrived.traits.written))
        if held:
            letters = await self.excess.holding(letters, routes, now)
        missed = len(set(aliases)) - len(open_ways)
        copied = self._others(seen, aliases)
        if missed or copied:
            letters.append(self.notices.partly_relayed(open_ways[0].route, journal_id, now, missed, copied))
        return letters

    async def _prove(self, envelope: Envelope, author: str) -> bool:
        """Whether the letter is its author's; False when nobody can tell and the author is to be asked. Raises when it
        is not. Before anything is looked up about anybody, so that a member and a stranger have the same work done for
        them."""
        verdict = await self.prove(envelope, author)
        if verdict is Verdict.TEMPERROR:
            raise AuthorshipUnknown
        if verdict is Verdict.FAIL:
            raise NotAuthentic
        if verdict is not Verdict.UNPROVEN or self.settings.authenticity.on_unproven == "accept":
            return True
        if self.settings.authenticity.on_unproven == "refuse":
            raise Unproven
        return False

    def _ask_later(self, arrived: _Arrived, ways: list[Way], journal_id: str) -> None:
        task = asyncio.create_task(self._ask(arrived, ways, journal_id))
        self.asked.add(task)
        task.add_done_callback(self.asked.discard)

    async def _ask(self, arrived: _Arrived, ways: list[Way], journal_id: str) -> None:
        """Hold the letter for each of ``ways`` and ask its registered author (see asking.py)."""
        now = self.now()
        try:
            for number, way in enumerate(ways):
                if arrived.told is None:
                    letter = await self._letter(arrived, way, f"{journal_id}-u{number + 1}", now)
                    await self.asking.ask(letter, way.route, now)
        except (Refusal, StoreError) as error:
            log.info("%s not held for its author: %s", journal_id, type(error).__name__)
            return
        if ways:
            self.deliverer.wake()

    def _others(self, seen: Glance, aliases: list[str]) -> int:
        """How many people the letter names as its recipients whom we do not copy it to."""
        return len({a.lower() for a in seen.cc_or_extra_to} - set(aliases))

    async def _letter(self, arrived: _Arrived, way: Way, letter_id: str, now: datetime) -> Acceptance:
        envelope, seen, route = arrived.envelope, arrived.seen, way.route
        in_reply_to, references = mapped(seen, way.known_ids)
        message_id = new_message_id(secrets.token_hex(12), self.settings.domain)
        headers = Headers(
            from_name=route.author_persona.name,
            from_address=route.author_persona.alias,
            to_address=route.recipient.addresses[0],
            message_id=message_id,
            date=now.replace(microsecond=0),
            in_reply_to=in_reply_to,
            references=references,
        )
        people = route.author, route.author_persona, route.recipient, route.recipient_persona
        known = learned(Known(*people, self.settings.programme.contact, self.settings.programme.unknown_files), seen)
        forbidden = (seen.message_id,) if seen.message_id else ()
        rebuilt = await self.rebuild(RebuildOrder(envelope.content, known, headers, forbidden))
        removed: dict[str, int] = {}
        for removal in rebuilt.removals:
            removed[removal.kind] = removed.get(removal.kind, 0) + removal.count
        token = secrets.token_hex(12)
        return Acceptance(
            entry=JournalEntry(
                id=letter_id,
                pair_id=route.pair_id,
                side=route.side,
                kind="letter",
                accepted_at=now,
                size_in=len(envelope.content),
                size_out=len(rebuilt.content),
                removed=removed,
            ),
            link=ThreadLink(route.pair_id, route.side, seen.message_id, message_id),
            deliveries=(
                NewDelivery(
                    id=new_id(),
                    journal_id=letter_id,
                    recipient=route.recipient.addresses[0],
                    return_path=f"b-{token}@{self.settings.domain}",
                    content=rebuilt.content,
                    due_at=now,
                ),
            ),
            keep=self.settings.store.content == "kept",
        )

    async def _record_refusal(self, envelope: Envelope, journal_id: str, refusal: Refusal) -> None:
        entry = JournalEntry(
            id=journal_id,
            pair_id=None,
            side=None,
            kind="refusal",
            accepted_at=self.now(),
            size_in=len(envelope.content),
            size_out=0,
            outcome="refused",
            reason=type(refusal).__name__,
        )
        try:
            await self.store.journal.record(entry)
        except StoreBusyOrFull:
            log.error("%s refusal not journalled: the database cannot take it now", journal_id)
