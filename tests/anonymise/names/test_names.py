"""What is registered is found however it is written; what is not registered stays; and with any finder or any way of
writing switched off, the leak check refuses the letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check as check
from relay.anonymise.names import contexts, find, parts, spellings
from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.names.logins import latin_spellings
from relay.anonymise.scrub import scrub
from relay.anonymise.searched_person import person_of, registered_person
from relay.model import Attachment, Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
READER = Identity(("q7v9x2z4@reader.example",))

# Letters of each script, with the marks and joints that stand inside names written in it.
SCRIPTS = {
    "Latin": "bdfgklmnprstvzaeiouöéñłşžøđ",
    "Cyrillic": "бвгдзклмнпрстаеиоуйіїё",
    "Greek": "βγδζθκλμνπρσταεηιοωάέή",
    "Arabic": "بتثجحخدذرزسشصضطظعغقمنه",
    "Hebrew": "אגדזחטיסעפצקרת",
    "Devanagari": "कखगघचजटडतदनपबमयरलवसहािीुूेैो",
    "Bengali": "কখগঘচজটডতদনপবমযরলসহািীুূে",
    "Tamil": "கசடதபறஞணநமனயரலவாிீுூே",
    "Thai": "กขคงจชซดตถทนบปผพมยรลวสหาิีุูเแโ",
    "Hangul": "배소율준민서연재호은지경숙성현도",
    "Han": "蓑輪遥暁霖翀璇瑾鈞楨",
    "Katakana": "ミノワハルカサトタケ",
    "Georgian": "აბგდევზთიკლმნოპჟრსტუფქ",
    "Armenian": "աբգդեզէըթժիլխծկհձղճմյնշ",
}
UNSPACED = {"Thai", "Han", "Katakana"}
APOSTROPHES = "'’ʼ‘`´"


def word(script: str) -> st.SearchStrategy[str]:
    """Five to eight letters that begin with no mark."""
    signs = SCRIPTS[script]
    first = [sign for sign in signs if unicodedata.category(sign)[0] == "L"]
    return st.builds(
        lambda start, rest: (start + rest).capitalize(),
        st.sampled_from(first),
        st.text(st.sampled_from(list(signs)), min_size=4, max_size=7),
    ).filter(is_rare)


def is_rare(name: str) -> bool:
    """No word of any language, and none of another name's words."""
    known, plain = lexicon(), letters(skeleton_of(name))
    return plain not in known.ordinary and plain not in known.proper and len(plain) > 3


NAMES = st.sampled_from(sorted(SCRIPTS)).flatmap(lambda one: st.tuples(st.just(one), word(one), word(one)))

WAYS: dict[str, Callable[[str, str], str]] = {
    "in order": lambda given, family: f"{given} {family}",
    "surname first": lambda given, family: f"{family} {given}",
    "with a comma": lambda given, family: f"{family}, {given}",
    "capitals": lambda given, family: f"{given.upper()} {family.upper()}",
    "given name": lambda given, family: given,
    "surname": lambda given, family: family,
    "title": lambda given, family: f"Dr. {family}",
    "a middle initial": lambda given, family: f"{given} K. {family}",
    "decomposed": lambda given, family: unicodedata.normalize("NFD", f"{given} {family}"),
    "hyphen": lambda given, family: f"{given}-{family}",
    "dot": lambda given, family: f"{given}.{family}",
    "underscore": lambda given, family: f"{given}_{family}",
    "in one": lambda given, family: f"{given}{family}",
    "zero width": lambda given, family: "\u200b".join(given) + " " + family,
    "two blanks": lambda given, family: f"{given}\u00a0 {family}",
    "two lines": lambda given, family: f"{given}\n{family}",
    "two cells": lambda given, family: f"{given},{family}",
}


def redactor(*known_as: str) -> Redactor:
    return Redactor(Known(Identity(("z91x7q@post.example",), known_as), AMBER, READER, QUIET))


def bare(text: str) -> str:
    return letters(skeleton_of(text))


@settings(max_examples=400, deadline=None)
@given(NAMES, st.sampled_from(sorted(WAYS)))
def test_what_is_registered_is_found_however_it_is_written(name: tuple[str, str, str], way: str) -> None:
    _, given_name, family = name
    assume(bare(given_name) not in bare(family) and bare(family) not in bare(given_name))
    said = WAYS[way](given_name, family)
    clean = redactor(f"{given_name} {family}").redact(f"1. {said} !")[0]
    assert AMBER.name in clean
    for one in (given_name, family):
        assert bare(one) not in bare(clean)


@settings(max_examples=200, deadline=None)
@given(NAMES, st.sampled_from(APOSTROPHES), st.sampled_from(APOSTROPHES))
def test_a_joint_is_any_joint_or_none(name: tuple[str, str, str], registered: str, written: str) -> None:
    _, start, end = name
    finder = redactor(f"{start[:2]}{registered}{end}")
    for said in (f"{start[:2]}{written}{end}", f"{start[:2]}{end}"):
        assert finder.redact(f"1. {said} !")[0] == f"1. {AMBER.name} !"


