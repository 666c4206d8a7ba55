"""Taking what is due: first tries before retries, oldest first, no destination ahead of all the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from relay.model import Delivery, EventKind
from relay.store.engine.database import Database, skip_locked
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import NotBrief
from relay.store.events import of_letter, record
from relay.store.people.mailbox_gone import SUSPENDED, is_suspended
from relay.store.queue.envelopes import opened_envelope
from relay.store.queue.holding import UNREADABLE, open_hold
from relay.store.records import Claimed
from relay.vault import Vault, VaultError

_TAKE = "UPDATE delivery SET state = 'sending', attempts = attempts + 1, again = 1, lease_until = ? WHERE number = ?"
_TAKEN = """
SELECT delivery.id, journal_id, attempts, created_at, notice, delivery.sealed, journal, part, letter.sealed
FROM delivery JOIN letter ON letter.number = delivery.letter
WHERE delivery.number = ?
"""
# SQLite tells it without reading the letter.
_OCTETS = """
SELECT length(letter.sealed) FROM delivery JOIN letter ON letter.number = delivery.letter WHERE delivery.number = ?
"""
_GIVE_BACK = """
UPDATE delivery SET state = 'queued', again = CASE WHEN attempts > 1 THEN 1 ELSE 0 END, attempts = attempts - 1
WHERE id = ? AND state = 'sending'
"""
_KEEP = """
UPDATE delivery SET state = 'held', last_status = ?, attempts = attempts - ? WHERE number = ? RETURNING id, journal_id
"""
_LOOKED_AT = 10  # times the limit: how far ahead fairness looks


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be taken: ``limit`` in all, nothing for destinations in ``exclude``, and to any one destination
    ``cap`` (None: no cap) counting what is ``in_hand`` already. Destinations are keys of ``Claimed.destinations``.
    Nobody else takes it again before ``lease`` is over."""

    limit: int
    exclude: tuple[str, ...] = ()
    in_hand: Mapping[str, int] = field(default_factory=dict)
    cap: int | None = None
    lease: timedelta = timedelta(minutes=15)


def claim(db: Database, vault: Vault, now: datetime, room: Room, most: int | None = None) -> Claimed:
    """Take what is due and has room: each is "sending" and one attempt older before anybody tries it.

    A delivery that does not open (a damaged page) is held for a person, and does not stop the others; so is one to a
    member who is suspended. Raises NotBrief, when the letters have more than ``most`` octets together.
    """
    deliveries = []
    destinations = {}
    chosen = _chosen(db, now, room)
    if most is not None and sum(db.execute(_OCTETS, (number,)).fetchone()[0] for number, _ in chosen.rows) > most:
        raise NotBrief
    for number, destination in chosen.rows:
        db.execute(_TAKE, (to_stored(now + room.lease), number))
        try:
            delivery = _opened(vault, db.execute(_TAKEN, (number,)).fetchone())
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
    """Keep one that was taken, for a person to decide. One for a mailbox that is gone was not tried."""
    untried = 1 if why == SUSPENDED else 0
    id, journal_id = db.execute(_KEEP, (why, untried, number)).fetchone()
    open_hold(db, id, journal_id, why, since=now)
    record(db, vault, of_letter(db, EventKind.HELD, journal_id, now, reason=why))


def give_back(db: Database, ids: Sequence[str]) -> None:
    """What was claimed and not tried after all is as it was before."""
    for id in ids:
        db.execute(_GIVE_BACK, (id,))


@dataclass(slots=True)
class _Chosen:
    """Numbers and destinations of what is taken, destinations of what is due and is not, and whether not all that is
    due was looked at."""

    rows: list[tuple[int, bytes]] = field(default_factory=list)
    behind: set[bytes] = field(default_factory=set)
    cut: bool = False


def _chosen(db: Database, now: datetime, room: Room) -> _Chosen:
    """What to take. Walks the index of due deliveries only: the journal's size does not matter."""
    others = f"AND destination NOT IN ({', '.join('?' * len(room.exclude))}) " if room.exclude else ""
    sql = (
        "SELECT number, destination FROM delivery "  # noqa: S608 -- only question marks are put in
        "WHERE state = 'queued' AND again = ? AND due_at <= ? "
        f"{others}ORDER BY due_at, number LIMIT ?" + skip_locked(db)
    )
    keys = [bytes.fromhex(key) for key in room.exclude]
    seen = Counter({bytes.fromhex(key): count for key, count in room.in_hand.items()})
    chosen = _Chosen()
    for again in (0, 1):
        wanted = room.limit - len(chosen.rows)
        if wanted <= 0:
            chosen.cut = True
            break
        due = db.execute(sql, (again, to_stored(now), *keys, wanted * _LOOKED_AT)).fetchall()
        taken = _in_turns(due, seen, room.cap)[:wanted]
        seen.update(destination for _, destination in taken)
        chosen.rows += taken
        left = set(due).difference(taken)
        chosen.behind.update(destination for _, destination in left)
        # Who is left for want of places, whatever their destination, may take the first that is free.
        chosen.cut |= len(due) == wanted * _LOOKED_AT or (bool(left) and len(taken) == wanted)
    return chosen


def _in_turns(due: Sequence[tuple[int, bytes]], seen: Counter[bytes], cap: int | None) -> list[tuple[int, bytes]]:
    """The same rows, the oldest of every destination first, then the second of every destination, and so on.

    ``seen`` says how many turns each destination has had; one that had ``cap`` gets no more.
    """
    had = Counter(seen)
    turns = []
    for row in due:
        if cap is None or had[row[1]] < cap:
            turns.append((had[row[1]], row))
            had[row[1]] += 1
    return [row for _, row in sorted(turns, key=lambda turn: turn[0])]


def _opened(vault: Vault, row: tuple[Any, ...]) -> Delivery:
    id, journal_id, attempts, created_at, notice, envelope, journal, part, letter = row
    recipient, return_path = opened_envelope(vault, id, envelope)
    return Delivery(
        id=id,
        journal_id=journal_id,
        recipient=recipient,
        return_path=return_path,
        content=vault.open(letter, f"letter/{journal}/{part}"),
        attempts=attempts,
        created_at=from_stored(created_at),
        notice=bool(notice),
    )
