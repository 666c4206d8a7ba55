"""A person's answer is a yes or a no only where every reader would take it for one."""

from __future__ import annotations

import base64
import quopri
import re
import string
import sys
import tracemalloc
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from relay.letters.catalogue import catalogue
from relay.letters.templates import LetterTemplates
from relay.message.confirmation.answer_words import LANGUAGES, AnswerWords
from relay.message.confirmation.read_answer import ReadAnswer, YesNo, question_code, read_answer
from relay.shipped import shipped

CODE = "K7F3Q2"
YES, NO, OPEN = YesNo.YES, YesNo.NO, YesNo.OPEN
FOLDER = Path(__file__).parent / "answers"
TOKENS = st.text("0123456789abcdef", min_size=24, max_size=24)


def mail(text: str, *head: str, subject: str = "Re: Did you write this letter?") -> bytes:
    lines = (f"Subject: {subject}", "From: jane@real.example", *head, "", *text.split("\n"))
    return "\r\n".join(lines).encode("utf-8", "surrogatepass")


def said(text: str) -> YesNo:
    return read_answer(mail(text), CODE).answer


def examples(language: str) -> list[tuple[str, str]]:
    lines = (FOLDER / f"{language}.txt").read_text("utf-8").splitlines()
    pairs = (line.partition(" ")[::2] for line in lines if not line.startswith("#"))
    return [(answer, text.strip(" ").replace("\\n", "\n").replace("CODE", CODE)) for answer, text in pairs]


EXAMPLES = [(language, *example) for language in LANGUAGES for example in examples(language)]


@pytest.mark.parametrize(("language", "answer", "text"), EXAMPLES)
def test_an_answer_is_read_as_a_person_reads_it(language: str, answer: str, text: str) -> None:
    assert said(text) == answer


def test_every_language_has_examples_enough_and_every_example_a_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(LANGUAGES)
    for language in LANGUAGES:
        answers = [answer for answer, _ in examples(language)]
        assert len(answers) >= 25
        assert min(answers.count(kind) for kind in YesNo) >= 5, language


def phrases(name: str) -> list[str]:
    return [phrase for words in LANGUAGES.values() for phrase in getattr(words, name)]


@pytest.mark.parametrize(
    ("name", "after", "answer"),
    [
        ("yes", "", YES),
        ("yes", ", Omar", YES),
        ("yes", " Omar Haddad", OPEN),
        ("affirms", "", YES),
        ("affirms", " xyz", OPEN),
        ("yes_alone", "", YES),
        ("yes_alone", ", Omar", OPEN),
        ("no", "", NO),
        ("no", " Omar Haddad", NO),
        ("no_alone", "", NO),
        ("no_alone", ". Omar", NO),
        ("no_alone", " xyz", OPEN),
        ("neither", "", OPEN),
        ("neither", " xyz", OPEN),
        ("neither", ", xyz", OPEN),
    ],
)
def test_no_word_of_one_language_is_another_answer_in_another(name: str, after: str, answer: YesNo) -> None:
    assert [phrase for phrase in phrases(name) if said(phrase + after) != answer and (after or phrase[-1] != ":")] == []


def test_a_clause_that_denies_takes_a_yes_back() -> None:
    assert [phrase for phrase in phrases("denies") if said(f"Yes, {phrase}") != OPEN] == []


@pytest.mark.parametrize(
    "word", ["si", "ok", "na", "ha", "ji", "ya", "ah", "y", "la lettre", "el", "Naam: Ravi", "nan a"]
)
def test_what_means_another_thing_elsewhere_is_neither(word: str) -> None:
    assert said(word) == OPEN


def test_a_language_more_needs_its_words_and_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    from relay.message.confirmation import answer_line

    assert said("jawohl") == said("nein danke") == OPEN
    monkeypatch.setitem(LANGUAGES, "de", AnswerWords(yes=("ja", "jawohl"), no=("nein",), neither=("nein bitte nicht",)))
    answer_line._vocabulary.cache_clear()
    try:
        assert (said("Jawohl!"), said("Nein danke"), said("nein bitte nicht")) == (YES, NO, OPEN)
    finally:
        monkeypatch.undo()
        answer_line._vocabulary.cache_clear()


def test_every_field_of_the_words_is_listened_to() -> None:
    assert {field.name for field in fields(AnswerWords)} == {
        *("yes", "affirms", "yes_alone", "no", "no_alone", "neither", "denies", "wrote", "pen_name"),
        *("conditions", "yes_at_home"),
    }


# -- codes


