"""Writes invitations, in the transaction that makes a pair or invites it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from relay.model import Event, EventKind
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import question_hash
from relay.store.engine.times import to_stored, to_stored_or_none
from relay.store.events import record
from relay.store.jobs import INVITATIONS, plan
from relay.store.people.invitation_records import Invitation
from relay.vault import Vault

_INSERT = """
INSERT INTO invitation (pair_id, side, asks, hash, sent_at, remind_at, expires_at, version, sealed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (pair_id, side, asks) DO UPDATE SET hash = excluded.hash, asked = 1, sent_at = excluded.sent_at,
    remind_at = excluded.remind_at, expires_at = excluded.expires_at, answer = '', answered_at = NULL, reply = NULL,
    version = excluded.version, sealed = excluded.sealed
"""


def invite(db: Database, vault: Vault, invitations: Sequence[Invitation], who: str) -> None:
    """Write ``invitations``, each in the place of an earlier one to the same member, with events by ``who``."""
    put(db, vault, invitations)
    events = [
        Event(EventKind.INVITED, one.sent_at, one.pair_id, one.side, facts=facts_of(one.version, one.asks), who=who)
        for one in invitations
    ]
    record(db, vault, events)
    for at in sorted({at for one in invitations for at in (one.remind_at, one.expires_at) if at is not None})[:1]:
        plan(db, INVITATIONS, "", at)


def put(db: Database, vault: Vault, invitations: Sequence[Invitation]) -> None:
    """Write ``invitations`` that nobody gets yet, each in the place of an earlier one."""
    db.executemany(_INSERT, [_row(vault, one) for one in invitations])


def invitation_row(pair_id: str, side: str, asks: str = "") -> str:
    """The name that a row is sealed for; ``asks`` is "" for that of a member."""
    return f"invitation/{pair_id}/{side}/{asks}" if asks else f"invitation/{pair_id}/{side}"


def facts_of(version: str, asks: str) -> dict[str, str]:
    """The facts of an event about an invitation."""
    return {"version": version, **({"by": asks} if asks else {})}


def token_of(plain: bytes) -> str:
    """The token in the decrypted column of a row."""
    return str(json.loads(plain)[0])


def _row(vault: Vault, one: Invitation) -> tuple[Any, ...]:
    plain = json.dumps([one.token, one.mailbox, one.text], ensure_ascii=False).encode()
    sealed = vault.seal(plain, invitation_row(one.pair_id, one.side.value, one.asks))
    times = (to_stored(one.sent_at), to_stored_or_none(one.remind_at), to_stored(one.expires_at))
    return (one.pair_id, one.side.value, one.asks, question_hash(vault, one.token), *times, one.version, sealed)
