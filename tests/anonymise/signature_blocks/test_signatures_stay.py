"""What only looks like a signature is part of the letter and stays, to the last character."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.anonymise.identities import Redactor
from relay.anonymise.signature_blocks import find
from relay.model import Identity, Known, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    AMBER,
    Identity(("tom@gmx.de",), ("Tom",)),
    QUIET,
)
REDACTOR = Redactor(KNOWN)

POEM = (
    "Hope is the thing with feathers\nThat perches in the soul,\n"
    "And sings the tune without the words,\nAnd never stops at all.\n"
)
RECIPE = "2 eggs\n200 g flour\n1 pinch of salt\n250 ml milk\nbutter for the pan\n"
HOURS = "Mon-Fri 9:00-17:00\nSat 10:00-14:00\nSun closed\n"
LIBRARY = "City Library\n12 High Street\nHarlow CM20 1AA\nTel. 01632 960001\nhelp@citylibrary.example\n"
TEMPLATE = (
    "Dear Sir or Madam,\n\nI should like to apply.\n\n"
    "Yours faithfully,\n[Your name]\n[Your address]\n[Phone] +44 7700 900000\n"
)

STAYS = [
    "Best regards,\nAmber\n",
    "Best regards,\nAmber Heron\n",
    "Best regards,\n\nJane Whitcombe\n",
    "Mit freundlichen Grüßen\nAmber\n",
    "よろしくお願いいたします。\nアンバー\n",
    "شكرًا جزيلًا\nعنبر\n",
    "Thanks, I will read it. Regards to the class as well, they were kind.\n",
    "Best regards is a phrase I never know how to translate.\n",
    "Sent from my iPhone is the line I want to remove; how?\n",
    "How do I get rid of this line?\n\nSent from my iPhone\n\nIt stands under every letter.\n",
    "I sent it from my phone.\n",
    "The parcel was sent from my school to the wrong house\n",
    "Sent from my school by post\n",
    "I typed this on my phone while walking.\n",
    "Get well soon\n",
    "Von meinem Onkel habe ich das Telefon bekommen.\n",
    "-- is how I start a list item\n\n--- and this is a rule ---\n\n– an en dash line\n",
    "Part one.\n\n---\n\nPart two.\n",
    "Part one.\n\n--\n\nPart two is about the sea and the ships on it.\n",
    "Chapter one\n-----------\nIt was a dark night, and it rained.\n\nChapter two\n-----------\nThen it was day.\n",
    "***\n\nThe end\n",
    "I like this:\n\n" + POEM,
    "I like this.\n\n--\n" + POEM,
    "I like this.\n\n—\n" + POEM + "— Emily Dickinson\n",
    POEM + "\n-- Emily Dickinson\n",
    "Best wishes,\nAmber\n\n" + POEM,
    "Here is what you need:\n\n" + RECIPE,
    "You asked for it.\n\n---\n" + RECIPE,
    "Best,\nAmber\n\n" + RECIPE,
    "The library opens so:\n" + HOURS,
    "See you there!\n\n" + HOURS,
    "Thanks!\nAmber\n\nOpening hours:\n" + HOURS,
    "The library's address is:\n\n" + LIBRARY,
    "Is this the right address?\n" + LIBRARY + "\nPlease tell me.\n",
    "Best,\nAmber\n\nP.S. Here is the address:\n" + LIBRARY,
    "Thanks,\nAmber\n\nThe address you asked for:\n" + LIBRARY,
    "P.S. Do not forget the book.\n",
    "Best regards,\nAmber\n\nP.S. Do not forget the book.\n",
    "Best regards,\nAmber\n\nPS: my exam is on 12 May at 10:30, room 0044 1234.\n",
    "Best,\nAmber\n\nNB I read chapter 3, too.\n",
    "Here is my draft:\n\n" + TEMPLATE,
    "Here is my draft:\n\n" + TEMPLATE + "\nIs it good?\n\nThanks,\nAmber\n",
    "How does this end sound?\n\nYours faithfully,\nJohn Smith\nSmith & Sons Ltd\n+44 20 0000 0000\n\n"
    "Too stiff, perhaps?\n\nBye\nAmber\n",
    "Is the word confidential spelled with a t?\n\nThis email and the next one are drafts.\n",
    'My boss ends with "This e-mail is confidential." What does it mean?\n',
    "I have to translate this: if you are not the intended recipient, delete it, it is confidential.\n",
    "My father says the company is registered in England and its registered office is in Leeds.\n",
    "How do I unsubscribe from the school newsletter?\n",
    "Is there a mailing list for the course?\n",
    "My computer has a virus, and Avast does not find it.\n",
    "Please consider the environment in your essay.\n",
    "ISBN 978-3-16-148410-0 costs 12.50.\nVersion 10.2.0.1 of the program fixes it.\n",
    "Call me on +44 7700 990212 after six.\n",
    "My new number is 01632 960001.\nMy address is 5 Mill Lane.\n",
    "Please write to the library at desk@citylibrary.example for the card.\n\nThe hotline is help@examboard.example.\n",
    "Two links:\nhttps://openbooks.example/read?id=7\nhttps://example.org/list\ndesk@citylibrary.example\n",
    "Things to bring:\n- passport\n- pen\n- phone +44 7700 900000\n",
    "1. Harlow Ltd\n2. Smith & Sons\n3. Northbank School\n\nWhich one is best?\n",
    "I applied at:\n\nHarlow Ltd, 1 Mill Lane, 01632 960001\nSmith Inc., 2 Mill Lane, 01632 960002\n",
    "On Monday Anna wrote: the sea is calm today, and I agreed.\n\nLater, on 3 May 1871, she wrote:\n\na letter.\n",
    "From: the Latin word de, meaning away.\n\nTo: the opposite direction.\n\nSubject: the noun that does the verb.\n",
    "Dear Amber,\n\nall is well.\n\nLove,\nTom\n",
    "Vielen Dank\nfür alles, was du mir geschickt hast.\n",
    "Merci\nd'avoir relu mon texte, que je vais corriger demain.\n",
    "谢谢\n我明天再写。\n",
    "Yours\nis the better text, I think.\n",
    "def f():\n    return 1  # -- \n\nprint(f())\n",
    "a | b\n--|--\n1 | 2\n",
    "a  b\n-- --\n1  2\n",
    "   \n\n",
    "",
]


@pytest.mark.parametrize("text", STAYS)
@pytest.mark.parametrize(
    "around", ["{}", "Hello!\n\n{}", "Hello!\n\n{}\nOn 3 Nov 2026 at 14:05, X wrote:\n> Yes, I know.\n"]
)
def test_a_letter_stays_as_it_was_written(text: str, around: str) -> None:
    assert find(around.format(text), REDACTOR) == []


@pytest.mark.parametrize("text", STAYS)
def test_a_quotation_stays_as_it_was_written(text: str) -> None:
    quoted = "".join(f"> {line}\n" for line in text.split("\n"))
    assert find(f"You wrote:\n{quoted}\nYes.\n", REDACTOR) == []


PAGES = "https://books.example/mill\nhttps://books.example/bridge\n"


@pytest.mark.parametrize(
    "text",
    [
        "Ahoj,\n\npodívej se sem: https://books.example/mill\na sem: https://books.example/bridge\n",
        "Ciao,\n\nguarda qui: https://books.example/mill\nla libreria: 02 1234 5678\n",
        "Szia,\n\nitt van: https://books.example/mill\nkönyvtár: +36 1 234 5678\n",
        "Thanks,\n\nthis is the list: https://books.example/mill\nand my favourite: https://books.example/bridge\n",
        "Merci !\n\nVoilà : https://books.example/mill\nLa librairie : 12 rue du Lac, 01 23 45 67 89\n",
        "Vielen Dank!\n\n" + PAGES,
        "नमस्कार,\n\n" + PAGES,
        "Díky!\n\n" + PAGES + "\nPřečti si to, prosím.\n",
        "Hei Tom,\n\nnähdään torstaina, Zoom: https://zoom.example/j/1234567890\n",
        "Zdravo Tome\n\nknjižnica: Lončarska 12, 031 123 456, knjiznica@books.example\n",
    ],
)
@pytest.mark.parametrize("around", ["{}", "{}\nAmber Heron\n", "> Shall I read something?\n\n{}"])
def test_a_letter_that_begins_with_a_word_of_farewell_stays(text: str, around: str) -> None:
    assert find(around.format(text), REDACTOR) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ciao,\nJanie\nHarlow Ltd\nTel. +44 7700 900123\n",
        "Thanks!\n\nJane Whitcombe | Harlow Ltd\n",
        "Mila Novak\nHead of Maths | Harlow Ltd\nTel. +44 7700 900123\nmila@harlow.example\nwww.harlow.example\n",
    ],
)
def test_a_letter_that_is_only_a_farewell_and_a_signature_loses_the_signature(text: str) -> None:
    assert [finding.end for finding in find(text, REDACTOR)] == [len(text)]


def test_links_below_a_closing_formula_stay_above_more_words() -> None:
    assert (
        find("It is good.\n\nBest wishes,\nAmber\n\n" + PAGES + "\nRead them before Thursday, please.\n", REDACTOR)
        == []
    )


@pytest.mark.parametrize("formula", ["Best wishes,\n", "Until we meet,\n"])
def test_the_author_of_links_that_go_with_a_signature_is_told(formula: str) -> None:
    found = find(f"It is good.\n\n{formula}Jane Whitcombe\n\nThe mill: {PAGES}", REDACTOR)
    assert [finding.kind for finding in found] == ["doubtful-signature"]


CV = "Experience\n2021–2023 Sales assistant, Harlow & Sons Ltd, Leeds\n\nEducation\nA levels (Northfield School)\n"
CLINIC = "St James's Hospital\nBeckett Street\nLeeds LS9 7TF\nTel. 0113 243 3144\n"


@pytest.mark.parametrize(
    "text",
    [
        f"My CV is below.\n\nThank you!\nJane\n\n{CV}",
        f"The address of the clinic.\n\nBest,\nJane\n\n{CLINIC}",
        f"The address of the clinic is below.\n\nJane Whitcombe\n\n{CLINIC}",
        "These firms.\n\nBest,\nJane\n\nHarlow & Sons Ltd\nMedlab GmbH\nNordquell AG\n",
        "This one?\n\nBest,\nJane\n\nJunior Analyst, Harlow Ltd, Leeds\nTel 0113 496 0000\njobs@harlow.example\n",
        "It is long.\n\nBest,\nJane\n\nDo you know Harlow & Sons Ltd?\n",
        "Here is the address.\n\nGood luck!\ninfo@library.example\n",
        "It is long.\n\nThanks\n\nJane\nDon't forget the library card\n",
    ],
)
def test_the_author_of_what_stands_apart_from_the_name_and_names_somebody_else_is_told(text: str) -> None:
    assert [finding.kind for finding in find(text, REDACTOR)] == ["doubtful-signature"]


@pytest.mark.parametrize(
    "text",
    [
        "I have moved.\n\nThanks, my number is\n\n0113 496 0000\n\nJane\n",
        "I have moved.\n\nDanke, meine Nummer ist\n0341 496 0000\n\nJane\n",
    ],
)
def test_thanks_before_a_sentence_are_no_formula(text: str) -> None:
    assert find(text, REDACTOR) == []


@pytest.mark.parametrize(
    "block",
    [
        "Jane\nSales assistant, Harlow & Sons Ltd\nTel. 0113 496 0000\n",
        "Jane\n\nJane Whitcombe\nSales assistant, Harlow & Sons Ltd\nTel. 0113 496 0000\n",
        "Jane\n\nHarlow & Sons Ltd\nTel. 0113 496 0000\njane.whitcombe@northbank.example\n",
    ],
)
def test_nobody_is_told_of_a_block_at_the_authors_name(block: str) -> None:
    assert [finding.kind for finding in find(f"It is long.\n\nBest,\n{block}", REDACTOR)] == ["signature"]


WORDS = st.sampled_from(
    str.split(
        "the letter about our plan is long and I think we should read it again before Thursday because you "
        "asked me for it das Buch liegt noch auf dem Tisch 我们 明天 見る книга лежит на столе كتاب جديد"
    )
)
SENTENCES = st.lists(WORDS, min_size=4, max_size=14).map(lambda words: " ".join(words).capitalize() + ".")
PROSE = st.lists(st.one_of(SENTENCES, st.just("")), max_size=12).map("\n".join)


@given(PROSE)
@settings(max_examples=150, deadline=None)
def test_prose_is_returned_as_it_came(text: str) -> None:
    assert find(text, REDACTOR) == []


PIECES = st.sampled_from(
    [
        "-- ",
        "--",
        "Best regards,",
        "Jane Whitcombe",
        "Harlow Ltd",
        "Tel. +44 7700 900123",
        "> ",
        "",
        "____",
        "word " * 9,
        "On 3 Nov 2026 at 14:05, X wrote:",
        "From: X",
        "Sent: Y",
        "Sent from my iPhone",
        "Could we talk?",
        ">> -- ",
        "￼",
    ]
)


@given(st.lists(PIECES, max_size=25).map("\n".join))
@settings(max_examples=200, deadline=None)
def test_findings_are_in_order_and_do_not_overlap(text: str) -> None:
    found = find(text, REDACTOR)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "piece",
    [
        "-- \n",
        "--\nx\n",
        "> -- \n>> x\n",
        "Best regards,\n",
        "Best,\nTel. +44 7700 900123\n",
        "> Best,\n> Jane\n> Harlow Ltd\n",
        "Sent from my iPhone\n",
        "\n",
        ">",
        " ",
        "-",
        "a",
        "1",
        "@",
        "1 ",
        "a.",
        "On 2026 14:05\n",
        "From: x\n",
        "____\n",
        "This e-mail is confidential ",
        "Avast virus ",
        "x:\n",
        "\n\n-- \n\n",
        "Jane Whitcombe\nHarlow Ltd\n\n",
        "(0) ",
        "www.",
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    text = piece * (120_000 // len(piece))
    began = time.process_time()
    find(text, REDACTOR)
    assert time.process_time() - began < 3
