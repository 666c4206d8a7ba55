"""Tables of what mail programs write above quoted words, before and after; and of words that only look like it."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.anonymise.history import attribution, find_history
from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona

AUTHOR = Identity(("jane.whitcombe@northbank.example", "jwhit42@gmail.com"), ("Jane Whitcombe",))
RECIPIENT = Identity(("tom.okoye@gmx.de",), ("Tom Okoye", "王小明"))
AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(AUTHOR, AMBER, RECIPIENT, QUIET)
REDACTOR = Redactor(KNOWN)

SAMPLES = Path(__file__).parent / "samples"
LINES = dict(line.split(" ", 1) for line in (SAMPLES / "lines.txt").read_text("utf-8").splitlines() if line[0] != "#")


class Row(NamedTuple):
    """What a mail program writes, and the language of the line that stands in its place."""

    client: str
    language: str
    line: str


ATTRIBUTIONS = [
    Row(*line.split(" | ", 2))
    for line in (SAMPLES / "attributions.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
every_attribution = pytest.mark.parametrize("row", ATTRIBUTIONS, ids=[row.client for row in ATTRIBUTIONS])
BLOCKS = [
    tuple(sample.split("\n", 1)) for sample in (SAMPLES / "blocks.txt").read_text("utf-8").strip()[3:].split("\n== ")
]
STAYS = [sample.strip("\n") for sample in (SAMPLES / "stays.txt").read_text("utf-8").split("\n==\n")]

FORMS = {
    "@0": "{n}",
    "@1": "{n} <{a}>",
    "@2": "\u202a{n}\u202c\u200f <\u202a{a}\u202c\u200f>",
    "@3": "{n} (<{a}>)",
    "@4": "{n} ({a})",
    "@5": '"{n}" <{a}>',
    "@6": "{n} <\u202a{a}\u202c\u200f>",
    "@9": "{a}",
}
# Names that are words of a date, of a verb or of a sentence in some language, and names in many scripts.
NAMES = [
    "Nora Quill", "Jan May", "Said Ben Ali", "Lê Văn An", "山田太郎", "홍길동", "Nora Quill903", "محمد علی", "bob",
    "dr. nora-maria o'neill", "Иван Петров", "Priya श्रीवास्तव", "von der Quill, Nora (Ltd)", "王伟", "A. de la Cruz",
]  # fmt: skip


def passed(text: str) -> str:
    return replaced(text, find_history(text, REDACTOR))


def before(row: str, name: str = "Nora Quill", address: str = "nora@third.example") -> str:
    return re.sub(r"@\d", lambda form: FORMS[form[0]].format(n=name, a=address), row)


def after(row: Row, person: str = "…") -> str:
    return LINES[row.language].replace("@", person).replace("\\R", "\u200f")


@every_attribution
def test_an_attribution_says_that_somebody_wrote_and_no_more(row: Row) -> None:
    letter = f"Hello.\n\n{before(row.line)}\n\n> The old words.\n\nGoodbye."
    clean = f"Hello.\n\n{after(row)}\n\n> The old words.\n\nGoodbye."
    assert passed(letter) == clean
    assert passed(clean) == clean


@every_attribution
def test_no_name_is_left_in_an_attribution_at_any_depth_wrapped_or_not(row: Row) -> None:
    for name in NAMES:
        line = before(row.line, name, "third.person@elsewhere.example")
        for shape in (
            f"{line}\n> old",
            f"> > {line}\n> >> old",
            f"{line.replace(' <', chr(10) + '<', 1)}\n\n> old",
            f"> {line.replace('> ', f'>{chr(10)}> ', 1)}\n>> old",
        ):
            left = passed(shape)
            assert "elsewhere" not in left, left
            for word in re.findall(r"[^\s,.()]{3,}", name):
                assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", left), left


@pytest.mark.parametrize(
    ("name", "address", "person"),
    [
        ("Jane Whitcombe", "jane.whitcombe@northbank.example", "Amber Heron"),
        ("J. W.", "JWhit42@gmail.com", "Amber Heron"),
        ("Mum", AMBER.alias, "Amber Heron"),
        ("Tom Okoye", "unknown@third.example", "Quiet River"),
        ("王小明", "tom.okoye@gmx.de", "Quiet River"),
        ("Nora Quill", "nora@third.example", "…"),
        ("Jane Quill", "jane@third.example", "…"),
    ],
)
def test_the_two_people_get_their_pseudonyms(name: str, address: str, person: str) -> None:
    for row in ATTRIBUTIONS[::7]:
        if "@0" not in row.line and "@9" not in row.line:
            assert passed(f"{before(row.line, name, address)}\n> old") == f"{after(row, person)}\n> old"
    block = f"From: {name} <{address}>\nSent: 3 November 2026 14:05\nTo: Nora <nora@third.example>\nSubject: plan"
    assert passed(block) == f"From: {person}\nTo: …\nSubject: plan"


def test_a_short_answer_has_its_line_in_the_language_of_what_it_quotes() -> None:
    quoted = "\n".join(
        f"> {line}" for line in ("I have read the draft that you have sent,", "and it is not what I was waiting for.")
    )
    line = "Am 03.11.26 um 14:05 schrieb Tom Okoye:"
    assert passed(f"Thanks, Jane\n\n{line}\n{quoted}") == f"Thanks, Jane\n\nQuiet River wrote:\n{quoted}"
    assert passed(f"Danke\n\n{line}\n> Ja.") == "Danke\n\nQuiet River schrieb:\n> Ja."


@pytest.mark.parametrize("zone", ["", " +0100", " GMT+1", " CET", " UTC-05:00", " (GMT+09:00)", " +05:30"])
def test_no_clock_is_left_where_only_pseudonyms_stand(zone: str) -> None:
    for name in (f"Quiet River <{QUIET.alias}>", "Quiet River", f"<{QUIET.alias}>"):
        assert passed(f"On Tue, 3 Nov 2026 at 14:05{zone}, {name} wrote:\n> old") == "Quiet River wrote:\n> old"


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("On 3 Nov 2026, at 14:05, you wrote:", "Quiet River"),
        ("Tuesday, November 3, 2026, 2:05:11 PM, you wrote:", "Quiet River"),
        ("On 3 Nov 2026, at 14:05, I wrote:", "Amber Heron"),
        ("On 3 Nov 2026, at 14:05, someone wrote:", "…"),
    ],
)
def test_whom_a_pronoun_means_is_told(line: str, who: str) -> None:
    assert passed(f"Yes.\n\n{line}\n> old") == f"Yes.\n\n{who} wrote:\n> old"
    assert passed(f"> {line}\n>> old") == "> … wrote:\n>> old"


@pytest.mark.parametrize("when", ["03/11/2026 14:05", "03.11.2026 14.05 Uhr", "11/3/2026 2:05 PM", "2026-11-03 14:05"])
def test_groupwise_writes_between_angle_brackets(when: str) -> None:
    for name in NAMES:
        for person in (
            f"{name} <nora@third.example>",
            f'"{name}" <nora@third.example>',
            f"{name}\n<nora@third.example>",
        ):
            for closing in (" >>>", "\n>>>"):
                assert passed(f"Yes.\n\n>>> {person} {when}{closing}\nold") == "Yes.\n\n… wrote:\nold"
    assert passed(f"> >>> Jane Whitcombe {when} >>>\n> old") == "> Amber Heron wrote:\n> old"
    assert passed(f">>> Quiet River <{QUIET.alias}> {when} >>>\nold") == "Quiet River wrote:\nold"


@pytest.mark.parametrize("language", LINES)
def test_our_line_stays_as_it_is(language: str) -> None:
    for person in ("…", "Quiet River"):
        line = LINES[language].replace("@", person).replace("\\R", "\u200f")
        assert passed(f"Yes.\n\n{line}\n\n> old") == f"Yes.\n\n{line}\n\n> old"


LETTERS = {
    "en": "Thank you for the list. I have read it and will bring what you asked for.",
    "de": "Danke für die Liste. Ich habe sie gelesen und bringe mit, was du nicht hast.",
    "fr": "Merci pour la liste. Je ne suis pas sûr que ce soit tout, mais je vous la rends.",
    "ar": "شكرا جزيلا على القائمة. لقد قرأتها وسأحضر ما طلبته مني في الأسبوع القادم.",
    "ja": "リストをありがとうございます。読みましたので、必要なものを持って行きます。",
    "ru": "Спасибо за список. Я его уже прочитал и принесу всё, что вы просили, как и в прошлый раз.",
}


@pytest.mark.parametrize("language", LETTERS)
def test_the_line_is_in_the_language_of_the_letter_whatever_the_program_speaks(language: str) -> None:
    line = LINES[language].replace("@", "Quiet River").replace("\\R", "\u200f")
    for program in (
        "Am 03.11.26 um 14:05 schrieb @0:",
        "2026年11月3日(火) 14:05 @1:",
        "Στις 3/11/2026 14:05, ο/η @0 έγραψε:",
    ):
        letter = f"{LETTERS[language]}\n\n{before(program, 'Quiet River', QUIET.alias)}\n> old"
        assert passed(letter) == f"{LETTERS[language]}\n\n{line}\n> old"


@pytest.mark.parametrize(
    ("letter", "clean"),
    [
        ("On Tue, 3 Nov 2026 at 14:05, @1 wrote: It is: so", "… wrote: It is: so"),
        (
            "I like it. On Tue, 3 Nov 2026 at 14:05, @1 wrote:\n> old",
            "I like it. … wrote:\n> old",
        ),
        ("Hello! Am 03.11.26 um 14:05 schrieb @0:\n> old", "Hello! … schrieb:\n> old"),
        ("@5 wrote in message news:abc@third.example...\n> old", "… wrote:\n> old"),
        ("From: @1\nOld words.", "From: …\nOld words."),
    ],
)
def test_words_on_the_same_line_stay(letter: str, clean: str) -> None:
    assert passed(before(letter)) == clean


@pytest.mark.parametrize(("client", "sample"), BLOCKS, ids=[client for client, _ in BLOCKS])
def test_a_header_block_says_what_about_but_neither_who_nor_when(client: str, sample: str) -> None:
    block, clean = sample.split("\n--\n")
    assert passed(f"Hello.\n\n{block}\n\nOld words.") == f"Hello.\n\n{clean}\n\nOld words."
    assert passed(f"Hello.\n\n{clean}\n\nOld words.") == f"Hello.\n\n{clean}\n\nOld words."
    quoted = "".join(f"> {line}\n" for line in block.split("\n"))
    assert passed(quoted) == "".join(f"> {line}\n" for line in clean.split("\n"))


def linked(text: str) -> str:
    return re.sub(r"[\w.]+@[\w.]+\.example", r'<a href="mailto:\g<0>">\g<0></a>', escape(text, quote=False))


@every_attribution
def test_a_formatted_attribution_loses_its_link_too(row: Row) -> None:
    line = linked(before(row.line))
    for page in (
        f'<div>Hi</div><div class="q"><div>{line}<br></div><blockquote><div>old</div></blockquote></div>',
        "<p>Hi</p>\n<div>{}<br>\n</div>\n<blockquote>\n<p>old</p></blockquote>".format(line.replace(" ", "\n      ")),
    ):
        clean = scrub(Message("", html=page), KNOWN).message
        assert clean.html is not None and clean.text is not None
        for part in (clean.html, clean.text):
            assert "Nora" not in part and "third" not in part, part
            assert "Hi" in part and "old" in part


@pytest.mark.parametrize(("client", "sample"), BLOCKS, ids=[client for client, _ in BLOCKS])
def test_a_formatted_header_block_names_nobody_in_lines_paragraphs_or_cells(client: str, sample: str) -> None:
    lines = sample.partition("\n--\n")[0].split("\n")
    if any(line.startswith("\t") for line in lines):
        return  # a folded field exists in plain text only
    labels = [re.match(r"\*?([^:：]{1,30}[:：])\*?\s*(.*)", line) for line in lines]
    bold = [f"<b>{m[1]}</b> {linked(m[2])}" if m else linked(line) for line, m in zip(lines, labels, strict=True)]
    rows = [f"<tr>\n<th>{m[1]} </th>\n<td>{linked(m[2])}</td>\n</tr>" for m in labels if m]
    above = "".join(f"<div>{linked(line)}</div>" for line, m in zip(lines, labels, strict=True) if not m)
    pages = ["<div>" + "<br>\n".join(bold) + "</div>", "".join(f"<div>{line}</div>" for line in bold)]
    if len(rows) > 2:  # those without colons stand on lines of their own, or in cells
        pages.append("\n".join(f"<p>\n<span>{line}\n</span>\n</p>" for line in bold))
        pages.append(above + "<table>\n<tbody>" + "\n".join(rows) + "</tbody></table>")
    for page in pages:
        clean = scrub(Message("", html=f"<p>Hi</p><hr>{page}<p>old</p>"), KNOWN).message
        assert clean.html is not None and clean.text is not None
        for part in (clean.html, clean.text):
            assert not re.search("Nora|third|Zug|zug", part), part
            assert "Hi" in part and "old" in part


@pytest.mark.parametrize(
    "line",
    [
        "ਸ਼ਨਿੱਚਰ, 28 ਨਵੰ 2026 ਨੂੰ ਬਾਅਦ ਦੁਪਹਿਰ 7:35 ਵਜੇ @ ਨੇ ਲਿਖਿਆ:",
        "2026၊ နိုဝင်ဘာ 28 စနေ၊ ညနေ 7:35 တွင် @ က ရေးခဲ့သည်:",
        "Ngo-Mgqibelo, 28 Nov 2026 ngo-19:35 @ wabhala:",
        "Qarshi, 28 qor 2026 tongi 7:35 @ blarg:",
        "@ – November 28, 2026 7:35 PM",
    ],
)
@pytest.mark.parametrize("quote", ["> old", ">> old", "\n> old"])
def test_no_clock_is_left_right_above_a_quotation_whatever_the_language(line: str, quote: str) -> None:
    marks = quote.strip()[: quote.count(">") - 1]
    for mailbox in ("Jane Whitcombe <jane.whitcombe@northbank.example>", "Ben Ali <third.person@elsewhere.example>"):
        wrapped = mailbox if line.startswith("@") else mailbox.replace(" <", f"\n{marks}<")
        for written in (line.replace("@", mailbox), line.replace("@", wrapped)):
            left = passed(f"Hi\n\n{marks}{written}\n{quote}\n")
            assert left.startswith("Hi\n\n")
            assert left.endswith("old\n")
            assert not re.search("7:35|19:35|2026|28|Jane|Ben|@", left), left


def test_a_header_block_is_told_by_what_stands_behind_labels_of_no_known_language() -> None:
    block = "Xa: Nora Quill <nora@third.example>\nXe: 28 quux 2026 19:35\nXi: Bob Zug <bob@zug.example>\nXo: plan\n"
    assert passed(f"Hi\n\n{block}\nold\n") == "Hi\n\nXa: …\nXi: …\nXo: plan\n\nold\n"


@pytest.mark.parametrize("words", STAYS)
def test_words_that_only_look_like_quoted_history_stay(words: str) -> None:
    assert passed(words) == words
    assert passed(f"Hello.\n\n{words}\n\nGoodbye.") == f"Hello.\n\n{words}\n\nGoodbye."


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aBéжש山 \n\n>:：.,|-_*()\"'"), max_size=300))
def test_a_text_without_attribution_is_returned_as_it_came(text: str) -> None:
    assert passed(text) == text


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(ATTRIBUTIONS),
    st.lists(st.text(st.sampled_from("aB é山>!,.-"), max_size=30), max_size=6),
    st.lists(st.text(st.sampled_from("aB é山>!,.-"), max_size=30), max_size=6),
)
def test_the_words_around_an_attribution_stay_word_for_word(row: Row, above: list[str], below: list[str]) -> None:
    top, bottom = "\n".join(above), "\n".join(below)
    assert passed(f"{top}\n\n{before(row.line)}\n\n> old\n{bottom}") == f"{top}\n\n{after(row)}\n\n> old\n{bottom}"


def steps(text: str) -> int:
    """How many lines of Python run while a text is looked through."""
    count = 0

    def trace(_frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return trace

    redactor = Redactor(KNOWN)
    before_us = sys.gettrace()
    sys.settrace(trace)
    try:
        find_history(text, redactor)
    finally:
        sys.settrace(before_us)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        *(
            ">",
            ">\n",
            "> > ",
            "On ",
            "On On On\n",
            ":",
            "aa:\n",
            " ",
            "\n",
            "_",
            "-----",
            "1",
            "From: a ",
            "@",
            "\u202a",
        ),
        *(
            ">>> a\n",
            ">>> ",
            ">>> a 3/11/2026 14:05 >>>\n",
            "---- a ----\n",
            "---- a ----\nFrom a@b\n",
            "|\n",
            "From\n",
        ),
        *("发件人\n", "On 3 Nov 2026 14:05, A <a@b.example> wrote:\n> x\n", "<a@b> x writes\n", " in message ", "፦\n"),
        *(
            "From: a@b.example\nSent: 3 Nov 2026 14:05\nSubject: Re: Re: x\n",
            "--- a wrote ---\n",
            "Subject: R: R: R:\n",
        ),
    ],
)
def test_hostile_text_takes_steps_in_proportion_to_its_length(piece: str) -> None:
    few, many = (steps(piece * (size // len(piece))) for size in (4_000, 16_000))
    assert many <= 4 * few + 3_000


@pytest.mark.parametrize("seed", range(40))
def test_ends_of_attributions_are_found_line_by_line_as_in_the_whole_text(seed: int) -> None:
    chance = random.Random(seed)
    lines = (
        *("Jane wrote:", "at 10:30 we met", "x ----", "-----Original Message-----", "in message <a.b@c.example>:", ""),
        *(
            "On 3 Nov 2026",
            "> Jane <jane@real.example>: yes, I did",
            "text",
            "写道：",
            'a@b.example> schrieb﹕   "',
            "::",
        ),
        *("in article 12345@news.example", "Dear Amber", "-- ", "Ratio 1:2 : 3", "ends -- ----  ", "«…»:”"),
    )
    text = "\n".join(chance.choice(lines) + chance.choice(("", " ", ":")) for _ in range(60))
    whole = [(end.span(), end.groups()) for end in attribution._END.finditer(text)]
    assert [(end.span(), end.groups()) for end in attribution._ends(text)] == whole


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Inviato da Libero Mail per Android Lunedì, 02 Febbraio 2026, 07:12PM +01:00 da @0  @9 :", "it"),
        ("Отправлено из мобильной Почты Mail.ru понедельник, 02 февраля 2026г., 19:12 +03:00 от @0 @9:", "ru"),
        ("Sent from Mail.ru app for Android Monday, 02 February 2026, 07:12PM +03:00 from @0  @9:", "en"),
        ("Sent from myMail for iOS Monday, 2 February 2026, 19:12 +0100 from\n@1:", "en"),
        ("Gesendet von myMail für Android Montag, 02 Februar 2026, 07:12PM +01:00 von @0 @9:", "de"),
        ("Enviado desde myMail para Android lunes, 02 febrero 2026, 07:12p. m. +01:00 de @1:", "es"),
        ("Envoyé depuis myMail pour Android lundi, 02 février 2026, 07:12PM +01:00 de @0 @9:", "fr"),
    ],
)
@pytest.mark.parametrize("mark", ["", "> "])
def test_an_introduction_joined_with_the_apps_name_goes_with_the_dashes_above(
    line: str, language: str, mark: str
) -> None:
    clean = f"Hm.\n\n{after(Row('', language, ''))}\n\n{mark}old"
    assert passed(f"Hm.\n\n-- \n{before(line)}\n\n{mark}old") == clean


@pytest.mark.parametrize(
    "block",
    [
        "Ад: @\nАдпраўлена: панядзелак, 2 лютага 2026 г. 19:12\nКаму: Nora\nТэма: plan",
        "Van: @\nGestuur: Maandag 2 Februarie 2026 19:12\nAan: Nora\nOnderwerp: plan",
        "Mula kay: @\nIpinadala: Lunes, 2 Pebrero 2026 19:12\nPara kay: Nora\nPaksa: plan",
        "Ó: @\nSeolta: Dé Luain 2 Feabhra 2026 19:12\nChuig: Nora\nÁbhar: plan",
        "Oddi wrth: @\nAnfonwyd: Dydd Llun, 2 Chwefror 2026 19:12\nAt: Nora\nPwnc: plan",
        "Minn: @\nMibgħut: it-Tnejn, 2 ta' Frar 2026 19:12\nLil: Nora\nSuġġett: plan",
        "నుండి: @\nపంపబడింది: సోమవారం, 2 ఫిబ్రవరి 2026 19:12\nవీరికి: Nora\nవిషయం: plan",
        "પ્રેષક: @\nમોકલ્યું: સોમવાર, 2 ફેબ્રુઆરી 2026 19:12\nપ્રતિ: Nora\nવિષય: plan",
        "प्रेषक: @\nपाठवले: सोमवार, 2 फेब्रुवारी 2026 19:12\nप्रति: Nora\nविषय: plan",
        "ពី: @\nបានផ្ញើ: ថ្ងៃចន្ទ 2 កុម្ភៈ 2026 19:12\nទៅ: Nora\nប្រធានបទ: plan",
        "Хэнээс: @\nИлгээсэн: 2026 оны 2-р сарын 2 19:12\nХэнд: Nora\nСэдэв: plan",
        "Кимден: @\nЖөнөтүлдү: 2-февраль 2026 19:12\nКимге: Nora\nТема: plan",
        "له: @\nلېږل شوی: دوشنبه، 2 فبروري 2026 19:12\nته: Nora\nموضوع: plan",
        "ਵੱਲੋਂ: @\nਭੇਜਿਆ: ਸੋਮਵਾਰ, 2 ਫ਼ਰਵਰੀ 2026 19:12\nਨੂੰ: Nora\nਵਿਸ਼ਾ: plan",
        "ຈາກ: @\nສົ່ງເມື່ອ: ວັນຈັນ, 2 ກຸມພາ 2026 19:12\nເຖິງ: Nora\nຫົວຂໍ້: plan",
        "De: @\nSendita: lundo, 2 februaro 2026 19:12\nAl: Nora\nTemo: plan",
        "Nork: @\nBidalita: astelehena, 2026(e)ko otsailak 2 19:12\nNori: Nora\nGaia: plan",
        "වෙතින්: @\nයැවුවේ: සඳුදා, 2 පෙබරවාරි 2026 19:12\nවෙත: Nora\nවිෂයය: plan",
        "ከ: @\nየተላከው: ሰኞ፣ 2 ፌብሩዋሪ 2026 19:12\nለ: Nora\nርዕስ: plan",
        "Ումից՝ @\nՈւղարկված է՝ երկուշաբթի, 2 փետրվարի 2026 19:12\nՈւմ՝ Nora\nԹեմա՝ plan",
    ],
)
def test_a_head_whose_reader_has_no_address_keeps_no_clock_in_twenty_more_languages(block: str) -> None:
    clean = passed(f"Hm.\n\n{block.replace('@', 'Nora Quill <nora@third.example>')}\n\nOld words.")
    assert "19:12" not in clean
    assert "Nora" not in clean
    assert clean.count("…") == 2


@pytest.mark.parametrize(
    ("head", "clean"),
    [
        ("Nora Quill (Zug Ltd)\nNov 24, 2026, 17:42 GMT+9\n\nold words", "…\n\nold words"),
        ("Nora Quill\nNov 24, 2026, 17:40 UTC\n\n> old words", "…\n\n> old words"),
        ("Date: 28 Nov 2026 19:35\nTo: Bob Zug\n\nNora Quill wrote:\n> old words", "To: …\n\n… wrote:\n> old words"),
        (
            "Date sent:  Sat, 28 Nov 2026 19:35:05 +0100\nTo:  Bob Zug <b@zug.example>\n\nNora Quill wrote:\n> old",
            "To:  …\n\n… wrote:\n> old",
        ),
        (
            "From     Nora Quill\nSent     28 November 2026 19:35\nTo       Bob Zug\nSubject  plan\n\nold",
            "From     …\nTo       …\nSubject  plan\n\nold",
        ),
        (
            "Von Nora Quill\nGesendet 28. November 2026 19:35\nAn Bob Zug\nBetreff plan\n\nalt",
            "Von …\nAn …\nBetreff plan\n\nalt",
        ),
    ],
)
def test_a_head_with_few_colons_or_none_names_nobody_and_tells_no_time(head: str, clean: str) -> None:
    assert passed(f"Hello.\n\n{head}") == f"Hello.\n\n{clean}"


def test_a_table_of_notes_names_nobody() -> None:
    """Each value stands in its cell, and no label has a colon."""
    table = (
        "<table><tr><td><b>Nora Quill</b></td><td rowspan=4><table><tr><td>To</td><td>Bob Zug</td></tr><tr><td>cc</td>"
        "<td></td></tr><tr><td>Subject</td><td>plan</td></tr></table></td></tr><tr>"
        "<td>24/11/2026 17:42</td></tr></table>"
    )
    clean = scrub(Message("", html=f"<p>Hi</p>{table}<p>old words</p>"), KNOWN).message
    for text in (clean.html or "", clean.text or ""):
        assert "old words" in text and "plan" in text
        assert not re.search("Quill|Zug|17:42", text), text
