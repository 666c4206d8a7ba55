"""Notices of firms, banners of gateways and labels go wherever they stand; prose about the same things stays."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from relay.anonymise.appended.languages import languages
from relay.anonymise.appended.notices import is_banner, is_notice
from relay.model import Message

Left = Callable[..., dict[str, tuple[str, str, str]]]
NOTICES = [(one.code, text) for one in languages() for text in one.notice.goes]
BANNERS = [(one.code, text) for one in languages() for text in one.banner.goes]
PROSE = [(one.code, text) for one in languages() for text in (*one.notice.stays, *one.banner.stays)]
LABELS = [
    "Nordquell Internal - Confidential",
    "Classification: Nordquell Internal",
    "INTERNAL USE ONLY",
    "Internal Use Only",
    "Sensitivity: General",
    "[EXTERNAL]",
    "*** EXTERNAL EMAIL ***",
    "EXTERNAL EMAIL",
    "External Sender",
    "OFFICIAL-SENSITIVE",
    "Classified as Confidential",
    "TLP:AMBER",
    "C2 - Internal",
    "Nordquell - Vertraulich",
    "[Nordquell - Internal]",
    "This message is classified as Internal",
]
UNSEEN = [
    "The present transmission may contain privileged matter of Nordquell. Whoever obtains it inadvertently must not "
    "rely on it; kindly notify the sender and permanently delete every copy.",
    "Sollten Sie nicht der vorgesehene Empfänger sein, ist jede Weitergabe untersagt. Bitte benachrichtigen Sie die "
    "Nordquell Stahl AG und vernichten Sie den Inhalt.",
    "Nordquell Ltd accepts no liability for viruses. The views expressed are those of the author.\n"
    "This message is for the named addressee.",
]
SMALL = ["Confidential", "Internal", "The team was internal and external at once", "A public lecture", "Spam"]


@pytest.mark.parametrize(("code", "text"), NOTICES)
def test_a_notice_of_a_firm_goes_with_its_heading_and_the_name_of_the_firm(code: str, text: str, left: Left) -> None:
    for place, (plain, html, without) in left(text).items():
        assert (place, plain, html) == (place, without, without)


def test_a_notice_goes_above_a_letter_too_but_not_the_letter(relayed: Callable[[bytes], Message]) -> None:
    notice = "CONFIDENTIAL - This message is intended for the addressee only. Nordquell plc."
    header = b"From: jane.whitcombe@northbank.example\nSubject: x\nContent-Type: text/plain\n\n"
    for below in ("I liked it.", "It is confidential, and only for you.\n\nIf you are not alone, burn it."):
        assert (relayed(header + f"{notice}\n\n{below}\n".encode()).text or "").strip() == below
        assert (relayed(header + f"{below}\n".encode()).text or "").strip() == below


@pytest.mark.parametrize("text", UNSEEN)
def test_a_notice_in_other_words_goes_too(text: str, left: Left) -> None:
    for place, (plain, html, without) in left(text).items():
        assert (place, plain, html) == (place, without, without)


@pytest.mark.parametrize(("code", "text"), BANNERS)
def test_a_banner_goes_at_the_top_of_a_letter_and_of_what_it_quotes(code: str, text: str, left: Left) -> None:
    for place, (plain, html, without) in {**left(text, above=True), **left(text)}.items():
        assert (place, plain, html) == (place, without, without)


@pytest.mark.parametrize("text", LABELS)
def test_the_label_of_a_firm_goes_above_and_below(text: str, left: Left) -> None:
    for place, (plain, html, without) in {**left(text, above=True), **left(text)}.items():
        assert (place, plain, html) == (place, without, without)


@pytest.mark.parametrize(("code", "text"), [*PROSE, *(("", text) for text in SMALL)])
def test_prose_about_the_same_things_stays(code: str, text: str, left: Left) -> None:
    words = re.sub(r"\s", "", text)
    for place, (plain, html, _) in {**left(text, above=True), **left(text)}.items():
        assert (place, words in re.sub(r"\s", "", plain), words in re.sub(r"\s", "", html)) == (place, True, True)


def test_a_banner_that_the_letter_follows_without_a_blank_line_goes_alone(relayed: Callable[[bytes], Message]) -> None:
    letter = (
        "From: jane.whitcombe@northbank.example\nTo: quiet-river.p9@relay.example.org\nSubject: x\n\n"
        "CAUTION: This email originated from outside of Nordquell Stahl AG. Do not\n"
        "click links or open attachments unless you recognise the sender and know the\ncontent is safe.\n"
        "Thank you for the letter, here is the answer.\n\nSee you.\n"
    )
    assert (
        getattr(relayed(letter.encode()), "text", "") == "Thank you for the letter, here is the answer.\n\nSee you.\n"
    )


@pytest.mark.parametrize(
    "words", ["My real answer", "Hello, my question is about bowls.", "Yes.", "Links, please.", "Hi"]
)
@pytest.mark.parametrize(("code", "banner"), BANNERS[::6])
def test_a_short_letter_below_a_banner_stays(
    code: str, banner: str, words: str, relayed: Callable[[bytes], Message]
) -> None:
    header = "From: jane.whitcombe@northbank.example\nTo: quiet-river.p9@relay.example.org\nSubject: x\n"
    plain = f"{header}Content-Type: text/plain; charset=utf-8\n\n{banner}\n\n{words}\n"
    html = f"{header}Content-Type: text/html; charset=utf-8\n\n<div>{banner}</div><p>{words}</p>"
    assert [(relayed(letter.encode()).text or "").strip() for letter in (plain, html)] == [words, words]


def test_thirty_languages_and_more_have_notices_and_banners() -> None:
    assert sum(bool(one.notice.phrases) for one in languages()) >= 50
    assert sum(bool(one.banner.phrases) for one in languages()) >= 30


@pytest.mark.parametrize("piece", ["This e-mail ", "confidential ", "registered in ", "“", "机密", "a ", "d'", "x@y "])
def test_hostile_text_costs_little(piece: str) -> None:
    text = (piece * 1_000_000)[:1_000_000]
    begun = time.process_time()
    is_notice(text)
    is_banner(text)
    assert time.process_time() - begun < 2
