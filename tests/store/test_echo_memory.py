"""What was written to a member of them is all read, however much it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.model import Echoes, Side
from relay.store import Store

from .conftest import Make


@pytest.mark.parametrize("letters", [0, 10, 11, 40])
async def test_what_every_letter_said_is_read_the_newest_first(paired: Store, make: Make, letters: int) -> None:
    for number in range(letters):
        await paired.accept([replace(make.acceptance(), echoes=Echoes(names=(f"picture-{number}.jpg",)))])
    found = await paired.echoes.of("k7f3q2", Side.MENTEE)
    assert found.names == tuple(f"picture-{number}.jpg" for number in reversed(range(letters)))
