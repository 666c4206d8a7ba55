"""A file of pairs: read and checked whole, then made; what is there already is left as it is."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from relay.letters.welcome import Welcome
from relay.mentoring.pairing import name_clashes, new_pair, opened
from relay.mentoring.pseudonyms import new_pair_id
from relay.mentoring.validation import Checker, Person, Request, RequestError
from relay.model import NewPair, Pair, Side
from relay.store import Store

COLUMNS = (
    "mentor", "mentee", "mentor_name", "mentee_name", "mentor_known_as", "mentee_known_as", "cohort", "language",
    "mentor_language", "mentee_language",
)  # fmt: skip
# Pairs in one transaction: many are written faster, few keep a server that runs meanwhile waiting for less long.
_AT_ONCE, _AT_ONCE_WITH_LETTERS = 5000, 200


class EnrolError(Exception):
    """The file cannot be loaded, and nothing of it was. ``faults`` says everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One checked line of the file."""

    line: int
    request: Request


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading the file would do: the pairs to make, those that are there, and both in the order of the file."""

    new: tuple[NewPair, ...]
    existing: dict[tuple[str, str], Pair]
    order: tuple[tuple[str, str], ...]


def read_rows(path: Path, domain: str, language: str = "en") -> list[Row]:
    """The rows of a CSV file, each checked; ``language`` is that of pairs whose row says none. Raises EnrolError with
    every fault there is, OSError."""
    reader = _reader(path)
    faults: list[str] = []
    rows: list[Row] = []
    checker = Checker(domain, language)
    for record in reader:
        if not any(record.values()):
            continue
        try:
            if None in record:
                raise RequestError(["has more fields than the first line has names; is a comma not in quotes?"])
            rows.append(Row(reader.line_num, checker.checked(_request(record))))
        except RequestError as error:
            faults += [f"{path.name}:{reader.line_num}: {fault}" for fault in error.faults]
    if faults:
        raise EnrolError(faults)
    return rows


async def plan(rows: Sequence[Row], store: Store, name: str, domain: str, now: datetime) -> Plan:
    """Decide what loading ``rows`` of the file called ``name`` would do. Raises EnrolError, StoreError."""
    order = tuple(row.request.key for row in rows)
    existing = await store.directory.existing(set(order))
    taken = set(await store.directory.taken())
    ids = {pair.id for pair in await store.directory.pairs()}
    fresh = {key: row for key, row in reversed(list(zip(order, rows, strict=True))) if key not in existing}
    fresh = {key: fresh[key] for key in dict.fromkeys(order) if key in fresh}
    _refuse_clashes(list(fresh.values()), taken, name)
    # Names wished for are spoken for before any is drawn.
    wished = {row.request.person(side).name.lower() for row in fresh.values() for side in Side} - {""}
    taken |= wished
    new: list[NewPair] = []
    for row in fresh.values():
        pair_id = new_pair_id(ids)
        ids.add(pair_id)
        new.append(new_pair(row.request, pair_id, domain, taken, now))
    return Plan(tuple(new), existing, order)


async def enrol(
    chosen: Plan,
    store: Store,
    welcome: Welcome | None,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Pair]:
    """Make the pairs of a plan, open at once; ``welcome`` writes to both of each, None to nobody.

    Returns the pair of every row, in the order of the file. Raises StoreError; what was made until then stays, and
    loading the file again makes the rest. ``progress`` hears how many are made.
    """
    step = _AT_ONCE if welcome is None else _AT_ONCE_WITH_LETTERS
    for start in range(0, len(chosen.new), step):
        some = chosen.new[start : start + step]
        letters = [letter for pair in some for letter in welcome.letters(pair, now)] if welcome is not None else []
        await store.directory.add_pairs(list(some), letters)
        progress(start + len(some))
    made = iter(chosen.new)
    pairs = dict(chosen.existing)
    for key in chosen.order:
        if key not in pairs:
            pairs[key] = opened(next(made))
    return iter([pairs[key] for key in chosen.order])


def _refuse_clashes(rows: Sequence[Row], taken: set[str], file: str) -> None:
    faults: list[str] = []
    wished: dict[str, int] = {}
    for row in rows:
        faults += [f"{file}:{row.line}: {clash}" for clash in name_clashes(row.request, taken)]
        for side in Side:
            name = row.request.person(side).name
            if name and name.lower() in wished:
                faults.append(f"{file}:{row.line}: {side} name {name} stands in line {wished[name.lower()]} already")
            elif name:
                wished[name.lower()] = row.line
    if faults:
        raise EnrolError(faults)


def _reader(path: Path) -> csv.DictReader[str]:
    """A reader of the file's records, its column names checked."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EnrolError(
            [f"{path.name}: is not UTF-8 text; save it as “CSV UTF-8” in your spreadsheet program"]
        ) from error
    first = text.partition("\n")[0]
    # Spreadsheets of many countries put semicolons between fields, and tabs when copied.
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
    faults += [f"{path.name}:1: the column {name} stands there twice" for name in COLUMNS if names.count(name) > 1]
    if faults:
        raise EnrolError([*faults, f"{path.name}: the columns are {', '.join(COLUMNS)}; only the first two must be"])
    reader.fieldnames = names
    return reader


def _request(record: dict[str, str]) -> Request:
    def words(column: str) -> tuple[str, ...]:
        return tuple(record.get(column, "").split(";"))

    return Request(
        Person(
            record["mentor"], record.get("mentor_name", ""), words("mentor_known_as"), record.get("mentor_language", "")
        ),
        Person(
            record["mentee"], record.get("mentee_name", ""), words("mentee_known_as"), record.get("mentee_language", "")
        ),
        record.get("cohort", ""),
        record.get("language", ""),
    )
