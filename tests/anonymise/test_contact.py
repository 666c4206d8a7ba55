"""What somebody newly writes about how to reach them is found; what is other people's, or quoted, is not."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from relay.anonymise.contact import find
from relay.anonymise.identities import replaced
from relay.anonymise.removal_kinds import CONTACT
from relay.anonymise.removal_kinds import KINDS as EXPLAINED
from relay.anonymise.scrub import scrub
from relay.anonymise.signature_blocks import Rows
from relay.model import Identity, Known, Message, Persona
from relay.refusals import ContactDetails

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(Identity(("jane@northbank.example",)), AMBER, Identity(("tom@gmx.de",)), QUIET)

FOUND = [
    ("phone", "Call me on {} after six.", "+44 7700 990212"),
    ("phone", "My new mobile number is {}.", "07700 900123"),
    ("phone", "{} is my number.", "(555) 010-0199"),
    ("phone", "You can text me: {}", "555-010-0199"),
    ("phone", "Ruf mich an: {}!", "0171 0000000"),
    ("phone", "Meine Handynummer ist {}.", "+49 171 0000000"),
    ("phone", "Mon numéro est le {}.", "06 00 00 00 00"),
    ("phone", "Mi número es {}.", "+34 600 000 000"),
    ("phone", "Il mio numero è {}.", "+39 300 0000000"),
    ("phone", "Meu número é {}.", "+55 11 90000-0000"),
    ("phone", "Mijn nummer is {}.", "06-00000000"),
    ("phone", "Mitt nummer är {}.", "070-000 00 00"),
    ("phone", "Mój numer to {}.", "600 000 000"),
    ("phone", "Мой номер {}.", "+7 900 000-00-00"),
    ("phone", "Мій номер {}.", "+380 50 000 00 00"),
    ("phone", "Numaram {}.", "0532 000 00 00"),
    ("phone", "Nambari yangu ni {}.", "+254 700 000000"),
    ("phone", "Nomor saya {}.", "0812-0000-0000"),
    ("phone", "Số điện thoại của tôi là {}.", "090 000 0000"),
    ("phone", "رقمي هو {}.", "0500000000"),
    ("phone", "شماره من {} است.", "0912 000 0000"),
    ("phone", "میرا نمبر {} ہے۔", "0300 0000000"),
    ("phone", "המספר שלי {}.", "050-0000000"),
    ("phone", "मेरा नंबर {} है।", "98000 00000"),
    ("phone", "私の電話番号は {} です。", "090-0000-0000"),
    ("phone", "我的手机是 {}。", "138 0000 0000"),
    ("phone", "제 번호는 {} 입니다.", "010-0000-0000"),
    ("handle", "Find me on Instagram {}.", "@ines.farrow"),
    ("handle", "My instagram is {}.", "ines.farrow"),
    ("handle", "I am on Telegram as {}.", "ines_f"),
    ("handle", "Ich bin auf Insta: {}", "@inesf"),
    ("handle", "мой телеграм: {}", "@inesfarrow"),
    ("handle", "加我微信：{}", "ines_farrow"),
    ("handle", "Here: {}", "https://www.linkedin.com/in/ines-farrow-123"),
    ("handle", "or {}", "wa.me/447700900123"),
    ("handle", "My code is at {}.", "https://github.com/inesfarrow"),
    ("handle", "Add me: {}", "https://www.snapchat.com/add/inesf"),
    ("own-address", "My private mail is {}.", "ines@farrow.example"),
    ("own-address", "Write to me at {}, please.", "ines@farrow.example"),
    ("own-address", "Schreib mir an {}.", "ines@farrow.example"),
    ("own-address", "Mi correo es {}.", "ines@farrow.example"),
    ("own-address", "Мой адрес: {}", "ines@farrow.example"),
    ("own-address", "我的邮箱是 {}", "ines@farrow.example"),
    ("meeting-link", "Join: {}", "https://zoom.us/my/inesfarrow"),
    ("meeting-link", "Join: {}", "https://us02web.zoom.us/j/123456789?pwd=x"),
    ("meeting-link", "Book a time at {}.", "calendly.com/ines-farrow/30min"),
    ("meeting-link", "{}", "https://meet.google.com/abc-defg-hij"),
    ("meeting-link", "{}", "https://teams.microsoft.com/l/meetup-join/19%3ameeting"),
    ("share-link", "My essay: {}", "https://docs.google.com/document/d/1AbC/edit?usp=sharing"),
    ("share-link", "My essay: {}", "https://1drv.ms/w/s!Abc"),
    ("share-link", "My essay: {}", "https://www.icloud.com/iclouddrive/0abc"),
    ("share-link", "My essay: {}", "https://www.dropbox.com/scl/fi/abc/essay.docx"),
    ("street", "I live at {}, near the park.", "12 Baker Street"),
    ("street", "My office is at {}.", "4a Old Mill Lane"),
    ("street", "Send it to me at {}, please.", "P.O. Box 4412"),
    ("street", "Ich wohne in der {}.", "Lindenstraße 14"),
    ("street", "Meine Adresse: {}", "Berliner Straße 5a"),
    ("street", "J'habite {}.", "12 rue de la Paix"),
    ("street", "Vivo en {}.", "calle de Alcalá 45"),
    ("street", "Abito in {}.", "via Garibaldi 7"),
    ("street", "Moro na {}.", "rua das Flores, 120"),
    ("street", "Ik woon op de {}.", "Keizersgracht 211"),
    ("street", "Jag bor på {}.", "Storgatan 12"),
    ("street", "Mieszkam przy {}.", "ul. Długa 8"),
    ("street", "Я живу на {}.", "ул. Ленина, д. 5"),
    ("street", "Adresim: {}.", "Atatürk Caddesi No: 15"),
    ("street", "Ninaishi {}.", "mtaa wa Uhuru 22"),
    ("street", "Anwani yangu ni {}.", "S.L.P. 4512"),
    ("street", "Saya tinggal di {}.", "Jalan Melati 9"),
    ("street", "أسكن في {}", "شارع الملك فيصل"),
    ("street", "אני גר ב{}.", "רחוב הרצל 10"),
    ("street", "我住在{}。", "南京西路128号"),
]

DESCRIBED = [
    ("{} in the city.", "I work at Northbank Advisory"),
    ("{}.", "I'm the head teacher of Kisumu Girls School"),
    ("{} now.", "Ich arbeite bei Siemens Mobility"),
    ("{}.", "Je travaille chez Orange"),
    ("{}.", "Trabajo en Banco Azul"),
    ("{}.", "Я работаю в Газпроме"),
    ("{}.", "Ninafanya kazi katika Benki Kuu"),
    ("{}.", "أعمل في جامعة القاهرة"),
    ("{}工作。", "我在北京大学"),
    ("{}.", "Saya bekerja di Bank Mandiri"),
]

NOT_FOUND = [
    "The hotline is +44 800 000000, open all day.",
    "The library's number is 01632 960001.",
    "Please call the office on 01632 960001.",
    "Ruf die Bibliothek an: 030 0000000.",
    "My exam is on 12 May 2026 at 10:30 in room 0044.",
    "My book has the ISBN 978-3-16-148410-0 and costs 12.50.",
    "My result is 3.14159265358979.",
    "Please write to the library at desk@citylibrary.example for the card.",
    "The helpdesk is help@examboard.example.",
    "I like Instagram, but not Facebook.",
    "My teacher told us about GitHub.",
    "See https://github.com/python/cpython for the code.",
    "Read https://en.wikipedia.org/wiki/Zoom and https://zoom.us/pricing first.",
    "We met at 12 Baker Street, at the museum.",
    "Holmes lived at 221 Baker Street.",
    "The bank is in Lindenstraße 14.",
    "I live near a street with 12 trees.",
    "I live in a small town by the sea.",
    "The museum is at https://www.instagram.com/citymuseum/, look!",
    "https://openbooks.example/read?id=7",
    "Use @property in Python, and x = y @ z.",
    "Zoom is a word, and meet is one, too.",
    "I met @anna yesterday.",
    "> Call me on +44 7700 990212.",
    "Yes.\n\n> My private mail is ines@farrow.example.\n\nGood.",
    "Yes.\n\n-----Original Message-----\nFrom: X\nSent: Y\nTo: Z\n\nCall me on +44 7700 990212.",
    "",
]


@pytest.mark.parametrize(("kind", "sentence", "contact"), FOUND)
def test_ones_own_number_account_address_or_link_is_found(kind: str, sentence: str, contact: str) -> None:
    text = f"Hello!\n\n{sentence.format(contact)}\n\nBye\n"
    found = find(text, Rows())
    assert [finding.kind for finding in found] == [kind]
    assert replaced(text, found) == f"Hello!\n\n{sentence.format('[…]')}\n\nBye\n"


@pytest.mark.parametrize(("sentence", "words"), DESCRIBED)
def test_where_somebody_works_is_found_only_where_it_is_asked_for(sentence: str, words: str) -> None:
    text = f"Hello!\n\n{sentence.format(words)}\n\nBye\n"
    assert find(text, Rows()) == []
    found = find(text, Rows(), described=True)
    assert [(finding.kind, text[finding.start : finding.end]) for finding in found] == [("self-description", words)]


@pytest.mark.parametrize(
    "text",
    [
        "I work at a bank, and I teach at a school.",
        "I am a teacher of maths.",
        "She works at Northbank Advisory.",
        "Ich arbeite bei einer Bank.",
        "Je travaille dans une école.",
        "I am the first of my family to study.",
        "> I work at Northbank Advisory",
    ],
)
def test_a_work_without_a_name_and_other_peoples_work_stay(text: str) -> None:
    assert find(text, Rows(), described=True) == []


@pytest.mark.parametrize(
    "piece", ["I live at ", "12 Baker ", "rue de la ", "Ab'", "I work at Aa ", "我在", "1", "Straße "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    began = time.process_time()
    find(piece * (400_000 // len(piece)), Rows(), described=True)
    assert time.process_time() - began < 20


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_other_peoples_or_quoted_stays(text: str) -> None:
    assert find(text, Rows()) == []


def letter(contact: str, text: str, html: str | None = None) -> Message:
    return scrub(Message("", text, html), replace(KNOWN, contact=contact)).message


CALL = "Call me on +44 7700 990212."
HTML = '<p>Call me on <a href="tel:+447700990212">+44 7700 990212</a>.</p><p><a href="https://zoom.us/my/ines">Join</a></p>'


def test_each_policy_does_what_it_says() -> None:
    assert letter("allow", CALL).text == CALL
    assert letter("redact", CALL).text == "Call me on […]."
    with pytest.raises(ContactDetails) as held:
        letter("refuse", CALL)
    assert (held.value.reply.code, held.value.reply.enhanced) == (550, "5.7.0")
    assert letter("refuse", "See you on Thursday.").text == "See you on Thursday."


def test_links_in_a_formatted_letter_follow_the_policy() -> None:
    assert (letter("allow", "x", HTML).html or "").replace("\n", "") == HTML
    redacted = letter("redact", "x", HTML).html or ""
    assert "Call me on […]." in redacted
    assert "Join" in redacted
    assert "href" not in redacted
    with pytest.raises(ContactDetails):
        letter("refuse", "x", '<p><a href="https://zoom.us/my/ines">Join</a></p>')
    quoted = '<blockquote><a href="https://zoom.us/my/ines">Join</a></blockquote>'
    assert 'href="https://zoom.us/my/ines"' in (letter("refuse", "x", quoted).html or "")


def test_a_number_in_a_signature_goes_with_it_and_holds_nothing() -> None:
    signed = "Yes.\n\nBest,\nInes Farrow\nHarlow Ltd\nCall me: +44 7700 990212\n"
    assert letter("refuse", signed).text == "Yes.\n\nBest,\n"


def test_every_kind_is_explained() -> None:
    assert set(EXPLAINED) >= CONTACT - {"self-description"}, "which is never removed"


@pytest.mark.parametrize(
    "piece", ["+44 ", "1", "a@", "@a ", "https://", "call me ", "instagram ", "instagram is ", "a.", "my "]
)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    began = time.process_time()
    find(piece * (80_000 // len(piece)), Rows())
    assert time.process_time() - began < 3
