"""Handles a letter to an alias: checks who may write, applies the limits and rebuilds the letter, or refuses it.

Addresses that are no alias are handled here too, like an alias that does not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived
from relay.inbound.build_letter import CommandAlone, LetterBuilder, MayAnswer
from relay.inbound.commanded import CarryOut, Commanded
from relay.inbound.handled import Effect, Handled, absorbed
from relay.inbound.quarantine import Quarantine
from relay.inbound.rate_limits import RateLimits
from relay.inbound.undecided import Undecided, held_with_letters
from relay.inbound.vacation_answers import VacationAnswers
from relay.letters.questions import Questions
from relay.letters.words import StationeryError
from relay.message.desk.read_command import REPORT
from relay.outcomes import Returned, Sign
from relay.policy.mailboxes import other_spellings
from relay.policy.recipients import new_token
from relay.policy.routing import author_of, check_loop, check_open
from relay.refusals import (
    AuthorshipUnknown,
    LooksAbsent,
    LooksAutomatic,
    LooksBulk,
    NotAuthentic,
    NotTheirAlias,
    Refusal,
    Transient,
    UnknownAlias,
    Unproven,
    UnprovenAddress,
)
from relay.settings import Settings
from relay.states import EXCHANGING
from relay.store import WORD_ALONE, Acceptance, ConfirmationRequest, Foreign, LetterKey, NoSuchAlias, RouteLookup, Store

_LOOKS = {Sign.WORDS: LooksAutomatic, Sign.ABSENCE: LooksAbsent, Sign.BULK: LooksBulk}
COMMAND_ALONE_WAITS = timedelta(days=1)
"""A letter whose only word is a command is not sent when its author does not answer for so long."""
ByHand = Callable[[Arrived, str, Sequence[str]], Awaitable[Handled | None]]
Looked = RouteLookup | NoSuchAlias | Foreign

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PairLetters:
    """The handler of aliases. ``carry_out`` carries out a command of the desk; ``by_hand`` recognises answers to
    questions of relay's."""

    settings: Settings
    store: Store
    builder: LetterBuilder
    rate_limits: RateLimits
    quarantine: Quarantine
    carry_out: CarryOut
    by_hand: ByHand

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each of ``recipients``."""
        if arrived.envelope.return_path == "":
            return await self._without_return_path(arrived, recipients)
        author = author_of(arrived.routing_headers)
        verdicts = {recipient: self._verdict(arrived, recipient) for recipient in recipients}
        asked = [recipient for recipient, verdict in verdicts.items() if verdict is not Verdict.FAIL]
        refused = [Handled(r, refusal=NotAuthentic()) for r in recipients if verdicts[r] is Verdict.FAIL]
        if not asked:
            return refused
        letter_key = await arrived.letter_key(other_spellings(author, self.settings.authenticity.plus_tags))
        looked_up = await self.store.look_up(author, asked, letter_key)
        found = {r: _unless_only_alike(lookup, arrived.verdict(r)) for r, lookup in looked_up.items()}
        proven = {r: lookup for r, lookup in found.items() if verdicts[r] is Verdict.PASS}
        unproven = {r: lookup for r, lookup in found.items() if verdicts[r] is not Verdict.PASS}
        return [*await self._proven(arrived, letter_key, proven), *self._unproven(arrived, unproven), *refused]

    async def _without_return_path(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Absorb a report. An absence message that is proven to be of a member may be mentioned to their partner."""
        handled = await without_return_path(arrived, recipients)
        authors, automatic = arrived.routing_headers.authors, await arrived.automatic_mail()
        author = arrived.answering
        proven = [r for r in recipients if author is not None and author.verdict(r) is Verdict.PASS]
        if len(authors) != 1 or automatic is None or not proven or automatic.sign is not Sign.ABSENCE:
            return handled
        found = await self.store.look_up(authors[0], proven, await arrived.letter_key())
        told = {r: await self._mentioned(arrived, automatic, found[r]) for r in proven}
        return [replace(one, effects=(*one.effects, *told.get(one.recipient, ()))) for one in handled]

    async def _mentioned(self, arrived: Arrived, automatic: Returned, lookup: Looked) -> tuple[Effect, ...]:
        """What an automatic answer causes besides its journal entry. What cannot be done is left: it was no letter."""
        if not isinstance(lookup, RouteLookup) or not lookup.route.as_registered:
            return ()
        try:
            return await VacationAnswers(self.store, self.quarantine.notices).effects(arrived, automatic, lookup)
        except StationeryError as error:
            log.error("%s: %s", arrived.id, error)
            return ()

    def _verdict(self, arrived: Arrived, recipient: str) -> Verdict:
        """The verdict after applying the settings. Raises AuthorshipUnknown on a temporary error."""
        verdict = arrived.verdict(recipient)
        if verdict is Verdict.TEMPERROR:
            raise AuthorshipUnknown
        if verdict is Verdict.UNPROVEN and self.settings.authenticity.on_unproven == "accept":
            return Verdict.PASS
        return verdict

    def _unproven(self, arrived: Arrived, found: Mapping[str, object]) -> list[Handled]:
        """Refuse letters of unproven authors, and ask the member after the reply. Neither the reply nor its timing
        shows who is a member."""
        if not found:
            return []
        handled = [Handled(recipient, refusal=Unproven()) for recipient in found]
        if self.settings.authenticity.on_unproven == "confirm":
            lookups = [
                lookup if isinstance(lookup, RouteLookup) and _is_open(lookup) else None for lookup in found.values()
            ]
            handled[0] = replace(handled[0], afterwards=partial(self.quarantine.ask, arrived, lookups))
        return handled

    async def _proven(self, arrived: Arrived, letter_key: LetterKey, found: Mapping[str, object]) -> list[Handled]:
        """Build the letters of a proven author, within the rate limits."""
        handled = [self._allowed(arrived, recipient, lookup) for recipient, lookup in found.items()]
        without_route = [one for one in handled if isinstance(one.refusal, UnknownAlias | NotTheirAlias)]
        if without_route and len(without_route) == len(handled):
            # The work after refusing a member's letter is also done for addresses without a member (timing).
            handled[0] = replace(handled[0], afterwards=partial(self.quarantine.ask, arrived, [None] * len(handled)))
        new = {r: lookup for r, lookup in found.items() if isinstance(lookup, RouteLookup) and _to_build(handled, r)}
        if not new:
            return handled
        try:
            built = await self._built(arrived, letter_key, new)
        except Transient as refusal:  # with the route, so that the journal says whose letter was put off
            return [Handled(recipient, refusal=refusal, route=lookup.route) for recipient, lookup in new.items()]
        return [built.get(one.recipient, one) for one in handled]

    def _allowed(self, arrived: Arrived, recipient: str, lookup: object) -> Handled:
        """What is decided before the letter is opened: whether the author may write there, and whether it is a
        duplicate."""
        if not isinstance(lookup, RouteLookup):
            return Handled(recipient, refusal=UnknownAlias() if isinstance(lookup, NoSuchAlias) else NotTheirAlias())
        if not lookup.route.address_proven:
            ask = partial(self.quarantine.ask_about_address, arrived, [lookup])
            return Handled(recipient, refusal=UnprovenAddress(), route=lookup.route, afterwards=ask)
        try:
            check_loop(arrived.routing_headers, self.settings.domain)
            check_open(lookup.route)
        except Refusal as refusal:
            return Handled(recipient, refusal=refusal, route=lookup.route)
        return Handled(recipient, journal_id=lookup.before or "", route=lookup.route)

    async def _built(
        self, arrived: Arrived, letter_key: LetterKey, lookups: dict[str, RouteLookup]
    ) -> dict[str, Handled]:
        routes = [lookup.route for lookup in lookups.values()]
        answer = bool(arrived.routing_headers.in_reply_to or arrived.routing_headers.references)
        held = await self.rate_limits.held(routes, letter_key.written[0], arrived.now, answer=answer)
        built = {
            recipient: await self._build(arrived, letter_key, recipient, lookup)
            for recipient, lookup in lookups.items()
        }
        return {r: await self._held(one, arrived) for r, one in built.items()} if held else built

    async def _build(self, arrived: Arrived, letter_key: LetterKey, recipient: str, lookup: RouteLookup) -> Handled:
        route = lookup.route
        try:
            letter = await self.builder.letter(arrived, lookup, written=letter_key.written)
            answered = None
            if isinstance(letter, MayAnswer):
                if not arrived.taken_as_letter:
                    answered = await self.by_hand(arrived, recipient, letter.questions)
                letter = letter.letter
        except Transient:
            raise
        except Refusal as refusal:
            return Handled(recipient, refusal=refusal, route=route)
        if answered is not None:
            return answered
        if isinstance(letter, Returned):
            return await self._automatic(arrived, recipient, lookup, letter)
        if isinstance(letter, CommandAlone):
            return await self._command_alone(arrived, letter_key, recipient, lookup, letter)
        if isinstance(letter, Undecided):
            effects = await held_with_letters(letter, route, self.quarantine.notices, arrived.now)
            return Handled(recipient, effects, letter.letter.entry.id, route=route, letter=True)
        return Handled(recipient, (letter,), letter.entry.id, route=route, letter=True)

    async def _automatic(self, arrived: Arrived, recipient: str, lookup: RouteLookup, mail: Returned) -> Handled:
        """Automatic mail is absorbed. What is recognised by its wording only is refused: a person can write it
        differently."""
        if not mail.certain:
            return Handled(recipient, refusal=_LOOKS[mail.sign](), route=lookup.route)
        done = absorbed(arrived, recipient, mail.words, lookup.route)
        return replace(done, effects=(*done.effects, *await self._mentioned(arrived, mail, lookup)))

    async def _command_alone(
        self, arrived: Arrived, letter_key: LetterKey, recipient: str, lookup: RouteLookup, alone: CommandAlone
    ) -> Handled:
        """A letter whose only word is a command: it is one when it answers a letter of relay's, or is a report, which
        must not wait. Otherwise the letter is held, and its author is asked what was meant."""
        route, id = lookup.route, alone.letter.entry.id
        if alone.command == REPORT or await self.store.programme_letters.pairs_of(letter_key.cited):
            asked = Commanded(alone.command, route.pair_id, route.side, author_of(arrived.routing_headers))
            return await self.carry_out(arrived, recipient, asked)
        token, until = new_token(), arrived.now + COMMAND_ALONE_WAITS
        mailbox = route.author.addresses[0]
        question = ConfirmationRequest(token, alone.letter.deliveries[0].id, until, mailbox=mailbox)
        held = tuple(replace(delivery, held=WORD_ALONE) for delivery in alone.letter.deliveries)
        letter = replace(alone.letter, deliveries=held, question=question)
        questions = Questions(self.quarantine.notices)
        asking = questions.asking_about_word(route, id, token, arrived.now, command=alone.command)
        log.info("%s held (%s): its author is asked", id, WORD_ALONE)
        return Handled(recipient, (letter, asking), id, route=route, letter=True)

    async def _held(self, one: Handled, arrived: Arrived) -> Handled:
        """The same letter, held until the rate limits allow it."""
        letters = [effect for effect in one.effects if isinstance(effect, Acceptance)]
        decided_later = any(delivery.held for letter in letters for delivery in letter.deliveries)
        if not one.letter or one.route is None or not letters or decided_later:
            return one
        effects = await self.rate_limits.holding(letters, [one.route], arrived.now)
        return replace(one, effects=tuple(effects))


def _to_build(handled: Sequence[Handled], recipient: str) -> bool:
    """Whether ``recipient`` is still undecided."""
    return any(one.recipient == recipient and one.refusal is None and not one.journal_id for one in handled)


def _unless_only_alike(lookup: Looked, verdict: Verdict) -> Looked:
    """An author who writes from another spelling of a member's mailbox is the member only when they are proven."""
    only_alike = isinstance(lookup, RouteLookup) and not lookup.route.as_registered
    return Foreign() if only_alike and verdict is not Verdict.PASS else lookup


def _is_open(lookup: RouteLookup) -> bool:
    return lookup.route.pair_state in EXCHANGING


async def without_return_path(arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
    """Mail with the null return path is a report, never a letter (RFC 5321 4.5.5). It is absorbed when it looks like
    one, whether or not the address exists, so that the reply does not reveal aliases."""
    automatic = await arrived.automatic_mail()
    if automatic is None:
        raise NotAuthentic
    log.info("%s absorbed: automatic mail (%s)", arrived.id, automatic.kind)
    return [absorbed(arrived, recipient, automatic.words) for recipient in recipients]
