"""A real store in a temporary folder, and factories for its contents."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from relay.message.write.dkim_sign import Signer, Signers, new_ed25519_key
from relay.message.write.sign_again import signing_again
from relay.model import Identity, JournalEntry, NewDelivery, NewPair, Persona, Side, ThreadLink
from relay.store import Acceptance, Store
from relay.store.engine.postgres import Postgres
from relay.vault import Vault

KEY = new_ed25519_key()
SIGNER = Signer("relay.example", (("k", KEY),))
NOON = datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass
class Make:
    """Makes pairs, letters and deliveries with plausible defaults, each with its own ids."""

    numbers: Iterator[int]
    noon: datetime = NOON

    def later(self, **delta: float) -> datetime:
        return self.noon + timedelta(**delta)

    def pair(
        self,
        id: str = "k7f3q2",
        mentor: tuple[str, ...] = ("ingrid.maier@work.example",),
        mentee: tuple[str, ...] = ("tomas@home.example",),
        **given: object,
    ) -> NewPair:
        values: dict[str, object] = {
            "id": id,
            "mentor": Persona("Amber Heron", f"amber-heron.{id}@relay.example"),
            "mentee": Persona("Quiet River", f"quiet-river.{id}@relay.example"),
            "mentor_identity": Identity(mentor, ("Ingrid Maier", "Maier & Söhne")),
            "mentee_identity": Identity(mentee, ("Tomáš Novák",)),
            "cohort": "2025",
            "language": "en",
            "created_at": self.noon,
        }
        return NewPair(**(values | given))  # type: ignore[arg-type]

    def entry(self, **given: object) -> JournalEntry:
        values: dict[str, object] = {
            "id": f"entry{next(self.numbers)}",
            "pair_id": "k7f3q2",
            "side": Side.MENTOR,
            "kind": "letter",
            "accepted_at": self.noon,
            "size_in": 1200,
            "size_out": 900,
            "removed": {"signature": 2},
        }
        return JournalEntry(**(values | given))  # type: ignore[arg-type]

    def link(self, foreign_id: str | None, relay_id: str, side: Side = Side.MENTOR, pair: str = "k7f3q2") -> ThreadLink:
        return ThreadLink(pair, side, foreign_id, relay_id)

    def delivery(self, entry: JournalEntry, **given: object) -> NewDelivery:
        number = next(self.numbers)
        values: dict[str, object] = {
            "id": f"delivery{number}",
            "journal_id": entry.id,
            "recipient": "tomas@home.example",
            "return_path": f"b-{number:024x}@relay.example",
            "content": b"Subject: hello\r\nDate: Sat, 01 Mar 2025 12:00:00 +0000\r\n\r\nThe kettle is on.\r\n",
            "due_at": self.noon,
        }
        return NewDelivery(**(values | given))  # type: ignore[arg-type]

    def acceptance(
        self,
        *,
        keep: bool = False,
        link: ThreadLink | None = None,
        entry: JournalEntry | None = None,
        **delivery: object,
    ) -> Acceptance:
        entry = entry or self.entry()
        return Acceptance(entry, link, (self.delivery(entry, **delivery),), keep)


@pytest.fixture
def make() -> Make:
    return Make(count(1))


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(32)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relay.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, path: Path) -> Path | str:
    """Where to create a store. Each test that uses it runs on both databases."""
    if request.param == "sqlite":
        return path
    url: str = request.getfixturevalue("empty_postgres")
    return url


OpenStore = Callable[[Path | str], Awaitable[Store]]


@pytest.fixture
async def open_store(vault: Vault) -> AsyncIterator[OpenStore]:
    """Opens stores, and closes them after the test, passed or failed: the thread of an open one keeps pytest from
    ending."""
    async with AsyncExitStack() as stores:

        async def opened(place: Path | str) -> Store:
            store = await Store.open(place, vault, sign=signing_again(Signers(SIGNER, SIGNER)))
            stores.push_async_callback(store.close)
            return store

        yield opened


@pytest.fixture
async def store(place: Path | str, vault: Vault, open_store: OpenStore) -> Store:
    """An open, empty store."""
    await Store.create(place, vault)
    return await open_store(place)


@pytest.fixture
async def paired(store: Store, make: Make) -> Store:
    """An open store with one pair."""
    await store.directory.add_pairs([make.pair()])
    return store


@pytest.fixture
def look(place: Path | str) -> Callable[..., list[tuple]]:
    """Runs a query on a connection of its own, as another process would. It blocks the event loop."""

    def ask(sql: str, *values: object) -> list[tuple]:
        if isinstance(place, str):
            with ThreadPoolExecutor(1) as other:
                return other.submit(_ask, place, sql, values).result()
        with closing(sqlite3.connect(place, isolation_level=None)) as db:
            return db.execute(sql, values).fetchall()

    return ask


def _ask(url: str, sql: str, values: tuple[object, ...]) -> list[tuple]:
    db = Postgres(url)
    try:
        db.connect()
        return db.execute(sql, values).fetchall()
    finally:
        db.close()
