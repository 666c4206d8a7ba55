"""What the reader has already is left out below an answer as programme.history says; what is not certain stays."""

# ruff: noqa: E501 -- HTML stands here as programs write it

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from relay.anonymise.html.visible import visible
from relay.anonymise.scrub import scrub
from relay.model import Attachment, History, Identity, Known, Message, Persona, Scrubbed

KEY = b"k" * 16
RIVER, HERON = (
    Persona("Quiet River", "quiet-river.p9@relay.example"),
    Persona("Amber Heron", "amber-heron.p9@relay.example"),
)
JANE, TOM = Identity(("jane@northbank.example",), ("Jane Whitcombe",)), Identity(("tom@gmx.example",))
TO_TOM, TO_JANE = Known(JANE, HERON, TOM, RIVER), Known(TOM, RIVER, JANE, HERON)
FIRST = "<p>Dear Quiet River,</p><p>thank you for the draft, I read it twice.</p><p>Would Thursday suit you?</p>"
SECOND = "<p>Dear Amber Heron,</p><p>yes, it would suit me very well.</p>"


def quoted(who: str, inner: str, below: str = "") -> str:
    return f"<div>On 3 Feb 2026 at 18:02, {who} wrote:</div><blockquote>{inner}</blockquote>{below}"


class Pair:
    """A pair's letters, one after the other, with what is remembered of each."""

    def __init__(self, carried: str) -> None:
        self.carried = carried
        self.past: list[tuple[bytes, bytes]] = []

    def relayed(self, known: Known, html: str, *attachments: Attachment, text: str | None = None) -> Scrubbed:
        history = None if self.carried == "all" else History(self.carried, KEY, tuple(self.past))
        done = scrub(Message("s", text, html, attachments), replace(known, history=history))
        self.past.append((KEY, done.remembered))
        return done


@pytest.fixture
def talk() -> Callable[[str], tuple[Pair, Scrubbed]]:
    """Jane writes, Tom answers, and Jane answers him in turn with both letters below."""

    def made(carried: str) -> tuple[Pair, Scrubbed]:
        pair = Pair(carried)
        pair.relayed(TO_TOM, FIRST)
        pair.relayed(TO_JANE, SECOND + quoted("Amber Heron", FIRST))
        both = SECOND + quoted("Amber Heron", FIRST)
        return pair, pair.relayed(TO_TOM, "<p>Good.</p>" + quoted("Quiet River", both))

    return made


def shown(done: Scrubbed) -> str:
    return done.message.html or ""


def test_all_of_it_is_carried_again_and_folded(talk: Callable[[str], tuple[Pair, Scrubbed]]) -> None:
    _, third = talk("all")
    assert shown(third).count("<blockquote") == 2
    assert 'class="gmail_quote"' in shown(third)
    assert not any(one.kind == "history" for one in third.removals)
    assert third.remembered == b"", "nothing is remembered that nothing is compared with"


def test_one_is_the_letter_that_is_answered(talk: Callable[[str], tuple[Pair, Scrubbed]]) -> None:
    _, third = talk("one")
    assert "it would suit me very well" in shown(third)
    assert "thank you for the draft" not in shown(third)
    assert third.message.text == (
        "Good.\n\nQuiet River wrote:\n\n> Dear Amber Heron,\n>\n> yes, it would suit me very well.\n"
    )
    assert [one.count for one in third.removals if one.kind == "history"] == [1]


def test_none_is_the_answer_alone(talk: Callable[[str], tuple[Pair, Scrubbed]]) -> None:
    _, third = talk("none")
    assert (shown(third), third.message.text) == ("<p>Good.</p>", "Good.\n")
    assert [one.count for one in third.removals if one.kind == "history"] == [1]


