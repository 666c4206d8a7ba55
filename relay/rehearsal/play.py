"""Carries out a script on the copy of a home. The clock jumps from event to event; letters are written to a folder."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from relay.assembly import Inbound, Parts, Timing, inbound, open_parts
from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.holds import give_up_late
from relay.home import Home
from relay.inbound.response_timing import DelayedJobs
from relay.letters.invitations import InvitationLetters
from relay.mentoring.consent import follow_up
from relay.message.confirmation.read_answer import question_code
from relay.message.write.rehearsed import bounce, envelope, letter
from relay.model import Delivery, Envelope, Event, EventKind, PairState, Side
from relay.monitoring.metrics import Metrics
from relay.operations.retention import forget_old
from relay.outbound.settlement import Settling
from relay.outcomes import Sent
from relay.policy.recipients import Confirmation, InvitationReply, classify
from relay.refusals import Refusal
from relay.rehearsal.clock import Clock
from relay.rehearsal.record import Record
from relay.rehearsal.script import LAST_QUESTION, Bounce, Command, Entry, Letter, ScriptError
from relay.scheduling.job import Work
from relay.scheduling.runner import next_due_at, run_due
from relay.settings import Settings
from relay.store import Consent

_BATCH = 20  # deliveries claimed at a time

RunCommand = Callable[[Sequence[str], Home, Callable[[], datetime]], str]
"""Runs a relay command line on a home with a clock. Returns its error message, "" when it succeeded."""


@dataclass(frozen=True, slots=True)
class Played:
    """The result of a rehearsal: the number of ``letters`` sent and of ``events`` written."""

    letters: int
    events: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to carry out: ``script``, from ``start`` until ``until`` (aware UTC).

    ``seed`` makes random waits repeatable; secrets stay random. ``run_command`` runs the operator's commands.
    """

    script: Sequence[Entry]
    start: datetime
    until: datetime
    seed: int
    run_command: RunCommand


async def play(home: Home, settings: Settings, plan: Plan, folder: Path) -> Played:
    """Carry out ``plan`` on ``home``, which must be a copy, and write the results to the new ``folder``.

    Raises ScriptError when an entry cannot be carried out, HomeError, StoreError, OSError.
    """
    random.seed(plan.seed)  # for waits between tries; tokens and pseudonyms come from `secrets`
    clock, proofs = Clock(plan.start), _Proofs()
    async with AsyncExitStack() as closing:
        record = Record(folder)
        closing.callback(record.close)
        parts = await open_parts(home, settings, closing, clock)
        await parts.store.queue.recover(clock(), start=True)
        await parts.store.jobs.recover()
        timing = Timing(pad=_no_padding, delayed=DelayedJobs(latest=0))
        arriving = inbound(parts, _NoSlots(), proofs, Metrics(), timing)
        rehearsal = _Rehearsal(home, parts, arriving, timing, clock, record, proofs, plan.run_command)
        await rehearsal.play(plan.script, plan.until)
        return Played(len(record.sent), record.events)


async def _no_padding(_: float) -> None:
    """Replies are not padded: nobody can time them in a rehearsal."""


@dataclass(slots=True)
class _Proofs:
    """Stands in for SPF, DKIM and DMARC: an author is proven if the script says so."""

    proven: bool = True

    async def __call__(self, envelope: Envelope, _: str) -> Authorship:
        return Authorship.same(envelope, Verdict.PASS if self.proven else Verdict.UNPROVEN)


class _NoSlots:
    """Gives no slots for delivery, so that every letter goes to the queue, from where ``_deliver`` takes it."""

    def reserve(self, _: str) -> None:
        """Give no slot."""

    def release(self, _: object) -> None:
        """Do nothing: no slot was given."""

    def take(self, *_: object) -> None:
        """Do nothing: no slot was given."""

    def wake(self) -> None:
        """Do nothing: the queue is read after every action."""


