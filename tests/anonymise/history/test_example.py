"""A header that a letter shows as an example stays as it is; one that a program wrote does not."""

from __future__ import annotations

import pytest

from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona


def text_of(text: str) -> str:
    known = Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
        Identity(("reader@mailbox.example",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )
    return scrub(Message(text=text), known).message.text or ""


@pytest.mark.parametrize(
    ("announced", "fields"),
    [
        (
            "when you write to a company, the header looks like this:",
            ("From: you@company.example", "To: hr@firm.example"),
        ),
        ("So sieht der Kopf einer Bewerbung aus:", ("Von: vorname.nachname@firma.example", "An: info@betrieb.example")),
        ("Así se ve la cabecera de una carta:", ("De: tunombre@correo.example", "Para: contact@empresa.example")),
        ("Заголовок письма выглядит так:", ("От: имя.фамилия@пошта.example", "Кому: office@firm.example")),
    ],
)
def test_an_example_stays_as_it_is(announced: str, fields: tuple[str, str]) -> None:
    text = "\n".join(
        (
            "Hi,\n",
            f"{announced}\n",
            *fields,
            "Subject: Application",
            "Date: Mon, 1 Jun 2026 10:00:00 +0200\n",
            "the text.\n",
        )
    )
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("announced", "origin", "to"),
    [
        ("here is what she wrote to me:", "nora.quill@firm.example", "hr@firm.example"),
        ("the header looks like this:", "Nora Quill <you@firm.example>", "hr@firm.example"),
        ("the header looks like this:", "hr@firm.example", "office@company.example"),
        ("the header looks like this:", "you@company.example", "jane.whitcombe@northbank.example"),
        ("the header looks like this.", "you@company.example", "hr@firm.example"),
    ],
)
def test_a_header_that_may_name_somebody_is_read_as_one(announced: str, origin: str, to: str) -> None:
    text = f"Hi,\n\n{announced}\n\nFrom: {origin}\nTo: {to}\nDate: Mon, 1 Jun 2026 10:00:00 +0200\n\nthe text.\n"
    clean = text_of(text)
    assert origin not in clean and to not in clean and "+0200" not in clean and "the text." in clean
