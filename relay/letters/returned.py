"""Notices about mail to a member that came back and was no letter: a copy of their data, an answer of a person."""

from __future__ import annotations

import logging
from datetime import datetime

from relay.letters.conversations import about_member
from relay.letters.write import Letter, Writer
from relay.model import JournalEntry, Manner
from relay.roles import CONTACT, DEPUTY, ROLES, Roles
from relay.store import Acceptance, Part, Store, reachable

log = logging.getLogger(__name__)


async def copy_too_large(entry: JournalEntry, store: Store, writer: Writer, now: datetime) -> Acceptance | None:
    """Tell a member, once, that their mail server does not take their copy: a person gives it to them. None when
    they were told. Raises StoreError, StationeryError."""
    assert entry.pair_id is not None and entry.side is not None
    request = entry.id.partition("-")[0]
    pair, reader = await store.directory.pair(entry.pair_id), entry.side.other
    member = await store.members.on(entry.pair_id, reader)
    mailbox = reachable(member) if member is not None else None
    if pair is None or mailbox is None or await store.journal.show(f"{request}-t") is not None:
        return None
    log.warning("%s: a copy is too large for its member's mail server; see relay member export", entry.id)
    letter = Letter("copy-too-large", mailbox, pair.manner(reader), {}, pair.id, request, side=entry.side)
    return writer.write(letter, now)


async def answer_returned(
    entry: JournalEntry, status: str, store: Store, writer: Writer, now: datetime
) -> Acceptance | None:
    """Tell who wrote an answer, a person with a role or the operator, that it did not arrive. None when nobody is
    set. Raises StoreError, StationeryError."""
    programme = writer.settings.programme
    pair = await store.directory.pair(entry.pair_id) if entry.pair_id is not None else None
    part = Part(pair, entry.side) if pair is not None and entry.side is not None else None
    values: dict[str, object] = {"id": entry.id, "sent_at": entry.accepted_at, "status": status}
    values |= {"name": "", "side": "", "pair": ""}
    if part is not None:
        values |= {"name": part.pair.persona(part.side).name, "side": part.side.value, "pair": part.pair.id}
    role = entry.reason if entry.reason in ROLES and pair is not None else ""
    to = await Roles(writer.settings, store).holder(role, pair) if role and pair else programme.operator
    if not to:
        return None
    manner, heard = Manner(programme.language), role in (CONTACT, DEPUTY)
    letter = Letter("answer-returned", to, manner, values, entry.pair_id, entry.id, at_once=heard)
    return about_member(writer, letter, part, now, role=role)