def test_the_text_of_a_letter_that_came_as_text_alone_is_cut_as_well() -> None:
    pair = Pair("none")
    pair.relayed(TO_TOM, FIRST)
    known = replace(TO_JANE, history=History("none", KEY, tuple(pair.past)))
    quote = "> Dear Quiet River,\n>\n> thank you for the draft, I read it twice.\n>\n> Would Thursday suit you?\n"
    done = scrub(Message("s", f"Yes.\n\nOn 3 Feb 2026 at 18:02, Amber Heron wrote:\n\n{quote}"), known)
    assert (done.message.text, done.message.html) == ("Yes.\n", "<p>Yes.</p>")


def test_a_text_that_says_more_than_the_page_keeps_what_it_says_more() -> None:
    pair = Pair("none")
    pair.relayed(TO_TOM, FIRST)
    text = "Yes.\n\n[1] a note\n\nOn 3 Feb 2026 at 18:02, Amber Heron wrote:\n\n> thank you for the draft, I read it twice.\n"
    done = pair.relayed(TO_JANE, "<p>Yes.</p>" + quoted("Amber Heron", FIRST), text=text)
    assert done.message.text == "Yes.\n\n[1] a note\n"


@pytest.mark.parametrize("carried", ["one", "none"])
@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello.</p>" + quoted("Quiet River", SECOND, "<p>My answer below.</p>"),
        quoted("Quiet River", "<p>Dear Amber Heron,</p>")
        + "<p>No.</p><blockquote>yes, it would suit me very well.</blockquote>",
        quoted("Quiet River", SECOND),
        "<p>Hello.</p>" + quoted("Quiet River", SECOND.replace("very well", "badly")),
        "<p>Hello.</p>" + quoted("Quiet River", SECOND.replace("yes,", "yes, (no!)")),
        "<p>Hello.</p>" + quoted("Quiet River", SECOND + "<p>This was never sent.</p>"),
        "<p>Hello.</p>" + quoted("Ann", SECOND),
        "<p>Hello.</p><blockquote>yes, it would suit me very well.</blockquote>",
    ],
    ids=[
        "answers below",
        "between",
        "nothing above",
        "changed",
        "words put in",
        "more",
        "somebody else's",
        "a passage",
    ],
)
def test_what_is_answered_between_the_lines_or_not_certain_to_be_known_stays(carried: str, html: str) -> None:
    pair = Pair(carried)
    pair.relayed(TO_JANE, SECOND)
    stayed = shown(pair.relayed(TO_TOM, html))
    assert visible(stayed).split() == visible(shown(Pair("all").relayed(TO_TOM, html))).split()
    assert "gmail_quote" not in stayed, "it is not folded away either"


BLOCK = "<p><b>From:</b> Amber Heron<br><b>Sent:</b> Tuesday, 3 February 2026 18:02<br><b>To:</b> Tom<br><b>Subject:</b> s</p>"
PARAGRAPHS = FIRST.replace("</p>", "</p>|").split("|")
OUTLOOK = "<div class=WordSection1><p class=MsoNormal>{}</p>" + BLOCK + "{}</div>"
TEXT = "{}\n\n-----Original Message-----\nFrom: Amber Heron\nSent: Tuesday, 3 February 2026 18:02\nTo: Tom\nSubject: s\n\n{}"


def answered(at: int, words: str) -> str:
    return "".join((*PARAGRAPHS[:at], f"<p>{words}</p>" if words else "", *PARAGRAPHS[at:]))


@pytest.mark.parametrize("carried", ["one", "none"])
@pytest.mark.parametrize(
    "answer", ["Yes.", "Gladly, at four.", "Thank you for the draft.", "नहीं, शुक्रवार को", "نعم بكل سرور"]
)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_answer_between_lines_that_nothing_marks_is_neither_cut_nor_folded_away(
    carried: str, answer: str, at: int
) -> None:
    pair = Pair(carried)
    pair.relayed(TO_TOM, FIRST)
    done = pair.relayed(TO_JANE, OUTLOOK.format("Good to hear from you.", answered(at, answer)))
    assert f"<p>{answer}</p>" in shown(done).replace(' dir="rtl"', "") and "Would Thursday" in shown(done)
    assert "gmail_quote" not in shown(done)
    pair = Pair(carried)
    pair.relayed(TO_TOM, FIRST)
    text = TEXT.format("Good to hear from you.", visible(answered(at, answer)).strip().replace("\n", "\n\n"))
    done = pair.relayed(TO_JANE, "", text=text)
    assert answer in (done.message.text or "") and "gmail_quote" not in shown(done)


