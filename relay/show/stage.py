"""A throwaway home with one made-up pair, and a real relay whose letters go into two mailboxes in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from relay.assembly import Inbound, Parts, Timing, inbound, open_parts
from relay.home import Home
from relay.inbound.response_timing import DelayedJobs
from relay.letters.welcome import Welcome
from relay.mentoring.beginning import Beginning
from relay.mentoring.pairing import create_pair
from relay.mentoring.validation import Request
from relay.message.read.parse import parse
from relay.message.write.rehearsed import envelope
from relay.message.write.written_mail import Quoted, Written, new_id, write_mail
from relay.model import Attachment, Delivery, Known, Pair, RebuildOrder, Rebuilt, Reply, Side
from relay.monitoring.metrics import Metrics
from relay.operations.setup import set_up
from relay.outcomes import Returned
from relay.refusals import Refusal
from relay.rehearsal.offline import NoSlots, Proofs, deliver_due, no_padding
from relay.show.changes import pieces
from relay.show.letters import Letter, answer_subject, answered, arrived

DOMAIN = "relay.example"  # RFC 2606: nobody has it
_ZONE = timezone(timedelta(hours=1))  # of the authors' mail programs


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed. ``answers``: the number of the letter that it answers, 0 for a new one."""

    subject: str
    text: str
    files: Sequence[Attachment] = ()
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a letter from ``side``: the refusal's reply, None if accepted, and the letters that arrived."""

    side: Side
    refused: Reply | None
    letters: tuple[Letter, ...]


class _Watched(Metrics):
    """Metrics that keep the last ``order`` given to the workers: it has all that relay knew about the two people."""

    order: RebuildOrder | None = None

    def rebuilding(
        self, rebuild: Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]
    ) -> Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]:
        """Wraps ``rebuild``."""

        async def watching(order: RebuildOrder) -> Rebuilt | Returned:
            self.order = order
            return await rebuild(order)

        return super().rebuilding(watching)


@dataclass(slots=True)
class Stage:
    """The two mailboxes, and what is behind them. ``people``: the real members, whom only relay knows."""

    parts: Parts
    arriving: Inbound
    timing: Timing
    watched: _Watched
    pair: Pair
    people: Request
    boxes: dict[Side, list[Letter]] = field(default_factory=lambda: {side: [] for side in Side})
    _sources: dict[str, tuple[str, Known]] = field(default_factory=dict)
    _number: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def open(cls, folder: Path, people: Request, closing: AsyncExitStack) -> Stage:
        """Make a home in ``folder``, which is empty or does not exist, and start relay in it; ``closing`` stops it.

        Raises HomeError for a folder in use, such as another home; RequestError, StoreError.
        """
        home = Home(folder)
        made = await set_up(home, DOMAIN, None, None)
        settings = replace(
            made,
            smtp=replace(made.smtp, workers=1),
            programme=replace(made.programme, languages=(people.language,)),
        )
        parts = await open_parts(home, settings, closing, _now)
        timing = Timing(pad=no_padding, delayed=DelayedJobs(latest=0))
        watched = _Watched()
        arriving = inbound(parts, NoSlots(), Proofs(), watched, timing)
        pair = await create_pair(people, parts.store, DOMAIN, Beginning(welcome=Welcome(parts.notices.writer)), _now())
        stage = cls(parts, arriving, timing, watched, pair, people)
        await stage._deliver()
        return stage

    def letter(self, number: int) -> Letter | None:
        """The letter of that number, in either mailbox."""
        return next((one for box in self.boxes.values() for one in box if one.number == number), None)

    async def write(self, side: Side, draft: Draft) -> Outcome:
        """Send a letter from ``side`` through relay, and put whatever relay sends into the mailboxes.

        Raises ValueError when it answers no letter of this mailbox, StoreError.
        """
        async with self._lock:
            answers = next((one for one in self.boxes[side] if one.number == draft.answers), None)
            if draft.answers and (answers is None or not answers.answer_to):
                raise ValueError("there is no such letter to answer")
            written = self._written(side, draft, answers)
            before, refused = self._number, await self._send(side, written)
            await self.timing.delayed.idle()
            await self._deliver()
            new = tuple(one for box in self.boxes.values() for one in box if one.number > before and not one.sent)
            return Outcome(side, refused, new)

    def _written(self, side: Side, draft: Draft, answers: Letter | None) -> Written:
        """The draft as a letter from the author's mail program."""
        person = self.people.person(side)
        partner = self.pair.persona(side.other)
        name = person.known_as[0] if person.known_as else ""
        if answers is None:
            return Written(name, person.address, partner.alias, draft.subject, draft.text, draft.files)
        subject = draft.subject or answer_subject(answers.subject)
        before = Quoted(f"{answers.correspondent} <{answers.address}> wrote:", answers.text)
        return Written(
            name, person.address, answers.answer_to, subject, draft.text, draft.files, answers.thread, before
        )

    async def _send(self, side: Side, written: Written) -> Reply | None:
        """Send a letter as an SMTP session would, and keep a copy in its author's mailbox. Returns the refusal."""
        message_id, at = new_id(written.sender), _now().astimezone(_ZONE)
        mail = await asyncio.to_thread(write_mail, written, message_id, at)
        refused: Reply | None = None
        try:
            reply = await self.arriving.acceptor(envelope(written.sender, written.to, mail))
            # The text alone: relay reads files in its workers only.
            text = parse(write_mail(replace(written, files=()), message_id, at)).text or ""
            if self.watched.order is not None:
                self._sources[reply.removeprefix("accepted as ")] = text, self.watched.order.known
        except Refusal as refusal:
            refused = refusal.reply
        partner = self.pair.persona(side.other)
        self._number += 1
        box = self.boxes[side]
        copy = Letter(
            number=self._number,
            side=side,
            sent=True,
            correspondent=partner.name if written.to == partner.alias else written.to,
            address=written.to,
            subject=written.subject,
            text=written.text,
            files=tuple(written.files),
            thread=(*written.cited, message_id),
            answers=answered(written.cited, box),
        )
        box.append(copy)
        return refused

    async def _deliver(self) -> None:
        """Put everything that is due into the mailboxes, until nothing is left."""
        while await deliver_due(self.parts, _now, self._take):
            pass

    async def _take(self, delivery: Delivery) -> None:
        side = next((s for s in Side if self.people.person(s).address.lower() == delivery.recipient.lower()), None)
        if side is None:  # a letter to the operator: nobody plays that part here
            return
        self._number += 1
        letter = arrived(self._number, side, delivery.content, self.boxes[side])
        found = await self.parts.store.journal.show(delivery.journal_id)
        source = self._sources.get(delivery.journal_id)
        if found is not None and found[0].kind == "letter" and not delivery.notice:
            marks = await asyncio.to_thread(pieces, source[0], letter.text, source[1]) if source else ()
            letter = replace(letter, relayed=True, removed=found[0].removed, pieces=marks)
        self.boxes[side].append(letter)


def _now() -> datetime:
    return datetime.now(UTC)
