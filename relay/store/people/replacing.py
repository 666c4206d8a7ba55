"""Replaces a partner: a new pair of the member who stays, whose consent is copied, and somebody who is invited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from relay.model import Event, EventKind, NewPair, PairState, Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import question_hash
from relay.store.errors import StoreError
from relay.store.events import record
from relay.store.people.invitation_records import Invitation
from relay.store.people.inviting import facts_of, invitation_row, invite
from relay.store.people.pairs import add
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance
from relay.vault import Vault

_AGREED = """
SELECT asks, asked, sent_at, expires_at, answer, answered_at, reply, version, sealed FROM invitation
WHERE pair_id = ? AND side = ? AND answer = 'yes' ORDER BY asks
"""
_COPY = """
INSERT INTO invitation (pair_id, side, asks, hash, asked, sent_at, remind_at, expires_at, answer, answered_at, reply,
    version, sealed)
VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Replacement:
    """The pair ``new`` takes the place of the pair ``old``. The member on ``stays`` of both has agreed, and perhaps
    their guardian: ``tokens`` are those of their copied invitations, by whom each asks ("": the member).
    ``invitations`` and ``letters`` are written with it."""

    old: str
    new: NewPair
    stays: Side
    tokens: Mapping[str, str]
    invitations: Sequence[Invitation]
    letters: Sequence[Acceptance]


def replace_partner(db: Database, vault: Vault, given: Replacement, now: datetime, who: str) -> None:
    """Write it, with events by ``who``. Raises StoreError when the member who stays has not agreed."""
    rows = db.execute(_AGREED, (given.old, given.stays.value)).fetchall()
    if {row[0] for row in rows} != set(given.tokens):
        raise StoreError("the consent of the member who stays has changed meanwhile; try again")
    add(db, vault, [given.new], PairState.INVITED, who)
    side, events = given.stays.value, []
    for asks, asked, sent_at, expires_at, answer, answered_at, reply, version, sealed in rows:
        _, mailbox, text = json.loads(vault.open(sealed, invitation_row(given.old, side, asks)))
        token = given.tokens[asks]
        plain = json.dumps([token, mailbox, text], ensure_ascii=False).encode()
        own = (given.new.id, side, asks, question_hash(vault, token), asked, sent_at, expires_at)
        kept = (answer, answered_at, reply, version, vault.seal(plain, invitation_row(given.new.id, side, asks)))
        db.execute(_COPY, (*own, *kept))
        facts = {**facts_of(version, asks), "from": given.old}
        events.append(Event(EventKind.CONSENTED, now, given.new.id, given.stays, facts=facts, who=who))
    record(db, vault, events)
    invite(db, vault, given.invitations, who)
    accept(db, vault, given.letters)
