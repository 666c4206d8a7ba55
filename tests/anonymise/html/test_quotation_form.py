"""Quotations in one form: a line of relay's, a thin line and a small margin, and marks by which programs fold history."""

# ruff: noqa: E501 -- HTML stands here as programs write it

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.anonymise.history.language import DetectedLanguage
from relay.anonymise.history.our_lines import LINES, RIGHT_TO_LEFT, our_line
from relay.anonymise.history.words import SOMEBODY
from relay.anonymise.html.quotation_form import STARTS
from relay.anonymise.html.quotation_heads import Heads
from relay.anonymise.html.visible import visible
from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9@relay.example.org")
OPEN = '<blockquote style="margin:0 0 0 2px;padding:0 0 0 6px;border-left:1px solid #ccc">'
FOLDED = OPEN.replace("blockquote ", 'blockquote class="gmail_quote" type="cite" ')
ABOVE = '<div class="gmail_quote"><div class="gmail_attr" id="divRplyFwdMsg"><p>{}</p></div>\n'
HISTORY = ABOVE.format("Quiet River wrote:") + FOLDED
LINE = "On 3 Feb 2026 at 18:02, Tom &lt;tom.ashdown@gmx.de&gt; wrote:"
BLOCK = "<b>From:</b> Tom &lt;tom.ashdown@gmx.de&gt;<br><b>Sent:</b> 3 February 2026 18:02<br><b>To:</b> Jane<br><b>Subject:</b> plan"


@pytest.mark.parametrize("who", [QUIET.name, SOMEBODY])
@pytest.mark.parametrize("language", LINES)
def test_a_line_of_relays_is_known_again_in_every_language(language: str, who: str) -> None:
    heads = Heads((AMBER, QUIET), set(), lambda: DetectedLanguage("en", certain=True))
    assert heads.is_line(f" {our_line(language, who)} ")
    assert not heads.is_line(our_line(language, "Red Kite"))


@pytest.fixture
def arrives(known: Known) -> Callable[..., str]:
    """What the reader gets of a formatted letter."""

    def through(html: str, text: str | None = None) -> str:
        return scrub(Message("s", text, html), known).message.html or ""

    return through


@pytest.mark.parametrize(
    "quoted",
    [
        f"<div>{LINE}</div><blockquote>Old <i>words</i>.<p>More.</p></blockquote>",
        f"<blockquote>{LINE}<br><br>Old <i>words</i>.<p>More.</p></blockquote>",
        f"<blockquote><div>{LINE}<br></div></blockquote><blockquote>Old <i>words</i>.<p>More.</p></blockquote>",
        f"<div><div>{LINE}</div><div><br></div><div>Old <i>words</i>.</div><p>More.</p></div>",
        f"<hr><div>{BLOCK}</div><div>&nbsp;</div>Old <i>words</i>.<p>More.</p>",
        f"<div>________________________________<br>{BLOCK}</div><br>Old <i>words</i>.<p>More.</p>",
        f"<div>-----Original Message-----<br>{BLOCK}</div><br>Old <i>words</i>.<p>More.</p>",
        "<table><tr><td>Subject: </td><td>plan</td></tr><tr><td>From: </td><td>Tom &lt;tom.ashdown@gmx.de&gt;</td></tr></table>"
        "<br>Old <i>words</i>.<p>More.</p>",
        "<div>------ Original Message ------</div><div>From Tom &lt;tom.ashdown@gmx.de&gt;</div><div>To Jane</div>"
        "<div>Subject plan</div><br><blockquote>Old <i>words</i>.<p>More.</p></blockquote>",
        f"<blockquote><p>{LINE}</p><p>Old <i>words</i>.</p></blockquote><blockquote><p>More.</p></blockquote>",
    ],
    ids=range(10),
)
def test_every_way_to_quote_at_the_end_becomes_the_history_that_programs_fold(
    arrives: Callable[..., str], quoted: str
) -> None:
    assert arrives(f"<p>Yes.</p>{quoted}") == (
        f"<p>Yes.</p>\n{HISTORY}<p>Old <i>words</i>.</p>\n<p>More.</p></blockquote></div>"
    )


def test_answers_between_quoted_lines_stay_open(arrives: Callable[..., str]) -> None:
    html = arrives(f"Hello.<div>{LINE}</div><blockquote>One?</blockquote>Yes.<blockquote>Two?</blockquote>No.")
    assert html == (
        f"<p>Hello.</p>\n<p>Quiet River wrote:</p>\n{OPEN}<p>One?</p></blockquote>\n<p>Yes.</p>\n"
        f"{OPEN}<p>Two?</p></blockquote>\n<p>No.</p>"
    )


