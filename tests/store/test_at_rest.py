"""The database files without the key reveal no address, name or letter. Accepted letters survive a crash."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from relay.outcomes import Deferred, Failed, Sent
from relay.store import Settlement, Store
from relay.vault import Vault

SECRETS = (
    "ingrid.maier@work.example",
    "tomas@home.example",
    "work.example",
    "home.example",
    "Ingrid",
    "Maier",
    "Söhne",
    "Tomáš",
    "Novák",
    "The kettle is on",
    "Subject: hello",
    "20250301.abc@mail.work.example",
    "3f9ac23f9ac23f9ac23f9ac2",
)


def octets(folder: Path) -> bytes:
    """The content of all files of the database, its log and index included."""
    files = sorted(folder.iterdir())
    assert any(file.name.endswith("-wal") for file in files)
    return b"".join(file.read_bytes() for file in files)


def spellings(secret: str) -> list[bytes]:
    """The encodings of a secret to search for: UTF-8, UTF-16, escaped, base64, hexadecimal."""
    plain = secret.encode()
    return [
        plain,
        plain.lower(),
        secret.encode("utf-16-le"),
        secret.encode("ascii", "backslashreplace"),
        base64.b64encode(plain)[: len(plain) // 3 * 4],
        plain.hex().encode(),
    ]


@pytest.fixture
async def lived_in(paired: Store, make) -> Store:
    """A store with letters that are queued, tried, failed, delivered, kept and not kept."""
    link = make.link("20250301.abc@mail.work.example", "ours1@relay.example")
    await paired.accept(
        [
            make.acceptance(id="waits", keep=True, link=link, return_path="b-3f9ac23f9ac23f9ac23f9ac2@relay.example"),
            *(make.acceptance(id=id, keep=id != "sent") for id in ("deferred", "failed", "sent")),
        ]
    )
    await paired.queue.claim(make.noon, 3)
    await paired.queue.settle(
        [
            Settlement("deferred", Deferred("451 4.3.0"), make.later(hours=1), make.noon),
            Settlement("failed", Failed("550 5.1.1"), None, make.noon),
            Settlement("sent", Sent(), None, make.noon),
        ]
    )
    return paired


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_files_of_an_open_store_hold_no_secret(lived_in: Store, path: Path) -> None:
    everything = octets(path.parent)
    assert b"amber-heron" in everything  # a pseudonym is not secret, and shows that the search works
    found = [secret for secret in SECRETS if any(spelling in everything for spelling in spellings(secret))]
    assert found == []


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_file_of_a_closed_store_holds_no_secret(path: Path, lived_in: Store) -> None:
    await lived_in.close()
    everything = path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == ["relay.db"]
    assert [s for s in SECRETS if any(spelling in everything for spelling in spellings(s))] == []


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_an_encrypted_value_copied_to_another_row_cannot_be_decrypted(paired: Store, make) -> None:
    await paired.accept([make.acceptance(keep=True, content=b"one"), make.acceptance(keep=True, content=b"two")])
    swap = "UPDATE letter SET sealed = (SELECT sealed FROM letter WHERE number = 1) WHERE number = 2"
    await paired._writer.run(lambda db: db.execute(swap).rowcount)
    assert [delivery.content for delivery in (await paired.queue.claim(make.noon, 9)).deliveries] == [b"one"]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_letter_that_is_not_kept_leaves_no_encrypted_octets(paired: Store, make, path: Path, look) -> None:
    await paired.accept([make.acceptance(id="d1", keep=False, content=b"x" * 9000)])
    sealed = look("SELECT sealed FROM letter")[0][0]
    await paired.queue.settle([Settlement("d1", Sent(), None, make.noon)])
    await paired.close()
    everything = path.read_bytes()
    assert sealed[:64] not in everything
    assert sealed[-64:] not in everything


CRASH = """
import asyncio, os, sys
from datetime import datetime, UTC
from pathlib import Path
from relay.model import JournalEntry, NewDelivery
from relay.store import Acceptance, Store
from relay.vault import Vault

async def main():
    now = datetime(2025, 3, 1, tzinfo=UTC)
    store = await Store.open(Path(sys.argv[1]), Vault(bytes(range(32))))
    entry = JournalEntry("j1", None, None, "letter", now, 1, 1)
    await store.accept([Acceptance(entry, None, (NewDelivery("d1", "j1", "a@b.example", "", b"letter", now),), True)])
    os._exit(7)

asyncio.run(main())
"""


async def test_an_accepted_letter_survives_a_crash(path: Path, vault: Vault, make) -> None:
    await Store.create(path, vault)
    crashed = subprocess.run([sys.executable, "-c", CRASH, str(path)], timeout=30, check=False)
    assert crashed.returncode == 7
    store = await Store.open(path, vault)
    try:
        assert [delivery.content for delivery in (await store.queue.claim(make.noon, 5)).deliveries] == [b"letter"]
    finally:
        await store.close()
