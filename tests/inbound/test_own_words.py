"""An author gets their own words back in the answer, and nobody else does."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from relay.model import Change, Envelope, Identity, NewPair, Persona, Side

from .conftest import DOMAIN, NOW, Inbound

EVE, OMAR = "eve@home.example", "omar@post.example"
HERS, HIS = f"amber-heron.p1@{DOMAIN}", f"quiet-river.p1@{DOMAIN}"


@pytest.fixture
async def inbound(inbound: Inbound, at_once: None) -> Inbound:
    """Eve and Omar write to each other."""
    people = Identity((EVE,), ("Eve Sorrel", "Sorrel Works")), Identity((OMAR,), ("Omar Haddad",))
    personas = Persona("Amber Heron", HERS), Persona("Quiet River", HIS)
    await inbound.store.directory.add_pairs([NewPair("p1", *personas, *people, "", "en", NOW)])
    return inbound


async def sent(inbound: Inbound, author: str, subject: str, text: str = "Hello there") -> str:
    """The subject that the other one gets."""
    to, reader = (HIS, OMAR) if author == EVE else (HERS, EVE)
    head = f"From: <{author}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{abs(hash((subject, text)))}@a.b>\r\n"
    octets = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    assert (await inbound.envelope(Envelope(author, (to,), octets, "192.0.2.1"))).startswith("250")
    (owed,) = await inbound.due(reader)
    return str(message_from_bytes(owed.content, policy=default)["Subject"])


@pytest.mark.parametrize("prefix", ["Re: ", "AW: ", "Antw: ", "RE: Re: ", "SV: "])
async def test_a_subject_comes_back_in_the_words_of_its_author(prefix: str, inbound: Inbound) -> None:
    arrived = await sent(inbound, EVE, "Maths: Eve Sorrel's plan")
    assert arrived == "Maths: Amber Heron's plan"
    assert await sent(inbound, OMAR, f"{prefix}{arrived}") == "Re: Maths: Eve Sorrel's plan"
    assert await sent(inbound, EVE, "Re: Maths: Eve Sorrel's plan", "and so on") == "Re: Maths: Amber Heron's plan"


async def test_nobody_else_gets_them(inbound: Inbound) -> None:
    arrived = await sent(inbound, EVE, "Eve Sorrel's plan")
    assert await sent(inbound, EVE, f"Re: {arrived}") == f"Re: {arrived}", "she herself may write the pseudonym"
    assert await sent(inbound, OMAR, "Another plan") == "Another plan"
    assert await sent(inbound, OMAR, "Omar Haddad's plan") == "Quiet River's plan"
    assert await inbound.store.echoes.of("p2", Side.MENTEE) != await inbound.store.echoes.of("p1", Side.MENTEE)
    assert (await inbound.store.echoes.of("p1", Side.MENTEE)).changes == (
        Change("subject", "amberheronsplan", "Eve Sorrel's plan"),
    )


async def test_the_readers_name_in_such_a_subject_stays_as_its_author_wrote_it(inbound: Inbound) -> None:
    arrived = await sent(inbound, EVE, "Eve Sorrel and Omar Haddad")
    assert arrived == "Amber Heron and Omar Haddad"
    assert await sent(inbound, OMAR, f"Re: {arrived}") == "Re: Eve Sorrel and Omar Haddad"


async def test_a_subject_that_was_not_changed_is_not_remembered(inbound: Inbound) -> None:
    await sent(inbound, EVE, "AW: Bowls")
    assert (await inbound.store.echoes.of("p1", Side.MENTEE)).changes == ()


async def test_a_subject_of_the_longest_kind_is_not_remembered(inbound: Inbound) -> None:
    await sent(inbound, EVE, "Eve Sorrel " + "and more " * 200)
    assert (await inbound.store.echoes.of("p1", Side.MENTEE)).changes == ()
