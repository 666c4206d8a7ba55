"""Plays a script on the copy of a home: time jumps from event to event, and every letter leaves into a folder."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from relay.assembly import Inbound, Parts, Timing, inbound, open_parts
from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.holds import give_up_late
from relay.home import Home
from relay.inbound.response_timing import DelayedJobs
from relay.message.confirmation.read_answer import question_code
from relay.message.write.rehearsed import bounce, envelope, letter
from relay.model import Delivery, Envelope, Event, EventKind, Side
from relay.monitoring.metrics import Metrics
from relay.operations.retention import forget_old
from relay.outbound.settlement import Settling
from relay.outcomes import Sent
from relay.policy.recipients import Confirmation, classify
from relay.refusals import Refusal
from relay.rehearsal.clock import Clock
from relay.rehearsal.record import Record
from relay.rehearsal.script import LAST_QUESTION, Bounced, Entry, ScriptError, Typed, Written
from relay.scheduling.job import Work
from relay.scheduling.runner import next_due_at, run_due
from relay.settings import Settings

_AT_ONCE = 20
_JOBS_EVERY = timedelta(minutes=15)
"""Between two looks at what falls due by the clock while nothing else happens."""

RunCommand = Callable[[Sequence[str], Home, Callable[[], datetime]], str]
"""Runs one command line of relay's on a home, by a clock; what went wrong, "" when nothing did."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a rehearsal: how many ``letters`` left, and how many ``events`` there were."""

    letters: int
    events: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played: the ``script``, from ``start`` until ``until``; ``seed`` for what is random without being secret;
    ``run_command`` for the operator's part."""

    script: Sequence[Entry]
    start: datetime
    until: datetime
    seed: int
    run_command: RunCommand


async def play(home: Home, settings: Settings, plan: Plan, folder: Path) -> Played:
    """Plays a plan on ``home``, a copy, into the new ``folder``. Raises ScriptError when an entry cannot be played,
    HomeError, StoreError, OSError."""
    random.seed(plan.seed)  # what only spreads load; tokens and pseudonyms stay unguessable
    clock, proofs = Clock(plan.start), _Proofs()
    async with AsyncExitStack() as closing:
        record = Record(folder)
        closing.callback(record.close)
        parts = await open_parts(home, settings, closing, clock)
        await parts.store.queue.recover(clock(), start=True)
        await parts.store.jobs.recover()
        timing = Timing(pad=_at_once, delayed=DelayedJobs(latest=0))
        arriving = inbound(parts, _NoSlots(), proofs, Metrics(), timing)
        stage = _Stage(home, parts, arriving, timing, clock, record, proofs, plan.run_command)
        await stage.play(plan.script, plan.until)
        return Played(len(record.left), record.events)


async def _at_once(_: float) -> None:
    """Nobody measures a rehearsal's answers."""


@dataclass(slots=True)
class _Proofs:
    """Says of every letter what the script says of it."""

    proven: bool = True

    async def __call__(self, envelope: Envelope, _: str) -> Authorship:
        return Authorship.same(envelope, Verdict.PASS if self.proven else Verdict.UNPROVEN)


class _NoSlots:
    """Every letter goes through the queue, which is emptied when its time comes."""

    def reserve(self, _: str) -> None:
        """No slot."""

    def release(self, _: object) -> None:
        """There is none."""

    def take(self, *_: object) -> None:
        """There is none."""

    def wake(self) -> None:
        """The queue is looked at anyway."""


