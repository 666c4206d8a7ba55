"""The writer: relay's own letters as mails."""

from __future__ import annotations

import email
import email.policy
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from relay.home import Home
from relay.letters.catalogue import catalogue
from relay.letters.templates import LetterTemplates
from relay.letters.words import StationeryError
from relay.letters.write import Letter, Writer
from relay.message.write.dkim_sign import Signer
from relay.model import Manner, Side
from relay.settings import ProgrammeSettings
from relay.settings_file import load
from relay.store import Acceptance

NOW = datetime(2026, 3, 4, 5, 6, 7, 999, tzinfo=UTC)
TO = "jane@real.example"


@pytest.fixture
def writer(home: Home) -> Writer:
    settings = load(home.toml, {})
    signer = Signer(settings.domain, home.dkim_keys(settings))
    return Writer(settings, LetterTemplates(home.templates), signer)


def letter(name: str, language: str, **more: object) -> Letter:
    return replace(Letter(name, TO, Manner(language), catalogue()[name].samples[0]), **more)  # type: ignore[arg-type]


def read(written: Acceptance) -> EmailMessage:
    made = email.message_from_bytes(written.deliveries[0].content, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


@pytest.mark.parametrize("language", ["en", "ar", "es", "fr", "hi", "sw"])
def test_a_letter_has_text_and_html_and_a_neutral_sender(writer: Writer, language: str) -> None:
    mail = read(writer.write(letter("delayed", language), NOW))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    sender = writer.templates.words(language).sender
    assert (mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec) == (
        sender,
        "help@relay.test",
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "help@relay.test"


def test_arabic_is_encoded_in_base64_because_it_is_shorter(writer: Writer) -> None:
    mail = read(writer.write(letter("is-it-yours", "ar"), NOW))
    assert [part["Content-Transfer-Encoding"] for part in mail.iter_parts()] == ["base64", "base64"]
    text, twin = (part.get_content().replace("\r", "") for part in mail.iter_parts())
    assert text.startswith("مرحباً،\n")
    assert 'dir="rtl"' in twin
    english = read(writer.write(letter("is-it-yours", "en"), NOW))
    assert [part["Content-Transfer-Encoding"] for part in english.iter_parts()] == ["quoted-printable"] * 2


def test_the_id_of_a_letter_about_another_is_its_id_and_a_mark(writer: Writer) -> None:
    written = writer.write(letter("undeliverable", "en", about="k7t3mp9wq2xr", pair_id="p1"), NOW)
    assert (written.entry.id, written.entry.pair_id, written.entry.kind) == ("k7t3mp9wq2xr-f", "p1", "notice")
    assert written.deliveries[0].return_path == ""
    assert read(written)["Auto-Submitted"] == "auto-replied"


def test_a_letter_about_no_other_has_a_random_id(writer: Writer) -> None:
    ids = {writer.write(letter("welcome", "en", side=Side.MENTOR), NOW).entry.id for _ in range(5)}
    assert len(ids) == 5


def test_a_question_comes_from_its_reply_address(writer: Writer) -> None:
    mail = read(writer.write(letter("is-it-yours", "en", answer_to="q-abc@relay.test"), NOW))
    assert "<q-abc@relay.test>" in mail["From"]
    assert mail["Reply-To"] == "q-abc@relay.test"


def test_a_broken_template_of_the_operator_stops_a_command_but_no_notice(
    writer: Writer, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    (home.templates / "fr").mkdir(parents=True)
    (home.templates / "fr/delayed.txt").write_text("Subject: x\n\n{{ nobody }}\n")
    with caplog.at_level(logging.ERROR):
        written = writer.write(letter("delayed", "fr"), NOW)
    assert read(written)["Subject"] == "Une de vos lettres a du retard"
    assert "fr/delayed.txt" in caplog.text
    with pytest.raises(StationeryError):
        replace(writer, strict=True).write(letter("delayed", "fr"), NOW)


@pytest.mark.parametrize(
    ("help", "operator", "address"),
    [
        ("help@programme.example", "", "help@programme.example"),
        ("ask Mo at 0123", "ops@programme.example", "postmaster@relay.test"),
        ("ask Mo at 0123", "", ""),
    ],
)
def test_a_letter_from_the_programme_has_list_unsubscribe(
    writer: Writer, help: str, operator: str, address: str
) -> None:
    programme = replace(writer.settings.programme, help=help, operator=operator)
    writer = replace(writer, settings=replace(writer.settings, programme=programme))
    field = read(writer.write(letter("welcome", "en"), NOW))["List-Unsubscribe"]
    assert (field or "").strip() == (f"<mailto:{address}?subject=unsubscribe>" if address else "")


@pytest.mark.parametrize("name", catalogue())
def test_each_letter_has_list_unsubscribe_or_not_as_the_page_about_letters_says(writer: Writer, name: str) -> None:
    programme = replace(writer.settings.programme, help="help@programme.example", operator="ops@programme.example")
    writer = replace(writer, settings=replace(writer.settings, programme=programme))
    page = (Path(__file__).parents[2] / "docs" / "letters.md").read_text("utf-8")
    rows = [line.split("|")[1:3] for line in page.splitlines() if re.search(r"\| (yes|no) \|", line)]
    (said,) = [answer.strip() for names, answer in rows if f"`{name}`" in names]
    mail = read(writer.write(letter(name, "en"), NOW))
    assert (mail["List-Unsubscribe"] is not None) == (said == "yes")
    assert mail["List-Unsubscribe-Post"] is None
    signed = re.sub(r"\s", "", str(mail["DKIM-Signature"])).partition("h=")[2].partition(";")[0].split(":")
    assert ("list-unsubscribe" in signed) == (said == "yes")


def test_a_date_is_that_of_the_readers_clock(writer: Writer) -> None:
    late = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)
    for zone, day in (("", "4 March 2026"), ("Africa/Nairobi", "5 March 2026"), ("America/Lima", "4 March 2026")):
        values = {**catalogue()["delayed"].samples[0], "sent_at": late}
        message, _ = writer.message(Letter("delayed", TO, Manner("en", zone), values))
        assert day in (message.text or "")


def test_a_letter_that_can_wait_leaves_after_the_quiet_hours(writer: Writer) -> None:
    night = replace(writer.settings.programme, quiet_hours="21:00-07:00")
    writer = replace(writer, settings=replace(writer.settings, programme=night))
    nairobi, lima = Manner("en", "Africa/Nairobi"), Manner("en", "America/Lima")
    for name, manner, more, leaves in (
        ("invitation", Manner("en"), {}, "07:00"),  # by the programme's clock, UTC
        ("invitation", nairobi, {}, "05:06"),  # it is eight there
        ("invitation", lima, {}, "12:00"),
        ("invitation", lima, {"at_once": True}, "05:06"),
        ("is-it-yours", lima, {}, "05:06"),
    ):
        written = writer.write(letter(name, "en", manner=manner, **more), NOW)
        assert f"{written.deliveries[0].due_at:%H:%M}" == leaves, (name, manner)
        assert f" {leaves}:" in str(read(written)["Date"])
        assert written.entry.accepted_at == NOW


UNNAMED = "the mentoring programme"


@pytest.mark.parametrize(("language", "called"), [("en", UNNAMED), ("ar", "برنامج الإرشاد"), ("tlh", UNNAMED)])
def test_a_programme_without_a_name_is_called_what_it_is_in_the_readers_language(
    writer: Writer, language: str, called: str
) -> None:
    def signed(by: Writer) -> str:
        part = read(by.write(letter("delayed", language), NOW)).get_body(("plain",))
        assert part is not None
        return str(part.get_content()).splitlines()[-1]

    assert ProgrammeSettings().name == UNNAMED
    unnamed = replace(writer.settings.programme, name=UNNAMED)
    named = replace(writer.settings.programme, name="Two Rivers")
    assert signed(replace(writer, settings=replace(writer.settings, programme=unnamed))) == called
    assert signed(replace(writer, settings=replace(writer.settings, programme=named))) == "Two Rivers"
