"""Reports by members: which stand, who has heard of them, and what ends them.

A report stands until a named person decides about its pair. One about a pair that is over stands until it is answered.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from relay.model import Event, EventKind, PairState, Side
from relay.states import OVER
from relay.store.engine.database import Database, text_list
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.events import record
from relay.store.people.pairs import PAIR_COLUMNS, read_pair
from relay.store.people.records import Part
from relay.store.people.reported_pairs import begun_before, state_before
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance
from relay.vault import Vault

_ONE = "SELECT number, member, reported_at, author, told, answered_at, sealed FROM report WHERE number = ?"
_PARTS = f"""
SELECT reported_pair.side, {PAIR_COLUMNS} FROM reported_pair JOIN pair ON pair.id = reported_pair.pair_id
WHERE reported_pair.report = ? AND decided_at IS NULL ORDER BY pair.number
"""  # noqa: S608
_STANDING = """
SELECT DISTINCT report.number FROM report JOIN reported_pair ON reported_pair.report = report.number
WHERE decided_at IS NULL
"""
_BY = _STANDING + "AND report.member = ? ORDER BY report.number"
_ABOUT = _STANDING + "AND pair_id = ? ORDER BY report.number"
_TOLD = "UPDATE report SET told = ? WHERE number = ? AND told = ? AND answered_at IS NULL"
_ANSWERED = "UPDATE report SET answered_at = ?, sealed = NULL WHERE member = ? AND answered_at IS NULL RETURNING number"
_WHOSE = "SELECT pair_id, side FROM reported_pair WHERE report = ? ORDER BY number"
_ROWS = f"""
SELECT report.number, reported_at, author, told, answered_at, reported_pair.side, decided_at, {PAIR_COLUMNS}
FROM report JOIN reported_pair ON reported_pair.report = report.number JOIN pair ON pair.id = reported_pair.pair_id
{{}} ORDER BY report.number, reported_pair.number
"""  # noqa: S608
_ANSWERED_BY = """
SELECT facts FROM event WHERE pair_id = ? AND side = ? AND kind = ? AND happened_at = ? ORDER BY number DESC LIMIT 1
"""
# A pair that is over cannot be decided about any more.
_OVER = f"""
UPDATE reported_pair SET decided_at = ? WHERE decided_at IS NULL
    AND report IN (SELECT number FROM report WHERE member = ?)
    AND pair_id IN (SELECT id FROM pair WHERE state IN {text_list(OVER)})
"""  # noqa: S608
_MEMBER = "SELECT CASE CAST(? AS TEXT) WHEN 'mentor' THEN mentor ELSE mentee END FROM pair WHERE id = ?"


class Authorship(StrEnum):
    """Whether the author of a report is proven: by the mail, not at all, or by their later answer."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    CONFIRMED = "confirmed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Report:
    """A report by ``member`` (number). ``parts``: theirs in the pairs that it stands for. ``told``: the role of who has
    heard it last, "" for nobody; ``answered_at``: when one of them wrote to the member; ``mail``: raw octets."""

    number: int
    member: int
    reported_at: datetime
    author: Authorship
    told: str
    answered_at: datetime | None
    parts: tuple[Part, ...]
    mail: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of ``relay report list``: a report and one pair that it is about, in which ``name`` on ``side`` wrote
    it. ``answered_by``: the role of who wrote to them first, "" when nobody has; ``decided_at``: None while the report
    stands for that pair."""

    number: int
    pair_id: str
    side: Side
    name: str
    pair_state: PairState
    reported_at: datetime
    author: Authorship
    told: str
    answered_at: datetime | None
    answered_by: str
    decided_at: datetime | None


class Reports:
    """The reports that stand."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def by(self, member: int) -> list[Report]:
        """Those of a member, the oldest first."""
        return await self._reader.run(lambda db: _read(db, self._vault, _BY, member))

    async def about(self, pair_id: str) -> list[Report]:
        """Those that stand for a pair, the oldest first."""
        return await self._reader.run(lambda db: _read(db, self._vault, _ABOUT, pair_id))

    async def numbered(self, number: int) -> Report | None:
        """The report with that number, if it stands."""
        found = await self._reader.run(lambda db: _report(db, self._vault, number))
        return found if found is not None and found.parts else None

    async def begun(self, pair_id: str) -> bool:
        """Whether a reported pair had begun when it was reported."""
        return await self._reader.run(lambda db: begun_before(db, pair_id))

    async def before(self, pair_id: str) -> PairState:
        """The state of a reported pair before it was reported."""
        return await self._reader.run(lambda db: state_before(db, pair_id)[0])

    async def rows(self, *, decided: bool = False) -> list[ReportRow]:
        """Those that stand, the oldest first; ``decided``: the others as well."""

        def job(db: Database) -> list[ReportRow]:
            rows = db.execute(_ROWS.format("" if decided else "WHERE decided_at IS NULL")).fetchall()
            return [_row(db, row) for row in rows]

        return await self._reader.run(job)

    async def tell(self, report: Report, role: str, letters: Sequence[Acceptance], now: datetime) -> bool:
        """Note that the person with ``role`` hears of a report, and accept the ``letters`` to them. False, with nothing
        written, when it was answered or somebody was told meanwhile."""

        def job(db: Database) -> bool:
            if db.execute(_TOLD, (role, report.number, report.told)).rowcount != 1:
                return False
            accept(db, self._vault, letters)
            record(db, self._vault, [report_told(part, report.member, role, now) for part in report.parts[:1]])
            return True

        return await self._writer.run(job)