@dataclass(slots=True)
class _Rehearsal:
    """A rehearsal while it runs. ``_noted`` events of the time ``_noted_at`` were written already."""

    home: Home
    parts: Parts
    arriving: Inbound
    timing: Timing
    clock: Clock
    record: Record
    proofs: _Proofs
    run_command: RunCommand
    _noted_at: datetime | None = None
    _noted: int = 0
    _names: dict[str, str] = field(default_factory=dict)

    async def play(self, script: Sequence[Entry], until: datetime) -> None:
        """Carry out everything until ``until``, in order of time; at the same time the queue comes before the
        script."""
        await self._write_events(skip=True)
        await self._settle()
        for entry in script:
            if entry.at > until:
                break
            await self._forward(entry.at)
            await self._carry_out(entry)
            await self._settle()
        await self._forward(until)

    async def _forward(self, to: datetime) -> None:
        """Set the clock forward, and stop on the way whenever a delivery or a job is due."""
        while (due_at := await self._next_due_at()) is not None and due_at <= to:
            self.clock.forward(due_at)
            await self._settle()
        self.clock.forward(to)
        await self._settle()

    @property
    def _work(self) -> Work:
        """What the scheduled jobs need."""
        store, settings = self.parts.store, self.parts.settings
        give_up = partial(give_up_late, store=store, notices=self.parts.notices)
        forget = partial(forget_old, store, settings)
        follow = partial(follow_up, store, InvitationLetters(self.parts.notices))
        return Work(store, lambda: None, self.arriving.rate_limits.release, forget, give_up, _fetch_nothing, follow)

    async def _next_due_at(self) -> datetime | None:
        """When the next delivery or job is due; None when there is none."""
        due = await self.parts.store.queue.next_due_at(), await next_due_at(self._work)
        return min((at for at in due if at is not None), default=None)

    async def _settle(self) -> None:
        """Run the jobs and deliveries that are due now, until none is left."""
        await self.timing.delayed.idle()
        await run_due(self._work, self.clock)
        await self._write_events()
        while await self._deliver():
            await self._write_events()

    async def _deliver(self) -> int:
        """Deliver a batch from the queue. Returns the number of deliveries."""
        parts, now = self.parts, self.clock()
        claimed = await parts.store.queue.claim(
            now, _BATCH, (), in_hand={}, cap=None, lease=parts.settings.delivery.lease
        )
        settling = Settling(parts.settings.delivery, parts.store, parts.notices, parts.suspending, self.clock)
        for delivery in claimed.deliveries:
            await self._send(delivery)
            await settling.settle(delivery, Sent())
        return len(claimed.deliveries)

    async def _send(self, delivery: Delivery) -> None:
        """Write a letter to the folder instead of sending it, and its event."""
        found = await self.parts.store.journal.show(delivery.journal_id)
        entry = None if found is None else found[0]
        relayed = entry is not None and entry.kind == "letter" and not delivery.notice
        name = "relayed" if relayed else self._names.get(delivery.journal_id, entry.kind if entry else "notice")
        side = entry.side if entry and relayed else await self._reader(entry.pair_id if entry else None, delivery)
        self.record.event(
            self.clock(),
            "relayed" if relayed else "sent",
            pair=entry.pair_id if entry else None,
            side=side.value if side else None,
            letter=name,
            file=self.record.letter(delivery),
            to=delivery.recipient,
        )

    async def _reader(self, pair_id: str | None, delivery: Delivery) -> Side | None:
        """The side that a letter from the programme goes to; None when its recipient is not in the pair."""
        identities = await self.parts.store.directory.identities(pair_id) if pair_id else None
        for side, identity in zip((Side.MENTOR, Side.MENTEE), identities or (), strict=False):
            if delivery.recipient.lower() in map(str.lower, identity.addresses):
                return side
        return None

    async def _carry_out(self, entry: Entry) -> None:
        try:
            match entry.action:
                case Letter() as written:
                    await self._write(written)
                case Bounce() as bounced:
                    await self._bounce(bounced)
                case Command(arguments):
                    await self._run(arguments)
        except ValueError as error:
            raise ScriptError([f"line {entry.number}: {error}"]) from None

    async def _write(self, written: Letter) -> None:
        to, code = await self._address(written)
        self.proofs.proven = written.proven
        subject, text = (part.replace("{{code}}", code) for part in (written.subject, written.text))
        if written.content is None:
            arriving = letter(written.sender, to, subject, text, self.clock())
        else:
            arriving = envelope(written.sender, to, written.content)
        await self._accept(arriving, written.sender)

    async def _address(self, written: Letter) -> tuple[str, str]:
        """The address that a letter goes to, and the code of the newest open question to its sender, "" for none."""
        question = await self._question(written.sender)
        if written.to == LAST_QUESTION:
            if question is None:
                raise ValueError(f"there is no open question to {written.sender}")
            return question
        if not written.to.startswith("alias:"):
            return written.to, question[1] if question else ""
        _, pair_id, side = written.to.split(":")
        pair = await self.parts.store.directory.pair(pair_id)
        if pair is None:
            raise ValueError(f"there is no pair {pair_id}")
        return pair.persona(Side(side)).alias, question[1] if question else ""

    async def _question(self, asked: str) -> tuple[str, str] | None:
        """The reply address and code of the newest open question sent to ``asked``."""
        for sent in reversed(self.record.sent):
            if sent.recipient.lower() != asked.lower():
                continue
            kind = classify(_reply_to(sent.content))
            if isinstance(kind, Confirmation | InvitationReply) and await self._is_open(kind):
                return kind.address, question_code(kind.token)
        return None

    async def _is_open(self, asked: Confirmation | InvitationReply) -> bool:
        if isinstance(asked, Confirmation):
            return await self.parts.store.questions.find(asked.token, self.clock()) is not None
        invited = await self.parts.store.invitations.find(asked.token)
        return invited is not None and invited.answer is Consent.OPEN and invited.pair.state is PairState.INVITED

    async def _bounce(self, bounced: Bounce) -> None:
        theirs = [sent for sent in self.record.sent if sent.recipient.lower() == bounced.address and sent.return_path]
        if not theirs:
            raise ValueError(f"no letter with a return path was sent to {bounced.address}")
        await self._accept(
            bounce(bounced.address, theirs[-1].return_path, bounced.status, self.clock()), bounced.address
        )

    async def _accept(self, envelope: Envelope, sender: str) -> None:
        try:
            await self.arriving.acceptor(envelope)
        except Refusal as refusal:
            self.record.event(
                self.clock(), "refused", letter=f"{refusal.reply.code} {refusal.reply.enhanced}", to=sender
            )

    async def _write_events(self, *, skip: bool = False) -> None:
        """Write the events that the store has recorded since the last call; ``skip`` them at the start.

        Letters sent and refusals of SMTP are written elsewhere, at the moment they happen.
        """
        events = await self.parts.store.events.list(since=self._noted_at)
        for event in events[self._noted :]:
            if event.kind is EventKind.SENT and event.journal_id:
                self._names[event.journal_id] = event.facts.get("letter", "notice")
            refused_in_smtp = event.kind is EventKind.REFUSED and "by" not in event.facts
            if not skip and not refused_in_smtp and event.kind not in (EventKind.SENT, EventKind.RELAYED):
                self._write_event(event)
        if events:
            self._noted_at = events[-1].at
            self._noted = sum(event.at == self._noted_at for event in events)

    def _write_event(self, event: Event) -> None:
        side = event.side.value if event.side else None
        facts = {"letter": event.journal_id, **event.facts}
        self.record.event(event.at, event.kind.value, pair=event.pair_id, side=side, **facts)

    async def _run(self, arguments: tuple[str, ...]) -> None:
        error = await asyncio.to_thread(self.run_command, arguments, self.home, self.clock)
        if error:
            raise ValueError(f"relay {' '.join(arguments)}: {error}")
        self.record.event(self.clock(), "command", letter=" ".join(arguments[:2]))


def _reply_to(content: bytes) -> str:
    """The one address in the Reply-To of a letter from relay, "" when there is none."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"reply-to:"):
            return line.partition(b":")[2].strip().decode("ascii", "replace").rpartition("<")[2].rstrip(">")
    return ""


async def _fetch_nothing(_: datetime) -> None:
    """No letter of a rehearsal leaves, so it asks no other server for anything."""
