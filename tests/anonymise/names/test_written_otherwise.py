"""A name whose letters look like others, stand one by one, or are emphasised; and initials below a letter."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check
from relay.anonymise.names.lookalikes import lookalikes
from relay.model import Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
LETTER = "I read the chapter that you sent and liked it very much.\n\n"


def redacted(name: str, text: str) -> str:
    """The text as the reader gets it, of an author of this name."""
    return Redactor(known(name)).redact(text)[0]


def known(name: str) -> Known:
    """An author of this name."""
    return Known(Identity(("zz91x7@post.example",), (name,)), AMBER, Identity(("zq9xv7@reader.example",)), QUIET)


def checked(name: str, text: str) -> None:
    """The leak check alone. Raises StillIdentifying."""
    leak_check(Message(subject="", text=text, html="", attachments=()), (), text.encode(), known(name), ())


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Odette Moreau", "[Оdette] came, and [Οdеttе Мoreau], and [Ꮎdette], [𝛰dette]."),
        ("Odette Moreau", "[0dette] came, [Od3tte] and [0d3tt3 M0reau]; [0DETTE]."),
        ("Jane Whitcombe", "[j@ne] is here; [Jαne], too. [Wh1tc0mbe], [Wh!tcombe] and [Wh|tcombe] are one."),
        ("Ingrid Lindholm", "[Іngrid] wrote, [1ngr1d L1ndh0lm] answered, [Ingr!d] no more."),
        ("Анна Тихонова", "Здравствуйте, это [Aннa]. И [Тиxoнoва Aнна] тоже."),
        ("Ελένη Παππά", "Γεια, είμαι η [Eλένη] και γράφω."),
    ],
)
def test_letters_that_look_like_others_are_read_as_meant(name: str, letter: str) -> None:
    assert redacted(name, letter.replace("[", "").replace("]", "")) == re.sub(r"\[[^\]]*\]", AMBER.name, letter)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Hope Tern", "Норе не видно, и мы ждём весны."),
        ("Bopa Hope", "Вора не видно. Вора!"),
        ("Bopa Hope", "1. Вора Норе, Вора!"),
        ("Anna Cass", "Касса закрыта, а ещё Сaша ждёт."),
        ("Ella Stone", "Meet at 3ll or 8pm, 2nd floor, B1a, room E11a7."),
        ("Ali Reza", "It costs 5$ or 4li; mail me@home.example! |Al|i|"),
        ("Tom Ash", "T0 be or n0t. 7om-tom and the 70m run."),
    ],
)
def test_what_only_resembles_a_disguise_stays(name: str, text: str) -> None:
    assert redacted(name, text) == text


@pytest.mark.parametrize(
    "letter",
    [
        "[O d e t t e] was here.",
        "[O D E T T E  M O R E A U] was here.",
        "[o-d-e-t-t-e], and [O.d.e.t.t.e] and then [o, d, e, t, t, e].",
        "[O\nd\ne\nt\nt\ne]",
        "> [O\n> d\n> e\n> t\n> t\n> e]",
        "I a m [O d e t t e]",
        "[**Od**ette] and also [Od**ette**], or [O*dett*e].",
        "_[Odette]_ says",
        "*[_O_dette]* says",
        "[O~~dett~~e] says",
    ],
)
def test_letters_one_by_one_and_emphasis_inside_go(letter: str) -> None:
    assert redacted("Odette Moreau", letter.replace("[", "").replace("]", "")) == re.sub(
        r"\[[^\]]*\]", AMBER.name, letter
    )


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Nguyễn Thị Hằng", "Tôi là [N g u y ễ n  T h ị  H ằ n g] và ở đây."),
        ("Nguyễn Thị Hằng", "Tôi là [**Ng**uyễn Thị **H**ằng] và ở đây."),
        ("Þórdís Ragnarsdóttir", "Ég heiti [Þ ó r d í s] og bý hér."),
        ("Besnik Xhemajli", "Yesterday [**Be**snik] said so."),
    ],
)
def test_letters_with_marks_one_by_one(name: str, letter: str) -> None:
    assert redacted(name, letter.replace("[", "").replace("]", "")) == re.sub(r"\[[^\]]*\]", AMBER.name, letter)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Skip Stone", "Skip stones on the lake."),
        ("Sara Rose", "The roses are out."),
        ("Erik Wood", "A wooden door, and the wooder."),
    ],
)
def test_an_ordinary_word_with_an_ending_is_no_login(name: str, text: str) -> None:
    assert redacted(name, text) == text
    checked(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ada Moreau", "Her marks: A, D, A, C. The firm is A.D.A. and the key a_d_a."),
        ("Ian Bell", "I an answer await; a b c d e f g h i a n."),
        ("Herman Vos", "what is_her_man worth?"),
        ("Anna Holm", "It was a n-th try; an nap."),
    ],
)
def test_single_letters_that_spell_no_name_stay(name: str, text: str) -> None:
    assert redacted(name, text) == text


@pytest.mark.parametrize(
    ("signed", "left"),
    [
        ("Best wishes,\nOM/hs", "Best wishes,\nAH"),
        ("Best wishes,\nO.M.", "Best wishes,\nA.H."),
        ("Best, O.", "Best, A."),
        ("Love, O xx", "Love, A xx"),
        ("Mit freundlichen Grüßen\n\nom", "Mit freundlichen Grüßen\n\nah"),
        ("Viele Grüße\nO. M.", "Viele Grüße\nA. H."),
        ("Cordialement,\nM. O.", "Cordialement,\nA. H."),
        ("– OM", "– AH"),
        ("OM", "AH"),
        ("OM\n\n> Best,\n> OM", "AH\n\n> Best,\n> OM"),
    ],
)
def test_initials_below_a_letter_become_those_of_the_pseudonym(signed: str, left: str) -> None:
    assert redacted("Odette Moreau", LETTER + signed) == LETTER + left


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Odette Moreau", LETTER + "The OM is a club. Take O, or M.\n\nOM\nis a sound.\n\nThat is all."),
        ("Paula Stern", LETTER + "Best wishes,\nPS\nI forgot the book."),
        ("Lena Gross", LETTER + "Viele Grüße\nLG"),
        ("Ben Carr", "Which is right?\n\nA\nB"),
        ("Anna Berg", "Choose:\nA\nB\nAB"),
        ("Xenia Orth", LETTER + "Love, xx"),
    ],
)
def test_short_lines_that_are_no_initials_stay(name: str, text: str) -> None:
    assert redacted(name, text) == text


def test_each_letter_that_looks_like_another_is_listed_once() -> None:
    table = lookalikes()
    assert table.to_latin[ord("о")] == "o" and table.to_alphabet["Cyrillic"][ord("o")] == "о"
    assert all(not chr(code).isascii() for code in table.to_latin)


@pytest.mark.parametrize("text", ["Say Оdette.", "It is Οdеttе", "ΟDETTE"])
def test_the_leak_check_reads_mixed_alphabets_by_itself(text: str) -> None:
    with pytest.raises(StillIdentifying):
        checked("Odette Moreau", text)


@pytest.mark.parametrize("text", ["Wi-Fi и Оdessa, 5 кВт; Δx and μm.", "Größe, Ødland, naïve", "Odd letters: аttе."])
def test_the_leak_check_lets_other_mixed_words_pass(text: str) -> None:
    checked("Odette Moreau", text)


@pytest.mark.parametrize(
    "text", ["0" * 200_000, "0a" * 100_000, "аa" * 100_000, "a b " * 50_000, "*a" * 100_000, "A.\n" * 50_000]
)
def test_hostile_text_takes_no_longer(text: str) -> None:
    assert redacted("Odette Moreau", text) == text


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Gráinne Nic Aodha", "Seo peann [Ghráinne] agus tá sé mór. Tá [Gráinne] go maith, a [Ghráinne], a stór."),
        ("Diarmaid Ó Sé", "A [Dhiarmaid], a chara, tá mac [Dhiarmada] anseo agus tá sé mór."),
        ("Gruffydd Tomos", "Mae'r llyfr i [Ruffydd] yma, ac mae'n dda iawn. Siaradais â [Gruffydd] ddoe."),
        ("Mari Kask", "Ma rääkisin [Mariga] ja [Kase] majas oli soe. Seal on [Kaskedega] tore."),
        ("Наталя Коваль", "Я говорив з [Наталею] вчора, і це [Наталчин] дім."),
        ("Ozan Demir", "[Ozan]'ı gördüm ve konuştuk, çok iyi."),
        ("Niccolò Mazzù", "Sono stato da [Niccolo' Mazzu'] ieri. L'ho detto a '[Niccolò]' e a [Niccolo']."),
        ("Əli Məmmədov", "Dünən [Eli Memmedov] gəldi, [Ali Mammadov] da."),
    ],
)
def test_forms_that_a_language_writes(name: str, letter: str) -> None:
    assert redacted(name, letter.replace("[", "").replace("]", "")) == re.sub(r"\[[^\]]*\]", AMBER.name, letter)


def test_a_short_word_many_times_one_by_one_takes_no_longer() -> None:
    assert AMBER.name not in redacted("Ann Odell", "a n n " * 60_000)


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Hope Moreau", "All is well here and the lake is quiet.\n\np.p. [Hope]"),
        ("Hope Moreau", "I write on behalf of [Hope] and the others today. The hope stays."),
        ("Rosa Klein", "Das Zimmer ist klein und hell.\n\ni. A. [Klein]"),
        ("Rosa Klein", "Das Zimmer ist hell.\n\ni.A. [Klein]\n\nDie Rosa Blume bleibt rosa."),
        ("Roos de Wit", "Het is hier goed en de tuin is wit.\n\nnamens [Roos]"),
        ("Nadzieja Wrona", "Mam nadzieję, że wrona śpi.\n\nz up. [Wrona]"),
        ("Nadzieja Wrona", "Mam nadzieję. Piszę w imieniu [Nadziei]."),
        ("Rose Blanc", "La rose est blanche et tout va bien.\n\np.o. [Rose]"),
        ("Rosa Bianco", "La rosa è bianca e tutto va bene. Scrivo per conto di [Rosa]."),
        ("Jaro Sova", "Jaro je tady a sova spí. V zastoupení [Sova]"),
        ("Вера Мороз", "Вера важна, и мороз крепок. Пишу от имени [Веры]."),
        ("Надія Мороз", "Надія є, і мороз міцний. Пишу від імені [Надії]."),
        ("Deniz Kaya", "Deniz çok güzel ve bu kaya büyük. Bunu [Deniz] adına yazıyorum."),
        ("Virág Farkas", "A virág szép és a farkas alszik. Ezt [Virág] nevében írom."),
        ("Grace Hill", "By the grace of God we go uphill, in the name of grace. Behalf of the hill."),
        ("Sommer Winter", "Im Auftrag der Firma kommt der Sommer, in Vertretung des Winters."),
        ("Nadzieja Wrona", "W imieniu nadziei i wrony. Z up. wójta."),
    ],
)
def test_who_signs_for_somebody_names_them(name: str, letter: str) -> None:
    assert redacted(name, letter.replace("[", "").replace("]", "")) == re.sub(r"\[[^\]]*\]", AMBER.name, letter)
