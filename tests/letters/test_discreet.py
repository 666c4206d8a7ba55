"""A discreet letter shows at a glance nothing of what it is about: not in subject, sender or its first words."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from relay.home import Home
from relay.letters.catalogue import Entry, catalogue
from relay.letters.templates import LetterTemplates
from relay.letters.write import Letter, Writer
from relay.message.read.html_to_text import html_to_text
from relay.message.write.dkim_sign import Signer
from relay.model import Manner
from relay.settings_file import load

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LANGUAGES = LetterTemplates().languages()
MEMBERS = [entry for entry in catalogue().values() if entry.to == "member"]
GLANCE = 140
"""Characters below the subject that a list of mails or a notification shows."""
NAME = "Bridges to Business"
TELLING = re.compile(
    r"mentor|mentee|mentr|programme|program\b|mentorat|tutor|conseill|accompagn|ushauri|mshauri|mwelekezi|mpango|"
    r"mentoría|programa|consejer|orient|إرشاد|مرشد|يرشد|أرشد|برنامج|توجيه|मेंटर|मार्गदर्श|कार्यक्रम|सलाहकार|"
    r"Golden Heron|Quiet River",
    re.IGNORECASE,
)
CASES = [pytest.param(entry, language, id=f"{language}-{entry.name}") for entry in MEMBERS for language in LANGUAGES]


@pytest.fixture
def writer(home: Home) -> Writer:
    settings = load(home.toml, {})
    settings = replace(settings, programme=replace(settings.programme, name=NAME))
    return Writer(settings, LetterTemplates(home.templates), Signer(settings.domain, home.dkim_keys(settings)))


def glances(writer: Writer, letter: Letter) -> list[str]:
    """What is seen of a letter before it is opened: by programs that show the text, and by those that show the HTML."""
    made = email.message_from_bytes(writer.write(letter, NOW).deliveries[0].content, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    text, html = (made.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None and html is not None
    shown = (text.get_content(), html_to_text(html.get_content()))
    sender = made["From"].addresses[0].display_name
    return [f"{made['Subject']}\n{sender}\n{' '.join(words.split())[:GLANCE]}" for words in shown]


@pytest.mark.parametrize(("entry", "language"), CASES)
def test_no_letter_shows_at_a_glance_what_it_is_about(writer: Writer, entry: Entry, language: str) -> None:
    for sample in entry.samples:
        values = {**sample, "programme": NAME}
        if entry.name == "from-operator":  # its subject is a person's: tests/inbound/test_operator_mail.py
            values["subject"] = "Re: 1, 2, 3"
        for seen in glances(writer, Letter(entry.name, "j@real.example", Manner(language, "", True), values)):
            assert NAME not in seen
            assert TELLING.search(seen) is None, seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_in_front_fill_what_a_preview_shows(language: str) -> None:
    preview = LetterTemplates().words(language).preview
    assert GLANCE <= len(preview) <= 240
    assert LetterTemplates().words(language).preview != LetterTemplates().words("en").preview or language == "en"


def test_only_letters_to_discreet_members_are_changed(writer: Writer) -> None:
    values = catalogue()["welcome"].samples[0]
    preview = writer.templates.words("en").preview
    programme = replace(writer.settings.programme, discreet=True)
    discreet = replace(writer, settings=replace(writer.settings, programme=programme))
    for by, manner, expected in (
        (writer, Manner("en"), False),
        (writer, Manner("en", discreet=True), True),
        (discreet, Manner("en"), True),
        (discreet, Manner("en", discreet=False), False),
    ):
        message, _ = by.message(Letter("welcome", "j@real.example", manner, values))
        assert (message.text or "").startswith(preview) is expected
    to_operator, _ = discreet.message(
        Letter("suspended", "o@real.example", Manner("en"), catalogue()["suspended"].samples[0])
    )
    assert preview not in (to_operator.text or "")


def test_a_template_of_the_home_that_names_the_programme_is_not_used(home: Home, writer: Writer) -> None:
    folder = home.templates / "en"
    folder.mkdir(parents=True)
    (folder / "pair-ended.txt").write_text("Subject: News from {{ programme }}\n\nHello,\n\nit is over.\n")
    values = {**catalogue()["pair-ended"].samples[0], "programme": NAME}
    letter = Letter("pair-ended", "j@real.example", Manner("en"), values)
    assert NAME in writer.message(letter)[0].subject
    assert NAME not in writer.message(replace(letter, manner=Manner("en", discreet=True)))[0].subject
    (folder / "words.toml").write_text(f'sender = "{NAME}"\n')
    fresh = replace(writer, templates=LetterTemplates(home.templates))
    assert fresh.message(replace(letter, manner=Manner("en", discreet=True)))[1] == "Your letters"