@pytest.mark.parametrize(
    "html",
    [
        f"<div>{LINE}</div><blockquote>All I have to say.</blockquote>",
        f"Yes.<div>{LINE}</div><blockquote>Old.</blockquote>And one more thing.",
        "Yes.<blockquote>Nobody says who wrote this.</blockquote>",
        f"Yes.<div>{LINE.replace('Tom &lt;tom.ashdown@gmx.de&gt;', 'Ann &lt;ann@third.example&gt;')}</div><blockquote>Old.</blockquote>",
        f"See below.<div>{BLOCK}</div><br><div>Old question?</div><div style='color:#00f'>My answer.</div>",
    ],
    ids=["nothing above", "words below", "nobody named", "somebody else wrote", "answers in colour"],
)
def test_what_may_hold_words_that_the_reader_has_not_seen_is_never_folded(
    arrives: Callable[..., str], html: str
) -> None:
    assert "gmail_quote" not in arrives(html)


def test_a_letter_of_somebody_elses_that_is_passed_on_keeps_its_subject(arrives: Callable[..., str]) -> None:
    html = "<div>---------- Forwarded message ---------<br>From: <b>Ann</b> &lt;ann@third.example&gt;<br>Date: Tue, 3 Feb 2026 at "
    html += (
        "18:02<br>Subject: The fair<br>To: Jane &lt;jane.whitcombe@northbank.example&gt;<br></div><br>It opens at nine."
    )
    assert arrives(html) == f"<p>… wrote:</p>\n{OPEN}<p><b>The fair</b></p>\n<p>It opens at nine.</p></blockquote>"


def test_five_letters_in_one_another_are_indented_by_eight_pixels_each_and_nine_by_no_more_than_six(
    arrives: Callable[..., str],
) -> None:
    html = arrives("<blockquote>a" * 9)
    assert html.count("border-left:1px solid #ccc") == 6
    assert html.count('<blockquote style="margin:0">') == 3


def test_the_line_is_on_the_side_where_writing_begins(arrives: Callable[..., str]) -> None:
    assert "border-right:1px solid #ccc" in arrives("نعم.<blockquote>شكرا جزيلا</blockquote>")


@pytest.mark.parametrize("language", sorted(LINES))
def test_a_line_of_relays_that_comes_back_is_known_in_every_language(
    arrives: Callable[..., str], language: str
) -> None:
    line = our_line(language, "Quiet River")
    html = arrives(f"<p>Yes.</p><p><b>{line}</b></p><blockquote>Old.</blockquote>")
    above = ABOVE.format(line).replace("<p>", '<p dir="rtl">' if language in RIGHT_TO_LEFT else "<p>")
    assert html.partition("\n")[2] == f"{above}{FOLDED}<p>Old.</p></blockquote></div>"


def test_a_sentence_of_the_authors_that_looks_like_a_line_of_relays_begins_no_quotation(
    arrives: Callable[..., str],
) -> None:
    html = "<p>I was asked for more:</p>\n<p>Quiet River wrote:</p>\n<p>and I was glad.</p>"
    assert arrives(html) == html


def test_the_text_quotes_as_the_page_does(known: Known) -> None:
    text = "Yes.\n\nFrom: Tom <tom.ashdown@gmx.de>\nSent: 3 February 2026 18:02\nTo: Jane\nSubject: plan\n\nOld.\n\nMore.\n"
    for html in (None, f"Yes.<div>{BLOCK}</div><br>Old.<p>More.</p>"):
        assert scrub(Message("s", text, html), known).message.text == (
            "Yes.\n\nQuiet River wrote:\n\n> Old.\n>\n> More.\n"
        )


def test_a_text_that_says_more_than_the_page_has_its_quotations_in_the_same_form(known: Known) -> None:
    text = (
        "Yes.\n\n[1] the notes\n\nFrom: Tom <tom.ashdown@gmx.de>\nSent: 3 February 2026 18:02\nSubject: plan\n\nOld.\n"
    )
    done = scrub(Message("s", text, f"Yes.<div>{BLOCK}</div><br>Old."), known).message.text
    assert done == "Yes.\n\n[1] the notes\n\nQuiet River wrote:\n\n> Old.\n"


