"""Reports by members: which stand, who has heard of them, and what ends them.

A report stands until a named person decides about its pair. One about a pair that is over stands until it is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from relay.model import PairState, Side
from relay.states import OVER
from relay.store.engine.database import Database, text_list
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
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
_ANSWERED = "UPDATE report SET answered_at = ?, sealed = NULL WHERE member = ? AND answered_at IS NULL"
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

    async def tell(self, report: Report, role: str, letters: Sequence[Acceptance]) -> bool:
        """Note that the person with ``role`` hears of a report, and accept the ``letters`` to them. False, with nothing
        written, when it was answered or somebody was told meanwhile."""

        def job(db: Database) -> bool:
            if db.execute(_TOLD, (role, report.number, report.told)).rowcount != 1:
                return False
            accept(db, self._vault, letters)
            return True

        return await self._writer.run(job)


@dataclass(frozen=True, slots=True)
class ReportAnswered:
    """A person of the programme has written to the member on ``side`` of a pair: nobody else needs to be told of what
    they reported."""

    pair_id: str
    side: Side
    now: datetime

    def apply(self, db: Database, _: Vault, __: object) -> None:
        """Note it."""
        row = db.execute(_MEMBER, (self.side.value, self.pair_id)).fetchone()
        if row is not None:
            db.execute(_ANSWERED, (to_stored(self.now), row[0]))
            db.execute(_OVER, (to_stored(self.now), row[0]))


def report_row(number: int) -> str:
    """The name that the mail of a report is sealed for."""
    return f"report/{number}"


def _read(db: Database, vault: Vault, sql: str, value: object) -> list[Report]:
    found = (_report(db, vault, number) for (number,) in db.execute(sql, (value,)).fetchall())
    return [one for one in found if one is not None]


def _report(db: Database, vault: Vault, number: int) -> Report | None:
    row: Sequence[Any] | None = db.execute(_ONE, (number,)).fetchone()
    if row is None:
        return None
    _, member, reported_at, author, told, answered_at, sealed = row
    parts = tuple(Part(read_pair(pair), Side(side)) for side, *pair in db.execute(_PARTS, (number,)).fetchall())
    mail = b"" if sealed is None else vault.open(sealed, report_row(number))
    times = from_stored(reported_at), Authorship(author), told, from_stored_or_none(answered_at)
    return Report(number, member, *times, parts, mail)
