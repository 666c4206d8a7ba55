"""Invitations after they were sent: send them again, remind once, end those that nobody answers."""

from __future__ import annotations

import logging
from datetime import datetime

from relay.letters.invitations import InvitationLetters, InvitationWriter
from relay.mentoring.pairing import PairingError, pair_of
from relay.model import Identity, Pair, PairState, Side
from relay.states import MoveError
from relay.store import Acceptance, Consent, Invitation, Invited, Store

log = logging.getLogger(__name__)


async def invite_again(pair_id: str, store: Store, writer: InvitationWriter, now: datetime, *, who: str = "") -> Pair:
    """Send the invitation again to those members of a pair who have not agreed; ``who`` is recorded.

    The answer to any of the letters counts, unless the member's primary address has changed: then the earlier letter
    may have reached somebody else, and only the answer to the new one counts. Raises PairingError, StationeryError,
    StoreError.
    """
    pair = await pair_of(pair_id, store)
    if pair.state not in (PairState.INVITED, PairState.EXPIRED):
        raise PairingError(f"pair {pair.id} is {pair.state}; only an invited or expired pair can be invited again")
    asked = [one for one in await store.invitations.of_pair(pair.id) if one.answer is not Consent.YES]
    identities = await store.directory.identities(pair.id)
    if not asked or identities is None:
        raise PairingError(f"nobody in pair {pair.id} can be invited: one of its members was forgotten")
    written = [_again(writer, one, identities[0 if one.side is Side.MENTOR else 1], now) for one in asked]
    invitations = [invitation for invitation, _ in written]
    try:
        await store.invitations.again(invitations, [letter for _, letter in written], now, who=who)
    except MoveError as error:
        raise PairingError(str(error)) from error
    return await pair_of(pair.id, store)


def _again(
    writer: InvitationWriter, invited: Invited, member: Identity, now: datetime
) -> tuple[Invitation, Acceptance]:
    mailbox = invited.mailbox if invited.asks else member.addresses[0]
    token = invited.token if mailbox == invited.mailbox else ""
    return writer.invite(invited.pair, invited.side, mailbox, now, token=token, asks=invited.asks)


async def follow_up(store: Store, letters: InvitationLetters, now: datetime) -> datetime | None:
    """Send reminders that are due, and end invitations that nobody answered in time. Returns when the next is due.

    Raises StationeryError, StoreError.
    """
    reminders = InvitationWriter(letters.writer)
    while due := await store.invitations.to_remind(now):
        for one in due:
            await store.invitations.remind(one, reminders.remind(one, now))
    while late := await store.invitations.expired(now):
        for one in late:
            if await store.invitations.expire(one.pair.id, now, await letters.expired(one, now)):
                log.info("invitation to pair %s expired", one.pair.id)
    return await store.invitations.next_due_at()
