"""What members ask of the desk by mail: which line is a command, whose, about which pair, and what is asked back."""

from __future__ import annotations

import pytest

from relay.authentication.verdict import Verdict
from relay.holds import give_up_late
from relay.model import PairState

from .conftest import DOMAIN, JANE, OMAR, AtTheDesk, code_in, field_of, words_of

ANN = "ann@school.example"


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("pause", ""),
        ("help", "PAUSE"),
        ("help", "pause.\r\n\r\nRegards,\r\nJane"),
        ("help", "Pausa\r\n-- \r\nJane Doe, Acme"),
        ("pause", "PAUSE\r\n\r\n> Hello,\r\n> leave"),
        ("help", "توقف مؤقت"),
        ("help", "विराम"),
        ("PAUSE", "pause Quiet River"),
    ],
)
async def test_a_pair_is_paused_and_its_other_member_hears_that_it_rests(desk: AtTheDesk, to: str, line: str) -> None:
    assert (await desk.says(line, to=to)).startswith("250 ")
    assert await desk.state() is PairState.PAUSED
    assert (await desk.got(JANE), await desk.got(OMAR)) == (["Your letters rest"], ["Your letters rest for a while"])
    assert await desk.commands() == ["pause"]


async def test_who_paused_a_pair_resumes_it(desk: AtTheDesk) -> None:
    await desk.says("pause")
    await desk.says("resume", who=OMAR)
    assert await desk.state() is PairState.PAUSED
    await desk.says("resume")
    assert await desk.state() is PairState.ACTIVE


@pytest.mark.parametrize(("first", "last"), [(JANE, OMAR), (OMAR, JANE)])
async def test_a_pair_that_both_paused_goes_on_when_both_are_ready(desk: AtTheDesk, first: str, last: str) -> None:
    for who, line, state in (
        (JANE, "pause", PairState.PAUSED),
        (OMAR, "pause", PairState.PAUSED),
        (first, "resume", PairState.PAUSED),
        (first, "resume", PairState.PAUSED),
        (last, "resume", PairState.ACTIVE),
    ):
        await desk.says(line, who=who)
        assert await desk.state() is state, (who, line)


async def test_what_an_operator_paused_only_an_operator_resumes(desk: AtTheDesk) -> None:
    await desk.inbound.store.directory.set_state("p1", PairState.PAUSED, desk.inbound.now)
    assert (await desk.says("resume")).startswith("250 ")
    assert await desk.state() is PairState.PAUSED
    (told,) = await desk.letters(JANE)
    assert "The people who run this service have paused" in " ".join(words_of(told).split())


async def test_leaving_is_asked_about_first(desk: AtTheDesk) -> None:
    await desk.says("STOP")
    assert await desk.state() is PairState.ACTIVE
    (asked,) = await desk.letters(JANE)
    assert (await desk.says("YES", to=field_of(asked, "Reply-To"))).startswith("250 ")
    assert await desk.state() is PairState.ENDED
    assert await desk.got(JANE) == ["Your letters have come to an end"]
    assert await desk.got(OMAR) == ["Your letters have come to an end"]
    assert await desk.commands() == ["leave"]


