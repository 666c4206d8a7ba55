"""Everything that arrives, over a real store: only who is proven, and the clock, are the test's to decide."""

from __future__ import annotations

import quopri
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.desk.answers import DeskAnswers
from relay.desk.elsewhere import Elsewhere
from relay.desk.mail import DeskMail
from relay.desk.request import Desk
from relay.desk.unproven import UnprovenDesk
from relay.home import Home
from relay.inbound.accept import Acceptor, Handlers
from relay.inbound.arrived import Arrived
from relay.inbound.build_letter import LetterBuilder
from relay.inbound.handled import Handled
from relay.inbound.handlers.answers import AnswerReader
from relay.inbound.handlers.bounce import Bounces
from relay.inbound.handlers.by_hand import AnswersByHand
from relay.inbound.handlers.confirmation import Confirmations
from relay.inbound.handlers.conversation import Conversations
from relay.inbound.handlers.dmarc_reports import PER_HOUR, DmarcReports
from relay.inbound.handlers.invitation import InvitationReplies
from relay.inbound.handlers.operator import OperatorMail
from relay.inbound.handlers.pair_letter import PairLetters
from relay.inbound.mail_from_checks import MailFromChecks
from relay.inbound.quarantine import Quarantine
from relay.inbound.rate_limits import RateLimits
from relay.inbound.refusal_letters import RefusalLetters
from relay.inbound.response_timing import DelayedJobs
from relay.inbound.worker_pools import WorkerPools
from relay.letters.conversations import ConversationLetters
from relay.letters.notices import Notices
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.write.dkim_sign import Signer, Signers
from relay.message.write.sign_again import signing_again
from relay.model import Envelope, Identity, NewPair, PairState, Persona
from relay.outbound.suspension import Suspending
from relay.policy.rates import Rate
from relay.refusals import Refusal
from relay.rehearsal.offline import no_padding
from relay.settings import Settings
from relay.settings_file import load
from relay.store import Store
from relay.workers.converters.convert import Converters
from relay.workers.jobs import JOBS
from relay.workers.malware_scanner import MalwareScanner

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOMAIN = "relay.test"
OPERATOR = "desk@ops.example"


class InProcess:
    """Does a worker's jobs here and now."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer

    async def run(self, order: Any) -> Any:
        return JOBS[type(order)](order, Signers(self.signer, self.signer))

    rebuild = run


class Queue:
    """The way out, with no room: all waits in the store."""

    def reserve(self, recipient: str) -> None:
        return None

    def release(self, slot: object) -> None: ...

    def take(self, delivery: object, slot: object) -> None: ...

    def wake(self) -> None: ...


@dataclass
class Inbound:
    """A relay's way in. ``verdicts``: by author, and by (author, recipient) before that; else PASS."""

    home: Home
    settings: Settings
    store: Store
    acceptor: Acceptor
    quarantine: Quarantine
    rate_limits: RateLimits
    notices: Notices
    unproven: UnprovenDesk
    verdicts: dict[Any, Verdict] = field(default_factory=dict)
    signed_as: tuple[str, ...] = ()
    now: datetime = NOW

    async def prove(self, envelope: Envelope, author: str) -> Authorship:
        found = {
            recipient.lower(): self.verdicts.get((author, recipient.lower()), self.verdicts.get(author, Verdict.PASS))
            for recipient in envelope.recipients
        }
        return Authorship(found, self.signed_as)

    async def send(
        self,
        author: str,
        *recipients: str,
        body: str = "Hello",
        fields: tuple[str, ...] = (),
        return_path: str | None = None,
        peer: str = "192.0.2.1",
        subject: str = "Words",
        message_id: str = "m1@real.example",
    ) -> str:
        """Hand over a mail; the reply to the dot."""
        head = (f"From: <{author}>", f"To: <{recipients[0]}>", f"Subject: {subject}", f"Message-ID: <{message_id}>")
        octets = "\r\n".join((*head, *fields, "", body, "")).encode()
        path = author if return_path is None else return_path
        return await self.envelope(Envelope(path, recipients, octets, peer))

    async def envelope(self, envelope: Envelope) -> str:
        try:
            return "250 2.0.0 " + await self.acceptor(envelope)
        except Refusal as refusal:
            return f"{refusal.reply} ({type(refusal).__name__})"

    async def pair(self, id: str, mentor: str, mentee: str, names: tuple[str, str], state: str = "active") -> NewPair:
        """A pair whose aliases are NAME.ID@domain."""
        personas = [Persona(name, f"{name.lower().replace(' ', '-')}.{id}@{DOMAIN}") for name in names]
        new = NewPair(id, personas[0], personas[1], Identity((mentor,)), Identity((mentee,)), "", "en", NOW)
        await self.store.directory.add_pairs([new])
        if state != "active":
            await self.store.directory.set_state(id, PairState(state), NOW)
        return new

    async def due(self, recipient: str = "") -> list[Any]:
        """The deliveries that go out now (to ``recipient``)."""
        claimed = (await self.store.queue.claim(self.now, 100)).deliveries
        return [one for one in claimed if recipient in ("", one.recipient)]

    async def entries(self) -> list[Any]:
        return await self.store.journal.list()


