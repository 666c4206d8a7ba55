"""An envelope arrives: who may write, rebuild it, promise delivery."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from relay.anonymise.learning import learned
from relay.message.glance import glance
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
from relay.policy.rate import Rate
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
from relay.relaying.notices import Notices, is_operator
from relay.settings import Settings
from relay.store import Acceptance, NoSuchAlias, Store, StoreBusyOrFull

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
    rate: Rate
    now: Callable[[], datetime]
    wake: Callable[[], None]

    async def __call__(self, envelope: Envelope) -> str:
        """Take responsibility for the envelope, or raise a Refusal. Returns the words after ``250 2.0.0``.

        When this returns, every delivery is committed to the disk (RFC 5321 6.1).
        """
        journal_id = new_id()
        try:
            answer = await self._accept(envelope, journal_id)
        except Refusal as refusal:
            log.info("%s refused %s", journal_id, type(refusal).__name__)
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
            letters += await self.notices.to_operator(envelope, journal_id, self.now())
        if aliases and await self._came_back(seen, aliases, journal_id):
            return f"accepted as {journal_id}"
        if aliases and await self.asking.answered(envelope, seen, aliases, self.now()):
            return f"accepted as {journal_id}"
        if aliases and envelope.return_path == "":
            # A null return path is a report, never a letter (RFC 5321 4.5.5).
            raise NotAuthentic
        if aliases:
            letters += await self._letters(envelope, seen, aliases, journal_id)
        if letters:
            await self.store.accept(letters)
        return f"accepted as {journal_id}"

    async def _came_back(self, seen: Glance, recipients: list[str], journal_id: str) -> bool:
        """Whether this is a report to one of our return paths. It is absorbed: nothing of it may travel on."""
        for recipient in recipients:
            local = recipient.rpartition("@")[0]
            if local.startswith("b-") and await self.store.queue.returned(local.removeprefix("b-")):
                log.info("%s absorbed: a report about a delivery", journal_id)
                return True
        return False

    async def _letters(self, envelope: Envelope, seen: Glance, aliases: list[str], journal_id: str) -> list[Acceptance]:
        author = author_of(seen)
        await self._prove(envelope, author)
        found = await self.store.directory.find(author, aliases)
        routes = [f for f in found.values() if isinstance(f, Route)]
        if not routes:
            raise UnknownAlias if all(isinstance(f, NoSuchAlias) for f in found.values()) else NotTheirAlias
        check_loop(seen, self.settings.domain)
        open_routes = [r for r in routes if r.pair_state == "active"]
        if not open_routes:
            check_open(routes[0])
        now = self.now()
        if not self.rate.take(author, now):
            raise TooMuchMail
        if seen.automatic:
            # A vacation answer says where somebody is and who they are; it is no letter of theirs.
            log.info("%s absorbed: automatic mail", journal_id)
            return []
        letters = []
        for number, route in enumerate(open_routes):
            letter_id = journal_id if number == 0 else f"{journal_id}-{number + 1}"
            letters.append(await self._letter(envelope, seen, route, letter_id, now))
        missed = len(set(aliases)) - len(open_routes)
        copied = self._others(seen, aliases)
        if missed or copied:
            letters.append(self.notices.partly_relayed(open_routes[0], journal_id, now, missed, copied))
        return letters

    async def _prove(self, envelope: Envelope, author: str) -> None:
        """Raise unless the letter is its author's. Before anything is looked up about anybody, so that a member and a
        stranger have the same work done for them."""
        verdict = await self.prove(envelope, author)
        if verdict is Verdict.TEMPERROR:
            raise AuthorshipUnknown
        if verdict is Verdict.FAIL:
            raise NotAuthentic
        if verdict is Verdict.UNPROVEN and self.settings.authenticity.on_unproven != "accept":
            raise Unproven

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
        known = learned(Known(*people, self.settings.programme.contact), seen)
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
