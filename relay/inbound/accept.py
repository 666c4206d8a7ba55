"""An envelope arrives: who may write, rebuild it, promise delivery."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from relay.authentication.authorship import Proof
from relay.authentication.verdict import Verdict
from relay.inbound.build_letter import Arrived, Maker, new_id
from relay.inbound.commit import promise
from relay.inbound.handlers.bounce import Returns
from relay.inbound.mail_from_checks import Beginning
from relay.inbound.quarantine import Behind
from relay.inbound.rate_limits import Excess
from relay.inbound.response_timing import on_the_beat
from relay.letters.notices import Notices, is_operator
from relay.message.fingerprint import fingerprint
from relay.message.glance import glance
from relay.message.headers import split
from relay.message.returned import recognise
from relay.model import Envelope, Glance, JournalEntry
from relay.outbound.deliver import Deliverer
from relay.policy.loops import check_loop
from relay.policy.routing import author_of, check_open
from relay.refusals import (
    AuthorshipUnknown,
    NotAuthentic,
    NotTheirAlias,
    Refusal,
    StoreFull,
    Stranger,
    TooMuchMail,
    UnknownAlias,
    Unproven,
    UnprovenAddress,
)
from relay.settings import Settings
from relay.store import Acceptance, NoSuchAlias, Store, StoreBusyOrFull, Traits, Way

log = logging.getLogger("relay.accept")


@dataclass(frozen=True, slots=True)
class Acceptor:
    """The story of one envelope. ``prove`` tells whether a letter is by its author, ``maker`` makes it anew,
    ``now`` is the clock."""

    settings: Settings
    store: Store
    prove: Proof
    maker: Maker
    notices: Notices
    behind: Behind
    returns: Returns
    excess: Excess
    beginning: Beginning
    deliverer: Deliverer
    now: Callable[[], datetime]

    async def __call__(self, envelope: Envelope) -> str:
        """Take responsibility for the envelope, or raise a Refusal. Returns the words after ``250 2.0.0``.

        When this returns, every delivery is committed to the disk (RFC 5321 6.1).
        """
        journal_id, begun = new_id(), asyncio.get_running_loop().time()
        try:
            answer = await self._accept(envelope, journal_id)
        except Refusal as refusal:
            log.info("%s refused %s", journal_id, type(refusal).__name__)
            self.beginning.counted(envelope, refusal)
            await self._record_refusal(envelope, journal_id, refusal)
            if isinstance(refusal, Stranger):
                await on_the_beat(begun)
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
        if aliases and await self.behind.asking.answered(envelope, aliases, self.now()):
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
            relayed = await self._letters(Arrived(envelope, seen, traits, told), aliases, journal_id)
            if isinstance(relayed, str):
                log.info("%s is %s once more; not sent again", journal_id, relayed)
                journal_id = relayed
            else:
                letters += relayed
        before = await promise(self.store, self.deliverer, letters) if letters else {}
        return f"accepted as {before.get(journal_id, journal_id)}"

    async def _letters(self, arrived: Arrived, aliases: list[str], journal_id: str) -> list[Acceptance] | str:
        """What to take responsibility for; or the journal id of before, when the whole of it was accepted already."""
        seen, now = arrived.seen, arrived.traits.now
        author = author_of(seen)
        proven = await self._prove(arrived.envelope, author, aliases)
        found = await self.store.ways(author, proven or aliases, arrived.traits)
        ways = [way for way in found.values() if isinstance(way, Way)]
        open_ways = [way for way in ways if way.route.pair_state == "active"]
        if not proven:
            # The member is asked behind the refusal, so that neither its words nor its time tell who is one.
            self.behind.ask(arrived, [way if way in open_ways else None for way in found.values()], journal_id)
            raise Unproven
        if any(not way.route.address_proven for way in ways):
            self.behind.ask_about_address(arrived, ways, journal_id)
            raise UnprovenAddress
        if not ways:
            self.behind.ask(arrived, [None] * len(found), journal_id)
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
            letter = await self.maker.letter(arrived, way, letter_id, now)
            letters.append(replace(letter, written=arrived.traits.written))
        if held:
            letters = await self.excess.holding(letters, routes, now)
        missed = len(set(aliases)) - len(open_ways)
        copied = self._others(seen, aliases)
        if missed or copied:
            letters.append(self.notices.partly_relayed(open_ways[0].route, journal_id, now, missed, copied))
        return letters

    async def _prove(self, envelope: Envelope, author: str, aliases: list[str]) -> list[str]:
        """The aliases for which the letter is proven to be its author's; none when nobody can tell and the author is to
        be asked. Raises when it is proven for none of them. Before anything is looked up about anybody, so that a
        member and a stranger have the same work done for them."""
        authorship = await self.prove(envelope, author)
        verdicts = {alias: authorship.verdict(alias) for alias in aliases}
        good = {Verdict.PASS}
        if self.settings.authenticity.on_unproven == "accept":
            good.add(Verdict.UNPROVEN)
        proven = [alias for alias in aliases if verdicts[alias] in good]
        if proven:
            return proven
        if Verdict.TEMPERROR in verdicts.values():
            raise AuthorshipUnknown
        if Verdict.UNPROVEN not in verdicts.values():
            raise NotAuthentic
        if self.settings.authenticity.on_unproven == "refuse":
            raise Unproven
        return []

    def _others(self, seen: Glance, aliases: list[str]) -> int:
        """How many people the letter names as its recipients whom we do not copy it to."""
        return len({a.lower() for a in seen.cc_or_extra_to} - set(aliases))

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
