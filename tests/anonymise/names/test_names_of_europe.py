"""Names of Europe's languages as people write them: each kind with several names, in texts of its language."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.names.lexicon import lexicon
from relay.model import Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
NOBODY = Identity(("zq9xv7@reader.example",))


def redacted(known_as: str, text: str) -> str:
    """The text of somebody known as this ("; " between names), {} for each mention."""
    author = Identity(("zz91x7@post.example",), tuple(known_as.split("; ")))
    return Redactor(Known(author, AMBER, NOBODY, QUIET)).redact(text)[0].replace(AMBER.name, "{}")


def plain(letter: str) -> str:
    """A letter in which brackets mark the mentions, without them."""
    return letter.replace("[", "").replace("]", "")


def replaced(letter: str) -> str:
    """The same with {} for each mention."""
    return re.sub(r"\[[^\]]*\]", "{}", letter)


def read_again(known_as: str, text: str) -> None:
    author = Identity(("zz91x7@post.example",), tuple(known_as.split("; ")))
    letter = Message(subject="", text=text, html="", attachments=())
    leak_check(letter, (), text.encode(), Known(author, AMBER, NOBODY, QUIET), ())


@pytest.mark.parametrize(
    ("known_as", "letter"),
    [
        ("Don Whitfield", "See you soon.\n\nBest wishes,\n[Don]"),
        ("Avi Rosenkrantz", "I saw [Avi] there."),
        ("Anh Tuan Nguyen", "See you on Friday.\n\nBest,\n[Anh]"),
        ("Jack Ma", "My name is [Jack Ma]."),
        ("Mestre Quitéria", "Falei com [Mestre Quitéria], e não com a irmã."),
        # What is a title everywhere still falls away.
        ("Jane Whitcombe MBA", "The MBA is hard, says [Jane Whitcombe]."),
        ("Dr Imogen Hathersage", "The letter is for Dr [Hathersage]."),
    ],
)
def test_a_title_that_is_a_name_elsewhere_is_part_of_the_name(known_as: str, letter: str) -> None:
    assert redacted(known_as, plain(letter)) == replaced(letter)


@pytest.mark.parametrize(
    ("known_as", "letter"),
    [
        ("Anna Petr", "Byli tam [Anna] i [Petr] a pak jsme šli domů."),
        ("Ганна Пётр", "Былі там [Ганна] і [Пётр], і мы пайшлі."),
        ("Marco Giulia", "Sono venuti [Marco] e [Giulia] con la mamma."),
        ("Rosa Paz", "Vinieron [Rosa] y [Paz] a la fiesta."),
        ("Meritxell Roca", "van venir [meritxell] i roca"),
        # A name that has the word is one mention with it.
        ("Remei Puig i Cadafalch", "Va venir [Remei Puig i Cadafalch] ahir."),
        ("Ana Ortega y Gasset", "El libro es de [Ana Ortega y Gasset]."),
        ("Hazel Oakwell", "It was [hazel j oakwell] who wrote."),
    ],
)
def test_a_word_of_one_letter_between_two_parts_stays(known_as: str, letter: str) -> None:
    assert redacted(known_as, plain(letter)) == replaced(letter)


@pytest.mark.parametrize(
    ("known_as", "letter"),
    [
        ("Hope Whitcombe", "When [Hope] arrived we left. But [Hope] said no."),
        ("Соломія Кравець", "Ми чекали. Без [Кравець] не почали."),
        ("Ulf Kaiser", "Bis morgen.\n\nMit freundlichen Grüßen\nU. [Kaiser]"),
        ("Joost 't Hart", "Meneer ’t [Hart] is er niet. Het hart klopt."),
        ("Lien van der Berg", "Mevrouw van der [Berg] is er. De berg is hoog."),
        ("María López", "Ayer llegó [María]. [María] está bien."),
        # Nouns have a capital there, and an article is no particle.
        ("Rosa Winter", "Ich mag den Winter nicht, der Winter ist kalt."),
        ("Hope Whitcombe", "The hope is small. Hope is good."),
    ],
)
def test_an_ordinary_word_that_stands_as_a_name(known_as: str, letter: str) -> None:
    assert redacted(known_as, plain(letter)) == replaced(letter)


@pytest.mark.parametrize(
    ("known_as", "letter"),
    [
        ("Aase Haaland", "Skulen til [Håland] er stor. Jeg har sett [Åse] og [Hålands] hus."),
        ("Lærke Nørregaard-Aakjær", "Kære fru [Åkjær], tak for hjælpen. Jeg har læst den."),
        ("Sadhbh Ní Mhaolchatha", "Labhair mé le [Sadhbh] inné agus seo leabhar [Shadhbh]."),
        ("Fionnuala Ní Chonaill", "Tá an tUasal Ó [Conaill] anseo agus tá sé go maith."),
        ("Bleddyn Tudwal", "Mae hi'n gweithio gyda [Bleddyn], ac mae'r llyfr i [Fleddyn]."),
        # Elsewhere the same letters are another word.
        ("Barry Parker", "The barker will marry. Marry him, said the barker."),
        ("Maarja Haas", "She has a red marja on the table, and he has none."),
    ],
)  # fmt: skip
def test_letters_and_beginnings_that_a_language_changes(known_as: str, letter: str) -> None:
    assert redacted(known_as, plain(letter)) == replaced(letter)


@pytest.mark.parametrize(
    ("known_as", "letter"),
    [
        ("Лев Заяц", "Я видел [Льва Зайца] в городе, а лев спит."),
        ("Лук'ян Соловей", "Я бачив [Солов'я] і дав [Солов’єві] книгу."),
        ("Аграфена Сыромятникова", "О [Сыромятниковых] знают все, и [Сыромятников] тоже."),
        ("Δέσποινα Καραγιαννοπούλου", "Ο κύριος [Καραγιαννόπουλος] έφυγε από εδώ."),
        ("Květoslava Hájková", "Pan [Hájek] je otec paní [Hájkové]."),
        ("Gintarė Žemaitytė", "Ponas [Žemaitis] yra čia, ir mes kalbame su [Žemaičiu]."),
        ("Vizma Kārkliņa", "Šodien pie mums bija [Kārkliņš] un viņa sieva."),
        ("Hamish MacAskill", "It was [Mac Askill] who came to the house."),
    ],
)
def test_other_forms_of_a_surname(known_as: str, letter: str) -> None:
    assert redacted(known_as, plain(letter)) == replaced(letter)


@pytest.mark.parametrize(
    ("known_as", "letter"),
    [
        ("Maëlle Dubreuil; L'Atelier du Pont", "Je travaille à [L’Atelier du Pont]. L'atelier est grand."),
        ("Лев Заяц; ООО «Полярная сова»", "Я работаю в [Полярной сове]. Полярная ночь длинна, и сова не спит."),
        ("Anna Smith; Acme Pottery Ltd.", "I work at [Acme Pottery]. The pottery is old."),
        ("Freya Heydt; Schreinerei Kasimir GmbH", "Ich bin bei der [Schreinerei Kasimir]. Die Schreinerei ist alt."),
        ("Anna Smith; King's College Library", "I work at [King’s College Library], and the college is old."),
        ("Layla Sa'adi", "[Sa'adi] wrote, and [Layla] too."),
    ],
)  # fmt: skip
def test_an_employer_goes_as_a_whole_and_its_words_pass_the_last_look(known_as: str, letter: str) -> None:
    assert redacted(known_as, plain(letter)) == replaced(letter)
    read_again(known_as, replaced(letter).replace("{}", AMBER.name))
    with pytest.raises(StillIdentifying):
        read_again(known_as, "We wrote to " + known_as.rpartition("; ")[2].strip("."))


@pytest.mark.parametrize(
    ("known_as", "letter"),
    [
        ("Евгений Щукин", "They wrote [Evgeny Shchukin] and [Yevgeny Schukin] and [Evgenii Shchukin] on it."),
        ("Григорій Ющенко", "They wrote [Hryhorii Yushchenko] and [Grigorij Juscenko] on it."),
        ("Живко Цветанов", "They wrote [Zhivko Tsvetanov] and [Živko Cvetanov] on it."),
        ("Χρυσάνθη Γκουντάρα", "They wrote [Chrysanthi Gkountara] and [Hrisanthi Goudara] on it."),
        ("Δημήτρης Παπαευαγγέλου", "They wrote [Dimitris Papaevangelou] and [Papaefangelou] on it."),
        ("Նարեկ Ղազարյան", "They wrote [Narek Ghazaryan] on it."),
        ("ქეთევან წიკლაური", "They wrote [Ketevan] on it."),
    ],
)
def test_a_name_of_another_alphabet_in_latin_letters_by_each_standard(known_as: str, letter: str) -> None:
    assert redacted(known_as, plain(letter)) == replaced(letter)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "Don · dijo que sí. Vimos a · en la plaza."),
        ("es", "Viajamos de Madrid a Toledo con ·."),
        ("cs", "Jmenuji se · a bydlím u řeky."),
        ("hr", "Zovem se · i živim uz more."),
        ("ru", "Уважаемая ·,\nвторая глава готова. У нас очень тихо."),
        ("pl", "Rozmawiałam ze · o książce. To zeszyt ·. Dałem go ·."),
        ("ca", "La lletra de la · és difícil de llegir. Ho va dir en ·."),
        ("sq", "E nderuar zonja ·,\nkapitulli i dytë është gati."),
        ("ga", "Is mise ·. Chonaic mé · sa bhaile mór. Tá an fharraige ciúin."),
        ("cy", "Annwyl ·,\nmae'r ail bennod yn barod."),
        ("uz", "Hurmatli · opa, bu juda yaxshi kitob edi."),
        ("kk", "Кеше · сөйлестім. Бұл · дәптері. Мен оны бердім."),
        ("gl", "Falei onte con ·. Este é o caderno da señora ·."),
        ("eu", "Atzo · hitz egin nuen. Hau · koadernoa da."),
        ("mt", "Jisimni · u ngħix ħdejn il-baħar."),
    ],
)
def test_the_language_of_a_short_text_is_told_right_or_not_at_all(code: str, text: str) -> None:
    spoken = lexicon().text_languages(skeleton_of(text))
    assert spoken is None or code in spoken


@pytest.mark.parametrize(
    ("known_as", "text"),
    [
        ("Stig Björk", "En björk står på ängen och en stig går dit."),
        ("Bogumił Wróbel", "Wróbel siedzi na płocie, a wróble śpiewają."),
        ("Rein Ilves", "Metsas elab ilves ja see on suur."),
        ("Язэп Верабей", "Верабей сядзіць на плоце, і верабей спявае."),
        ("Jordi Roure", "El roure és vell i fa ombra."),
        ("Ilir Ujku", "Ujku është në pyll dhe ujku ka uri."),
        ("Արամայիս Առյուծյան", "Առյուծը ուժեղ է, և առյուծը քնած է։"),
        ("Bálint Kesztyűs", "A kesztyűs kéz meleg, és a farkas éhes."),
    ],
)
def test_words_of_which_surnames_are_made_stay(known_as: str, text: str) -> None:
    assert redacted(known_as, text) == text


@pytest.mark.parametrize(
    ("display", "letter"),
    [
        ("Walburga und Ekkehard Zirngibl", "Hier schreiben [Walburga] und [Ekkehard]. Bei [Zirngibls] ist es laut."),
        ("Bodrogközi Tihamér és Ibolyka", "Jó napot, itt [Tihamér]. A könyv jó. [Bodrogköziék] várnak."),
        ("Torbjörn Gyllenkrok, lärare", "Hej, det är [Torbjörn]. [Gyllenkroks] hund är här, och lärare finns."),
        ("Itziar y Ramiro Bengoetxea", "Hola, somos [Itziar] y [Ramiro]. El libro es bueno."),
        ("Wonder Gardener", "I wonder who the gardener is."),
        ("Ekkehard", "Der Ekkehard ist da."),
    ],
)
def test_each_word_of_a_longer_display_name_goes_where_it_has_a_capital(display: str, letter: str) -> None:
    author = Identity(("zz91x7@post.example",), (), learned=(display,))
    redactor = Redactor(Known(author, AMBER, NOBODY, QUIET))
    assert redactor.redact(plain(letter))[0].replace(AMBER.name, "{}") == replaced(letter)
