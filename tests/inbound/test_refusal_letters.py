"""A proven member whose letter was refused hears why, in their own language, once an hour for a reason."""

from __future__ import annotations

import base64
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.message.read.parse import parse
from relay.model import Identity, Manner, NewPair, PairState, Persona
from relay.settings import AuthenticitySettings

from .conftest import DOMAIN, NOW, Inbound, opened

JANE, OMAR = "jane@real.example", "omar@home.example"
ALIAS = f"quiet-river.p1@{DOMAIN}"
MIXED = ("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b")
Names = tuple[str, ...]
OLD_OFFICE = base64.b64encode(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)).decode()


def with_file(name: str) -> str:
    return (
        "--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/msword\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{OLD_OFFICE}\r\n--b--"
    )


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with opened(home) as made:
        await pair_of(made, "fr")
        yield made


async def pair_of(inbound: Inbound, language: str, mentor: Names = (), mentee: Names = ()) -> None:
    people = Persona("Amber Heron", f"amber-heron.p1@{DOMAIN}"), Persona("Quiet River", ALIAS)
    identities = Identity((JANE,), mentor), Identity((OMAR,), mentee)
    await inbound.store.directory.add_pairs([NewPair("p1", *people, *identities, "", "en", NOW, Manner(language))])


async def refused(inbound: Inbound, name: str = "plan.doc", message_id: str = "m1@real.example", **more: Any) -> str:
    body = with_file(name)
    said = await inbound.send(JANE, ALIAS, body=body, fields=MIXED, message_id=message_id, **more)
    assert said.startswith("554 5.6.0 ")
    return said


async def test_they_are_told_the_file_and_what_works_instead(inbound: Inbound) -> None:
    assert "plan.doc" not in await refused(inbound)
    (letter,) = await inbound.due()
    assert letter.recipient == JANE
    assert letter.return_path == ""
    mail = parse(letter.content)
    assert mail.subject == "Une de vos lettres n’est pas partie"
    said = " ".join((mail.text or "").split())
    assert "Enregistrez-le de nouveau et joignez-le" in said
    assert "Il s’agit de ce fichier : plan.doc" in said


async def test_the_letter_is_listed_under_their_pair(inbound: Inbound) -> None:
    await refused(inbound)
    entries = {entry.id: entry for entry in await inbound.store.journal.list(pair_id="p1", limit=10)}
    (refusal,) = [entry for entry in entries.values() if entry.kind == "refusal"]
    assert entries[f"{refusal.id}-x"].kind == "notice"


async def test_once_an_hour_is_enough_for_a_reason(inbound: Inbound) -> None:
    for number in range(3):
        await refused(inbound, message_id=f"{number}@real.example")
    assert len(await told(inbound)) == 1
    await inbound.store.directory.set_state("p1", PairState.PAUSED, NOW)
    assert (await inbound.send(JANE, ALIAS, message_id="paused@real.example")).startswith("550 5.2.1 ")
    assert len(await told(inbound)) == 2
    await inbound.store.directory.set_state("p1", PairState.ACTIVE, NOW)
    inbound.now += timedelta(hours=1)
    await refused(inbound, message_id="later@real.example")
    assert len(await told(inbound)) == 3


async def test_a_name_made_to_be_looked_at_stays_on_one_line(inbound: Inbound) -> None:
    await refused(inbound, "a" * 200 + ".doc")
    (letter,) = await inbound.due()
    text = parse(letter.content).text or ""
    assert "a" * 79 + "…" in text
    assert "a" * 80 not in text


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNPROVEN])
async def test_who_is_not_proven_hears_nothing(inbound: Inbound, verdict: Verdict) -> None:
    inbound.verdicts[JANE] = verdict
    said = await inbound.send(JANE, ALIAS, body=with_file("plan.doc"), fields=MIXED)
    assert said.startswith("550 5.7.1 ")
    assert await told(inbound) == []


async def test_a_stranger_s_alias_brings_no_letter(inbound: Inbound) -> None:
    await inbound.send(JANE, f"nobody.p9@{DOMAIN}", body="Hello")
    assert await told(inbound) == []