@pytest.mark.parametrize("written", ["K7F3Q2", "k7f3q2", "[K7F3Q2]", "K7F 3Q2", "k7f-3q2", "K 7 F 3 Q 2", "*K7F3Q2*."])
def test_the_code_is_a_yes_however_it_is_written(written: str) -> None:
    assert read_answer(mail(written), CODE) == ReadAnswer(YES, code_written=True, code_anywhere=True)
    assert read_answer(mail(f"Yes, please\n\n{written}"), CODE) == ReadAnswer(YES, False, True)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("K7F3Q2, I wrote it", YES),
        ("Yes K7F3Q2", YES),
        ("K7F3Q2 yes", YES),
        ("K7F3Q2 - no", OPEN),
        ("K7F3Q2, no", OPEN),
        ("K7F3Q2 who are you", OPEN),
        ("K7F3Q2X", OPEN),
        ("XK7F3Q2", OPEN),
        ("K7F3Q", OPEN),
        ("K7F3Q\n2", OPEN),
        ("> K7F3Q2", OPEN),
    ],
)
def test_a_code_among_other_words_counts_like_a_yes(text: str, answer: YesNo) -> None:
    assert said(text) == answer


def test_a_code_that_is_quoted_or_in_the_subject_is_seen_and_answers_nothing() -> None:
    assert read_answer(mail("> your code: K7F3Q2"), CODE) == ReadAnswer(OPEN, False, True)
    assert read_answer(mail("", subject="Re: Did you? [K7F3Q2]"), CODE) == ReadAnswer(OPEN, False, True)
    assert read_answer(mail("", subject="=?utf-8?q?Re=3A_=5BK7F3Q2=5D?="), CODE).code_anywhere
    assert read_answer(mail("Yes", subject="Re: [ABC234]"), CODE) == ReadAnswer(YES, False, False)
    assert not read_answer(mail("Yes xK7F3Q2", subject="K7F3Q27"), CODE).code_anywhere


@given(TOKENS, TOKENS)
def test_the_code_of_another_question_is_no_answer(one: str, other: str) -> None:
    code, written = question_code(one), question_code(other)
    assert said(written) == OPEN or written == CODE
    assert read_answer(mail(written), code).answer == (YES if code == written else OPEN)


@given(st.text())
def test_a_code_is_six_letters_and_digits_that_are_no_word_and_no_number(token: str) -> None:
    code = question_code(token)
    assert re.fullmatch("[23456789BCDFGHJKMNPQRSTVWXYZ]{6}", code)
    assert re.search("[0-9]", code) and re.search("[A-Z]", code)
    assert question_code(token) == code


def test_a_code_stays_what_it_was_when_the_letter_went_out() -> None:
    assert question_code("0123456789abcdef01234567") == "R83KTR"


def test_codes_are_spread_evenly() -> None:
    codes = [question_code(f"{n:024x}") for n in range(3000)]
    assert len(set(codes)) >= 2998
    for place in range(6):
        assert len({code[place] for code in codes}) == 28


# -- where the answer stands


def alternative(plain: str, html: str, *, encoding: str = "8bit", charset: str = "utf-8") -> bytes:
    def packed(text: str) -> bytes:
        octets = text.encode(charset)
        pack = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)
        return pack(octets)

    def part(kind: str, text: str) -> bytes:
        head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
        return b"--b\n" + head.encode() + packed(text) + b"\n"

    head = b"From: j@real.example\nContent-Type: multipart/alternative; boundary=b\n\n"
    return head + (part("plain", plain) if plain else b"") + part("html", html) + b"--b--\n"


GMAIL = (
    '<html><head><style>p{margin:0}</style></head><body><div dir="ltr">Yes<br></div><br><div class="gmail_quote">'
    '<div dir="ltr">On Mon, 3 Mar 2025 at 10:04, X &lt;<a href="mailto:x@y.example">x@y.example</a>&gt;'
    " wrote:<br></div><blockquote>answer NO, or K7F3Q2</blockquote></div></body></html>"
)


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-7"])
def test_the_answer_is_read_however_it_is_packed(encoding: str, charset: str) -> None:
    if charset == "utf-16" and encoding != "base64":
        return
    assert read_answer(alternative("Oui\n", GMAIL, encoding=encoding, charset=charset), CODE).answer == YES
    assert read_answer(alternative("", GMAIL, encoding=encoding, charset=charset), CODE) == ReadAnswer(YES, False, True)
    assert read_answer(alternative(" \n\n", GMAIL.replace("Yes", "No"), encoding=encoding), CODE).answer == NO


def test_plain_text_goes_before_html() -> None:
    assert read_answer(alternative("No\n", GMAIL), CODE).answer == NO


