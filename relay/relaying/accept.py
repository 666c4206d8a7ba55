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
    Route,
    ThreadLink,
)
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
from relay.relaying.excess import Excess
from relay.relaying.notices import Notices, is_operator
from relay.relaying.returned import Returns
from relay.settings import Settings
from relay.store import Acceptance, NoSuchAlias, Store, StoreBusyOrFull, StoreError

log = logging.getLogger("relay.accept")


def new_id() -> str:
    """A journal id: short enough to read out on the telephone, random enough never to meet again (60 bits)."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(12))


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
    now: Callable[[], datetime]
    wake: Callable[[], None]
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
        self.wake()
        return answer

    async def _accept(self, envelope: Envelope, journal_id: str) -> str:
        seen = glance(envelope.content)
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
        if aliases and await self.returns.absorbed(envelope, aliases, journal_id, self.now()):
            aliases = []
        if aliases and envelope.return_path == "":
            # A null return path is a report, never a letter (RFC 5321 4.5.5).
            raise NotAuthentic
        if aliases:
            relayed = await self._letters(envelope, seen, aliases, journal_id)
            if isinstance(relayed, str):
                log.info("%s is %s once more; not sent again", journal_id, relayed)
                journal_id = relayed
            else:
                letters += relayed
        before = await self.store.accept(letters) if letters else {}
        return f"accepted as {before.get(journal_id, journal_id)}"

    async def _letters(
        self, envelope: Envelope, seen: Glance, aliases: list[str], journal_id: str
    ) -> list[Acceptance] | str:
        """What to take responsibility for; or the journal id of before, when the whole of it was accepted already."""
        author = author_of(seen)
        proven = await self._prove(envelope, author)
        found = await self.store.directory.find(author, aliases)
        routes = [f for f in found.values() if isinstance(f, Route)]
        if not proven:
            # The member is asked behind the refusal, so that neither its words nor its time tell who is one.
            self._ask_later(envelope, seen, [r for r in routes if r.pair_state == "active"], journal_id)
            raise Unproven
        if not routes:
            raise UnknownAlias if all(isinstance(f, NoSuchAlias) for f in found.values()) else NotTheirAlias
        check_loop(seen, self.settings.domain)
        open_routes = [r for r in routes if r.pair_state == "active"]
        if not open_routes:
            check_open(routes[0])
        now = self.now()
        if await self.returns.answered(envelope, open_routes[0], journal_id, now):
            return []
        written = fingerprint(envelope.content)
        before = {r.pair_id: await self.store.known(r.pair_id, r.side, written, now) for r in open_routes}
        new_routes = [r for r in open_routes if before[r.pair_id] is None]
        if not new_routes:
            return str(before[open_routes[0].pair_id])
        held = await self.excess.held(new_routes, written, now, answer=bool(seen.in_reply_to or seen.references))
        letters = []
        for number, route in enumerate(new_routes):
            letter_id = journal_id if number == 0 else f"{journal_id}-{number + 1}"
            letter = await self._letter(envelope, seen, route, letter_id, now)
            letters.append(replace(letter, written=written))
        if held:
            letters = await self.excess.holding(letters, new_routes, now)
        missed = len(set(aliases)) - len(open_routes)
        copied = self._others(seen, aliases)
        if missed or copied:
            letters.append(self.notices.partly_relayed(open_routes[0], journal_id, now, missed, copied))
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

    def _ask_later(self, envelope: Envelope, seen: Glance, routes: list[Route], journal_id: str) -> None:
        task = asyncio.create_task(self._ask(envelope, seen, routes, journal_id))
        self.asked.add(task)
        task.add_done_callback(self.asked.discard)

    async def _ask(self, envelope: Envelope, seen: Glance, routes: list[Route], journal_id: str) -> None:
        """Hold the letter for each of ``routes`` and ask its registered author (see asking.py)."""
        now = self.now()
        try:
            for number, route in enumerate(routes):
                if recognise(envelope.content) is None:
                    letter = await self._letter(envelope, seen, route, f"{journal_id}-u{number + 1}", now)
                    await self.asking.ask(letter, route, now)
        except (Refusal, StoreError) as error:
            log.info("%s not held for its author: %s", journal_id, type(error).__name__)
            return
        if routes:
            self.wake()

    def _others(self, seen: Glance, aliases: list[str]) -> int:
        """How many people the letter names as its recipients whom we do not copy it to."""
        return len({a.lower() for a in seen.cc_or_extra_to} - set(aliases))

    async def _letter(
        self, envelope: Envelope, seen: Glance, route: Route, letter_id: str, now: datetime
    ) -> Acceptance:
        cited = (*seen.in_reply_to, *seen.references)
        known_ids = await self.store.threads.known(route.pair_id, route.side, cited) if cited else {}
        in_reply_to, references = mapped(seen, known_ids)
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