async def test_a_machine_is_not_answered(inbound: Inbound) -> None:
    await inbound.store.directory.set_state("p1", PairState.PAUSED, NOW)
    said = await inbound.send(JANE, ALIAS, fields=("Auto-Submitted: auto-replied",), body="I am away.")
    assert said.startswith("550 5.2.1 ")
    assert await told(inbound) == []
    await inbound.send(JANE, ALIAS, message_id="m2@real.example")
    assert len(await told(inbound)) == 1


async def test_nobody_is_written_to_where_anybody_may_write_as_a_member(home: Home) -> None:
    async with opened(home, authenticity=AuthenticitySettings(verify="none")) as inbound:
        await pair_of(inbound, "en")
        await refused(inbound)
        assert await told(inbound) == []


HARRIET, READER = "Harriet Brandmoor", "Omar Haddad"
APART = "Har riet Brand moor"
"""A spelling of the author's name that relay sees and does not replace."""
WAV = base64.b64encode(b"RIFF\x38\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0data\x14\0\0\0%-20b")
LANGUAGES = {
    "en": "These words of yours are still in it:",
    "fr": "Ces mots qui vous désignent y sont encore\N{NO-BREAK SPACE}:",
    "ar": "ما زالت فيها هذه الكلمات التي تدل عليكم:",
    "es": "Estas palabras que le nombran siguen en ella:",
    "hi": "आपकी पहचान बताने वाले ये शब्द उसमें अब भी हैं:",
    "sw": "Bado ina maneno haya yanayokutaja:",
}


async def letter_about(home: Home, body: str, language: str = "en", **more: Any) -> str:
    """What the author hears about a letter that was refused because it names one of them."""
    async with opened(home) as inbound:
        await pair_of(inbound, language, (HARRIET, "Acme Widgets"), (READER, "Globex"))
        said = await inbound.send(JANE, ALIAS, body=body, **more)
        assert said.startswith("554 5.6.0 ")
        assert said.endswith("(StillIdentifying)")
        assert "arriet" not in said
        (letter,) = await inbound.due()
        (refusal,) = [entry.id for entry in await inbound.entries() if entry.kind == "refusal"]
        return (parse(letter.content).text or "").replace(refusal, "ID")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_they_are_told_which_of_their_own_words_were_the_reason(home: Home, language: str) -> None:
    told = await letter_about(home, f"Hello, I am {APART}.", language)
    assert f"{LANGUAGES[language]}\n\n    {HARRIET}\n\n" in told
    assert "Acme" not in told


@pytest.mark.parametrize("other", [READER, "Globex", OMAR, "O m a r H a d d a d", "Omar"])
async def test_the_letter_is_the_same_whether_or_not_theirs_names_its_reader(
    home: Home, tmp_path: Path, other: str
) -> None:
    shutil.copytree(home.path, tmp_path / "second")
    first = await letter_about(home, f"Hello, I am {APART}. Do you know Peter Lindqvist?")
    second = await letter_about(Home(tmp_path / "second"), f"Hello, I am {APART}. Do you know {other}?")
    assert first == second
    assert HARRIET in first
    assert "mar" not in first.replace("Harriet Brandmoor", "")


@pytest.mark.parametrize("name", ["talk.wav", f"{READER}.wav"])
async def test_a_file_is_named_as_its_author_named_it(home: Home, name: str) -> None:
    """The finished letter calls the second one by the reader's pseudonym, which would tell that it is their name."""
    sound = base64.b64encode(base64.b64decode(WAV) % HARRIET.encode()).decode()
    told = await letter_about(home, with_file(name).replace(OLD_OFFICE, sound).replace("msword", "x"), fields=MIXED)
    assert f"    {name}\n" in told
    assert f"    {HARRIET}\n" in told


async def test_no_more_than_one_letter_an_hour_about_own_words(home: Home) -> None:
    async with opened(home) as inbound:
        await pair_of(inbound, "en", (HARRIET, "Rosalind Whitfield"))
        for number, body in enumerate((APART, "Rosa lind Whit field", APART)):
            await inbound.send(JANE, ALIAS, body=f"Hello, I am {body}.", message_id=f"{number}@real.example")
        assert len(await told(inbound)) == 1


async def told(inbound: Inbound) -> list[str]:
    return [entry.id for entry in await inbound.entries() if entry.id.endswith("-x")]