@settings(max_examples=300, deadline=None)
@given(NAMES, NAMES)
def test_what_is_not_registered_stays(name: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    mine = [spelt for one in name[1:] for spelt in (bare(one), *latin_spellings(one))]
    text = f"1. {other[1]} {other[2]}, {other[2]}!"
    assume(not any(one[:3] in bare(text) for one in mine))
    assert redactor(f"{name[1]} {name[2]}").redact(text) == (text, 0)


@settings(max_examples=200, deadline=None)
@given(NAMES)
def test_nothing_is_replaced_across_cells_lines_or_sentences(name: tuple[str, str, str]) -> None:
    _, given_name, family = name
    assume(bare(given_name) not in bare(family) and bare(family) not in bare(given_name))
    text = f"7;{given_name};8;{family};9\n{given_name}\n\n{family}\n{given_name}. {family} 5"
    clean = redactor(f"{given_name} {family}").redact(text)[0]
    one = AMBER.name
    assert clean == f"7;{one};8;{one};9\n{one}\n\n{one}\n{one}. {one} 5"


LETTERS = [
    ("Tadeusz Brzozowiec", "1. Tadeusz Brzozowiec"),
    ("Tadeusz Brzozowiec", "Brzozowiec"),
    ("Тимофей Забродин", "Меня зовут Тимофей Забродин"),
    ("Fionnuala O'Neill", "I am Fionnuala O’Neill"),
    ("배소율", "안녕하세요, 배소율입니다."),
    ("王小明", "我叫王小明，你好"),
    ("नंदिनी भट्टाचार्य", "मेरा नाम नंदिनी भट्टाचार्य है"),
    ("مروان القطامي", "اسمي مروان القطامي"),
]
PLACES: dict[str, Callable[[str], Message]] = {
    "subject": lambda said: Message(said, "Good morning."),
    "text": lambda said: Message("x", f"Good morning. {said}\n"),
    "html": lambda said: Message("x", None, f"<p>Good morning.</p><p>{said[:3]}<b>{said[3:]}</b></p>"),
    "file name": lambda said: Message("x", "y", None, (Attachment(b"", "image/png", f"{said}.png"),)),
    "file": lambda said: Message("x", "y", None, (Attachment(said.encode(), "text/plain", "a.txt"),)),
    "references": lambda said: Message(
        "x", "y", None, (Attachment("".join(f"&#{ord(c)};" for c in said).encode(), "text/xml", "a.xml"),)
    ),
    "escapes": lambda said: Message("x", said.encode("unicode-escape").decode()),
}


@pytest.mark.parametrize(("name", "said"), LETTERS)
@pytest.mark.parametrize("place", sorted(PLACES))
def test_without_any_finder_nothing_registered_passes(name: str, said: str, place: str) -> None:
    known = Known(Identity(("z91x7q@post.example",), (name,)), AMBER, READER, QUIET)
    with pytest.raises(StillIdentifying):
        check(PLACES[place](said), ["x"], b"", known, ())


CHARSETS = {
    "Тимофей Забродин": ("cp1251", "koi8-r", "cp866", "mac_cyrillic"),
    "Tadeusz Świętochowski": ("cp1250", "iso8859-2", "cp852"),
    "אמיליה טולדנו": ("cp1255",),
    "王小明": ("gb18030", "big5"),
    "배소율": ("cp949",),
}


@pytest.mark.parametrize(("name", "charset"), [(name, one) for name, several in CHARSETS.items() for one in several])
def test_an_undeclared_charset_hides_nothing(name: str, charset: str) -> None:
    known = Known(Identity(("z91x7q@post.example",), (name,)), AMBER, READER, QUIET)
    content = b"a;b\r\n" + name.encode(charset) + b";1\r\n"
    with pytest.raises(StillIdentifying):
        check(Message("x", "y", None, (Attachment(content, "text/plain", "a.csv"),)), [], b"", known, ())


OFF: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the finder": lambda patch: patch.setattr(find.Finder, "find", lambda *_, **__: iter(())),
    "contexts": lambda patch: patch.setattr(contexts.Place, "named", lambda *_, **__: False),
    "endings": lambda patch: patch.setattr(spellings, "_endings", lambda _: {}),
    "joints": lambda patch: patch.setattr(spellings.Spelling, "places", lambda self, text, stem: iter(())),
    "what is written together": lambda patch: patch.setattr(parts, "_clitics", frozenset),
    "particles": lambda patch: patch.setattr(parts, "_behind", frozenset),
    "the leak check's own words": lambda patch: None,
}


@pytest.mark.parametrize("off", sorted(OFF))
@pytest.mark.parametrize(("name", "said"), LETTERS)
def test_with_any_way_switched_off_a_letter_is_clean_or_refused(
    off: str, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    OFF[off](monkeypatch)
    person_of.cache_clear()
    registered_person.cache_clear()
    spellings.spellings_of.cache_clear()
    known = Known(Identity(("z91x7q@post.example",), (name,)), AMBER, READER, QUIET)
    message = Message("x", f"Good morning. {said}\n")
    done = scrub(message, known).message
    try:
        check(replace(done), ["x"], b"", known, ())
    except StillIdentifying:
        return
    finally:
        person_of.cache_clear()
        registered_person.cache_clear()
        spellings.spellings_of.cache_clear()
    assert bare(name) not in bare(done.text or "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Will Stone", "Will you come?"),
        ("Grace May", "The grace period ends in May."),
        ("Jordan Banks", "Jordan is a country; the banks are closed."),
        ("Li Na", "Carolina and Bali Nadia"),
        ("Neema Otieno", "Kwa neema ya Mungu"),
        ("Ana Lind", "banana, Annalinda"),
        ("Rosa Klein", "Das Zimmer ist klein, rosa und hell."),
    ],
)
def test_no_ordinary_word_refuses_a_letter(name: str, text: str) -> None:
    known = Known(Identity(("z91x7q@post.example",), (name, name.split(maxsplit=1)[0])), AMBER, READER, QUIET)
    check(Message(text, text, f"<p>{text}</p>"), [text], text.encode(), known, ())
