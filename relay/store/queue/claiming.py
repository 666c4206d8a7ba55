"""Claims due deliveries: first tries before retries, oldest first, round robin over destinations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from relay.model import Delivery, EventKind, PairState
from relay.store.engine.database import Database, skip_locked
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import NotBrief
from relay.store.events import of_letter, record
from relay.store.letter_bodies import opened_body
from relay.store.people.mailbox_gone import SUSPENDED, is_suspended
from relay.store.queue.envelopes import opened_envelope
from relay.store.queue.holding import REPORTED, UNREADABLE, open_hold
from relay.store.records import Claimed
from relay.vault import Vault, VaultError

_TAKE = "UPDATE delivery SET state = 'sending', attempts = attempts + 1, again = 1, lease_until = ? WHERE number = ?"
_TAKEN = """
SELECT delivery.id, journal_id, attempts, created_at, notice, delivery.sealed, journal, part, letter.sealed, file,
    (SELECT pair.state FROM journal JOIN pair ON pair.id = journal.pair_id
    WHERE journal.id = delivery.journal_id AND kind = 'letter' AND notice = 0)
FROM delivery JOIN letter ON letter.number = delivery.letter
WHERE delivery.number = ?
"""
# SQLite computes the length without reading the letter. One in a file has more than ``most``: reading it may wait.
_OCTETS = """
SELECT CASE WHEN file IS NULL THEN length(letter.sealed) ELSE 1000000000 END
FROM delivery JOIN letter ON letter.number = delivery.letter WHERE delivery.number = ?
"""
_UNCLAIM = """
UPDATE delivery SET state = 'queued', again = CASE WHEN attempts > 1 THEN 1 ELSE 0 END, attempts = attempts - 1
WHERE id = ? AND state = 'sending'
"""
_HOLD = """
UPDATE delivery SET state = 'held', last_status = ?, attempts = attempts - ? WHERE number = ? RETURNING id, journal_id
"""
_LOOKAHEAD = 10  # times the limit: how many due rows are read for the round robin


@dataclass(frozen=True, slots=True)
class ClaimLimits:
    """At most ``limit`` deliveries in total, none to destinations in ``exclude``, and at most ``cap`` (None: no cap) to
    one destination, counting those ``in_hand`` already. Destinations are the opaque keys of ``Claimed.destinations``.
    The claim is exclusive for ``lease``."""

    limit: int
    exclude: tuple[str, ...] = ()
    in_hand: Mapping[str, int] = field(default_factory=dict)
    cap: int | None = None
    lease: timedelta = timedelta(minutes=15)


def claim(db: Database, vault: Vault, now: datetime, limits: ClaimLimits, most: int | None = None) -> Claimed:
    """Claim due deliveries within ``limits``: their state becomes "sending" and an attempt is counted before the try.

    A delivery that cannot be decrypted (a damaged page) is held for a person and does not stop the others. One to a
    suspended member, and letters of a reported pair, are held, too. Raises NotBrief when the letters have more
    than ``most`` octets together.
    """
    deliveries = []
    destinations = {}
    chosen = _chosen(db, now, limits)
    if most is not None and sum(db.execute(_OCTETS, (number,)).fetchone()[0] for number, _ in chosen.rows) > most:
        raise NotBrief
    for number, destination in chosen.rows:
        db.execute(_TAKE, (to_stored(now + limits.lease), number))
        *row, state = db.execute(_TAKEN, (number,)).fetchone()
        if state == PairState.REPORTED:  # it was being tried when the pair was reported
            _hold(db, vault, number, REPORTED, now)
            continue
        try:
            delivery = _opened(db, vault, row)
        except VaultError:
            _hold(db, vault, number, UNREADABLE, now)
            continue
        if is_suspended(db, vault, delivery.recipient):
            _hold(db, vault, number, SUSPENDED, now)
            continue
        deliveries.append(delivery)
        destinations[delivery.id] = destination.hex()
    behind = frozenset(destination.hex() for destination in chosen.behind)
    return Claimed(tuple(deliveries), destinations, behind, chosen.cut)


def _hold(db: Database, vault: Vault, number: int, why: str, now: datetime) -> None:
    """Hold a claimed delivery for a person to decide. An attempt that is not made is not counted."""
    untried = 0 if why == UNREADABLE else 1
    id, journal_id = db.execute(_HOLD, (why, untried, number)).fetchone()
    open_hold(db, id, journal_id, why, since=now)
    record(db, vault, of_letter(db, EventKind.HELD, journal_id, now, reason=why))


def give_back(db: Database, ids: Sequence[str]) -> None:
    """Return claimed deliveries that were not tried to the queue, as they were before."""
    for id in ids:
        db.execute(_UNCLAIM, (id,))


@dataclass(slots=True)
class _Chosen:
    """``rows``: numbers and destinations of the claimed; ``behind``: destinations of due ones that are not claimed;
    ``cut``: not all due ones were read."""

    rows: list[tuple[int, bytes]] = field(default_factory=list)
    behind: set[bytes] = field(default_factory=set)
    cut: bool = False


def _chosen(db: Database, now: datetime, limits: ClaimLimits) -> _Chosen:
    """Choose the deliveries to claim. Reads only the index of due deliveries, so the time does not grow with the
    journal."""
    others = f"AND destination NOT IN ({', '.join('?' * len(limits.exclude))}) " if limits.exclude else ""
    sql = (
        "SELECT number, destination FROM delivery "  # noqa: S608 -- only question marks are put in
        "WHERE state = 'queued' AND again = ? AND due_at <= ? "
        f"{others}ORDER BY due_at, number LIMIT ?" + skip_locked(db)
    )
    keys = [bytes.fromhex(key) for key in limits.exclude]
    seen = Counter({bytes.fromhex(key): count for key, count in limits.in_hand.items()})
    chosen = _Chosen()
    for again in (0, 1):
        wanted = limits.limit - len(chosen.rows)
        if wanted <= 0:
            chosen.cut = True
            break
        due = db.execute(sql, (again, to_stored(now), *keys, wanted * _LOOKAHEAD)).fetchall()
        taken = _round_robin(due, seen, limits.cap)[:wanted]
        seen.update(destination for _, destination in taken)
        chosen.rows += taken
        left = set(due).difference(taken)
        chosen.behind.update(destination for _, destination in left)
        # When the limit, not the cap, left some out, a delivery to any destination may be next.
        chosen.cut |= len(due) == wanted * _LOOKAHEAD or (bool(left) and len(taken) == wanted)
    return chosen


def _round_robin(due: Sequence[tuple[int, bytes]], seen: Counter[bytes], cap: int | None) -> list[tuple[int, bytes]]:
    """Sort ``due``: first the oldest of each destination, then the second of each, and so on.

    ``seen``: deliveries that each destination has already. Rows beyond ``cap`` of a destination are left out.
    """
    had = Counter(seen)
    turns = []
    for row in due:
        if cap is None or had[row[1]] < cap:
            turns.append((had[row[1]], row))
            had[row[1]] += 1
    return [row for _, row in sorted(turns, key=lambda turn: turn[0])]


def _opened(db: Database, vault: Vault, row: Sequence[Any]) -> Delivery:
    id, journal_id, attempts, created_at, notice, envelope, journal, part, letter, file = row
    recipient, return_path = opened_envelope(vault, id, envelope)
    return Delivery(
        id=id,
        journal_id=journal_id,
        recipient=recipient,
        return_path=return_path,
        content=opened_body(db, vault, f"letter/{journal}/{part}", letter, file),
        attempts=attempts,
        created_at=from_stored(created_at),
        notice=bool(notice),
    )
