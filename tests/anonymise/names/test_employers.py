"""Employers' names with "&", "and" or "of" between their words, as people write them, and prose with the same words."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check
from relay.model import Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")


def known(employer: str) -> Known:
    """An author with this employer."""
    author = Identity(("zz91x7@post.example",), ("Anna Thrale", employer))
    return Known(author, AMBER, Identity(("zq9xv7@reader.example",)), QUIET)


def checked(employer: str, text: str) -> None:
    """The leak check alone. Raises StillIdentifying."""
    leak_check(Message(subject="", text=text, html="", attachments=()), (), text.encode(), known(employer), ())


def assert_goes(employer: str, letter: str) -> None:
    """What stands in square brackets in ``letter`` goes, and nothing else; the leak check agrees."""
    plain = letter.replace("[", "").replace("]", "")
    text = Redactor(known(employer)).redact(plain)[0]
    assert text == re.sub(r"\[[^\]]*\]", AMBER.name, letter)
    checked(employer, text)


@pytest.mark.parametrize(
    ("employer", "letter"),
    [
        ("Fox & Hound Ltd", "I work at [Fox & Hound], or [Fox and Hound], or [Fox&Hound]; see [foxandhound].example."),
        ("Müller & Söhne GmbH & Co. KG", "Bei [Müller & Söhne], also [Müller und Söhne] oder [Mueller + Soehne]."),
        ("Procter, Vale & Finch LLP", "I work at [Procter, Vale & Finch] and for [Procter, Vale and Finch]."),
        ("Stone + Bridge", "I work at [Stone + Bridge] and [Stone & Bridge]."),
        ("Thornquist & Abel", "Jobbar på [Thornquist och Abel], alltså [thornquist-och-abel].example."),
        ("Dupont et Filles SARL", "Je suis chez [Dupont et Filles] depuis dix ans, [Dupont & Filles] pour vous."),
        ("ООО «Заря и Вера»", "Я работаю в «[Заря и Вера]», то есть [Заря & Вера]."),
        ("Bank of Lindholm", "I work at the [Bank of Lindholm]; see [bankoflindholm].example."),
        ("St. Brannock's Hospital", "I am at St. [Brannock's Hospital], or Saint [Brannock’s Hospital]."),
        ("9-Seven Bakery", "I work at [9-Seven Bakery] on Mondays."),
        ("A&B Motors", "I work at [A&B Motors], the [A and B Motors] of the harbour."),
    ],
)  # fmt: skip
def test_an_employer_goes_however_its_words_are_connected(employer: str, letter: str) -> None:
    assert_goes(employer, letter)


@pytest.mark.parametrize(
    ("employer", "text"),
    [
        ("Fox & Hound Ltd", "We met at Fox & Hound on Monday."),
        ("Fox & Hound Ltd", "We met at Fox and Hound on Monday."),
        ("Harbour & Quill LLP", "See harbourandquill.example for it."),
        ("Müller & Söhne GmbH & Co. KG", "Bei Müller und Söhne ist es schön."),
    ],
)
def test_the_leak_check_knows_it_by_itself(employer: str, text: str) -> None:
    with pytest.raises(StillIdentifying):
        checked(employer, text)


@pytest.mark.parametrize(
    ("employer", "text"),
    [
        ("Bread & Butter Ltd", "I had bread and butter, and bread & butter again. It is my bread. Butter is dear."),
        ("Fox & Hound Ltd", "A fox and a hound; the Fox ran, and the Hound slept. Fox, then Hound."),
        ("Bank of Lindholm", "We sat on the bank in Lindholm. A Bank in Lindholm was closed."),
        ("Stone + Bridge", "The Stone of the Bridge is old."),
        ("Hope & Anchor Inn", "Hope is an anchor, and I hope an anchor holds."),
    ],
)
def test_prose_with_the_same_words_stays(employer: str, text: str) -> None:
    assert Redactor(known(employer)).redact(text)[0] == text
    checked(employer, text)


@pytest.mark.parametrize(
    ("employer", "letter"),
    [
        ("株式会社青葉製陶", "[青葉製陶]で働いています。(株)[青葉製陶]も㈱[青葉製陶]も[株式会社青葉製陶]も同じです。"),
        ("青葉製陶㈱", "[青葉製陶]で働いています。"),
        ("深圳市云帆科技有限公司", "我在[云帆科技]工作。我在[云帆]上班。公司叫[深圳市云帆科技有限公司]。"),
        ("北京云帆网络科技股份有限公司", "我在[云帆]上班,[云帆网络科技]很大。"),
        ("雲帆資訊股份有限公司", "我在[雲帆資訊]工作,也就是[雲帆]。"),
        ("주식회사 한빛", "저는 [한빛]에서 일해요. (주)[한빛]이고 ㈜[한빛]입니다."),
        ("(주)한빛", "저는 [한빛]에서 일해요. 주식회사 [한빛]입니다."),
        ("บริษัท รุ่งเรืองทอง จำกัด", "ฉันทำงานที่[รุ่งเรืองทอง]"),
        ("Sun Harbor株式会社", "I work at [Sun Harbor], you see."),
        ("Kowalczyk i Synowie sp. z o.o.", "Pracuję w [Kowalczyk i Synowie], a [Kowalczyk & Synowie] to firma."),
        ("Novotná a Dcery spol. s r. o.", "Pracuji ve firmě [Novotná a Dcery]."),
    ],
)  # fmt: skip
def test_an_employer_goes_without_its_legal_form(employer: str, letter: str) -> None:
    assert_goes(employer, letter)


@pytest.mark.parametrize(
    ("employer", "text"),
    [
        ("株式会社青葉製陶", "青葉製陶で働いています。"),
        ("深圳市云帆科技有限公司", "我在云帆上班。"),
        ("주식회사 한빛", "저는 한빛에서 일해요."),
        ("บริษัท รุ่งเรืองทอง จำกัด", "ฉันทำงานที่รุ่งเรืองทอง"),
        ("Sun Harbor株式会社", "I work at Sun Harbor, you see."),
        ("Kowalczyk i Synowie sp. z o.o.", "Pracuję w Kowalczyk i Synowie."),
    ],
)
def test_the_leak_check_takes_its_legal_form_off_by_itself(employer: str, text: str) -> None:
    with pytest.raises(StillIdentifying):
        checked(employer, text)


@pytest.mark.parametrize(
    ("employer", "letter"),
    [
        ("주식회사 하늘", "[(주)하늘]에서 일해요. [㈜하늘]이고 [하늘 주식회사]입니다. 이번 주 하늘이 맑아요."),
        ("(주)하늘", "[(주) 하늘]에서, [주식회사 하늘]에서 일해요. 하늘이 맑아요."),
        ("㈱青葉", "[(株)青葉]で働いています。[株式会社青葉]です。青葉がきれいです。"),
    ],
)
def test_an_ordinary_word_goes_only_with_its_legal_form(employer: str, letter: str) -> None:
    assert_goes(employer, letter)


@pytest.mark.parametrize(
    ("employer", "text"),
    [
        ("株式会社青葉製陶", "青葉がきれいで、製陶の歴史は長い。株式会社で働きたい。"),
        ("深圳市云帆科技有限公司", "深圳很大,科技很重要。我想去有限公司工作,公司在深圳市。"),
        ("有限会社山田", "山田さんに会いました。"),
        ("주식회사 한빛", "주식회사에서 일하고 싶어요. 한 빛이 보여요."),
        ("Kowalczyk i Synowie sp. z o.o.", "Pan Kowalczyk i jego synowie. To nie jest sp. z o.o., tylko szkoła."),
    ],
)
def test_prose_with_pieces_of_such_names_stays(employer: str, text: str) -> None:
    assert Redactor(known(employer)).redact(text)[0] == text
    checked(employer, text)