async def test_another_command_instead_of_an_answer_is_carried_out(desk: AtTheDesk) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    await desk.says("PAUSE", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.PAUSED
    await desk.says("YES", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.PAUSED


@pytest.mark.parametrize("answer", ["NO", "no thank you", "لا"])
async def test_a_no_leaves_everything_as_it_is(desk: AtTheDesk, answer: str) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    await desk.says(answer, to=field_of(asked, "Reply-To"))
    assert await desk.got(JANE) == ["Nothing has changed"]
    await desk.says(code_in(asked), to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.ACTIVE


async def test_words_that_are_neither_are_asked_about_once_more_and_then_do_nothing(desk: AtTheDesk) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    reply_to = field_of(asked, "Reply-To")
    await desk.says("What happens then?", to=reply_to)
    assert await desk.got(JANE) == ["Once more, please"]
    await desk.says("I wonder", to=reply_to)
    assert await desk.got(JANE) == ["Nothing has changed"]
    await desk.says("YES", to=reply_to)
    assert await desk.state() is PairState.ACTIVE


async def test_a_question_is_answered_in_time_or_nothing_happens(desk: AtTheDesk) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    desk.inbound.now = await desk.inbound.store.questions.next_expiry() or desk.inbound.now
    await desk.inbound.store.questions.expire(desk.inbound.now)
    await desk.says("YES", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.ACTIVE


@pytest.mark.parametrize(
    "line",
    [
        "",
        "help",
        "Hilfe bitte",
        "How do I do this?",
        "pause Somebody Else",
        "My letters do not arrive at all",
        "¿Ayuda?",
    ],
)
async def test_what_is_no_command_gets_the_list_of_commands(desk: AtTheDesk, line: str) -> None:
    assert (await desk.says(line)).startswith("250 ")
    (told,) = await desk.letters(JANE)
    for name in ("pause", "away", "report", "lang"):
        assert f"{name}@{DOMAIN}" in words_of(told)
    assert await desk.state() is PairState.ACTIVE


async def test_a_letter_at_the_desk_is_refused_and_says_where_it_should_go(desk: AtTheDesk) -> None:
    for to in ("help", "pause", "leave"):
        said = await desk.says("Dear friend,\r\n\r\n" + "thank you for your letter about the shop. " * 9, to=to)
        assert said.startswith("550 5.1.1") and f"quiet-river.p1@{DOMAIN}" in said
    assert await desk.state() is PairState.ACTIVE


async def test_a_picture_sent_to_the_desk_is_refused_too_and_not_lost(desk: AtTheDesk) -> None:
    fields = ("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b")
    part = "--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=us.png\r\n\r\nPNG\r\n--b--\r\n"
    text = "--b\r\nContent-Type: text/plain\r\n\r\n{}\r\n"
    assert (await desk.says(text.format("Look!") + part, fields=fields)).startswith("550 5.1.1")
    assert (await desk.says(text.format("PAUSE") + part, fields=fields)).startswith("250 ")


@pytest.mark.parametrize("line", ["pause", "", "A letter " * 40])
async def test_strangers_get_the_one_refusal(desk: AtTheDesk, line: str) -> None:
    unknown = await desk.inbound.send("eve@evil.example", f"nobody.k7t3mp9wq2xrd@{DOMAIN}", body=line)
    for to in ("help", "pause", "leave", "report"):
        said = await desk.says(line, to=to, who="eve@evil.example")
        assert said.rpartition(" (")[0] == unknown.rpartition(" (")[0]


async def test_a_member_who_is_not_proven_is_refused_like_a_stranger_and_asked(desk: AtTheDesk) -> None:
    desk.inbound.verdicts[JANE] = Verdict.UNPROVEN
    unknown = await desk.inbound.send("eve@evil.example", f"nobody.k7t3mp9wq2xrd@{DOMAIN}")
    assert (await desk.says("pause")).rpartition(" (")[0] == unknown.rpartition(" (")[0]
    await desk.inbound.quarantine.drain(5)
    assert await desk.state() is PairState.ACTIVE
    (asked,) = await desk.letters(JANE)
    await desk.says("YES", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.PAUSED


async def test_mail_that_fails_its_checks_is_not_even_asked_about(desk: AtTheDesk) -> None:
    desk.inbound.verdicts[JANE] = Verdict.FAIL
    assert (await desk.says("pause")).startswith("550 5.7.1")
    await desk.inbound.quarantine.drain(5)
    assert await desk.letters(JANE) == []


async def test_a_member_of_several_pairs_is_asked_which_one_is_meant(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    await desk.says("pause")
    (asked,) = await desk.letters(JANE)
    assert "1. Quiet River" in words_of(asked) and "2. Silver Birch" in words_of(asked)
    await desk.says("2", to=field_of(asked, "Reply-To"))
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.ACTIVE, PairState.PAUSED)
    await desk.says("pause quiet river")
    assert await desk.state("p1") is PairState.PAUSED


async def test_an_answer_to_a_letter_about_a_pair_is_about_that_pair(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    await desk.says("pause silver birch")
    (told,) = await desk.letters(JANE)
    fields = (f"In-Reply-To: <{field_of(told, 'Message-ID')}>",)
    assert field_of(told, "Reply-To") == f"help@{DOMAIN}"
    await desk.says("RESUME", fields=fields)
    assert (await desk.state("p1"), await desk.state("p2")) == (PairState.ACTIVE, PairState.ACTIVE)
    assert await desk.got(JANE) == ["Your letters go on"]


async def test_what_a_machine_sends_is_not_answered(desk: AtTheDesk) -> None:
    assert (await desk.says("pause", fields=("Auto-Submitted: auto-replied",))).startswith("250 ")
    assert await desk.state() is PairState.ACTIVE
    assert await desk.letters(JANE) == []


async def test_a_forgotten_member_is_a_stranger(desk: AtTheDesk) -> None:
    member = await desk.inbound.store.members.having(JANE)
    assert member is not None
    await desk.inbound.store.members.forget(member.number, desk.inbound.now, None)
    assert (await desk.says("pause")).startswith("550 5.7.1")


async def welcomed(desk: AtTheDesk) -> str:
    """The Message-ID of a letter of relay's to Jane."""
    await desk.says("help")
    (told,) = await desk.letters(JANE)
    return field_of(told, "Message-ID")


@pytest.mark.parametrize(
    "text", ["STOP", "Stop!\r\n\r\nRegards,\r\nJane", "> Hello,\r\n> and welcome\r\n\r\nSTOP", "Alto"]
)
async def test_a_command_alone_in_answer_to_a_letter_of_relays_is_that_command(desk: AtTheDesk, text: str) -> None:
    fields = (f"In-Reply-To: <{await welcomed(desk)}>",)
    assert (await desk.says(text, to=f"quiet-river.p1@{DOMAIN}", fields=fields)).startswith("250 ")
    assert await desk.got(JANE) == ["A question to you"]
    assert await desk.letters(OMAR) == []


async def held_word(desk: AtTheDesk, text: str = "STOP") -> str:
    """The address that answers the question about a letter whose only word is a command."""
    assert (await desk.says(text, to=f"quiet-river.p1@{DOMAIN}")).startswith("250 ")
    (asked,) = await desk.letters(JANE)
    assert await desk.letters(OMAR) == []
    return field_of(asked, "Reply-To")


async def test_a_command_alone_in_any_other_letter_is_asked_about_and_sent_after_a_yes(desk: AtTheDesk) -> None:
    await desk.says("YES", to=await held_word(desk, "help"))
    (letter,) = await desk.letters(OMAR)
    assert "help" in words_of(letter)


async def test_or_it_is_the_command_after_all(desk: AtTheDesk) -> None:
    await desk.says("PAUSE", to=await held_word(desk, "pause"))
    assert await desk.state() is PairState.PAUSED
    assert await desk.got(OMAR) == ["Your letters rest for a while"]


@pytest.mark.parametrize("answers", [("NO",), ("What do you mean?", "Hm")])
async def test_or_it_is_neither(desk: AtTheDesk, answers: tuple[str, ...]) -> None:
    to = await held_word(desk)
    for answer in answers:
        await desk.says(answer, to=to)
    assert (await desk.got(JANE))[-1] == "A letter of yours was not sent"
    assert (await desk.letters(OMAR), await desk.state()) == ([], PairState.ACTIVE)


async def test_nobody_answers_for_a_day_and_the_author_hears_that_it_was_not_sent(desk: AtTheDesk) -> None:
    await held_word(desk)
    store = desk.inbound.store
    until = await store.questions.next_expiry()
    assert until is not None and (until - desk.inbound.now).days == 1
    desk.inbound.now = until
    for late in await store.questions.late(until):
        await give_up_late(late, until, store=store, notices=desk.inbound.notices)
    assert (await desk.got(JANE), await desk.letters(OMAR)) == (["A letter of yours was not sent"], [])


@pytest.mark.parametrize(
    "text", ["Stop worrying, all is well.", "Please stop\r\n\r\nthe bus before the school.", "Pause?\r\nNo!"]
)
async def test_a_letter_with_more_words_is_a_letter(desk: AtTheDesk, text: str) -> None:
    await desk.says(text, to=f"quiet-river.p1@{DOMAIN}")
    assert len(await desk.letters(OMAR)) == 1
    assert await desk.letters(JANE) == []
