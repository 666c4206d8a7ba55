"""Every letter exists in every shipped language with the same values, and is small."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import jinja2
import jinja2.meta
import pytest

from relay.letters.catalogue import Entry, catalogue
from relay.letters.html_twin import html_twin
from relay.letters.language import right_to_left
from relay.letters.templates import Filled, LetterTemplates
from relay.message.read.html_to_text import html_to_text
from relay.message.write.compose import compose
from relay.model import Headers, Message
from relay.shipped import shipped

TEMPLATES = LetterTemplates()
LANGUAGES = TEMPLATES.languages()
OTHERS = [language for language in LANGUAGES if language != "en"]
ENTRIES = list(catalogue().values())
MEMBERS = [entry for entry in ENTRIES if entry.to == "member"]
CASES = [pytest.param(entry, language, id=f"{language}-{entry.name}") for entry in ENTRIES for language in LANGUAGES]
TRANSLATED = [pytest.param(entry, language, id=f"{language}-{entry.name}") for entry in ENTRIES for language in OTHERS]

ENGLISH_WORDS = """
the of and your you it is to was not that this with from please letter letters mail address hello write who we our if
will are been have has by does do answer only them they day days
"""
ENGLISH = frozenset(ENGLISH_WORDS.split())
"""Words of nearly every English sentence, which are no words in the other languages."""

_FILTERS = ("day", "clock", "plural", "duration", "megabytes", "refusal", "number", "doubt", "word", "look")

MOST = 4608
"""The most octets in a whole mail without signatures, because members pay for data on their telephones."""

MOST_IN = {"ar": 6144, "hi": 9216}
"""The same in scripts whose letters take two and three octets each."""


def filled(entry: Entry, language: str) -> Iterator[tuple[Mapping[str, object], Filled]]:
    """The letter with each of its samples."""
    for sample in entry.samples:
        yield sample, TEMPLATES.letter(entry.name, language, **sample)


def source(name: str, language: str) -> str:
    return (shipped("templates") / language / f"{name}.txt").read_text("utf-8")


def mail(one: Filled) -> bytes:
    """The mail that carries a letter, with addresses of a usual length."""
    answers = "q-k7t3mp9wq2xrdabcdefgh@relay.example.org"
    headers = Headers(
        from_name=TEMPLATES.words(one.language).sender,
        from_address=answers,
        to_address="somebody.somewhere@mail.example.org",
        message_id="a" * 24 + "@relay.example.org",
        date=datetime(2026, 3, 4, tzinfo=UTC),
        auto_submitted="auto-generated",
        reply_to=answers,
        shortest=True,
        unsubscribe="help@relay.example.org",
    )
    return compose(Message(one.subject, one.text, html_twin(one.text, one.language)), headers)


def without_samples(text: str, sample: Mapping[str, object]) -> str:
    """The text without the sample values and without relay commands."""
    text = re.sub(r"^    relay .*$", "", text, flags=re.MULTILINE)
    for value in sorted(map(str, values_in(sample)), key=len, reverse=True):
        for written in (value, value[:1].upper() + value[1:]):
            text = text.replace(written, " ") if len(value) > 1 else text
    return text


def values_in(sample: object) -> Iterator[object]:
    """Every value, also of lists and tables."""
    if isinstance(sample, dict | list):
        for value in [sample[key] for key in sample if key != "kind"] if isinstance(sample, dict) else sample:
            yield from values_in(value)
    else:
        yield sample


def most(language: str) -> int:
    return MOST_IN.get(language, MOST)


def test_six_languages_are_shipped() -> None:
    assert LANGUAGES == ["en", "ar", "es", "fr", "hi", "sw"]
    assert [language for language in LANGUAGES if TEMPLATES.draft(language)] == OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_files_that_english_has(language: str) -> None:
    files = {one: {path.name for path in (shipped("templates") / one).iterdir()} for one in ("en", language)}
    assert files[language] == files["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_the_catalogue_has_a_template_and_every_template_is_in_the_catalogue(language: str) -> None:
    assert {path.stem for path in (shipped("templates") / language).glob("*.txt")} == set(catalogue())


def test_every_shipped_letter_can_be_filled_in() -> None:
    assert TEMPLATES.problems() == []


@pytest.mark.parametrize(("entry", "language"), TRANSLATED)
def test_a_translation_uses_the_same_values(entry: Entry, language: str) -> None:
    def used(text: str) -> set[str]:
        return jinja2.meta.find_undeclared_variables(environment.parse(text))

    environment = jinja2.Environment()
    environment.filters.update(dict.fromkeys(_FILTERS, str))
    assert used(source(entry.name, language)) == used(source(entry.name, "en"))
    assert used(source(entry.name, "en")) <= set(entry.samples[0])


@pytest.mark.parametrize(("entry", "language"), TRANSLATED)
def test_a_translation_shows_the_same_values_as_the_english(entry: Entry, language: str) -> None:
    for sample, one in filled(entry, language):
        english = TEMPLATES.letter(entry.name, "en", **sample)
        for key in ("id", "code", "help", "partner_alias", "own_alias", "own_name", "partner_name", "pair", "file"):
            value = str(sample.get(key) or "")
            if value and value in english.text:
                assert value in one.text, (key, sample)
        assert one.text.count("\n    ") == english.text.count("\n    "), "paragraphs that stand out"
        assert ("[K7F3Q2]" in one.subject) == ("[K7F3Q2]" in english.subject)


@pytest.mark.parametrize(("entry", "language"), TRANSLATED)
def test_no_english_is_left_in_a_translation(entry: Entry, language: str) -> None:
    for sample, one in filled(entry, language):
        text = without_samples(f"{one.subject}\n{one.text}", sample)
        text = re.sub(r"postmaster@|abuse@|\brelay\b", "", text)
        assert ENGLISH.isdisjoint(re.findall(r"[a-z]+", text.lower())), text
        if language == "ar":
            formats = r"\b(?:PDF|docx|xlsx|pptx|txt|JPEG|PNG|fr|index\.html)\b"
            assert re.findall(r"[A-Za-z]{2,}", re.sub(formats, "", text)) == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left_in_the_sentences_for_refusals(language: str) -> None:
    for code, words in TEMPLATES.words(language).refusals.items():
        assert ENGLISH.isdisjoint(re.findall(r"[a-z]+", words.lower())), code


@pytest.mark.parametrize(("entry", "language"), CASES)
def test_a_letter_is_small(entry: Entry, language: str) -> None:
    for _, one in filled(entry, language):
        assert len(mail(one)) < most(language)


@pytest.mark.parametrize("code", TEMPLATES.words("en").refusals)
@pytest.mark.parametrize("name", ["refused", "not-taken", "not-relayed"])
def test_a_letter_with_any_reason_is_small(name: str, code: str) -> None:
    for language in LANGUAGES:
        values = {**catalogue()[name].samples[0], "why": code}
        one = TEMPLATES.letter(name, language, **values)
        assert TEMPLATES.words(language).refusals[code] in one.text
        assert len(mail(one)) < most(language)


@pytest.mark.parametrize(("entry", "language"), CASES)
def test_the_html_has_the_words_of_the_text(entry: Entry, language: str) -> None:
    for _, one in filled(entry, language):
        twin = html_to_text(html_twin(one.text, language))
        assert twin.replace("mailto:", "").split() == one.text.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_has_the_direction_of_its_language(language: str) -> None:
    one = TEMPLATES.letter("welcome", language, **catalogue()["welcome"].samples[0])
    twin = html_twin(one.text, language)
    assert f'<html lang="{language}">' in twin
    assert ('dir="rtl"' in twin) is (language == "ar") is right_to_left(language)
    assert '<p dir="ltr"><a href="mailto:golden-heron.t4vw8hnzc6bkg@relay.example.org">' in twin
    assert ("<bdi>Golden Heron</bdi>" in twin) is (language == "ar")


def test_markup_in_values_is_escaped() -> None:
    assert "&lt;b&gt;" in html_twin("a <b> c\n", "en")
    assert "<b> c" not in html_twin("a <b> c\n", "ar")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_paragraph_in_arabic_begins_in_arabic(entry: Entry) -> None:
    """Mail programs take the direction of a paragraph of plain text from its first letter (UAX 9, P2)."""
    for sample, one in filled(entry, "ar"):
        lines = [line for line in one.text.splitlines() if line.strip() and not line.startswith("    ")]
        for line in lines:
            first = next((unicodedata.bidirectional(char) for char in line if char.isalpha()), "AL")
            assert first == "AL" or line == sample["programme"], line


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_in_arabic_a_code_before_an_address_keeps_its_place(entry: Entry) -> None:
    """Latin text, a colon and Latin text are shown as one piece from left to right, unless a mark stands between."""
    for _, one in filled(entry, "ar"):
        assert re.findall(r"[A-Za-z0-9][:،] [A-Za-z0-9]", one.text) == []
        assert [line for line in one.text.splitlines() if " · " in line and not line.startswith("    \u200f")] == []


@pytest.mark.parametrize(("entry", "language"), CASES)
def test_a_filled_in_letter_has_no_gaps_or_placeholders(entry: Entry, language: str) -> None:
    for sample, one in filled(entry, language):
        assert one.language == language
        assert "\n" not in one.subject
        assert one.text == one.text.strip() + "\n"
        assert "\n\n\n" not in one.text
        assert not {"{{", "}}", "{%", "None", "True", "False"} & set(one.text.split())
        assert "{n}" not in one.text
        if entry.to == "member":
            assert str(sample["help"]) in one.text
            assert one.text.endswith(f"\n{sample['programme']}\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", MEMBERS, ids=lambda entry: entry.name)
def test_subject_and_sender_are_neutral(entry: Entry, language: str) -> None:
    sender = TEMPLATES.words(language).sender.lower()
    for sample, one in filled(entry, language):
        for word in ("mentor", "mentee", "programme", "relay", "Golden Heron", "Quiet River"):
            assert word.lower() not in one.subject.lower()
            assert word.lower() not in sender
        assert str(sample["programme"]) not in one.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_welcome_letter_is_short_with_short_sentences(language: str) -> None:
    for sample, one in filled(catalogue()["welcome"], language):
        assert len(one.text.split()) <= 120
        text = one.text.replace(str(sample["partner_alias"]), "").replace(str(sample["help"]), "")
        sentences = [part for part in re.split(r"[.!?؟।:]\s|\n\n", text) if part.strip()]
        assert max(len(sentence.split()) for sentence in sentences) <= 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_follow_the_rules_of_the_language(language: str) -> None:
    entry = catalogue()["has-ended"]
    texts = [one.text for _, one in filled(entry, language)]
    assert len(set(texts)) == len(texts)
    if language == "ar":
        assert any("رسالتان" in text for text in texts)
        assert any("5 رسائل" in text for text in texts)
        assert any("12 رسالة" in text for text in texts)


def test_dates_and_durations_have_the_format_of_the_language() -> None:
    values = catalogue()["delayed"].samples[0]
    texts = {one: TEMPLATES.letter("delayed", one, **values).text.replace("\xa0", " ") for one in LANGUAGES}
    assert "12 March 2025" in texts["en"] and "3 days" in texts["en"]
    assert "12 mars 2025" in texts["fr"] and "3 jours" in texts["fr"]
    assert "12 مارس 2025" in texts["ar"] and "3 أيام" in texts["ar"]
    assert "12 Machi 2025" in texts["sw"] and "siku 3" in texts["sw"]
    assert "12 de marzo de 2025" in texts["es"] and "3 días" in texts["es"]
    assert "12 मार्च 2025" in texts["hi"] and "3 दिन" in texts["hi"]
    assert "March 12, 2025" in TEMPLATES.letter("delayed", "en-US", **values).text


def test_every_entry_says_when_it_is_sent_and_to_whom() -> None:
    assert all(entry.when.endswith(".") and entry.to in ("member", "operator") for entry in ENTRIES)
    file = tomllib.loads((shipped("templates") / "catalogue.toml").read_text("utf-8"))
    assert set(file) == {"common", "letter"}
