"""Whoever is asked whether a held letter may leave as it is may write it again instead: the answer is the new letter.
What else comes with an answer is never lost without a word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from relay.home import Home
from relay.message.confirmation.written_again import is_written_again

from .conftest import DOMAIN, JANE, NOW, OMAR, OPERATOR, Inbound
from .test_answers_by_hand import Asked, held, programme, words

LETTER = (
    "Dear River,\n\nthe market on Friday was better than I had feared. We sold out by noon, and two shops asked "
    "whether I could bring them bread twice a week. {call}\n\nI wonder what you would ask them for a loaf.\n\nYours"
)
CALL = "Please call me on +44 7700 900123 tonight."
AGAIN = LETTER.format(call="Let us talk about it in our next letters.")
LANGUAGES = ("en", "ar", "es", "fr", "hi", "sw")


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with programme(home) as made:
        yield made


async def answers(inbound: Inbound, asked: Asked, body: str, fields: tuple[str, ...] = (), id: str = "a") -> str:
    body = body.replace("\n", "\r\n")
    more = {"subject": f"Re: {asked.subject}", "message_id": f"{id}@real.example"}
    return await inbound.send(JANE, asked.to, body=body, fields=fields, **more)


async def test_a_new_version_is_the_new_letter_and_the_first_is_destroyed(inbound: Inbound) -> None:
    asked = await held(inbound, LETTER.format(call=CALL))
    assert (await answers(inbound, asked, f"{AGAIN}\n\n{asked.quoted()}")).startswith("250 ")
    got = {one.recipient: words(one) for one in await inbound.due()}
    assert set(got) == {JANE, OMAR}
    assert "in our next letters" in got[OMAR] and "900123" not in got[OMAR] and asked.code not in got[OMAR]
    assert "may show who" not in got[OMAR] and "May we send" not in got[OMAR]
    assert got[OMAR].startswith("Words\n"), "the subject of the first version"
    assert "written again" in got[JANE] and "is on its way" in got[JANE]
    assert not await inbound.store.holds.rows()


async def test_a_new_version_that_shows_something_too_is_asked_about(inbound: Inbound) -> None:
    asked = await held(inbound, LETTER.format(call=CALL))
    await answers(inbound, asked, LETTER.format(call="Or call me on +44 7700 900124, please."))
    got = [words(one) for one in await inbound.due()]
    assert len(got) == 2 and any("The new version waits here" in one for one in got)
    assert any("900124" in one and "may show who" in one for one in got)
    (hold,) = await inbound.store.holds.rows()
    assert hold.why == "author decides"


async def test_a_question_about_the_letter_goes_to_nobody_and_its_author_hears_what_to_do(inbound: Inbound) -> None:
    asked = await held(inbound, LETTER.format(call=CALL))
    question = (
        "I do not understand this. My number is in the letter because I want to be called, and my real name is not "
        "in it at all, as far as I can see. What exactly is it that I should take out of it, please?"
    )
    await answers(inbound, asked, f"{question}\n\n{asked.quoted()}")
    (told,) = await inbound.due()
    assert told.recipient == JANE
    said = " ".join(words(told).split())
    assert "Nothing in your answer was passed on" in said and f"quiet-river.p1@{DOMAIN}" in said
    assert len(await inbound.store.holds.rows()) == 1


async def test_a_new_version_that_cannot_pass_is_refused_and_the_first_still_waits(inbound: Inbound) -> None:
    asked = await held(inbound, LETTER.format(call=CALL))
    text = f"{AGAIN}\n\n-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"
    assert (await answers(inbound, asked, text)).startswith("554 ")
    assert len(await inbound.store.holds.rows()) == 1
    assert [one.recipient for one in await inbound.due()] == [JANE]


def with_file(text: str) -> tuple[str, tuple[str, ...]]:
    file = 'Content-Type: application/pdf\nContent-Disposition: attachment; filename="plan.pdf"\n\nJVBERi0='
    body = f"--b\nContent-Type: text/plain\n\n{text}\n--b\n{file}\n--b--\n"
    return body, ("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"')


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [True, False])
async def test_of_a_file_beside_a_yes_its_author_hears_that_it_went_nowhere(
    home: Home, language: str, code: bool
) -> None:
    async with programme(home, language) as inbound:
        asked = await held(inbound, CALL)
        yes = {"en": "Yes", "ar": "نعم", "es": "Sí", "fr": "Oui", "hi": "हाँ", "sw": "Ndiyo"}[language]
        body, fields = with_file(asked.code if code else yes)
        fields = (*fields, "Content-Transfer-Encoding: 8bit")
        assert (await answers(inbound, asked, body, fields)).startswith("250 ")
        got = {one.recipient: words(one) for one in await inbound.due()}
        assert set(got) == {JANE, OMAR}
        assert f"quiet-river.p1@{DOMAIN}" in got[JANE] and "plan.pdf" not in got[OMAR]


@pytest.mark.parametrize("first", ["Yes", "No"])
async def test_of_many_words_below_an_answer_too(inbound: Inbound, first: str) -> None:
    asked = await held(inbound, CALL)
    await answers(inbound, asked, f"{first}.\n\n{AGAIN}\n\n{asked.quoted()}")
    told = [" ".join(words(one).split()) for one in await inbound.due(JANE)]
    assert any("Only its first line counts" in one and f"quiet-river.p1@{DOMAIN}" in one for one in told)


async def test_of_a_signature_below_an_answer_nobody_hears(inbound: Inbound) -> None:
    asked = await held(inbound, CALL)
    await answers(inbound, asked, f"Yes please, and thank you!\n\nKind regards\nJane\n\n{asked.quoted()}")
    assert [one.recipient for one in await inbound.due()] == [OMAR]


async def test_a_late_answer_is_told_that_it_changes_nothing(inbound: Inbound) -> None:
    asked = await held(inbound, CALL)
    await answers(inbound, asked, "No")
    await inbound.due()
    inbound.now = NOW + timedelta(days=20)
    for number in range(5):
        await answers(inbound, asked, "Yes", id=f"late{number}")
    told = [words(one) for one in await inbound.due()]
    assert len(told) == 3 and all("The question is closed" in one for one in told)


async def test_two_answers_that_contradict_each_other(inbound: Inbound) -> None:
    asked = await held(inbound, CALL)
    await answers(inbound, asked, "Yes")
    await answers(inbound, asked, "No, wait!", id="b")
    got = {one.recipient: words(one) for one in await inbound.due()}
    assert set(got) == {JANE, OMAR} and CALL in got[OMAR]
    assert "it was answered before" in " ".join(got[JANE].split())


async def test_what_a_machine_or_a_stranger_sends_late_is_not_answered(inbound: Inbound) -> None:
    asked = await held(inbound, CALL)
    await answers(inbound, asked, "No")
    await inbound.due()
    await answers(inbound, asked, "I am away.", ("Auto-Submitted: auto-replied",), id="auto")
    await inbound.send("eve@evil.example", asked.to, body="Yes", message_id="eve@evil.example")
    assert not await inbound.due() and OPERATOR


@pytest.mark.parametrize(
    ("answer", "letter", "same"),
    [
        (AGAIN, LETTER.format(call=CALL), True),
        (AGAIN[:120], LETTER.format(call=CALL), True),
        (
            "كان السوق يوم الجمعة أفضل مما كنت أخشى، وبعنا كل شيء",
            "كان السوق يوم الجمعة أفضل مما كنت أخشى. اتصل بي",
            True,
        ),
        ("शुक्रवार का बाज़ार मेरे डर से बेहतर था, और सब बिक गया।", "शुक्रवार का बाज़ार मेरे डर से बेहतर था। मुझे बुलाइए।", True),
        (
            "今週の市場は思っていたよりもずっとよくて、昼までに全部売り切れました。とても嬉しいです。",
            "今週の市場は思っていたよりもずっとよくて、昼までに全部売り切れました。電話してください。",
            True,
        ),
        ("What is it about the bread, the market and the shops that I may not say to my mentor?", AGAIN, False),
        ("Why?", "Why?", False),
        ("", "", False),
    ],
)
def test_a_new_version_shares_whole_clauses(answer: str, letter: str, same: bool) -> None:
    assert is_written_again(answer, letter) is same


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "Yes, but remove the phone number"),
        ("en", "Yes. Without my number please"),
        ("en", "Yes\nbut please take out the number first"),
        ("ar", "نعم، ولكن بدون رقم الهاتف"),
        ("es", "Sí, pero sin el número"),
        ("fr", "Oui, mais sans le numéro"),
        ("hi", "हाँ, लेकिन नंबर के बिना"),
        ("sw", "Ndiyo, lakini bila namba ya simu"),
    ],
)
async def test_a_yes_to_something_else_lets_nothing_go(home: Home, language: str, answer: str) -> None:
    async with programme(home, language) as inbound:
        asked = await held(inbound, CALL)
        fields = ("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "MIME-Version: 1.0")
        await answers(inbound, asked, f"{answer}\n\n{asked.quoted()}", fields)
        (told,) = await inbound.due()
        assert told.recipient == JANE and asked.code in words(told)
        await answers(inbound, asked, asked.code, id="b")
        assert [one.recipient for one in await inbound.due()] == [OMAR]


@pytest.mark.parametrize(
    ("language", "answer"), [("es", "Si"), ("es", "si."), ("es-MX", "SI!"), ("hi", "ji"), ("hi", "ha")]
)
async def test_a_yes_of_the_readers_own_language_alone(home: Home, language: str, answer: str) -> None:
    async with programme(home, language) as inbound:
        asked = await held(inbound, CALL)
        await answers(inbound, asked, f"{answer}\n\n{asked.quoted()}")
        assert [one.recipient for one in await inbound.due()] == [OMAR]


@pytest.mark.parametrize(
    ("language", "answer"), [("sw", "Si"), ("fr", "Si"), ("es", "Si no"), ("sw", "ha"), ("es", "si quieres")]
)
async def test_is_none_in_another(home: Home, language: str, answer: str) -> None:
    async with programme(home, language) as inbound:
        asked = await held(inbound, CALL)
        await answers(inbound, asked, f"{answer}\n\n{asked.quoted()}")
        assert [one.recipient for one in await inbound.due()] == [JANE]