@pytest.mark.parametrize(
    ("html", "answer"),
    [
        ("Yes", YES),
        ("<p>Yes</p><p>No</p>", YES),
        ("<P>Y<b>e</b>s</P>", YES),
        ("<div>&nbsp;</div><div><span>N&#111;</span>, I did not</div>", NO),
        ("<!-- No --><style>no{}</style><script>no</script><title>no</title><o:p></o:p>Yes", YES),
        ("<!--[if mso]><p>No</p><![endif]--><body lang=EN><p class=MsoNormal>Yes<o:p></o:p></p>", YES),
        ("<head>" + "x" * 60_000 + "</head><body>Yes</body>", YES),
        ("<img alt='logo' src='cid:x'><a href='https://x.example'>Yes</a>", YES),
        ("<blockquote>Yes</blockquote>No", NO),
        ("<blockquote>Yes</blockquote>", OPEN),
        ("<pre>Yes\nor not</pre>", YES),
        ("<ul><li>Yes</li></ul>", YES),
        ("1 < 2<br>Yes", OPEN),
        ("<!-- Yes", OPEN),
        ("<hr><b>From:</b> The programme<br>Yes", OPEN),
    ],
)
def test_html_is_read_as_it_is_shown(html: str, answer: YesNo) -> None:
    assert read_answer(mail(html, "Content-Type: text/html"), CODE).answer == answer


def test_only_what_the_person_wrote_counts() -> None:
    def mixed(*parts: str) -> bytes:
        return mail("".join(f"--b\n{part}\n" for part in parts) + "--b--", "Content-Type: multipart/mixed; boundary=b")

    attached = "Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nYes"
    enclosed = "Content-Type: message/rfc822\n\nSubject: x\n\nYes"
    named = "Content-Type: text/plain; name=a.txt\n\nYes"
    for part in (attached, enclosed, named):
        assert read_answer(mixed(part), CODE).answer == OPEN
        assert read_answer(mixed(part, "\nNo"), CODE).answer == NO
        assert read_answer(mixed(part + "x\n" * 100_000, "\nNo"), CODE).answer == OPEN  # that far nobody looks


def test_an_answer_that_is_signed_in_one_piece_is_read() -> None:
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jane")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), today, today + timedelta(1))
    ).sign(key, hashes.SHA256())
    inside = b"Content-Type: text/plain\r\n\r\nYes, K7F3Q2\r\n"
    signed = pkcs7.PKCS7SignatureBuilder().set_data(inside).add_signer(certificate, key, hashes.SHA256())
    packed = base64.encodebytes(signed.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])).decode()
    head = ("Content-Type: application/pkcs7-mime; smime-type=signed-data", "Content-Transfer-Encoding: base64")
    assert read_answer(mail(packed, *head), CODE) == ReadAnswer(YES, False, True)
    assert read_answer(mail("Yes", *head), CODE).answer == OPEN


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\v", "\f"])
def test_a_line_ends_as_lines_end(end: str) -> None:
    assert said(f"{end}{end}Yes{end}but who are you?") == YES
    assert said(f"No{end}yes") == NO


@pytest.mark.parametrize("nothing", ["", " ", "\u00a0", "\u200b\u200f", "\ufeff", "\u2060\u00ad \t", "\u3000"])
def test_what_cannot_be_seen_is_not_there(nothing: str) -> None:
    assert said(f"{nothing}\n{nothing}Yes{nothing}\nNo") == YES
    assert said(f"\n{nothing}\nN{nothing.strip()}o") == NO


def test_the_words_around_a_quotation_are_skipped_only_when_they_look_like_it() -> None:
    quotation = "> Did you write this?\n> x\n\n"
    for line in (
        "On 3 March 2025 Jane wrote:",
        "Jane schrieb:",
        "x@y.example:",
        "--- Original Message ---",
        "2025-03-03:",
    ):
        assert said(f"{line}\n{quotation}Yes") == YES
        assert said(f"{line}\n\n{quotation}No") == NO
        assert said(f"{line}\n{quotation}") == OPEN
        assert said(f"{line}\nYes") == OPEN
    for line in ("Hello:", "See below:", "On 3 March 2025 Jane wrote", "I wrote this on 3 March"):
        assert said(f"{line}\n{quotation}Yes") == OPEN
    assert said(f"Hello,\n\nOn 3 March 2025 Jane wrote:\n{quotation}Yes") == OPEN


@pytest.mark.parametrize("quoted", ["> Reply before 3 March.", "> jane@real.example", "> Jane wrote:", "> 1:\n> 2:"])
def test_a_quotation_that_itself_looks_like_an_attribution_is_a_quotation(quoted: str) -> None:
    found = read_answer(mail(f"Yes\n\nOn 3 March 2025 Jane wrote:\n\n{quoted}\n> x\n\nMore."), CODE)
    assert (found.answer, found.line, found.below, found.words) == (YES, "Yes", "More.", 2)
    assert said(f"On 3 March 2025 Jane wrote:\n{quoted}\n\nNo") == NO


# -- our own letters


