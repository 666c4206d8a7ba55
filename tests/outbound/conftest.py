"""A deliverer with a real store, and a next server whose replies the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relay.home import Home
from relay.inbound.commit import commit
from relay.letters.notices import Notices
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.write.dkim_sign import Signer
from relay.model import Identity, JournalEntry, NewDelivery, NewPair, Persona, Side
from relay.outbound.deliver import Deliverer
from relay.outbound.suspension import Suspending
from relay.outcomes import Outcome, Sent
from relay.settings_file import load
from relay.store import Acceptance, Effects, Store

JANE, OMAR = Identity(("jane@real.example",)), Identity(("omar@home.example",))
AMBER, QUIET = Persona("Amber Heron", "amber@relay.test"), Persona("Quiet River", "quiet@relay.test")


class Server:
    """The next server. It replies while ``gate`` is set."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.says: Outcome = Sent("250 2.0.0")
        self.now = self.most = 0

    async def send(self, *, recipient: str, return_path: str, content: bytes) -> Outcome:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.gate.wait()
        self.now -= 1
        self.got.append(content)
        return self.says


class Watched(Deliverer):
    """A deliverer with ``resting``: set while it sleeps after a look into the queue."""

    resting = False

    async def _claim(self) -> int:
        self.resting = False
        return await super()._claim()

    async def _until_next(self) -> float:
        pause = await super()._until_next()
        self.resting = True
        return pause


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def hints_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disable the regular looks into the queue, so that a missing wake-up fails the test."""
    monkeypatch.setattr("relay.outbound.deliver._IDLE", 60.0)
    monkeypatch.setattr("relay.outbound.deliver._BLOCKED", 60.0)
    monkeypatch.setattr("relay.outbound.slots._LOOK_AFTER", timedelta(minutes=1))


@pytest.fixture
async def deliverer(home: Home, server: Server) -> AsyncIterator[Watched]:
    settings = load(home.toml, {})
    settings = replace(settings, delivery=replace(settings.delivery, concurrency=4, smarthost=None, per_destination=3))
    store = await Store.open(home.db, home.read_vault())
    now = datetime.now(UTC)
    await store.directory.add_pairs([NewPair("p1", AMBER, QUIET, JANE, OMAR, "", "en", now)])
    notices = Notices(store, Writer(settings, LetterTemplates(), Signer(settings.domain, home.dkim_keys(settings))))
    suspending = Suspending(settings, store, notices)
    made = Watched(settings, store, server.send, notices, suspending=suspending, now=lambda: datetime.now(UTC))
    running = asyncio.create_task(made.run())
    await looked(made)
    yield made
    server.gate.set()
    await made.stop(20)
    await running
    await store.close()


def letter(number: int, to: str = "omar@home.example") -> Acceptance:
    now = datetime.now(UTC)
    entry = JournalEntry(f"j{number}", "p1", Side.MENTOR, "letter", now, 3, 3)
    delivery = NewDelivery(f"d{number}", entry.id, to, f"b-{number}@relay.test", b"%d" % number, now)
    return Acceptance(entry, None, (delivery,), keep=True)


async def accept(deliverer: Deliverer, number: int, to: str = "omar@home.example") -> bool:
    """Accept a letter. Returns whether it is sent at once."""
    before = deliverer._admission.slots.free
    await commit(deliverer._store, deliverer, Effects(letters=(letter(number, to),)))
    return deliverer._admission.slots.free < before


def with_delivery(deliverer: Deliverer, **changed: object) -> None:
    """Change settings of [delivery], except those that Admission has read already."""
    deliverer._delivery = replace(deliverer._delivery, **changed)  # type: ignore[arg-type]
    deliverer._settling = replace(deliverer._settling, delivery=deliverer._delivery)


async def until(condition) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def through(deliverer: Deliverer, server: Server, letters: int) -> None:
    """Wait until ``letters`` letters are sent and settled."""
    await until(lambda: len(server.got) == letters and not deliverer._tasks)


async def looked(deliverer: Watched) -> None:
    """Wait until it has looked into the queue."""
    await until(lambda: deliverer.resting and not deliverer._admission.look_due)
