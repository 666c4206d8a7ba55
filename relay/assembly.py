"""Assembles a relay from its home and settings: the store, the workers, and the handling of incoming mail.

The server (daemon.py) and a rehearsal (rehearsal/) differ only in their clock, in how authorship is proven, and in
where letters go.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from relay.authentication.authorship import Proof
from relay.desk.answers import DeskAnswers
from relay.desk.elsewhere import Elsewhere
from relay.desk.mail import DeskMail
from relay.desk.request import Desk
from relay.desk.unproven import UnprovenDesk
from relay.home import Home, HomeError
from relay.inbound.accept import Acceptor, Handlers
from relay.inbound.arrived import Arrived
from relay.inbound.build_letter import LetterBuilder
from relay.inbound.commit import Outbound
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
from relay.inbound.response_timing import DelayedJobs, Pad, pad_to_interval
from relay.inbound.worker_pools import WorkerPools
from relay.letters.conversations import ConversationLetters
from relay.letters.notices import Notices
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.languages import understand
from relay.message.write.dkim_sign import Signer, Signers
from relay.message.write.sign_again import signing_again
from relay.model import Conversions
from relay.monitoring.metrics import Metrics
from relay.operations.upgrade_backup import backing_up
from relay.outbound.suspension import Suspending
from relay.policy.rates import Rate
from relay.settings import Settings
from relay.signing_keys import Mail
from relay.store import Store
from relay.workers.converters.convert import Converters
from relay.workers.malware_scanner import MalwareScanner
from relay.workers.pool import Workers
from relay.workers.settings import WorkerSettings

DkimKeys = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that incoming and outgoing mail share. ``now`` is the clock."""

    home: Home
    settings: Settings
    store: Store
    pools: WorkerPools
    notices: Notices
    suspending: Suspending
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Inbound:
    """The parts that handle incoming mail."""

    acceptor: Acceptor
    quarantine: Quarantine
    rate_limits: RateLimits
    mail_from_checks: MailFromChecks
    unproven: UnprovenDesk


@dataclass(frozen=True, slots=True)
class Timing:
    """The delay of refusals, and when the work after them runs (inbound/response_timing.py)."""

    pad: Pad = pad_to_interval
    delayed: DelayedJobs = field(default_factory=DelayedJobs)


async def open_parts(
    home: Home,
    settings: Settings,
    closing: AsyncExitStack,
    now: Callable[[], datetime],
) -> Parts:
    """Open the store and start the workers; ``closing`` closes both. Raises HomeError, StoreError."""
    _understand(home)
    keys, programme = (home.dkim_keys(settings, mail) for mail in (Mail.RELAYED, Mail.PROGRAMME))
    signers = Signers(Signer(settings.domain, keys), Signer(settings.domain, programme))
    place, before = home.place(settings.store.url), backing_up(home, now)
    store = await Store.open(place, home.read_vault(), sign=signing_again(signers), before=before)
    closing.push_async_callback(store.close)
    workers = _worker_settings(home, settings, keys, programme)
    members = Workers(workers)
    closing.push_async_callback(members.close)
    await members.open()
    strangers = Workers.for_strangers(workers)
    closing.push_async_callback(strangers.close)
    templates = LetterTemplates(home.templates, settings.programme.language)
    converters = Converters(settings.attachments)
    await converters.open()
    pools = WorkerPools(members, strangers, converters, MalwareScanner(settings.attachments.scanner))
    notices = Notices(store, Writer(settings, templates, signers.programme), pools.show)
    suspending = Suspending(settings, store, notices)
    return Parts(home, settings, store, pools, notices, suspending, now)


def inbound(parts: Parts, outbound: Outbound, prove: Proof, metrics: Metrics, timing: Timing | None = None) -> Inbound:
    """Assemble the handling of incoming mail. ``prove`` verifies authorship; ``outbound`` accepts letters for
    delivery."""
    settings, store, notices, pools, now = parts.settings, parts.store, parts.notices, parts.pools, parts.now
    timing = timing or Timing()
    rate_limits = RateLimits.of(settings.limits, store, notices)
    checks = MailFromChecks.of(settings, _free_octets(parts.home, settings), now)
    # Letters rebuilt after a refusal, often without a recipient, are not counted in the metrics.
    uncounted = LetterBuilder(settings, store, pools.rebuild_for_stranger)
    quarantine = Quarantine(
        settings, store, uncounted, notices, rate_limits.authors, now, outbound.wake, delayed=timing.delayed
    )
    builder = LetterBuilder(settings, store, metrics.rebuilding(pools.rebuild), Conversions(pools.converters.kinds))
    talks = ConversationLetters(notices.writer, pools.show)
    limit = settings.limits.messages_per_hour
    desk = Desk(settings, store, notices)
    commanded = Elsewhere(desk)
    unproven = UnprovenDesk(desk, pools.answer_of_stranger, quarantine, outbound.wake)
    answers = AnswerReader(pools.answer, settings.authenticity.plus_tags)

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
        bounce=Bounces(store, notices, parts.suspending.after),
        conversation=Conversations(settings, store, talks, pools.pass_on, Rate(limit), pools.answer, commanded),
        operator=OperatorMail(settings, store, talks, Rate(limit), notices),
        dmarc=DmarcReports(settings, pools.read_dmarc_report, Rate(PER_HOUR)),
        desk=DeskMail(desk, pools.answer, Rate(limit), unproven),
        desk_answer=desk_answer,
    )
    refusals = RefusalLetters(settings.authenticity, store, notices, outbound)
    acceptor = Acceptor(store, prove, pools.recognise, handlers, notices, checks, outbound, refusals, now, timing.pad)
    return Inbound(acceptor, quarantine, rate_limits, checks, unproven)


def _understand(home: Home) -> None:
    """Understand the languages that the home adds. Raises HomeError."""
    try:
        understand(home.templates)
    except (ValueError, OSError) as error:
        raise HomeError(f"{home.templates}: {error}", "correct the file, or delete it") from error


def _worker_settings(home: Home, settings: Settings, keys: DkimKeys, programme_keys: DkimKeys) -> WorkerSettings:
    return WorkerSettings(
        count=settings.smtp.workers or os.cpu_count() or 1,
        deadline=settings.smtp.worker_deadline,
        memory=settings.smtp.worker_memory,
        domain=settings.domain,
        keys=keys,
        programme_keys=programme_keys,
        templates=str(home.templates),
    )


def _free_octets(home: Home, settings: Settings) -> Callable[[], int] | None:
    """A function that returns the free octets on the database's disk; None for PostgreSQL."""
    place = home.place(settings.store.url)
    return None if isinstance(place, str) else lambda: shutil.disk_usage(place.parent).free
