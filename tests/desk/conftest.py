"""A pair whose members write to the desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from relay.home import Home
from relay.model import EventKind, PairState

from ..inbound.conftest import DOMAIN, JANE, OMAR, Inbound, opened, words_of

PARTNER = "quiet-river.p1"


@dataclass
class AtTheDesk:
    """The pair p1 of Jane (Amber Heron, mentor) and Omar (Quiet River, mentee)."""

    inbound: Inbound
    sent: int = 0
    boxes: dict[str, list[Any]] = field(default_factory=dict)

    async def says(self, line: str, *, to: str = "help", who: str = JANE, **more: Any) -> str:
        """The reply to a mail whose text is ``line``, to an address of the desk."""
        self.sent += 1
        to = to if "@" in to else f"{to}@{DOMAIN}"
        return await self.inbound.send(who, to, body=line, message_id=f"{self.sent}@real.example", **more)

    async def got(self, who: str) -> list[str]:
        """The subjects of the new letters to ``who``."""
        return [subject_of(one) for one in await self.letters(who)]

    async def letters(self, who: str) -> list[Any]:
        """The new letters to ``who``."""
        for one in await self.inbound.due():
            self.boxes.setdefault(one.recipient, []).append(one)
        return self.boxes.pop(who, [])

    async def state(self, pair: str = "p1") -> PairState:
        found = await self.inbound.store.directory.pair(pair)
        assert found is not None
        return found.state

    async def commands(self) -> list[str]:
        events = await self.inbound.store.events.list()
        return [event.facts["command"] for event in events if event.kind is EventKind.COMMAND]


def subject_of(delivery: Any) -> str:
    found = re.search(rb"^Subject: (.+?)\r\n(?! )", delivery.content, re.MULTILINE)
    assert found
    return re.sub(r" \[[A-Z0-9]{6}\]$", "", found[1].decode())


def field_of(delivery: Any, name: str) -> str:
    found = re.search(rf"^{name}: <?([^>\r]+)>?\r$", delivery.content.decode("latin-1"), re.MULTILINE)
    assert found
    return found[1]


def code_in(delivery: Any) -> str:
    found = re.search(r"\[([0-9A-Z]{6})\]", delivery.content.decode("latin-1"))
    assert found
    return found[1]


__all__ = ["DOMAIN", "JANE", "OMAR", "PARTNER", "AtTheDesk", "Inbound", "words_of"]


@pytest.fixture
async def desk(home: Home) -> AsyncIterator[AtTheDesk]:
    async with opened(home) as inbound:
        await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        yield AtTheDesk(inbound)
