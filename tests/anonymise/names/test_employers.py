"""Employers' names with "&", "and" or "of" between their words, as people write them, and prose with the same words."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check
from relay.anonymise.names.legal_forms import legal_forms
from relay.anonymise.names.name_words import split_names
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


@pytest.mark.parametrize(
    ("employer", "letter"),
    [
        ("PT Maju Jaya Tbk", "Saya bekerja di [Maju Jaya], yaitu PT. [Maju Jaya], Tbk."),
        ("CV. Berkah Sentosa", "Saya di [Berkah Sentosa] sejak lama."),
        ("Công ty TNHH Sao Mai", "Tôi làm ở Công ty TNHH [Sao Mai]. [Sao Mai] rất nhỏ."),
        ("Công ty Cổ phần Gốm Bát Nghĩa", "Tôi làm ở [Gốm Bát Nghĩa], công ty cổ phần [Gốm Bát Nghĩa]."),
        ("Công ty TNHH MTV Gốm Bát Nghĩa", "Tôi làm ở [Gốm Bát Nghĩa]."),
        ("Công ty Luật TNHH Quỳnh Lam", "Tôi làm ở [Quỳnh Lam]."),
        ("UAB Quillona ir Ko", "Dirbu [Quillona]."),
        ("ООО «Гончарова круча»", "Я работаю в «[Гончарова круча]», это ООО «[Гончарова круча]»."),
        ("АО «Квиллона»", "Я работаю в «[Квиллоне]»."),
        ("ТОВ «Гончарова круча»", "Я працюю в «[Гончарова круча]»."),
        ("UAB „Puodų namai“", "Dirbu [Puodų namai], tai UAB „[Puodų namai]“."),
        ("SIA Quillona", "Strādāju [Quillona] jau gadu. SIA \"[Quillona]\"."),
        ("OÜ Quillona", "Töötan [Quillona] juures."),
        ("AS Quillona", "Töötan [Quillona] juures."),
        ("Spółka Quillona", "Pracuję w [Quillona]."),
        ("Quillona Spółka z ograniczoną odpowiedzialnością", "Pracuję w [Quillona]."),
        ("PPHU Quillona", "Pracuję w [Quillona]."),
        ("Quillona Sh.p.k.", "Punoj te [Quillona]."),
        ("S.C. Quillona S.R.L.", "Lucrez la [Quillona]."),
        ("შპს ქვილონა", "ვმუშაობ [ქვილონა]-ში."),
        ("Քվիլոնա ՍՊԸ", "Ես աշխատում եմ [Քվիլոնա]-ում։"),
        ("ЕТ Квилона", "Работя в [Квилона]."),
        ("ЖШС Квилона", "Мен [Квилона] жұмыс істеймін."),
        ("SCI Les Quillonards", "Je travaille pour [Les Quillonards]."),
        ("Oy Quillona Ab", "Olen töissä, [Quillona]."),
        ("Tmi Quillona", "Olen töissä, [Quillona]."),
        ("GbR Quillona", "Ich arbeite bei [Quillona]."),
        ("Quillona GmbH & Co. KG", "Ich arbeite bei [Quillona]."),
        ("Quillona (Pvt) Ltd", "I work for [Quillona]."),
        ("Quillona S. de R.L. de C.V.", "Trabajo en [Quillona]."),
        ("شركة الفخار الذهبي", "أعمل في [الفخار الذهبي]."),
        ("شركة قويلونا ذ.م.م", "أعمل في [قويلونا]."),
        ("قويلونا ش.م.ع", "أعمل في [قويلونا] منذ سنة."),
        ("شرکت کویلونا", "من در [کویلونا] کار می‌کنم."),
        ("کویلونا پرائیویٹ لمیٹڈ", "میں [کویلونا] میں کام کرتا ہوں۔"),
        ("קווילונה בע\"מ", "אני עובד ב[קווילונה]."),
        ("חברת קווילונה", "אני עובד ב[קווילונה]."),
        ("क्विलोना प्राइवेट लिमिटेड", "मैं [क्विलोना] में काम करता हूँ।"),
        ("कुम्हार शिल्प प्राइवेट लिमिटेड", "मैं [कुम्हार शिल्प] में काम करता हूँ।"),
        ("কুইলোনা প্রাইভেট লিমিটেড", "আমি [কুইলোনা] কাজ করি।"),
        ("குயிலோனா பிரைவேட் லிமிடெட்", "நான் [குயிலோனா] வேலை செய்கிறேன்."),
        ("บริษัท ควิลโลนา จำกัด (มหาชน)", "ฉันทำงานที่[ควิลโลนา]"),
        ("บจก. ควิลโลนา", "ฉันทำงานที่[ควิลโลนา]"),
    ],
)  # fmt: skip
def test_a_legal_form_before_or_behind_the_name_may_be_left_out(employer: str, letter: str) -> None:
    assert_goes_in_all(employer, letter)


def assert_goes_in_all(employer: str, letter: str) -> None:
    """What stands in square brackets goes, with its legal form or without; nothing else; both eyes know it."""
    plain = letter.replace("[", "").replace("]", "")
    text = Redactor(known(employer)).redact(plain)[0]
    assert text == re.sub(r"\[[^\]]*\]", AMBER.name, letter)
    checked(employer, text)
    with pytest.raises(StillIdentifying):
        checked(employer, plain)


@pytest.mark.parametrize(
    ("employer", "text"),
    [
        ("PT Maju Jaya", "Kita harus maju terus. Jaya selalu! PT itu besar, dan CV saya pendek."),
        ("UAB Vilkas", "Vilkas bėga per mišką. Ar UAB yra įmonė?"),
        ("SIA Ozols", "Pagalmā aug ozols. Vai SIA ir uzņēmums?"),
        ("شركة البيت الكبير", "ذهبنا إلى البيت، وهو كبير. هذه شركة صغيرة."),
        ("Công ty TNHH Sao Mai", "Buổi sáng sao sáng, ngày mai tôi đi. Công ty nào cũng vậy."),
        ("Firma Brot", "Ich backe Brot, und die Firma schläft."),
        ("Quillona Limited", "My time is limited. An unlimited company of friends."),
    ],
)
def test_the_form_alone_and_the_words_alone_stay(employer: str, text: str) -> None:
    assert Redactor(known(employer)).redact(text)[0] == text
    checked(employer, text)


@pytest.mark.parametrize(
    ("person", "letter"),
    [
        ("Ana Sá", "Sou a [Ana], e assino [Ana Sá]."),
        ("Ana Sá Pereira", "Sou a [Ana]; a família é [Pereira]."),
        ("Sia Thornquist", "I am [Sia], and my father is Mr [Thornquist]."),
        ("Ky Nguyễn", "Tôi là [Ky Nguyễn]."),
        ("As Thornquist", "Jeg heter [As Thornquist]; kall meg [Thornquist]."),
        ("Ahmed Ag Alhousseini", "Je suis [Ahmed], de la famille [Alhousseini]."),
        ("Spa Belmonte", "My name is [Spa Belmonte], call me Ms [Belmonte]."),
    ],
)
def test_a_name_that_resembles_a_legal_form_is_a_persons(person: str, letter: str) -> None:
    plain = letter.replace("[", "").replace("]", "")
    author = Known(Identity(("zz91x7@post.example",), (person,)), AMBER, Identity(("zq9xv7@reader.example",)), QUIET)
    text = Redactor(author).redact(plain)[0]
    assert text == re.sub(r"\[[^\]]*\]", AMBER.name, letter)
    leak_check(Message(subject="", text=text, html="", attachments=()), (), text.encode(), author, ())


def test_every_legal_form_falls_off_and_no_registered_text_of_forms_is_a_fault() -> None:
    for form in legal_forms():
        if form.kind not in ("joined", "stay"):
            name = f"{form.written} Quillona" if form.kind == "before" else f"Quillona {form.written}"
            several = [*split_names(name)]
            assert any("Quillona" in words for words, _ in several), name
            assert all(len(words) == 1 for words, firm in several if firm), name
        for text in (form.written, f"{form.written} ", f" {form.written} {form.written}", f"({form.written})", "& Co."):
            checked(text, "A letter about bowls.")
            assert Redactor(known(text)).redact("A letter about bowls.")[0] == "A letter about bowls."