QUESTIONS = [name for name, entry in catalogue().items() if entry.asks]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("about", ["is-it-yours", "from-another-address", "confirm-address"])
@pytest.mark.parametrize("language", LetterTemplates().languages())
def test_no_line_of_a_question_answers_it(name: str, about: str, language: str) -> None:
    values = {**catalogue()[name].samples[0], "about": about}
    subject, body, _ = LetterTemplates().letter(name, language, **values)
    for line in (subject, *body.splitlines()):
        assert read_answer(mail(line), str(values["code"])).answer == OPEN, line


# -- whatever comes


@given(st.binary(max_size=2000))
def test_any_octets_are_read(octets: bytes) -> None:
    assert read_answer(octets, CODE).answer in YesNo
    assert read_answer(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + octets, CODE).answer in YesNo
    assert read_answer(b"Content-Type: text/html\n\n" + octets, CODE).answer in YesNo


@given(st.text(max_size=400))
def test_any_text_and_any_code_are_read(text: str) -> None:
    assert read_answer(mail(text), text).answer in YesNo
    assert said(text) in YesNo


CLEAR = [(text, YesNo(answer)) for _, answer, text in EXAMPLES if answer != "open" and "\n" not in text]


@given(
    st.sampled_from(CLEAR),
    st.text(string.punctuation.replace(">", "") + " \t\u00a0«»“”¡¿…", max_size=5),
    st.text(string.punctuation + " \t\u00a0«»“”…", max_size=5),
    st.sampled_from([str.upper, str.lower, str.title, str]),
)
def test_case_and_what_stands_around_an_answer_change_nothing(
    example: tuple[str, YesNo], before: str, after: str, case: type[str]
) -> None:
    text, answer = example
    if text[-1].isalnum() and CODE not in text:
        assert said(f"{before}{case(text)}{after}") == answer


@given(st.sampled_from(CLEAR), st.text(max_size=200))
def test_what_stands_below_changes_nothing(example: tuple[str, YesNo], below: str) -> None:
    assert said(f"{example[0]}\n{below}") == example[1]


HOSTILE = [
    *("<a ", "<!", "<!--", "</", "<a b='", '<a "', "<a><br>", "<ul><li>a", "<blockquote>a<br>", "<script></", "<aaaa"),
    *("&#1", "\u0301\u0323", "> \n", "On 1 @:\n> \n", "1:\n\n\n", "1\n1\n1\n:\n", "K 7 F 3 Q", "K7F3Q-", "yes,"),
    *("no yes,", "\u200f"),
]


def work(content: bytes) -> int:
    """How many calls are made to read ``content``."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    read_answer(b"\n\nyes", CODE)  # what is made once is made
    sys.setprofile(count)
    try:
        read_answer(content, CODE)
    finally:
        sys.setprofile(None)
    return steps


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_work_does_not_grow_faster_than_the_mail_and_ends(piece: str, kind: str) -> None:
    def of(octets: int) -> int:
        return work(mail(piece * (octets // len(piece.encode())), f"Content-Type: text/{kind}; charset=utf-8"))

    assert of(32_000) <= 2.2 * of(16_000) + 200
    assert of(2_000_000) <= 1.1 * of(400_000) + 200


@pytest.mark.parametrize("piece", HOSTILE)
def test_little_memory_is_taken(piece: str) -> None:
    content = mail(piece * (2_000_000 // len(piece)), "Content-Type: text/html; charset=utf-8")
    tracemalloc.start()
    try:
        read_answer(content, CODE)
        assert tracemalloc.get_traced_memory()[1] < 16_000_000
    finally:
        tracemalloc.stop()


def test_a_long_line_is_not_read_to_its_end() -> None:
    assert said("Yes, " + "\u0301\u0323" * 50_000) == YES
    assert said("\u00a0" * 20_000 + "No") == NO
    assert said("Yes" + " x" * 100_000) == OPEN
    assert work(mail("No" + " x" * 15_000)) <= work(mail("No" + " x" * 500)) + 20


def test_no_shipped_template_is_forgotten() -> None:
    asking = {
        path.stem for path in (shipped("templates") / "en").glob("*.txt") if "{{ code }}" in path.read_text("utf-8")
    }
    assert asking == set(QUESTIONS)


@pytest.mark.parametrize(("lines", "answer"), [(1, YES), (4, YES), (5, OPEN)])
def test_an_attribution_takes_four_lines_at_most(lines: int, answer: YesNo) -> None:
    wrapped = "\n".join(["On 3 March 2025", *["a programme"] * (lines - 2), "wrote:"][-lines:])
    wrapped = wrapped if lines > 1 else "On 3 March 2025 a programme wrote:"
    assert said(f"{wrapped}\n> Is it yours?\nYes") is answer