@given(
    st.lists(
        st.sampled_from(
            [
                "<blockquote>",
                "</blockquote>",
                f"<p>{LINE}</p>",
                f"<div>{BLOCK}</div>",
                "I am glad that you wrote to me. ",
                "<br>",
                "<hr>",
            ]
        )
    )
)
@settings(max_examples=200)
def test_no_word_is_lost_and_what_was_formed_once_stays_as_it_is(parts: list[str]) -> None:
    known = Known(Identity(("j@northbank.example",)), AMBER, Identity(("tom.ashdown@gmx.de",)), QUIET)
    once = scrub(Message("s", None, "".join(parts)), known).message.html or ""
    assert visible(once).count("glad") == sum("glad" in part for part in parts)
    assert (scrub(Message("s", None, once), known).message.html or "") == once


@pytest.mark.parametrize("name", ["Border", "Solid", "Margin", "Padding", "Gmail", "Quote", "Cite", "Left"])
def test_whoever_is_called_like_a_word_of_the_form_can_still_answer(
    name: str, known: Known, relayed_by: Callable[[Known, bytes], Message]
) -> None:
    author = Identity((f"jane.{name.lower()}@northbank.example",), (f"Jane {name}", name))
    letter = f"From: jane.{name.lower()}@northbank.example\r\nSubject: s\r\nContent-Type: text/html\r\n\r\nYes.<div>{LINE}</div><blockquote>Old."
    assert "gmail_quote" in (relayed_by(replace(known, author=author), letter.encode()).html or "")


@pytest.mark.parametrize(
    "html",
    [
        "<p>Quiet River wrote:</p>" * 20_000,
        "<p>From: Quiet River<br>To: Amber Heron<br>x</p>" * 10_000,
        "<blockquote>x</blockquote>" * 20_000,
        "<div>-----Original Message-----</div>" * 20_000 + "<p>Quiet River wrote:</p><blockquote>x</blockquote>",
        "<blockquote>Quiet River wrote:" * 120,
        "From:<br>" * 40_000 + "Quiet River",
    ],
    ids=range(6),
)
def test_hostile_quotations_cost_no_more_than_their_length(html: str, known: Known) -> None:
    started = time.process_time()
    scrub(Message("s", None, html), known)
    assert time.process_time() - started < 10


def test_every_start_tag_that_the_form_writes_is_known_to_the_leak_check(arrives: Callable[..., str]) -> None:
    pages = [
        arrives(f"Yes.<div>{LINE}</div>{'<blockquote>a' * 9}"),
        arrives(f"نعم.<div>{LINE}</div>{'<blockquote>شكرا' * 9}"),
    ]
    tags = {tag for page in pages for tag in re.findall(r"<(?:div|blockquote)\b[^>]*>", page)}
    assert len(tags) > 6
    assert tags <= STARTS


MARKED = f"<div>{LINE}</div><blockquote><p>Would Thursday suit you?</p><p>Or not?</p></blockquote>"
UNMARKED = f"<hr><div>{BLOCK}</div><p>Would Thursday suit you?</p><p>Or not?</p>"


@pytest.mark.parametrize("quoted", [MARKED, UNMARKED])
@pytest.mark.parametrize("above", ["My answers are below, in red.", "Siehe unten.", "Hello Tom,"])
def test_a_quotation_below_words_that_announce_answers_is_not_folded_in_any_form(
    quoted: str, above: str, arrives: Callable[..., str]
) -> None:
    assert "gmail_quote" in arrives(f"<p>Good.</p>{quoted}")
    assert "gmail_quote" not in arrives(f"<p>{above}</p>{quoted}")


def test_an_answer_with_its_authors_name_in_front_is_not_folded_away(arrives: Callable[..., str]) -> None:
    answered = UNMARKED.replace("<p>Or", "<p><b><i>[Jane Whitcombe]</i></b> Yes.</p><p>Or")
    assert "gmail_quote" not in arrives(f"<p>Good.</p>{answered}")
    assert "gmail_quote" in arrives("<p>Good.</p>" + UNMARKED.replace("Or not", "[Quiet River] Or not"))


