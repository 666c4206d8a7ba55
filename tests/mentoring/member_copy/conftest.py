"""Two members who write to each other through a real way in, and their copies."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from io import BytesIO
from itertools import count
from typing import Any
from zipfile import ZipFile

import pytest

from relay.home import Home
from relay.letters.templates import LetterTemplates
from relay.mentoring.exporting import Asking, export, write_copy
from relay.model import Envelope, Identity, NewPair, Persona, Side
from relay.outcomes import Sent
from relay.store import Member, Settlement, Store

from ...inbound.conftest import DOMAIN, NOW, Inbound, opened

EVE, OMAR, VERA = "evelina.sorrel@home.example", "o.haddad77@post.example", "verena@third.example"
NAMES = {EVE: ("Evelina Sorrel", "Sorrel Quarry"), OMAR: ("Omar Haddad", "عمر حداد"), VERA: ("Verena Lindqvist",)}
ALIASES = {EVE: f"amber-heron.p1@{DOMAIN}", OMAR: f"quiet-river.p1@{DOMAIN}"}


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with opened(home) as made:
        await paired(made.store, "p1", EVE, OMAR)
        yield made


async def paired(store: Store, id: str, mentor: str, mentee: str, language: str = "en") -> None:
    """A pair of two of them; the mentor is Amber Heron, the mentee Quiet River."""
    people = Identity((mentor,), NAMES[mentor]), Identity((mentee,), NAMES[mentee])
    names = [
        Persona(name, f"{name.lower().replace(' ', '-')}.{id}@{DOMAIN}") for name in ("Amber Heron", "Quiet River")
    ]
    await store.directory.add_pairs([NewPair(id, names[0], names[1], *people, "", language, NOW)])


_numbers = count(1)


async def write(inbound: Inbound, author: str, subject: str, text: str, *, to: str = "", head: str = "") -> str:
    """Send a letter of ``author`` to the other one of pair p1. Returns its id."""
    to = to or ALIASES[OMAR if author == EVE else EVE]
    fields = (
        f"From: <{author}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{next(_numbers)}.x@{author[-9:]}>\r\n"
    )
    kind = "" if "Content-Type" in head else "Content-Type: text/plain; charset=utf-8\r\n"
    octets = f"{fields}{head}{kind}\r\n{text}\r\n".encode()
    reply = await inbound.envelope(Envelope(author, (to,), octets, "192.0.2.1"))
    assert reply.startswith("250 2.0.0 accepted as "), reply
    return reply.removeprefix("250 2.0.0 accepted as ")


async def arrive(inbound: Inbound) -> dict[str, bytes]:
    """Deliver everything that is due. Returns the octets of each, by journal id."""
    due = await inbound.due()
    await inbound.store.queue.settle([Settlement(one.id, Sent("250"), None, NOW) for one in due])
    return {one.journal_id: one.content for one in due}


async def member(inbound: Inbound, address: str) -> Member:
    found = await inbound.store.members.having(address)
    assert found is not None
    return found


@dataclass(frozen=True)
class Opened:
    """A copy, opened: its files, and what its data.json holds."""

    files: dict[str, bytes]
    data: dict[str, Any]

    @property
    def letters(self) -> list[str]:
        """The text of each letter."""
        return [one["text"].strip() for one in self.data["letters"]]

    @property
    def page(self) -> str:
        return self.files["index.html"].decode()

    @property
    def happened(self) -> list[str]:
        return [one["event"] for one in self.data["events"]]


async def copied(inbound: Inbound, address: str, now: datetime = NOW + timedelta(days=1)) -> Opened:
    """The copy of the member with ``address``."""
    asking = Asking(inbound.store, LetterTemplates(), inbound.settings, now)
    file = BytesIO()
    await write_copy(await member(inbound, address), asking, file)
    archive = file.getvalue()
    return open_copy(archive)


async def exported(inbound: Inbound, address: str, why: str = "asked for it", who: str = "root") -> Opened:
    """The same, made by an operator."""
    asking = Asking(inbound.store, LetterTemplates(), inbound.settings, NOW + timedelta(days=1))
    file = BytesIO()
    await export(await member(inbound, address), who, why, asking, file)
    archive = file.getvalue()
    return open_copy(archive)


def open_copy(archive: bytes) -> Opened:
    with ZipFile(BytesIO(archive)) as opened:
        assert opened.testzip() is None
        files = {name: opened.read(name) for name in opened.namelist()}
    return Opened(files, json.loads(files["data.json"]))


def everything_in(copy: Opened) -> str:
    """All that anybody can read in a copy: names, octets as they are, and every part of every mail, decoded by Python's
    own mail package and not by relay's, in lower case."""
    found = [*copy.files, unescape(copy.page), json.dumps(copy.data, ensure_ascii=False)]
    for name, octets in copy.files.items():
        found.append(octets.decode("utf-8", "replace"))
        found.append(octets.decode("latin-1"))
        if name.endswith(".eml"):
            found += _decoded(octets)
    return "\n".join(found).casefold()


def _decoded(octets: bytes) -> list[str]:
    found = []
    for part in message_from_bytes(octets, policy=default).walk():
        found += [f"{name}: {value}" for name, value in part.items()]
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found += [content.decode("utf-8", "replace"), content.decode("utf-16-le", "replace")]
            if content[:2] == b"PK":
                with ZipFile(BytesIO(content)) as inner:
                    found += [inner.read(name).decode("utf-8", "replace") for name in inner.namelist()]
    return found


def assert_says_nothing_of(copy: Opened, address: str) -> None:
    """No registered string of somebody, nor any word of one, nor a mail server of theirs, is in the copy."""
    everything = everything_in(copy)
    for one in (address, address.partition("@")[0], address.partition("@")[2], *NAMES[address]):
        assert one.casefold() not in everything, one
        for word in one.split():
            assert word.casefold() not in everything, word


SIDE = {EVE: Side.MENTOR, OMAR: Side.MENTEE}
