"""Accepts one envelope: proves authorship, handles each recipient, commits all effects at once, returns one reply.

    recipients.classify ─▶ one handler per class ─▶ Handled per recipient ─▶ one commit ─▶ one reply

Each recipient is decided by the handler of its class only. Accepted letters are committed before 250 is sent, with one
journal entry per recipient. Refused recipients are journalled too, and a proven author is told about them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from relay.authentication.authorship import Proof
from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived, Recognise, new_id
from relay.inbound.commit import Outbound, by_kind, commit
from relay.inbound.handled import Handled, Handler
from relay.inbound.mail_from_checks import MailFromChecks
from relay.inbound.refusal_letters import RefusalLetters
from relay.inbound.response_timing import Pad, pad_to_interval
from relay.letters.notices import Notices
from relay.message.read.headers import first
from relay.model import Envelope, JournalEntry, Route
from relay.policy.recipients import (
    Alias,
    Confirmation,
    Conversation,
    Desk,
    DeskReply,
    InvitationReply,
    Nobody,
    Operator,
    Reports,
    ReturnPath,
    classify,
)
from relay.policy.routing import author_of
from relay.refusals import NotAuthentic, Refusal, StoreFull, Stranger, Transient, TryLater
from relay.states import MoveError
from relay.store import Acceptance, Effects, Store, StoreBusyOrFull, StoreChanged, StoreError

log = logging.getLogger(__name__)

_TRIES = 3  # how often an envelope is decided, when what was read for it changes before the commit


@dataclass(frozen=True, slots=True)
class Handlers:
    """One handler for each class of recipients.classify. Addresses of no known form are handled like aliases: the reply
    and its timing are the same as for an alias that does not exist."""

    pair_letter: Handler
    confirmation: Handler
    invitation: Handler
    bounce: Handler
    conversation: Handler
    operator: Handler
    dmarc: Handler
    desk: Handler
    desk_answer: Handler

    def each(self, recipients: Mapping[str, type]) -> list[tuple[Handler, list[str]]]:
        """Each handler that has something to decide, with its own ``recipients`` (lower case, each with its class).
        Letters come first, so that they get the envelope's own id."""
        classes: list[tuple[Handler, tuple[type, ...]]] = [
            (self.pair_letter, (Alias, Nobody)),
            (self.confirmation, (Confirmation,)),
            (self.invitation, (InvitationReply,)),
            (self.bounce, (ReturnPath,)),
            (self.conversation, (Conversation,)),
            (self.operator, (Operator,)),
            (self.dmarc, (Reports,)),
            (self.desk, (Desk,)),
            (self.desk_answer, (DeskReply,)),
        ]
        there = {*recipients.values()}
        return [
            (handler, [recipient for recipient, kind in recipients.items() if kind in kinds])
            for handler, kinds in classes
            if not there.isdisjoint(kinds)
        ]


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Accepts or refuses one envelope. ``prove`` returns the verdict on its author, ``recognise`` detects automatic
    mail, ``now`` is the clock."""

    store: Store
    prove: Proof
    recognise: Recognise
    handlers: Handlers
    notices: Notices
    mail_from_checks: MailFromChecks
    outbound: Outbound
    refusal_letters: RefusalLetters
    now: Callable[[], datetime]
    pad: Pad = pad_to_interval

    async def __call__(self, envelope: Envelope) -> str:
        """Take responsibility for the envelope, or raise a Refusal. Returns the text after ``250 2.0.0``.

        When this returns, all effects are committed to disk (RFC 5321 6.1).
        """
        journal_id, begun = new_id(), asyncio.get_running_loop().time()
        try:
            arrived = Arrived.of(envelope, journal_id, self.now(), self.recognise)
            recipients = {one: type(classify(one)) for one in map(str.lower, envelope.recipients)}
            await self._prove(arrived, {*recipients.values()})
            handled, decisive, answer = await self._decided(arrived, recipients)
        except Refusal as refusal:
            await self._refuse(envelope, journal_id, refusal, None, begun)
        except StoreBusyOrFull as full:
            log.error("%s not accepted: the database cannot take it now: %s", journal_id, full.what)
            raise StoreFull from full
        except StoreError as error:
            log.error("%s not accepted: %s", journal_id, error)
            raise TryLater from error
        except Exception as error:  # an internal error; its text may hold parts of the letter
            log.error("%s not accepted because of an internal error: %s", journal_id, type(error).__name__)
            raise TryLater from error
        if decisive is None or not isinstance(decisive.refusal, Transient):
            await _run_afterwards(arrived, handled)
        if decisive is not None and decisive.refusal is not None:
            await self.refusal_letters.tell(arrived, decisive)
            await self._refuse(envelope, journal_id, decisive.refusal, decisive.route, begun)
        return answer

    async def _decided(
        self, arrived: Arrived, recipients: Mapping[str, type]
    ) -> tuple[list[Handled], Handled | None, str]:
        """Decide and commit. Returns the decisions, the refusal that answers the whole envelope, and else the text of
        the 250 reply. When what was read has changed before the commit, as when both members answer at once, all is
        decided again."""
        for tries_left in reversed(range(_TRIES)):
            handled = await self._handled(arrived, recipients)
            decisive = _decisive(handled)
            try:
                if decisive is None:
                    return handled, None, await self._take(arrived, handled)
                if not isinstance(decisive.refusal, Transient):
                    await self._keep(handled)
                break
            except (StoreChanged, MoveError):
                if not tries_left:
                    raise
            log.info("%s is decided again: something has changed meanwhile", arrived.id)
            arrived = arrived.again()
        return handled, decisive, ""

    async def _handled(self, arrived: Arrived, recipients: Mapping[str, type]) -> list[Handled]:
        """The handlers' decisions, one per recipient."""
        handled: list[Handled] = []
        for handler, theirs in self.handlers.each(recipients):
            try:
                handled += await handler(arrived, theirs)
            except Transient:
                raise
            except Refusal as refusal:
                handled += [Handled(recipient, refusal=refusal) for recipient in theirs]
        return handled

    async def _prove(self, arrived: Arrived, classes: Set[type]) -> None:
        """Verify authorship before anything is looked up, with the same work for members and strangers. ``classes``:
        those of the recipients. Mail with the null return path is a report without an author (RFC 5321 4.5.5), except a
        mailbox's answer to a letter (RFC 3834)."""
        report = arrived.envelope.return_path == "" and not (Alias in classes and _answers_by_itself(arrived))
        if report or classes <= {Operator, ReturnPath}:
            return
        try:
            author = author_of(arrived.routing_headers)
        except NotAuthentic:
            return
        found = await self.prove(arrived.envelope, author)
        if arrived.envelope.return_path == "":
            arrived.answering = found
            return
        arrived.authorship = found
        if arrived.authorship.why:
            log.info("%s authorship not proven: %s", arrived.id, arrived.authorship.why)

    async def _keep(self, handled: Sequence[Handled]) -> None:
        """Commit what work after the refusal needs. Raises StoreError: then the sender has to send it again."""
        kept = tuple(one.kept for one in handled if one.kept is not None)
        if kept:
            await self.store.commit(Effects(changes=kept))

    async def _take(self, arrived: Arrived, handled: Sequence[Handled]) -> str:
        """Commit all effects. Returns the text of the 250 reply."""
        taken = [one for one in handled if one.refusal is None]
        refused = [(one, _refusal_entry(arrived, one)) for one in handled if one.refusal is not None]
        effects = [effect for one in taken for effect in one.effects]
        effects += [entry for _, entry in refused]
        effects += [one.kept for one in handled if one.kept is not None]
        effects += self._notices(arrived, taken, refused)
        before = await commit(self.store, self.outbound, by_kind(effects))
        named = next((one for one in taken if one.letter), taken[0]).journal_id
        for one in taken:
            if one.journal_id in before or not one.effects:
                log.info(
                    "%s is a duplicate of %s: not sent again", arrived.id, before.get(one.journal_id, one.journal_id)
                )
            else:
                log.info("%s accepted", one.journal_id)
        for one, entry in refused:
            log.info("%s refused, other recipients accepted: %s", entry.id, type(one.refusal).__name__)
        return f"accepted as {before.get(named, named)}"

    def _notices(
        self, arrived: Arrived, taken: Sequence[Handled], refused: Sequence[tuple[Handled, JournalEntry]]
    ) -> list[Acceptance]:
        """The notices to the author: about refused recipients, about people in Cc whom the letter does not reach, and
        about changes that may matter: links that may not work, removed lines that may have been the author's words."""
        letters = [one for one in taken if one.letter]
        if letters and (route := letters[0].route) is not None:
            changed = self._about_changes(letters, arrived.now)
            asked = {recipient.lower() for recipient in arrived.envelope.recipients}
            copied = len({address.lower() for address in arrived.routing_headers.cc_or_extra_to} - asked)
            if not (refused or copied):
                return changed
            partly = self.notices.partly_relayed(route, letters[0].journal_id, arrived.now, len(refused), copied)
            return [partly, *changed]
        if all(not one.effects for one in taken):  # a duplicate: the author was told the first time
            return []
        notices = [self._refusal_notice(arrived, one, entry) for one, entry in refused]
        return [notice for notice in notices if notice is not None]

    def _about_changes(self, letters: Sequence[Handled], now: datetime) -> list[Acceptance]:
        """The notices about what was changed in each letter."""
        changed = [
            (one.route, effect)
            for one in letters
            for effect in one.effects
            if one.route is not None and isinstance(effect, Acceptance) and effect.entry.id == one.journal_id
        ]
        return [
            notice
            for route, letter in changed
            for notice in self.notices.about_changes(
                route, letter.entry, now, waits=any(delivery.held for delivery in letter.deliveries)
            )
        ]

    def _refusal_notice(self, arrived: Arrived, one: Handled, entry: JournalEntry) -> Acceptance | None:
        """The notice about one refused recipient; None for an author who is not proven, and for mail with the null
        return path, which must not be answered (RFC 5321 4.5.5)."""
        if arrived.envelope.return_path == "":
            return None
        if arrived.verdict(one.recipient) is not Verdict.PASS or one.refusal is None:
            return None
        author = author_of(arrived.routing_headers)
        route = None if isinstance(one.refusal, Stranger) else one.route  # nobody learns whose address it may be
        return self.notices.not_relayed(author, route, entry.id, one.refusal, arrived.now)

    async def _refuse(
        self, envelope: Envelope, journal_id: str, refusal: Refusal, route: Route | None, begun: float
    ) -> NoReturn:
        log.info("%s refused: %s", journal_id, type(refusal).__name__)
        self.mail_from_checks.counted(envelope, refusal)
        try:
            await self.store.journal.record(_entry(envelope, journal_id, refusal, route, self.now()))
        except StoreBusyOrFull as full:
            log.error("%s refusal not journalled: the database cannot take it now: %s", journal_id, full.what)
        if isinstance(refusal, Stranger):
            await self.pad(begun)
        raise refusal