@dataclass(slots=True)
class _Stage:
    """One rehearsal while it runs."""

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
        """Everything up to ``until``, in order of time; at one moment the queue goes first, then the script."""
        await self._note(write=False)
        await self._settle()
        for entry in script:
            if entry.at > until:
                break
            await self._forward(entry.at)
            await self._act(entry)
            await self._settle()
        await self._forward(until)

    async def _forward(self, to: datetime) -> None:
        """Let time pass: what falls due on the way is done at its moment."""
        while (due_at := await self._next()) is not None and due_at <= to:
            self.clock.forward(due_at)
            await self._settle()
        self.clock.forward(to)
        await self._settle()

    @property
    def _work(self) -> Work:
        """What the clock's jobs work with."""
        store, settings = self.parts.store, self.parts.settings
        give_up = partial(give_up_late, store=store, notices=self.parts.notices)
        forget = partial(forget_old, store, settings)
        return Work(store, lambda: None, self.arriving.rate_limits.release, forget, give_up)

    async def _next(self) -> datetime | None:
        """When something falls due: a delivery, or a job."""
        due = await self.parts.store.queue.next_due_at(), await next_due_at(self._work)
        return min((at for at in due if at is not None), default=None)

    async def _settle(self) -> None:
        """Do what is due at this moment, until nothing is."""
        await self.timing.delayed.idle()
        await run_due(self._work, self.clock)
        await self._note()
        while await self._deliver():
            await self._note()

    async def _deliver(self) -> int:
        parts, now = self.parts, self.clock()
        claimed = await parts.store.queue.claim(
            now, _AT_ONCE, (), in_hand={}, cap=None, lease=parts.settings.delivery.lease
        )
        settling = Settling(parts.settings.delivery, parts.store, parts.notices, parts.suspending, self.clock)
        for delivery in claimed.deliveries:
            await self._leave(delivery)
            await settling.settle(delivery, Sent())
        return len(claimed.deliveries)

    async def _leave(self, delivery: Delivery) -> None:
        shown = await self.parts.store.journal.show(delivery.journal_id)
        entry = None if shown is None else shown[0]
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
        """The side that a letter of the programme goes to; None when it goes to nobody of a pair."""
        identities = await self.parts.store.directory.identities(pair_id) if pair_id else None
        for side, identity in zip((Side.MENTOR, Side.MENTEE), identities or (), strict=False):
            if delivery.recipient.lower() in map(str.lower, identity.addresses):
                return side
        return None

    async def _act(self, entry: Entry) -> None:
        try:
            match entry.act:
                case Written() as written:
                    await self._write(written)
                case Bounced() as bounced:
                    await self._bounce(bounced)
                case Typed(words):
                    await self._type(words)
        except ValueError as error:
            raise ScriptError([f"line {entry.number}: {error}"]) from None

    async def _write(self, written: Written) -> None:
        to, code = await self._address(written)
        self.proofs.proven = written.proven
        subject, text = (words.replace("{{code}}", code) for words in (written.subject, written.text))
        if written.content is None:
            arriving = letter(written.sender, to, subject, text, self.clock())
        else:
            arriving = envelope(written.sender, to, written.content)
        await self._arrive(arriving, written.sender)

    async def _address(self, written: Written) -> tuple[str, str]:
        """The address that a letter goes to, and the code of the question it answers, or of the newest one."""
        question = await self._question(written.sender)
        if written.to == LAST_QUESTION:
            if question is None:
                raise ValueError(f"no question is open to {written.sender}")
            return question
        if not written.to.startswith("alias:"):
            return written.to, question[1] if question else ""
        _, pair_id, side = written.to.split(":")
        pair = await self.parts.store.directory.pair(pair_id)
        if pair is None:
            raise ValueError(f"there is no pair {pair_id}")
        return pair.persona(Side(side)).alias, question[1] if question else ""

    async def _question(self, asked: str) -> tuple[str, str] | None:
        """Address and code of the newest question to ``asked`` that is open."""
        for left in reversed(self.record.left):
            if left.recipient.lower() != asked.lower():
                continue
            kind = classify(_reply_to(left.content))
            if isinstance(kind, Confirmation) and await self.parts.store.questions.find(kind.token, self.clock()):
                return kind.address, question_code(kind.token)
        return None

    async def _bounce(self, bounced: Bounced) -> None:
        theirs = [left for left in self.record.left if left.recipient.lower() == bounced.address and left.return_path]
        if not theirs:
            raise ValueError(f"no letter that could bounce has left to {bounced.address}")
        await self._arrive(
            bounce(bounced.address, theirs[-1].return_path, bounced.status, self.clock()), bounced.address
        )

    async def _arrive(self, envelope: Envelope, sender: str) -> None:
        try:
            await self.arriving.acceptor(envelope)
        except Refusal as refusal:
            self.record.event(
                self.clock(), "refused", letter=f"{refusal.reply.code} {refusal.reply.enhanced}", to=sender
            )

    async def _note(self, *, write: bool = True) -> None:
        """Write what the store says has happened since the last look. Letters are written when they leave, and refusals
        when they are said."""
        events = await self.parts.store.events.list(since=self._noted_at)
        for event in events[self._noted :]:
            if event.kind is EventKind.SENT and event.journal_id:
                self._names[event.journal_id] = event.facts.get("letter", "notice")
            said = event.kind is EventKind.REFUSED and "by" not in event.facts
            if write and not said and event.kind not in (EventKind.SENT, EventKind.RELAYED):
                self._write_event(event)
        if events:
            self._noted_at = events[-1].at
            self._noted = sum(event.at == self._noted_at for event in events)

    def _write_event(self, event: Event) -> None:
        side = event.side.value if event.side else None
        facts = {"letter": event.journal_id, **event.facts}
        self.record.event(event.at, event.kind.value, pair=event.pair_id, side=side, **facts)

    async def _type(self, words: tuple[str, ...]) -> None:
        fault = await asyncio.to_thread(self.run_command, words, self.home, self.clock)
        if fault:
            raise ValueError(f"relay {' '.join(words)}: {fault}")
        self.record.event(self.clock(), "command", letter=" ".join(words[:2]))


def _reply_to(content: bytes) -> str:
    """The Reply-To of a letter of ours, which holds one address."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"reply-to:"):
            return line.partition(b":")[2].strip().decode("ascii", "replace").rpartition("<")[2].rstrip(">")
    return ""
