"""Every reader of foreign octets answers or refuses, in good time: old finds, seeds, and seeds hurt by chance.

The same harnesses run for hours with scripts/fuzz; what that finds is kept in found/NAME/.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from .harness import Harness, look
from .harnesses import ALL
from .mutations import mutated

FOUND = sorted((Path(__file__).parent / "found").glob("*/*"))
INPUTS = 25


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_before_is_not_found_again(path: Path) -> None:
    assert look(ALL[path.parent.name], path.read_bytes()) is None


@pytest.mark.parametrize("harness", ALL.values(), ids=ALL)
def test_a_reader_answers_or_refuses_whatever_comes(harness: Harness) -> None:
    begin = list(harness.seeds) or [b""]
    chance = random.Random(harness.name)
    for octets in (*begin, b"", b"\0", *(mutated(chance, begin) for _ in range(INPUTS))):
        found = look(harness, octets[: harness.longest])
        assert found is None, (found, octets)


@pytest.mark.long
@pytest.mark.parametrize("harness", ALL.values(), ids=ALL)
def test_a_reader_answers_or_refuses_for_a_while(harness: Harness) -> None:
    begin = list(harness.seeds) or [b""]
    seed = int(time.time())
    chance, ends_at = random.Random(seed), time.monotonic() + float(os.environ.get("RELAY_FUZZ_SECONDS", "300")) / 30
    while time.monotonic() < ends_at:
        octets = mutated(chance, begin)[: harness.longest]
        found = look(harness, octets)
        assert found is None, (seed, found, octets)


def test_a_harness_can_fail() -> None:
    def stumbles(octets: bytes) -> None:
        raise KeyError(octets)

    found = look(Harness("stumbles", stumbles), b"x")
    assert found is not None and found.kind.startswith("KeyError-")
    assert look(Harness("stumbles", stumbles, may=(KeyError,)), b"x") is None


def test_a_harness_notices_what_takes_too_long() -> None:
    def dawdles(octets: bytes) -> None:
        ends_at = time.process_time() + 0.05
        while time.process_time() < ends_at:
            pass

    found = look(Harness("dawdles", dawdles, seconds=0.01), b"")
    assert found is not None and found.kind == "slow"
