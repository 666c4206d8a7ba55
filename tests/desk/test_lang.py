"""LANG: a member chooses the language of all that relay says to them."""

from __future__ import annotations

import pytest

from relay.message.read.parse import parse
from relay.model import EventKind, MemberState, Side

from .conftest import JANE, OMAR, AtTheDesk, words_of

CONFIRMED = {
    "en": "Your language",
    "fr": "Votre langue",
    "es": "Su idioma",
    "sw": "Lugha yako",
}


async def language(desk: AtTheDesk) -> str:
    member = await desk.inbound.store.members.on("p1", Side.MENTOR)
    assert member is not None
    return member.manner.language


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ("lang fr", "fr"),
        ("language: French", "fr"),
        ("Langue français", "fr"),
        ("langue francais, s'il vous plaît", "fr"),
        ("idioma español", "es"),
        ("idioma Espanol", "es"),
        ("भाषा अंग्रेज़ी", "en"),
        ("भाषा फ्रेंच", "fr"),
        ("भाषा हिन्दी", "hi"),
        ("भाषा हिंदी", "hi"),
        ("bhasha Hindi", "hi"),
        ("لغة العربية", "ar"),
        ("لغة عربية", "ar"),
        ("lugha Kiswahili", "sw"),
        ("lugha Kifaransa", "fr"),
        ("lang pt", ""),
        ("lang tlh", ""),
        ("lang", ""),
        ("lang from English to French", ""),
        ("lang fr-CA", "fr-CA"),
        ("lang Swahili please", "sw"),
    ],
)
async def test_a_language_is_named_in_any_language(desk: AtTheDesk, line: str, tag: str) -> None:
    assert (await desk.says(line)).startswith("250 ")
    assert await language(desk) == tag


@pytest.mark.parametrize("tag", sorted(CONFIRMED))
async def test_the_answer_comes_in_the_new_language_and_so_does_all_that_follows(desk: AtTheDesk, tag: str) -> None:
    await desk.says(tag, to="lang")
    assert await desk.got(JANE) == [CONFIRMED[tag]]
    await desk.says("help")
    (told,) = await desk.letters(JANE)
    assert f'<html lang="{tag}"' in words_of(told)


async def test_an_unknown_language_is_answered_with_those_that_there_are_in_their_own_names(desk: AtTheDesk) -> None:
    await desk.says("lang Klingon")
    (told,) = await desk.letters(JANE)
    for name in ("English (en)", "Français (fr)", "Español (es)", "Kiswahili (sw)", "العربية (ar)", "हिन्दी (hi)"):
        assert name in (parse(told.content).text or "")
    assert await desk.commands() == ["lang"]


async def test_a_language_is_chosen_for_all_pairs_and_nobody_else_learns_of_it(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, "ann@school.example", ("Amber Heron", "Silver Birch"))
    await desk.says("lang sw")
    for id in ("p1", "p2"):
        pair = await desk.inbound.store.directory.pair(id)
        assert pair is not None
        assert (pair.language_of(Side.MENTOR), pair.language_of(Side.MENTEE)) == ("sw", "en")
    assert await desk.letters(OMAR) == []
    (event,) = [one for one in await desk.inbound.store.events.list() if one.kind is EventKind.LANGUAGE]
    assert dict(event.facts) == {"to": "sw"}


async def test_the_language_of_a_forgotten_member_is_not_kept(desk: AtTheDesk) -> None:
    await desk.says("lang sw")
    member = await desk.inbound.store.members.on("p1", Side.MENTOR)
    assert member is not None
    await desk.inbound.store.members.forget(member.number, desk.inbound.now, None)
    after = await desk.inbound.store.members.numbered(member.number)
    assert (after.state, after.manner.language) == (MemberState.FORGOTTEN, "")
