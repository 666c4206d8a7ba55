"""What is written to postmaster@ can be read by the operator at once, and says which member's address it bears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from relay.home import Home
from relay.message.read.parse import parse

from .conftest import DOMAIN, OPERATOR, Inbound, opened

JANE, OMAR, EVE = "jane@real.example", "omar@home.example", "eve@evil.example"


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with opened(home) as made:
        await made.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        yield made


async def handed_over(inbound: Inbound, author: str, body: str) -> str:
    said = await inbound.send(author, f"postmaster@{DOMAIN}", body=body, subject="Help")
    assert said.startswith("250 2.0.0 accepted as ")
    (mail,) = await inbound.due(OPERATOR)
    letter = parse(mail.content)
    assert [one.filename for one in letter.attachments] == ["message.eml"]
    return letter.text or ""


async def test_the_words_are_in_the_mail_and_pair_and_side_are_named(inbound: Inbound) -> None:
    text = await handed_over(inbound, JANE, "I cannot find the welcome letter.")
    assert "Their address is that of Amber Heron (mentor of pair p1)." in " ".join(text.split())
    assert text.endswith("> Help\n>\n> I cannot find the welcome letter.\n")


async def test_somebody_else_s_address_is_said_to_be_no_member_s(inbound: Inbound) -> None:
    text = await handed_over(inbound, EVE, "Buy this.")
    assert "Their address is no member's." in " ".join(text.split())
    assert "> Buy this." in text


@pytest.mark.parametrize("author", [JANE, EVE])
async def test_how_long_it_takes_tells_nobody_who_is_a_member(inbound: Inbound, author: str) -> None:
    begun = asyncio.get_running_loop().time()
    await inbound.send(author, f"postmaster@{DOMAIN}")
    assert asyncio.get_running_loop().time() - begun >= 0.2