@pytest.mark.parametrize(
    ("letter", "line"),
    [
        (
            "Ahoj,\ndorazila.\n\nOd: T <t@x.example>\nOdesláno: pondělí 2. února 2026 19:12\nKomu: J\nPředmět: a",
            "napsal(a):",
        ),
        (
            "Merhaba,\nkitap bende.\n\nKimden: T <t@x.example>\nGönderildi: 2 Şubat 2026 19:12\nKime: J\nKonu: a",
            "şunları yazdı:",
        ),
        (
            "Здравей,\nкнигата е тук.\n\nОт: T <t@x.example>\nОтносно: a\nДо: J\nИзпратено на: 02.02.2026 19:12",
            "написа:",
        ),
        (
            "Oi,\nchegou.\n\nDe: T <t@x.example>\nEnviado: 2 de fevereiro de 2026 19:12\nPara: J\nAssunto: a",
            "escreveu:",
        ),
        ("Здраво,\nту је.\n\nОд: T <t@x.example>\nПослато: 2. фебруар 2026. 19:12\nЗа: J\nНаслов: a", "је написао/ла:"),
        ("책이 여기 있어요.\n\nFrom: T <t@x.example>\nSent: 2026-02-03 03:12\nTo: J\nSubject: a", "님이 작성:"),
        ("The book is here, and I have not read it.\n\nVon: T <t@x.example>\nAn: J\nBetreff: a", "wrote:"),
    ],
)
def test_the_fields_of_a_head_tell_the_language_where_the_letter_is_too_short(
    letter: str, line: str, known: Known
) -> None:
    text = scrub(Message("s", f"{letter}\n\nOld words.\n"), known).message.text or ""
    assert f"… {line}\n\n> a\n" in text


@pytest.mark.parametrize(
    "head",
    [
        "---- Replied Message ----\n| From | Tom<tom.ashdown@gmx.de> |\n| Date | 02/02/2026 19:12 |\n| To | <j@x.example> |\n| Cc | |\n| Subject | plan |",
        "---- 回复的原邮件 ----\n| 发件人 | Tom<tom.ashdown@gmx.de> |\n| 发送日期 | 2026年02月02日 19:12 |\n| 收件人 | <j@x.example> |\n| 抄送至 | |\n| 主题 | plan |",
        "| From: | Tom <tom.ashdown@gmx.de> |\n| Sent: | Monday, 2 February 2026 19:12 |\n| To: | Jane |\n| Subject: | plan |",
        "|**From**|Tom <tom.ashdown@gmx.de>|\n|---|---|\n|**Date**|02.02.2026 19:12|\n|**To**|j@x.example|\n|**Subject**|plan|",
        "From:\tTom <tom.ashdown@gmx.de>\nSent:\tMonday, 2 February 2026 19:12\nTo:\tJane\nSubject:\tplan",
        "From:     Tom <tom.ashdown@gmx.de>\nSent:     Monday, 2 February 2026 19:12\nTo:       Jane\nSubject:  plan",
        "From\tTom <tom.ashdown@gmx.de>\nSent\tMonday, 2 February 2026 19:12\nTo\tJane\nSubject\tplan",
    ],
    ids=range(7),
)
def test_a_head_drawn_as_a_table_of_text_becomes_relays_line(head: str, known: Known) -> None:
    letter = f"Hello Tom,\nthe book is here, as you said, and I have read it.\n\n{head}\n\nOld words.\n"
    text = scrub(Message("s", letter), known).message.text or ""
    assert text.endswith("I have read it.\n\nQuiet River wrote:\n\n> Old words.\n")


@pytest.mark.parametrize(
    "table",
    ["| From | Brno |\n| To | Wien |\n| Date | 2026-02-05 10:00 |", "| From | To |\n|---|---|\n| Brno | Wien |"],
)
def test_an_authors_own_table_stays(table: str, known: Known) -> None:
    letter = f"Hello Tom,\n\nthe trains (ask info@rail.example):\n\n{table}\n\nWhich one?\n"
    assert table in (scrub(Message("s", letter), known).message.text or "")


def test_the_names_in_a_head_with_tabs_and_without_addresses_go(known: Known) -> None:
    head = "From\tAnna Novak\nSent\tTuesday, 3 February 2026 21:14\nTo\tTom Ashdown\nSubject\tBowls"
    text = scrub(Message("s", f"Hello,\n\n{head}\n\nOld words.\n"), known).message.text or ""
    assert text == "Hello,\n\n… wrote:\n\n> Bowls\n>\n> Old words.\n"


@pytest.mark.parametrize(
    "columns",
    ["From    Brno\nTo      Wien\nDate    2026-02-05 10:00", "Subject    Art\nFrom       Monday\nTo         Friday"],
)
def test_an_authors_own_columns_stay(columns: str, known: Known) -> None:
    letter = f"Hello Tom,\n\nthe trains:\n\n{columns}\n\nWhich one?\n"
    for spaced in (letter, re.sub("  +", "\t", letter)):
        text = scrub(Message("s", spaced), known).message.text or ""
        assert text.split() == letter.split()
