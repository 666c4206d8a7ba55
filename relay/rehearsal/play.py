"""Carries out a script on the copy of a home. The clock jumps from event to event; letters are written to a folder."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from relay.assembly import Inbound, Parts, Timing, inbound, open_parts
from relay.holds import give_up_late
from relay.home import Home
from relay.inbound.response_timing import DelayedJobs
from relay.letters.invitations import InvitationLetters
from relay.letters.member_letters import MemberLetters
from relay.letters.report_letters import ReportLetters
from relay.mentoring.consent import follow_up
from relay.mentoring.legal_hold import forget_wished
from relay.mentoring.report_follow_up import follow_up_report
from relay.message.write.rehearsed import bounce, envelope, letter
from relay.model import Envelope
from relay.monitoring.metrics import Metrics
from relay.operations.retention import forget_old
from relay.refusals import Refusal
from relay.rehearsal.addresses import Addresses
from relay.rehearsal.clock import Clock
from relay.rehearsal.event_writer import EventWriter
from relay.rehearsal.offline import NoSlots, Proofs, deliver_due, no_padding
from relay.rehearsal.record import Record
from relay.rehearsal.script import Bounce, Command, Entry, Letter, ScriptError
from relay.scheduling.job import Work
from relay.scheduling.runner import next_due_at, run_due
from relay.settings import Settings

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
    clock, proofs = Clock(plan.start), Proofs()
    async with AsyncExitStack() as closing:
        record = Record(folder)
        closing.callback(record.close)
        parts = await open_parts(home, settings, closing, clock)
        await parts.store.queue.recover(clock(), start=True)
        await parts.store.jobs.recover()
        timing = Timing(pad=no_padding, delayed=DelayedJobs(latest=0))
        arriving = inbound(parts, NoSlots(), proofs, Metrics(), timing)
        addresses = Addresses(settings, parts.store, record, clock)
        events = EventWriter(parts.store, record, clock)
        rehearsal = _Rehearsal(
            home, parts, arriving, timing, clock, record, proofs, plan.run_command, addresses, events
        )
        await rehearsal.play(plan.script, plan.until)
        return Played(len(record.sent), record.events)


@dataclass(slots=True)
class _Rehearsal:
    """A rehearsal while it runs."""

    home: Home
    parts: Parts
    arriving: Inbound
    timing: Timing
    clock: Clock
    record: Record
    proofs: Proofs
    run_command: RunCommand
    addresses: Addresses
    events: EventWriter

    async def play(self, script: Sequence[Entry], until: datetime) -> None:
        """Carry out everything until ``until``, in order of time; at the same time the queue comes before the
        script."""
        await self.events.write(skip=True)
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
        letters = MemberLetters(self.parts.notices.writer)
        wished = partial(forget_wished, store, letters, home=self.parts.home)
        release = self.arriving.rate_limits.release
        reports = ReportLetters(store, self.parts.notices.writer, self.parts.notices.show)
        report = partial(follow_up_report, store, reports)
        unproven = self.arriving.unproven.finish
        return Work(store, lambda: None, release, forget, give_up, _fetch_nothing, follow, wished, report, unproven)

    async def _next_due_at(self) -> datetime | None:
        """When the next delivery or job is due; None when there is none."""
        due = await self.parts.store.queue.next_due_at(), await next_due_at(self._work)
        return min((at for at in due if at is not None), default=None)

    async def _settle(self) -> None:
        """Run the jobs and deliveries that are due now, until none is left."""
        await self.timing.delayed.idle()
        await run_due(self._work, self.clock)
        await self.events.write()
        while await deliver_due(self.parts, self.clock, self.events.send):
            await self.events.write()

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
        to, code = await self.addresses.of(written)
        self.proofs.proven = written.proven
        subject, text = (part.replace("{{code}}", code) for part in (written.subject, written.text))
        if written.content is None:
            arriving = letter(written.sender, to, subject, text, self.clock())
        else:
            arriving = envelope(written.sender, to, written.content)
        await self._accept(arriving, written.sender)

    async def _bounce(self, bounced: Bounce) -> None:
        path = self.addresses.return_path(bounced.address)
        await self._accept(bounce(bounced.address, path, bounced.status, self.clock()), bounced.address)

    async def _accept(self, envelope: Envelope, sender: str) -> None:
        try:
            await self.arriving.acceptor(envelope)
        except Refusal as refusal:
            self.record.event(
                self.clock(), "refused", letter=f"{refusal.reply.code} {refusal.reply.enhanced}", to=sender
            )

    async def _run(self, arguments: tuple[str, ...]) -> None:
        error = await asyncio.to_thread(self.run_command, arguments, self.home, self.clock)
        if error:
            raise ValueError(f"relay {' '.join(arguments)}: {error}")
        self.record.event(self.clock(), "command", letter=" ".join(arguments[:2]))


async def _fetch_nothing(_: datetime) -> None:
    """No letter of a rehearsal leaves, so it asks no other server for anything."""