@pytest.mark.parametrize("above", ["Fine, thank you.", "The address is below, in red."])
def test_where_every_word_is_known_it_is_folded_or_left_out_whatever_the_words_above_say(above: str) -> None:
    one, none = Pair("one"), Pair("none")
    for pair in (one, none):
        pair.relayed(TO_TOM, FIRST)
    letter = OUTLOOK.format(above, answered(0, ""))
    assert '<div class="gmail_quote">' in shown(one.relayed(TO_JANE, letter))
    assert visible(shown(none.relayed(TO_JANE, letter))).strip() == above


def test_nothing_is_known_where_nothing_is_remembered() -> None:
    html = "<p>Hello.</p>" + quoted("Quiet River", SECOND)
    known = replace(TO_TOM, history=History("none", KEY))
    assert "suit me" in shown(scrub(Message("s", None, html), known))
    assert scrub(Message("s", None, html), TO_TOM).remembered == b""


def test_older_letters_below_an_answer_between_the_lines_go_and_its_quotation_stays() -> None:
    pair = Pair("one")
    pair.relayed(TO_TOM, FIRST)
    pair.relayed(TO_JANE, SECOND + quoted("Amber Heron", FIRST))
    html = quoted("Quiet River", "<p>Dear Amber Heron,</p>") + "<p>Hello!</p>"
    html += "<blockquote><p>yes, it would suit me very well.</p>" + quoted("Amber Heron", FIRST) + "</blockquote>"
    done = shown(pair.relayed(TO_TOM, html))
    assert "it would suit me very well" in done
    assert "thank you for the draft" not in done


def photograph(colour: str) -> Attachment:
    octets = BytesIO()
    Image.new("RGB", (24, 16), colour).save(octets, "PNG")
    return Attachment(octets.getvalue(), "image/png", "photo.png", f"{colour}@mail.example", inline=True)


def picture(of: Attachment) -> str:
    return f'<p><img src="cid:{of.content_id}"></p>'


def test_a_picture_that_was_relayed_goes_with_the_quotation_that_shows_it_and_another_keeps_its_own() -> None:
    pair, bridge, train = Pair("none"), photograph("red"), photograph("blue")
    sent = pair.relayed(TO_TOM, FIRST + picture(bridge), bridge)
    (relayed,) = sent.message.attachments
    back = replace(bridge, content=relayed.content, content_id="from-tom@mail.example")
    gone = pair.relayed(TO_JANE, "<p>Lovely.</p>" + quoted("Amber Heron", FIRST + picture(back)), back)
    assert (shown(gone), gone.message.attachments) == ("<p>Lovely.</p>", ())
    swapped = replace(train, content_id="from-tom@mail.example")
    stays = pair.relayed(TO_JANE, "<p>Look.</p>" + quoted("Amber Heron", FIRST + picture(swapped)), swapped)
    assert len(stays.message.attachments) == 1
    assert "thank you for the draft" in shown(stays)


def test_a_picture_that_the_answer_shows_too_stays() -> None:
    pair, bridge = Pair("none"), photograph("red")
    (relayed,) = pair.relayed(TO_TOM, FIRST + picture(bridge), bridge).message.attachments
    back = replace(bridge, content=relayed.content)
    done = pair.relayed(TO_JANE, picture(back) + quoted("Amber Heron", FIRST + picture(back)), back)
    assert len(done.message.attachments) == 1
    assert "thank you" not in shown(done)
