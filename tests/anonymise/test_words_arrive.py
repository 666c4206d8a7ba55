"""Whole letters through the rebuild: what somebody wrote in an unusual place arrives, every word of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape, unescape

import pytest

from relay.operations.preview import Preview, preview

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HEAD = (
    "From: Miriam Holt <miriam.holt@nordquell.example>\r\nTo: amber-heron.preview@relay.example\r\n"
    "Subject: A letter\r\nMIME-Version: 1.0\r\n"
)


def arrived(body: str | bytes, media_type: str = "text/plain; charset=utf-8", encoding: str = "8bit") -> Preview:
    """The letter with this body as it would arrive."""
    head = f"{HEAD}Content-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    octets = body.replace("\n", "\r\n").encode() if isinstance(body, str) else body
    return preview(head.encode() + octets, NOW)


def seen(html: str) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


ANSWER = "I will come on Friday and bring the book."
MARKS = [
    'class="gmail_signature"', 'id="ms-outlook-mobile-signature"', 'class="moz-signature"', 'id="AppleMailSignature"',
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "written",
    [
        *(ANSWER, "Je viendrai vendredi avec le livre.", "我星期五会来，还会带那本书。"),
        *("मैं शुक्रवार को किताब लेकर आऊँगा।", "Я приду в пятницу и принесу книгу."),
        "I wrote this below my line. Will you read it?</div><div>milk</div><div>The exam is on Friday, I am nervous.",
        "Dear Amber,<br>a short one today.<br>Bread is 3 euro now.<br>Best wishes",
    ],
)
def test_what_was_typed_into_a_signature_element_arrives(mark: str, written: str) -> None:
    found = arrived(f"<div>Hello, thank you.</div><div {mark}><div>{written}</div></div>", "text/html; charset=utf-8")
    assert not found.refused
    for line in seen(written.replace("<br>", "\n")).split("\n"):
        assert line in seen(found.html) and line in " ".join(found.text.split())


@pytest.mark.parametrize("mark", MARKS)
def test_a_sentence_among_the_marks_of_a_signature_goes_with_it(mark: str) -> None:
    block = "Miriam Holt<br>Nordquell AG<br>+49 30 1234567<br>Be kind. You never know who you meet."
    found = arrived(f"<div>Hello, thank you.</div><div {mark}>{block}</div>", "text/html; charset=utf-8")
    assert seen(found.html) == "Hello, thank you."


def test_a_table_of_apple_notes_arrives() -> None:
    table = "<table><tbody><tr><td><div>Monday</div></td><td><div>Maths</div></td></tr></tbody></table>"
    found = arrived(f"<div>Plan</div><div><object>{table}</object></div>", "text/html; charset=utf-8")
    assert seen(found.html) == "Plan Monday Maths"
    assert "Monday" in found.text and "Maths" in found.text


NOTICE = (
    "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the "
    "intended recipient, please delete it."
)
SEAT = "Sitz der Gesellschaft: Bremen, Amtsgericht Bremen HRB 12345, Geschäftsführer: Max Muster"


@pytest.mark.parametrize(
    ("notice", "question"),
    [
        (SEAT, "Was ist HRB?"),
        ("SARL au capital de 8 000 € - RCS Lyon 123 456 789 - Siège social : 3 rue des Lilas, Lyon", "Un RCS ?"),
        ("ООО «Ромашка», ИНН 7701234567, ОГРН 1027700123456, юридический адрес: Москва, Лесная, 5", "Что такое ОГРН?"),
        ("KvK 12345678, BTW NL123456789B01, statutaire zetel: Utrecht", "Wat is KvK?"),
        ("Ticaret Sicil No: 123456, Mersis No: 0123456789012345", "Mersis nedir?"),
    ],
)
def test_a_question_about_a_firms_notice_arrives_with_it(notice: str, question: str) -> None:
    found = arrived(f"Hello,\n\nthis stands in my contract:\n\n{notice}\n\n{question}\n")
    assert notice in found.text and question in found.text


@pytest.mark.parametrize("line", ["Please translate this for me:", "Bitte übersetze mir das:", "请帮我翻译："])
def test_a_notice_that_its_author_announces_arrives(line: str) -> None:
    assert NOTICE in arrived(f"Hello,\n\n{line}\n\n{NOTICE}\n").text


@pytest.mark.parametrize(
    "added",
    [
        *(
            "To unsubscribe from this list click here",
            "[EXTERNAL EMAIL] Do not click links unless you know the sender.",
        ),
        "Sent from my iPhone",
    ],
)
def test_what_a_program_added_and_its_author_announces_arrives(added: str) -> None:
    assert added in arrived(f"Hello,\n\nmy teacher's mails have a line that I do not understand:\n\n{added}\n").text
    assert added not in arrived(f"Hello,\n\nmy teacher's mails are long.\n\n{added}\n").text


@pytest.mark.parametrize("form", ["plain", "html"])
def test_what_became_of_a_parcel_arrives(form: str) -> None:
    lines = ["Shipped: 3 February 2026, 9:00", "Delivered: 5 February 2026, 14:05"]
    shown = "".join(f"<div>{line}</div>\n" for line in lines)
    found = arrived("\n".join(lines) + "\n") if form == "plain" else arrived(shown, "text/html; charset=utf-8")
    assert found.text.splitlines() == lines and seen(found.html) == " ".join(lines)


def test_a_question_about_a_banner_arrives() -> None:
    words = 'The box says "EXTERNAL EMAIL: do not click". What is external?'
    assert words in arrived(f"{words}\n").text


DRAWN = "  /\\_/\\\n ( o.o )\n  > ^ <\n"


@pytest.mark.parametrize("form", ["plain", "html"])
def test_a_drawing_keeps_every_space(form: str) -> None:
    shown = "".join(f"<div>{escape(line).replace(' ', '&nbsp;')}</div>" for line in DRAWN.splitlines())
    found = arrived(DRAWN) if form == "plain" else arrived(shown, "text/html; charset=utf-8")
    assert found.text == DRAWN
    assert "<br>&nbsp;( o.o )<br>" in found.html.replace("&#160;", "&nbsp;")


def test_a_patch_keeps_the_lines_that_it_does_not_change() -> None:
    patch = '--- a/main.py\n+++ b/main.py\n@@ -1,3 +1,3 @@\n-print("a")\n+print("b")\n return\n'
    assert arrived(patch).text == patch


def test_a_space_typed_before_a_line_goes_where_no_line_is_indented() -> None:
    assert arrived("One.\n Two.\n Three.\n").text == "One.\nTwo.\nThree.\n"


def test_a_postscript_that_speaks_like_a_notice_arrives() -> None:
    words = "P.S. This message is confidential! If you are not Amber, please delete it and forget about the cake."
    assert words in arrived(f"Hello,\n\nall is well here.\n\n{words}\n").text


@pytest.mark.parametrize("line", ["Confidentiality Notice:", "Please note the following:", "Nordquell AG:", "Best,"])
def test_a_notice_below_a_heading_or_a_formula_goes(line: str) -> None:
    assert "recipient" not in arrived(f"Hello,\n\nall is well here.\n\n{line}\n\n{NOTICE}\n").text


@pytest.mark.parametrize(
    "line",
    [
        *("On Monday, my sister wrote:", "Am Montag schrieb meine Schwester:", "В понедельник моя сестра написала:"),
        *("On 12 May at 10:15 the captain wrote:", "At 5 o'clock this morning my neighbour wrote:"),
    ],
)
def test_a_line_in_which_somebody_tells_who_wrote_arrives(line: str) -> None:
    assert f"{line}\n" in arrived(f"Hello,\n\n{line}\n> The goats are back.\n\nI laughed.\n").text


@pytest.mark.parametrize(
    "line", ["On Mon, 2 Mar 2026 at 10:15, Ines Farrow wrote:", "On 12/05/2026, Ines Farrow wrote:"]
)
def test_a_line_of_a_program_goes(line: str) -> None:
    assert "Farrow" not in arrived(f"Hello,\n\n{line}\n> The goats are back.\n\nI laughed.\n").text


CARD = "Ali Sample\nSample Road 12, 12345 Sampletown\nTel. 01234 567890"


@pytest.mark.parametrize(
    ("asks", "greets", "closes"),
    [
        ("Kannst du diesen Brief verbessern:", "Sehr geehrte Frau Schulz,", "Mit freundlichen Grüßen"),
        ("कृपया यह पत्र सुधारें:", "आदरणीय महोदय,", "भवदीय,"),
        ("صحح رسالتي من فضلك:", "السيد المدير المحترم،", "مع التحية،"),
        ("请帮我改信：", "尊敬的经理：", "此致敬礼"),
        ("Исправь, пожалуйста, письмо:", "Уважаемый директор!", "С уважением,"),
        ("תקן את המכתב שלי:", "מנהל נכבד,", "בכבוד רב,"),
    ],
)
@pytest.mark.parametrize("below", ["", "\nIs it good?\n"])
def test_a_model_letter_keeps_its_signature(asks: str, greets: str, closes: str, below: str) -> None:
    model = f"{asks}\n\n{greets}\n\nI am writing about the job.\n\n{closes}\n{CARD}\n"
    found = arrived(f"Hi Amber,\n\n{model}{below}")
    for line in (model + below).split("\n"):
        assert line in found.text


def test_a_signature_below_a_model_letter_goes() -> None:
    model = f"Please look at this letter:\n\nDear Ms Okonjo,\n\nI want the job.\n\nYours sincerely,\n{CARD}\n"
    own = "Best wishes,\nMiriam Holt\nNordquell AG\n+49 30 1234567\n"
    found = arrived(f"Hi Amber,\n\n{model}\nIs it good?\n\n{own}")
    assert "Sampletown" in found.text and "Nordquell" not in found.text and "1234567\n" not in found.text


def test_a_signature_that_may_be_that_of_a_letter_within_the_letter_is_told_of() -> None:
    model = f"Dear Ms Okonjo,\n\nI want the job.\n\nYours sincerely,\n{CARD}\n"
    found = arrived(f"Hi Amber,\n\nis this letter good?\n\n{model}")
    assert [one.kind for one in found.removals if "signature" in one.kind] == ["doubtful-signature"]