@asynccontextmanager
async def opened(home: Home, **changes: Any) -> AsyncIterator[Inbound]:
    """The way in of ``home``; ``changes`` are sections of its settings to be replaced. What goes on behind a refusal
    does so without delay, and refusals are not padded."""
    settings = load(home.toml, {})
    sections = {
        "programme": replace(settings.programme, operator=OPERATOR),
        "limits": replace(settings.limits, messages_per_hour=0),
    }
    settings = replace(settings, **(sections | changes))
    signer = Signer(settings.domain, home.dkim_keys(settings))
    store = await Store.open(home.db, home.read_vault(), sign=signing_again(Signers(signer, signer)))
    here_and_now: Any = InProcess(signer)
    scanner = MalwareScanner(settings.attachments.scanner)
    pools = WorkerPools(here_and_now, here_and_now, Converters(settings.attachments), scanner)
    notices = Notices(store, Writer(settings, LetterTemplates(), signer), pools.show)
    rate_limits = RateLimits.of(settings.limits, store, notices)
    here: list[Inbound] = []

    def now() -> datetime:
        return here[0].now

    async def prove(envelope: Envelope, author: str) -> Authorship:
        return await here[0].prove(envelope, author)

    builder = LetterBuilder(settings, store, pools.rebuild)
    delayed = DelayedJobs(latest=0.001)
    quarantine = Quarantine(settings, store, builder, notices, rate_limits.authors, now, lambda: None, delayed=delayed)
    talks = ConversationLetters(notices.writer, pools.show)
    answers = AnswerReader(pools.answer)
    desk = Desk(settings, store, notices)
    commanded = Elsewhere(desk)
    unproven = UnprovenDesk(desk, pools.answer_of_stranger, quarantine, lambda: None)

    async def letters(arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        return await pair_letter(arrived, recipients)

    confirmation = Confirmations(store, notices, answers, commanded, letters)
    invitation = InvitationReplies(store, notices, answers, commanded)
    desk_answer = DeskAnswers(desk, answers)
    by_hand = AnswersByHand(store, pools.answer, confirmation, invitation, desk_answer)
    pair_letter = PairLetters(settings, store, builder, rate_limits, quarantine, commanded, by_hand)
    handlers = Handlers(
        pair_letter=pair_letter,
        confirmation=confirmation,
        invitation=invitation,
        bounce=Bounces(store, notices, Suspending(settings, store, notices).after),
        conversation=Conversations(
            settings, store, talks, pools.pass_on, Rate(settings.limits.messages_per_hour), pools.answer, commanded
        ),
        operator=OperatorMail(settings, store, talks, Rate(settings.limits.messages_per_hour), notices),
        dmarc=DmarcReports(settings, pools.read_dmarc_report, Rate(PER_HOUR)),
        desk=DeskMail(desk, pools.answer, Rate(0), unproven),
        desk_answer=desk_answer,
    )
    checks = MailFromChecks.of(settings, None, now)
    acceptor = Acceptor(
        store,
        prove,
        pools.recognise,
        handlers,
        notices,
        checks,
        Queue(),
        RefusalLetters(settings.authenticity, store, notices, Queue()),
        now,
        no_padding,
    )
    here.append(Inbound(home, settings, store, acceptor, quarantine, rate_limits, notices, unproven))
    try:
        yield here[0]
    finally:
        await quarantine.drain(5)
        await store.close()


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with opened(home) as made:
        yield made


JANE, OMAR = "jane@real.example", "omar@home.example"


async def jane_writes(inbound: Inbound, text: str) -> tuple[list[Any], list[Any]]:
    """Jane's first letter to Omar, and what she and he get after it. Their pair is p1, made where there is none yet."""
    if await inbound.store.directory.pair("p1") is None:
        await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
    to = f"quiet-river.p1@{DOMAIN}"
    head = f"From: <{JANE}>\nTo: <{to}>\nSubject: Words\nMessage-ID: <1@real.example>\n\n"
    content = re.sub("\r?\n", "\r\n", f"{head}{text}\n").encode()
    assert (await inbound.envelope(Envelope(JANE, (to,), content, "192.0.2.1"))).startswith("250 ")
    due = await inbound.due()
    return [one for one in due if one.recipient == JANE], [one for one in due if one.recipient == OMAR]


def words_of(delivery: Any) -> str:
    """A mail of relay's as people read it: quoted-printable undone."""
    return quopri.decodestring(delivery.content).decode("utf-8", "replace")
