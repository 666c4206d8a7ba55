"""relay pair import: reads a CSV file of pairs, checks all of it, and makes the pairs that do not exist yet."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from relay.mentoring.beginning import Beginning
from relay.mentoring.pairing import made_pair, name_clashes, new_pair
from relay.mentoring.pseudonyms import new_pair_id
from relay.mentoring.validation import Checker, Person, Request, RequestError
from relay.model import NewPair, Pair, Side
from relay.store import Store

COLUMNS = (
    "mentor", "mentee", "mentor_name", "mentee_name", "mentor_known_as", "mentee_known_as", "cohort", "language",
    "mentor_language", "mentee_language", "mentor_time_zone", "mentee_time_zone", "mentor_discreet", "mentee_discreet",
    "mentee_guardian",
)  # fmt: skip
# Pairs in one transaction. Large transactions are faster; small ones block a running server for less time.
_BATCH, _BATCH_WITH_LETTERS = 5000, 200


class EnrolError(Exception):
    """The file has errors, so nothing was imported. ``faults`` lists all of them, each with file name and line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One checked row of the file. ``line`` is its number, from 1."""

    line: int
    request: Request


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing a file does.

    ``new``: the pairs to make, and ``lines``: where each is in the file. ``existing``: Request.key → pair. ``order``:
    the key of every row, in file order.
    """

    new: tuple[NewPair, ...]
    existing: dict[tuple[str, str], Pair]
    order: tuple[tuple[str, str], ...]
    lines: tuple[int, ...] = ()


def read_rows(path: Path, domain: str, language: str = "en", under_18: str = "refused") -> list[Row]:
    """The checked rows of a CSV file. Rows without a language get ``language``; ``under_18`` is programme.under_18.

    ``domain`` is relay's own, in which no member can have their address. Raises EnrolError with all errors, OSError.
    """
    reader = _reader(path)
    faults: list[str] = []
    rows: list[Row] = []
    checker = Checker(domain, language, under_18)
    for record in reader:
        if not any(record.values()):
            continue
        try:
            if None in record:
                raise RequestError(["has more fields than there are columns; is there a comma outside of quotes?"])
            rows.append(Row(reader.line_num, checker.checked(_request(record))))
        except RequestError as error:
            faults += [f"{path.name}:{reader.line_num}: {fault}" for fault in error.faults]
    if faults:
        raise EnrolError(faults)
    return rows


async def plan(rows: Sequence[Row], store: Store, name: str, domain: str, now: datetime) -> Plan:
    """What importing ``rows`` of the file called ``name`` does. Draws ids and pseudonyms. Raises EnrolError,
    StoreError."""
    order = tuple(row.request.key for row in rows)
    existing = await store.directory.existing(set(order))
    taken = set(await store.directory.taken())
    ids = {pair.id for pair in await store.directory.pairs()}
    fresh = {key: row for key, row in reversed(list(zip(order, rows, strict=True))) if key not in existing}
    fresh = {key: fresh[key] for key in dict.fromkeys(order) if key in fresh}
    _refuse_clashes(list(fresh.values()), taken, name)
    # Names chosen in the file are reserved before any name is drawn.
    taken |= {row.request.person(side).name.lower() for row in fresh.values() for side in Side} - {""}
    new: list[NewPair] = []
    for row in fresh.values():
        pair_id = new_pair_id(ids)
        ids.add(pair_id)
        new.append(new_pair(row.request, pair_id, domain, taken, now))
    return Plan(tuple(new), existing, order, tuple(row.line for row in fresh.values()))


async def enrol(
    chosen: Plan,
    store: Store,
    beginning: Beginning,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    *,
    who: str = "",
) -> Iterator[Pair]:
    """Make the pairs of a plan; ``beginning`` says whether they are invited or active. ``who`` imports them.

    Returns the pair of every row, in file order. ``progress`` is called with the number of pairs made so far. Raises
    StoreError; pairs made until then stay, and importing the file again makes the rest.
    """
    size = _BATCH_WITH_LETTERS if beginning.writes else _BATCH
    for start in range(0, len(chosen.new), size):
        batch = chosen.new[start : start + size]
        letters, invitations = beginning.of(batch, now)
        await store.directory.add_pairs(list(batch), letters, invitations=invitations, who=who)
        progress(start + len(batch))
    made = iter(chosen.new)
    pairs = dict(chosen.existing)
    for key in chosen.order:
        if key not in pairs:
            pairs[key] = made_pair(next(made), beginning.state)
    return iter([pairs[key] for key in chosen.order])


def _refuse_clashes(rows: Sequence[Row], taken: set[str], file: str) -> None:
    """Raise EnrolError when a chosen pseudonym is taken, or is in two rows."""
    faults: list[str] = []
    chosen: dict[str, int] = {}
    for row in rows:
        faults += [f"{file}:{row.line}: {clash}" for clash in name_clashes(row.request, taken)]
        for side in Side:
            name = row.request.person(side).name
            if name and name.lower() in chosen:
                faults.append(f"{file}:{row.line}: {side} name {name} is already in line {chosen[name.lower()]}")
            elif name:
                chosen[name.lower()] = row.line
    if faults:
        raise EnrolError(faults)


def _reader(path: Path) -> csv.DictReader[str]:
    """A reader of the file's records. Raises EnrolError when it is not UTF-8 or its columns are wrong, OSError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EnrolError(
            [f"{path.name} is not UTF-8 text; save it as “CSV UTF-8” in your spreadsheet program"]
        ) from error
    first = text.partition("\n")[0]
    # In many countries spreadsheets separate fields with semicolons; copied cells are separated with tabs.
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=separator, restval="", skipinitialspace=True)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    faults = [
        f"{path.name}:1: there is no column {name}" + (f"; did you mean {near[0]}?" if near else "")
        for name in names
        if name not in COLUMNS
        for near in [difflib.get_close_matches(name, COLUMNS, 1)]
    ]
    faults += [f"{path.name}:1: the column {name} is missing" for name in COLUMNS[:2] if name not in names]
    faults += [f"{path.name}:1: the column {name} is there twice" for name in COLUMNS if names.count(name) > 1]
    if faults:
        raise EnrolError([*faults, f"{path.name}: the columns are {', '.join(COLUMNS)}; the first two are required"])
    reader.fieldnames = names
    return reader


def _request(record: dict[str, str]) -> Request:
    def person(side: Side) -> Person:
        known_as = tuple(record.get(f"{side}_known_as", "").split(";"))
        name, language, zone, discreet = (
            record.get(f"{side}_{column}", "") for column in ("name", "language", "time_zone", "discreet")
        )
        guardian = record.get(f"{side}_guardian", "")
        return Person(record[side.value], name, known_as, language, zone, discreet, guardian)

    return Request(person(Side.MENTOR), person(Side.MENTEE), record.get("cohort", ""), record.get("language", ""))