def _decisive(handled: Sequence[Handled]) -> Handled | None:
    """The refusal that answers the whole envelope: a transient one if there is any; otherwise, when all recipients are
    refused, the most informative one. None when something is accepted."""
    put_off = next((one for one in handled if isinstance(one.refusal, Transient)), None)
    if put_off is not None or any(one.refusal is None for one in handled):
        return put_off
    return next((one for one in handled if not isinstance(one.refusal, Stranger)), handled[0])


async def _run_afterwards(arrived: Arrived, handled: Sequence[Handled]) -> None:
    """Run what follows the decision. Errors here do not change the reply."""
    for one in handled:
        if one.afterwards is None:
            continue
        try:
            await one.afterwards()
        except Exception as error:
            log.error("%s: work after its reply failed: %s", arrived.id, type(error).__name__)


def _answers_by_itself(arrived: Arrived) -> bool:
    """Whether a program marked the mail as its answer to another mail (RFC 3834 5)."""
    return (first(arrived.head[0], "auto-submitted") or b"").strip().lower().startswith(b"auto-replied")


def _refusal_entry(arrived: Arrived, one: Handled) -> JournalEntry:
    assert one.refusal is not None
    return _entry(arrived.envelope, arrived.next_id(), one.refusal, one.route, arrived.now)


def _entry(envelope: Envelope, id: str, refusal: Refusal, route: Route | None, now: datetime) -> JournalEntry:
    return JournalEntry(
        id=id,
        pair_id=route.pair_id if route else None,
        side=route.side if route else None,
        kind="refusal",
        accepted_at=now,
        size_in=len(envelope.content),
        size_out=0,
        outcome="refused",
        reason=type(refusal).__name__,
    )
