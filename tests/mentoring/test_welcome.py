"""The welcome letters say where to write, and let nothing of the other side through."""

from __future__ import annotations

import re
from datetime import datetime

import dkim
import pytest

from relay.home import Home
from relay.mentoring.pairing import create_pair
from relay.mentoring.validation import Person, Request
from relay.letters.welcome import Welcome
from relay.message.read.parse import parse
from relay.message.write.dkim_sign import public_record
from relay.model import Delivery, Pair
from relay.settings_file import load
from relay.store import Store

REQUEST = Request(Person("anna.berg@a.test", "", ("Anna Berg",)), Person("bo.chen@b.test", "", ("Bo Chen",)))


@pytest.fixture
async def pair(store: Store, welcome: Welcome, now: datetime) -> Pair:
    return await create_pair(REQUEST, store, "relay.test", welcome, now)


async def letters(store: Store, now: datetime) -> dict[str, Delivery]:
    claimed = await store.queue.claim(now, 10)
    return {delivery.recipient: delivery for delivery in claimed.deliveries}


async def test_each_gets_one_letter_from_the_others_alias(store: Store, pair: Pair, now: datetime) -> None:
    found = await letters(store, now)
    assert set(found) == {"anna.berg@a.test", "bo.chen@b.test"}
    for address, partner, own in (
        ("anna.berg@a.test", pair.mentee, pair.mentor),
        ("bo.chen@b.test", pair.mentor, pair.mentee),
    ):
        content = found[address].content
        assert f'\r\nFrom: "{partner.name}" <{partner.alias}>\r\n'.encode() in content
        assert b"\r\nAuto-Submitted: auto-generated\r\n" in content
        text = parse(content).text
        assert text
        for needed in (partner.name, partner.alias, own.name, own.alias, "postmaster@relay.test", "25 MiB"):
            assert needed in text


async def test_neither_letter_names_the_other_person(store: Store, pair: Pair, now: datetime) -> None:
    found = await letters(store, now)
    for mine, other in (("anna.berg@a.test", b"bo"), ("bo.chen@b.test", b"anna")):
        content = found[mine].content.lower().partition(b"\r\nfrom:")[2]  # below the random letters of signatures
        content = content.replace(b"=\r\n", b"")
        assert mine.encode() in content
        name = other + (b"|chen" if other == b"bo" else b"|berg")
        # Whole words: a pseudonym may be a Lichen, an Iceberg or a Savanna.
        assert not re.search(rb"\b(?:%s)\b" % name, content.replace(mine.encode(), b""))


async def test_a_letter_that_fails_comes_back_to_nobody_who_is_told(store: Store, pair: Pair, now: datetime) -> None:
    for delivery in (await letters(store, now)).values():
        assert delivery.notice
        token = delivery.return_path.removeprefix("b-").removesuffix("@relay.test")
        assert len(token) >= 20
        assert await store.queue.returned(token)


async def test_the_journal_tells_of_both_as_welcomes(store: Store, pair: Pair) -> None:
    entries = await store.journal.list(pair_id=pair.id)
    assert [entry.kind for entry in entries] == ["welcome", "welcome"]
    assert {entry.side for entry in entries} == {"mentor", "mentee"}


async def test_both_signatures_hold(store: Store, pair: Pair, home: Home, now: datetime) -> None:
    keys = dict(home.dkim_keys(load(home.toml, {})))
    zone = {f"{selector}._domainkey.relay.test.": public_record(pem) for selector, pem in keys.items()}
    for delivery in (await letters(store, now)).values():
        for index in (0, 1):
            verifier = dkim.DKIM(delivery.content)
            assert verifier.verify(idx=index, dnsfunc=lambda name, timeout=5: zone[name.decode()].encode())


async def test_a_programme_that_keeps_nothing_says_so(home: Home, store: Store, welcome: Welcome) -> None:
    settings = load(home.toml, {"RELAY_STORE__CONTENT": "none", "RELAY_PROGRAMME__HELP": "ask Mo at 0123"})
    text = Welcome(settings, welcome.templates, welcome.signer)
    now = datetime.fromisoformat("2026-01-01T00:00:00Z")
    await create_pair(REQUEST, store, "relay.test", text, now)
    for delivery in (await letters(store, now)).values():
        said = parse(delivery.content).text or ""
        assert "keeps no copy once a letter has arrived" in said
        assert "ask Mo at 0123" in said