@dataclass(frozen=True, slots=True)
class ReportAnswered:
    """The person with the role ``by`` has written to the member on ``side`` of a pair: nobody else needs to be told of
    what they reported."""

    pair_id: str
    side: Side
    now: datetime
    by: str = ""

    def apply(self, db: Database, vault: Vault, _: object) -> None:
        """Note it."""
        row = db.execute(_MEMBER, (self.side.value, self.pair_id)).fetchone()
        if row is not None:
            for (number,) in db.execute(_ANSWERED, (to_stored(self.now), row[0])).fetchall():
                whose = db.execute(_WHOSE, (number,)).fetchall()
                facts = {"by": self.by}
                record(
                    db,
                    vault,
                    [
                        Event(EventKind.REPORT_ANSWERED, self.now, pair_id, Side(side), row[0], None, facts)
                        for pair_id, side in whose
                    ],
                )
            db.execute(_OVER, (to_stored(self.now), row[0]))


def report_told(part: Part, member: int, role: str, now: datetime) -> Event:
    """The event that the person with ``role`` is told of a report."""
    return Event(EventKind.REPORT_TOLD, now, part.pair.id, part.side, member, None, {"to": role})


def report_row(number: int) -> str:
    """The name that the mail of a report is sealed for."""
    return f"report/{number}"


def _read(db: Database, vault: Vault, sql: str, value: object) -> list[Report]:
    found = (_report(db, vault, number) for (number,) in db.execute(sql, (value,)).fetchall())
    return [one for one in found if one is not None]


def _row(db: Database, row: Sequence[Any]) -> ReportRow:
    number, reported_at, author, told, answered_at, side, decided_at, *pair_row = row
    pair = read_pair(tuple(pair_row))
    by = ""
    if answered_at is not None:
        values = (pair.id, side, EventKind.REPORT_ANSWERED.value, answered_at)
        found = db.execute(_ANSWERED_BY, values).fetchone()
        by = json.loads(found[0]).get("by", "") if found is not None else ""
    whose = number, pair.id, Side(side), pair.persona(Side(side)).name, pair.state
    answered = from_stored_or_none(answered_at), by
    return ReportRow(
        *whose, from_stored(reported_at), Authorship(author), told, *answered, from_stored_or_none(decided_at)
    )


def _report(db: Database, vault: Vault, number: int) -> Report | None:
    row: Sequence[Any] | None = db.execute(_ONE, (number,)).fetchone()
    if row is None:
        return None
    _, member, reported_at, author, told, answered_at, sealed = row
    parts = tuple(Part(read_pair(pair), Side(side)) for side, *pair in db.execute(_PARTS, (number,)).fetchall())
    mail = b"" if sealed is None else vault.open(sealed, report_row(number))
    times = from_stored(reported_at), Authorship(author), told, from_stored_or_none(answered_at)
    return Report(number, member, *times, parts, mail)
