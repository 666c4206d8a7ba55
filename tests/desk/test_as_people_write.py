"""Commands as people really write them: on telephones, with a kind word, in Outlook, misspelled, too late."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from relay.model import PairState

from .conftest import JANE, OMAR, AtTheDesk, code_in, field_of, words_of

QUOTED_PRINTABLE = (
    "MIME-Version: 1.0",
    'Content-Type: text/html; charset="utf-8"',
    "Content-Transfer-Encoding: quoted-printable",
)
OUTLOOK = (
    '<html xmlns:o=3D"urn:schemas-microsoft-com:office:office"><head><style><!--\r\np.MsoNormal {margin:0cm;}\r\n'
    "--></style></head><body lang=3DEN-GB><div class=3DWordSection1><p class=3DMsoNormal>%s<o:p></o:p></p>"
    "<p class=3DMsoNormal><o:p>&nbsp;</o:p></p><p class=3DMsoNormal>Kind regards<br>Jane<o:p></o:p></p>"
    "<div style=3D'border-top:solid #E1E1E1 1.0pt'><p class=3DMsoNormal><b>From:</b> relay &lt;help@relay.test&gt;<br>"
    "<b>Sent:</b> Monday, 1 March 2026 12:00<br><b>To:</b> jane@real.example<br><b>Subject:</b> A question"
    "<o:p></o:p></p></div><p class=3DMsoNormal>Hello, this is what was written before, at some length, so that with "
    "it there are more than twenty-five words in this mail, as in most of them.<o:p></o:p></p></div></body></html>"
)
"""What Outlook sends: HTML only, with a header in place of quotation marks."""


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("help", "Pause."),
        ("help", "PAUSE!!!"),
        ("help", "🙏 pause 🙏"),
        ("help", "*Pause*"),
        ("help", "«pause»"),
        ("help", "Please pause"),
        ("help", "Pause, please. Thank you!"),
        ("help", "s'il vous plaît, pause"),
        ("help", "تـوقـف مؤقـت"),
        ("help", "إِيقَاف مُؤَقَّت من فضلكم"),
        ("help", "Pause\r\n\r\nSent from my iPhone"),
        ("help", "Pause\r\nGet Outlook for Android<https://aka.ms/x>"),
        ("help", "pause\r\nleave"),  # the first line counts
        ("pause", ""),
        ("pause", "Sent from my iPhone"),
        ("pause", "Envoyé de mon iPhone"),
        ("pause", "Kind regards"),
        ("pause", "pls"),
        ("Pause", "quiet river"),
    ],
)
async def test_a_command_is_understood(desk: AtTheDesk, to: str, line: str) -> None:
    assert (await desk.says(line, to=to)).startswith("250 ")
    assert await desk.state() is PairState.PAUSED
    assert await desk.got(JANE) == ["Your letters rest"]


@pytest.mark.parametrize("to", ["help", "pause"])
async def test_outlooks_html_is_read_and_what_it_carries_along_does_not_make_a_letter(desk: AtTheDesk, to: str) -> None:
    line = "Pause" if to == "help" else ""
    assert (await desk.says(OUTLOOK % line, to=to, fields=QUOTED_PRINTABLE)).startswith("250 ")
    assert await desk.state() is PairState.PAUSED


async def test_an_answer_of_outlooks_to_a_question_for_a_day_is_no_letter(desk: AtTheDesk) -> None:
    await desk.says("away")
    (asked,) = await desk.letters(JANE)
    said = await desk.says(OUTLOOK % "9 April", to=field_of(asked, "Reply-To"), fields=QUOTED_PRINTABLE)
    assert said.startswith("250 ")
    assert await desk.got(JANE) == ["Your absence is noted"]


@pytest.mark.parametrize("charset", ["cp1256", "utf-16"])
async def test_a_command_in_another_charset_is_read(desk: AtTheDesk, charset: str) -> None:
    body = base64.b64encode("توقف مؤقت".encode(charset)).decode()
    fields = ("MIME-Version: 1.0", f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64")
    await desk.says(body, fields=fields)
    assert await desk.state() is PairState.PAUSED


@pytest.mark.parametrize("line", ["pause Quiet Rivr", "pause river", "Pause queit river please"])
async def test_a_name_that_is_misspelled_is_asked_about(desk: AtTheDesk, line: str) -> None:
    await desk.says(line)
    assert await desk.state() is PairState.ACTIVE
    (asked,) = await desk.letters(JANE)
    assert "1. Quiet River" in words_of(asked)
    await desk.says("1", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.PAUSED


@pytest.mark.parametrize("line", ["pause and leave", "pause Somebody Else", "puase", "stop sending me mails", "thanks"])
async def test_what_is_not_certain_gets_the_list_of_commands_and_changes_nothing(desk: AtTheDesk, line: str) -> None:
    await desk.says(line)
    assert await desk.state() is PairState.ACTIVE
    assert await desk.got(JANE) == ["What you can ask for"]


async def test_a_short_letter_that_strayed_to_pause_does_not_pause(desk: AtTheDesk) -> None:
    await desk.says("Dear Amber, how was the market on Monday?", to="pause")
    assert await desk.state() is PairState.ACTIVE


@pytest.mark.parametrize("line", ["Sent from my iPhone", "Kind regards", "please let me go"])
async def test_leave_with_a_word_too_many_is_asked_about_and_the_code_ends_it(desk: AtTheDesk, line: str) -> None:
    await desk.says(line, to="leave")
    (asked,) = await desk.letters(JANE)
    assert "end your letters with Quiet River" in " ".join(words_of(asked).split())
    await desk.says(code_in(asked).lower(), to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.ENDED


async def test_a_mistyped_code_is_asked_about_once_more_and_does_nothing(desk: AtTheDesk) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    code = code_in(asked)
    await desk.says(code[:-1] + ("B" if code[-1] != "B" else "C"), to=field_of(asked, "Reply-To"))
    assert await desk.got(JANE) == ["Once more, please"]
    assert await desk.state() is PairState.ACTIVE


async def test_copy_with_a_sentence_is_copy(desk: AtTheDesk) -> None:
    await desk.says("please send me all my data", to="copy")
    assert await desk.got(JANE) == ["Your copy"]


async def test_an_answer_that_comes_years_late_changes_nothing_and_its_author_hears_that(desk: AtTheDesk) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    to = field_of(asked, "Reply-To")
    desk.inbound.now += timedelta(days=1000)
    await desk.inbound.store.questions.expire(desk.inbound.now)
    for _ in range(5):
        assert (await desk.says("YES", to=to)).startswith("250 ")
    assert await desk.state() is PairState.ACTIVE
    told = await desk.letters(JANE)
    assert len(told) == 3  # a mailbox that answers by itself is not answered for ever
    assert "The question is closed" in " ".join(words_of(told[0]).split())


async def test_a_late_word_that_is_a_command_is_that_command(desk: AtTheDesk) -> None:
    await desk.says("leave")
    (asked,) = await desk.letters(JANE)
    await desk.says("NO", to=field_of(asked, "Reply-To"))
    await desk.letters(JANE)
    await desk.says("pause", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.PAUSED


@pytest.mark.parametrize(
    ("who", "line", "fields"),
    [
        ("eve@evil.example", "YES", ()),
        (JANE, "I am away.", ("Auto-Submitted: auto-replied",)),
    ],
)
async def test_a_late_answer_of_a_stranger_or_a_machine_is_not_answered(
    desk: AtTheDesk, who: str, line: str, fields: tuple[str, ...]
) -> None:
    await desk.says("leave", who=OMAR)
    (asked,) = await desk.letters(OMAR)
    to = field_of(asked, "Reply-To")
    await desk.says("NO", to=to, who=OMAR)
    await desk.letters(OMAR)
    await desk.says(line, to=to, who=who, fields=fields)
    assert await desk.got(who) == []


@pytest.mark.parametrize(
    ("to", "line", "after"),
    [
        ("leave", "I want to leave because I have no time for it any more", PairState.ENDED),
        ("leave", "Hello, please let me leave this programme now", PairState.ENDED),
        ("leave", "Je voudrais arrêter la correspondance, merci beaucoup", PairState.ENDED),
        ("pause", "Could you please pause my letters for some weeks?", PairState.PAUSED),
        ("pause", "Quiero una pausa, porque mi madre está enferma", PairState.PAUSED),
        ("pause", "Please do not pause my letters this time", PairState.PAUSED),
    ],
)
async def test_a_sentence_at_the_commands_own_address_is_asked_about(
    desk: AtTheDesk, to: str, line: str, after: PairState
) -> None:
    assert (await desk.says(line, to=to)).startswith("250 ")
    assert await desk.state() is PairState.ACTIVE
    (asked,) = await desk.letters(JANE)
    code = code_in(asked)
    await desk.says("NO", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.ACTIVE
    await desk.letters(JANE)
    await desk.says(line, to=to)
    (asked,) = await desk.letters(JANE)
    assert code_in(asked) != code
    await desk.says(code_in(asked), to=field_of(asked, "Reply-To"))
    assert await desk.state() is after


async def test_who_tells_leave_at_length_why_is_not_told_to_write_to_their_partner(desk: AtTheDesk) -> None:
    why = "I want to leave. " + "He does not answer what I ask him, and he is not kind to me at all. " * 4
    assert (await desk.says(why, to="leave")).startswith("250 ")
    (asked,) = await desk.letters(JANE)
    assert "end your letters with Quiet River" in " ".join(words_of(asked).split())


@pytest.mark.parametrize("line", ["Dear Amber, how was the market on Monday?", "I hope that you had a good week, too"])
async def test_a_sentence_that_does_not_name_the_command_is_none(desk: AtTheDesk, line: str) -> None:
    for to in ("pause", "leave"):
        await desk.says(line, to=to)
        assert await desk.got(JANE) == ["What you can ask for"]


async def test_who_writes_to_help_at_length_is_told_where_a_person_is(desk: AtTheDesk) -> None:
    words = "My mentor asks me for money each week, and says that he will tell my family when I do not pay. " * 2
    said = await desk.says(words, to="help")
    assert said.startswith("550 5.1.1 ") and "no person reads it" in said and "to a person to postmaster@" in said
    (told,) = await desk.letters(JANE)
    assert "no person reads it" in " ".join(words_of(told).split()) and "postmaster@relay.test" in words_of(told)
    await desk.says(words, to="help")
    assert not await desk.got(JANE), "once an hour"


@pytest.mark.parametrize("line", ["Oh, why? Did I say something wrong?", "ok thanks", "Resum"])
async def test_words_that_are_no_command_are_answered_as_such(desk: AtTheDesk, line: str) -> None:
    await desk.says(line, to="help")
    (told,) = await desk.letters(JANE)
    assert "so nothing has changed" in " ".join(words_of(told).split())


async def test_an_empty_mail_to_help_is_answered_with_the_list_alone(desk: AtTheDesk) -> None:
    await desk.says("", to="help")
    (told,) = await desk.letters(JANE)
    assert "so nothing has changed" not in " ".join(words_of(told).split())


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("forget", "YES\r\n\r\nPlease send me a copy first."),
        ("forget", "Yes, but not my letters"),
        ("forget", "Oui, mais sans mes lettres"),
        ("leave", "Yes, but only when the year is over"),
        ("leave", "Sí, pero todavía no"),
    ],
)
async def test_a_yes_with_a_condition_to_what_cannot_be_undone_is_asked_about(
    desk: AtTheDesk, command: str, answer: str
) -> None:
    await desk.says("", to=command)
    (asked,) = await desk.letters(JANE)
    fields = ("MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")
    await desk.says(answer, to=field_of(asked, "Reply-To"), fields=fields)
    assert await desk.state() is PairState.ACTIVE
    assert await desk.got(JANE) == ["Once more, please"]
    await desk.says(code_in(asked), to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.ENDED


@pytest.mark.parametrize("answer", ["Yes. Thank you for all", "YES\r\n\r\nKind regards\r\nJane", "Yes, I am sure"])
async def test_a_yes_with_kind_words_is_one(desk: AtTheDesk, answer: str) -> None:
    await desk.says("", to="leave")
    (asked,) = await desk.letters(JANE)
    await desk.says(answer, to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.ENDED
