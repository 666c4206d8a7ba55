"""Words of a name that stand in pieces, and words that only look like it."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check
from relay.model import Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")


def known(name: str) -> Known:
    """An author of this name."""
    return Known(Identity(("zz91x7@post.example",), (name,)), AMBER, Identity(("zq9xv7@reader.example",)), QUIET)


def checked(name: str, text: str) -> None:
    """The leak check alone. Raises StillIdentifying."""
    leak_check(Message(subject="", text=text, html="", attachments=()), (), text.encode(), known(name), ())


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Jiwoo Namgung", "Yesterday [Ji-woo] came, and [Ji Woo Nam-gung] too; [Ji-Woo Namgung] is here."),
        ("Xiaoming Ouyang", "My friends say [Xiao-Ming], and [Ou-yang Xiao Ming] on paper."),
        ("Wei-Ling Tsai", "I am [Wei Ling], and [Weiling] to my aunt."),
        ("Gülşah Çağlıyan", "Herkes [Gül-şah] diyor, [Gül-\nşah'ın] evi."),
        ("Siobhán MacDonald-Reyes", "They all call me [Sio-\nbhán Mac-\nDonald-Reyes] in the village."),
        ("Πηνελόπη Χατζηγεωργίου", "Λέγομαι [Χατζη-Γεωργίου] και είμαι εδώ."),
    ],
)
def test_a_word_in_pieces_goes(name: str, letter: str) -> None:
    text = Redactor(known(name)).redact(letter.replace("[", "").replace("]", ""))[0]
    assert text.replace("'ın", "") == re.sub(r"\[[^\]]*\]", AMBER.name, letter).replace("'ın", "")
    checked(name, text)


def test_the_leak_check_reads_over_hyphens_by_itself() -> None:
    with pytest.raises(StillIdentifying):
        checked("Jiwoo Namgung", "Yesterday Ji-woo came.")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Herman Jansen", "Her Man of the Year is a book."),
        ("Justin Vale", "Just In: the kiln works. Just-in-time is a method."),
        ("Jiwoo Namgung", "The ji woo of my text is small."),
        ("Rosalind Marchetti", "Rosa, Lind and Marc met Hetti."),
    ],
)
def test_what_only_looks_like_it_stays(name: str, text: str) -> None:
    assert Redactor(known(name)).redact(text)[0] == text
    checked(name, text)


@pytest.mark.parametrize("written", ["ꜱɪᴏʙʜᴀɴ", "🅢🅘🅞🅑🅗🅐🅝", "🆂🅸🅾🅱🅷🅰🅽", "𝓢𝓲𝓸𝓫𝓱𝓪𝓷"])
def test_a_name_in_letters_of_another_shape_goes(written: str) -> None:
    text = f"My name is {written} there."
    assert Redactor(known("Siobhán Reyes")).redact(text)[0] == f"My name is {AMBER.name} there."
    with pytest.raises(StillIdentifying):
        checked("Siobhán Reyes", text)


@pytest.mark.parametrize(
    ("name", "logins"),
    [
        ("Siobhán MacDonald-Reyes", "smacdonaldreyes smacdonald macdonaldreyess"),
        ("Lucía Fernández Olmedo", "lfernandez lfernandezolmedo fernandezl luciafernandez"),
        ("Ji-Woo Namgung", "jwnamgung namgungjw"),
        ("欧阳晓明", "ouyangxm xmouyang"),
    ],
)
def test_logins_of_two_surnames_and_of_given_names_with_syllables(name: str, logins: str) -> None:
    for login in logins.split():
        text = Redactor(known(name)).redact(f"Look me up as {login} on the board.")[0]
        assert text == f"Look me up as {AMBER.name} on the board."


def test_the_words_of_a_name_beside_each_other_are_no_login_in_pieces() -> None:
    text = Redactor(known("Bùi Hữu Huy")).redact("Người tham dự: BÙI HỮU HUY\nEm đã đọc xong cuốn sách.")[0]
    assert text == f"Người tham dự: {AMBER.name}\nEm đã đọc xong cuốn sách."
