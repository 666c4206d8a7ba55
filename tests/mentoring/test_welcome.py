"""The welcome letters say where to write, and hold nothing that identifies the other member."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import dkim
import pytest

from relay.home import Home
from relay.letters.welcome import Welcome
from relay.mentoring.beginning import Beginning
from relay.mentoring.pairing import create_pair
from relay.mentoring.validation import Person, Request
from relay.message.read.parse import parse
from relay.message.write.dkim_sign import public_record
from relay.model import Delivery, Pair, Side
from relay.settings_file import load
from relay.store import Store

REQUEST = Request(Person("anna.berg@a.test", "", ("Anna Berg",)), Person("bo.chen@b.test", "", ("Bo Chen",)))


@pytest.fixture
async def pair(store: Store, welcome: Welcome, now: datetime) -> Pair:
    return await create_pair(REQUEST, store, "relay.test", Beginning(welcome), now)


ANNA, BO = "anna.berg@a.test", "bo.chen@b.test"


async def letters(store: Store, now: datetime) -> dict[tuple[str, str], Delivery]:
    """The letters that are due, by address and subject."""
    claimed = await store.queue.claim(now, 10)
    return {(one.recipient, parse(one.content).subject): one for one in claimed.deliveries}


def text_of(delivery: Delivery) -> str:
    return parse(delivery.content).text or ""


async def test_the_first_letter_comes_from_the_programme_and_an_answer_goes_to_the_partner(
    store: Store, pair: Pair, now: datetime
) -> None:
    found = await letters(store, now)
    assert {address for address, _ in found} == {ANNA, BO}
    for address, partner, own in ((ANNA, pair.mentee, pair.mentor), (BO, pair.mentor, pair.mentee)):
        content = found[address, "Hello, and how to write"].content
        assert b'\r\nFrom: "Your letters" <help@relay.test>\r\n' in content
        assert f"\r\nReply-To: <{partner.alias}>\r\n".encode() in content
        assert b"\r\nAuto-Submitted: auto-generated\r\n" in content
        text = text_of(found[address, "Hello, and how to write"])
        for needed in (partner.name, partner.alias, own.name, "postmaster@relay.test"):
            assert needed in text


async def test_the_second_letter_says_who_can_read_what(store: Store, pair: Pair, now: datetime) -> None:
    found = await letters(store, now)
    for address, partner, own in ((ANNA, pair.mentee, pair.mentor), (BO, pair.mentor, pair.mentee)):
        letter = found[address, "Who can read what you write"]
        assert b"\r\nReply-To: <help@relay.test>\r\n" in letter.content
        for needed in (partner.name, own.name, own.alias, "25 MB", "We keep a locked copy of each."):
            assert needed in " ".join(text_of(letter).split())


async def test_each_member_is_welcomed_in_their_own_language(store: Store, welcome: Welcome, now: datetime) -> None:
    people = (replace(REQUEST.mentor, language="fr-CI"), replace(REQUEST.mentee, language="tlh"))
    made = await create_pair(Request(*people, language="ar"), store, "relay.test", Beginning(welcome), now)
    assert {(ANNA, "Bonjour, et comment écrire"), (BO, "Hello, and how to write")} < set(await letters(store, now))
    kept = await store.directory.pair(made.id)
    assert kept is not None
    assert (kept.language, kept.mentor_manner.language, kept.mentee_manner.language) == ("ar", "fr-CI", "tlh")
    assert (kept, kept.language_of(Side.MENTOR)) == (made, "fr-CI")


async def test_a_member_keeps_their_language_in_other_pairs(store: Store, now: datetime) -> None:
    first = Request(replace(REQUEST.mentor, language="sw"), REQUEST.mentee)
    await create_pair(first, store, "relay.test", Beginning(), now)
    second = await create_pair(Request(REQUEST.mentor, Person("cy@c.test")), store, "relay.test", Beginning(), now)
    kept = await store.directory.pair(second.id)
    assert kept is not None
    assert (kept.language_of(Side.MENTOR), kept.language_of(Side.MENTEE)) == ("sw", "en")
    assert await store.directory.languages() == {"sw", "en"}


async def test_no_letter_names_the_other_person(store: Store, pair: Pair, now: datetime) -> None:
    found = await letters(store, now)
    for (mine, _), delivery in found.items():
        other = b"bo" if mine == ANNA else b"anna"
        content = delivery.content.lower().partition(b"\r\nfrom:")[2]  # without the base64 of the DKIM signatures
        content = content.replace(b"=\r\n", b"")
        assert mine.encode() in content
        name = other + (b"|chen" if other == b"bo" else b"|berg")
        # Whole words only, because a pseudonym may contain Lichen, Iceberg or Savanna.
        assert not re.search(rb"\b(?:%s)\b" % name, content.replace(mine.encode(), b""))


async def test_a_welcome_letter_has_a_return_path_and_its_failure_is_reported_to_nobody(
    store: Store, pair: Pair, now: datetime
) -> None:
    for delivery in (await letters(store, now)).values():
        assert delivery.notice
        token = delivery.return_path.removeprefix("b-").removesuffix("@relay.test")
        assert len(token) >= 20
        assert await store.queue.returned(token)


async def test_the_journal_has_welcome_entries_for_both_sides(store: Store, pair: Pair) -> None:
    entries = await store.journal.list(pair_id=pair.id)
    assert [entry.kind for entry in entries] == ["welcome"] * 4
    assert {entry.side for entry in entries} == {"mentor", "mentee"}


async def test_both_dkim_signatures_verify(store: Store, pair: Pair, home: Home, now: datetime) -> None:
    keys = dict(home.dkim_keys(load(home.toml, {})))
    zone = {f"{selector}._domainkey.relay.test.": public_record(pem) for selector, pem in keys.items()}
    for delivery in (await letters(store, now)).values():
        for index in (0, 1):
            verifier = dkim.DKIM(delivery.content)
            assert verifier.verify(idx=index, dnsfunc=lambda name, timeout=5: zone[name.decode()].encode())


async def test_a_programme_that_keeps_no_letters_says_so(home: Home, store: Store, welcome: Welcome) -> None:
    settings = load(home.toml, {"RELAY_STORE__CONTENT": "none", "RELAY_PROGRAMME__HELP": "ask Mo at 0123"})
    keeping_none = Welcome(replace(welcome.writer, settings=settings))
    now = datetime.fromisoformat("2026-01-01T00:00:00Z")
    await create_pair(REQUEST, store, "relay.test", Beginning(keeping_none), now)
    found = await letters(store, now)
    for address in (ANNA, BO):
        text = " ".join(text_of(found[address, "Who can read what you write"]).split())
        assert "We keep no copy once a letter has arrived." in text
        assert "ask Mo at 0123" in text
