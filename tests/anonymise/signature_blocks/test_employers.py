"""Legal forms of firms are marks of an employer in a line; words that resemble them are none."""

# ruff: noqa: E501 -- rows of words

from __future__ import annotations

import time
import tomllib
from importlib.resources import files

import pytest

from relay.anonymise.signature_blocks.employers import names_employer
from relay.anonymise.signature_blocks.marks import marks

WORDS = tomllib.loads((files("relay.anonymise.signature_blocks") / "employers.toml").read_text("utf-8"))
TABLE = tomllib.loads((files("relay.anonymise.names") / "legal_forms.toml").read_text("utf-8"))
FORMS = [
    (country, form)
    for country, those in TABLE.items()
    for group in ("any", "stay", "dotted", "capitals", "full")
    for form in those.get(group, ())
]
BEFORE = [(country, form) for country, those in TABLE.items() for form in those.get("before", ())]


def test_ninety_countries_are_known() -> None:
    assert len(TABLE) >= 100
    assert len({form for _, form in FORMS}) >= 600


@pytest.mark.parametrize("country", TABLE)
def test_every_form_makes_a_line_that_of_an_employer(country: str) -> None:
    for form in (form for code, form in FORMS if code == country):
        for written in (f"Nordquell {form}", f"Nordquell {form}, Brno"):
            assert names_employer(written), (country, written)
    for form in TABLE[country].get("dotted", ()):
        spaced = " ".join(form.replace(".", ". ").split())
        assert names_employer(f"NORDQUELL {spaced.upper()}, Brno") and names_employer(f"Nordquell {spaced}")


@pytest.mark.parametrize(("country", "form"), BEFORE)
def test_every_form_before_a_name_makes_a_line_that_of_an_employer(country: str, form: str) -> None:
    for written in (f"{form} Nordquell", f"Leiterin, {form} «Nordquell», Brno"):
        assert names_employer(written), (country, written)


@pytest.mark.parametrize("row", [row for one in WORDS.values() for row in one.values()])
def test_every_word_of_an_organisation_does(row: str | list[str]) -> None:
    for word in row.split() if isinstance(row, str) else row:
        assert names_employer(f"Nordquell {word}"), word


@pytest.mark.parametrize(
    "school",
    [
        *("Nordstadsskolan", "Katedralskolan", "Nordstadtgymnasium", "Grundschule am See", "Oslo katedralskole"),
        *("IES Miguel Hernández", "XIV LO we Wrocławiu", "ZŠ Nerudova", "Kuzey Ortaokulu", "SMA Negeri 3"),
        *(
            "Noordcollege",
            "Rīgas vidusskola",
            "Põhikool Nord",
            "Pohjoinen lukio",
            "ثانوية الشمال",
            "Northfield Sixth Form",
        ),
    ],
)
def test_a_school_is_an_organisation(school: str) -> None:
    assert names_employer(school)


@pytest.mark.parametrize(
    "words",
    [
        "lo sé", "su casa", "boerenkool", "bloemkool", "the form of the sixth bowl", "Schüler", "scholar",
        "sa vie est belle", "see you at the lake", "SE London", "Ana Sa", "no. 5", "e.g. this", "i.e. that", "a.m. and p.m.",
        "Head of Maths, SE", "to be or not to be", "e.u. law", "co. Mayo", "p. 12", "u.a. die Mühle", "P.O. Box 12", "n.a.",
        "is he in?", "el sol y la sal", "on se voit", "ve a casa", "da, se je", "CV attached", "CV attached, Tom", "SC of the sea", "AD on the wall", "da Firma", "sc. this", "The SA of the story went home",
    ],
)  # fmt: skip
def test_words_that_resemble_them_are_none(words: str) -> None:
    assert not names_employer(words)


def test_a_form_in_capitals_is_a_mark_only_at_the_end_of_a_name() -> None:
    assert marks("Nordquell SE, Köln") == marks("Nordquell SE | Köln") == 1
    assert marks("We met in SE London") == 0


@pytest.mark.parametrize("piece", ["s.", "s. ", "a.a.", "sp. z ", "SA ", "& "])
def test_a_hostile_line_costs_little(piece: str) -> None:
    begun = time.process_time()
    names_employer((piece * 100_000)[:100_000])
    assert time.process_time() - begun < 3
