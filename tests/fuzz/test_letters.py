"""Whatever a letter is made of: it is rebuilt or refused, in good time, and never tells an address."""

from __future__ import annotations

import os
import random
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay.message.write.dkim_sign import Signer, new_ed25519_key, new_rsa_key
from relay.model import Headers, Identity, Known, Persona, RebuildOrder
from relay.rebuild import rebuild
from relay.refusals import Refusal

from .mutations import mutated

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Known(
    Identity(("jane@real.example", "jane.whitcombe@mail.example"), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example"),
    Identity(("omar@home.example",), ("Omar Haddad",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example"),
)
HEADERS = Headers("Amber Heron", KNOWN.author_persona.alias, "omar@home.example", "1@relay.example", datetime.now(UTC))
LONGEST = 8.0
"""Seconds for one letter; a worker has ten."""


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer("relay.example", (("a", new_rsa_key()), ("b", new_ed25519_key())))


def letters() -> list[bytes]:
    folders = (ROOT / "scripts" / "letters", ROOT / "tests" / "letters")
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.eml"))]


def run(signer: Signer, seed: int) -> None:
    content = mutated(random.Random(seed), letters())
    begun = time.perf_counter()
    try:
        rebuilt = rebuild(RebuildOrder(content, KNOWN, HEADERS), signer)
    except Refusal:
        rebuilt = None
    assert time.perf_counter() - begun < LONGEST, seed
    if rebuilt is not None:
        below = rebuilt.content.lower().partition(b"\r\n\r\n")[2]
        for secret in (b"jane@real.example", b"jane.whitcombe@mail.example", b"omar@home.example"):
            # With further letters at either end it is another address.
            assert not re.search(rb"(?<![\w.+-])" + re.escape(secret) + rb"(?![\w-])", below), seed


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_two_hundred_broken_letters(signer: Signer, seed: int) -> None:
    for number in range(seed, seed + 20):
        run(signer, number)


@pytest.mark.long
def test_broken_letters_for_minutes(signer: Signer) -> None:
    seconds = float(os.environ.get("RELAY_FUZZ_SECONDS", "300"))
    end, seed = time.monotonic() + seconds, int(time.time()) << 20
    count = 0
    while time.monotonic() < end:
        run(signer, seed + count)
        count += 1
    print(f"\n{count} letters in {seconds:.0f} s, the first seed {seed}")  # noqa: T201 -- told, not judged
