"""Receipts that programs write as words are recognised in every language; words of people are not."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from relay.message.automatic.receipts import receipt_in
from relay.message.automatic.recognise import recognise
from relay.outcomes import Returned, ReturnKind

PHRASES = tomllib.loads((files("relay.message.automatic") / "receipt_phrases.toml").read_text("utf-8"))
BLOCK = "\n\n  To: Jane\n  Subject: Words\n  Sent: 3.2.2026\n\n"


@pytest.mark.parametrize("code", PHRASES)
def test_in_every_language(code: str) -> None:
    of = PHRASES[code]
    for subject in (of["subject"][0], of["subject"][-1].title()):
        for says in of["says"]:
            body = f"{of['opens'][0].capitalize()}{BLOCK}{says.replace('*', '3.2.2026 21:14')}."
            assert receipt_in(f"{subject}: Words", body) is ReturnKind.RECEIPT, (subject, says)
        for says in of.get("arrived", ()):
            body = f"{of['opens'][0].capitalize()}{BLOCK}{says.replace('*', '3.2.2026 21:14')}."
            assert receipt_in(f"{subject}: Words", body) in (ReturnKind.DELIVERED, ReturnKind.RECEIPT), says


@pytest.mark.parametrize(
    ("subject", "body", "kind"),
    [
        ("Return Receipt (displayed) - Words", "This is a Return Receipt for the mail that you sent to a@x.example.",
         ReturnKind.RECEIPT),
        ("Gelesen: Re: Words", "Ihre Nachricht" + BLOCK + "wurde am 3. Februar 2026 21:14:05 (UTC+01:00) gelesen.",
         ReturnKind.RECEIPT),
        ("Delivered: Words", "Your message has been delivered to the following recipients:\n\na@x.example",
         ReturnKind.DELIVERED),
    ],
)  # fmt: skip
def test_the_whole_mail_is_a_suspicion(subject: str, body: str, kind: ReturnKind) -> None:
    mail = f"From: Jane <jane@real.example>\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    assert recognise(mail.encode()) == Returned(kind, certain=False)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Read: the book I told you of", "Your message made me read it again."),
        ("Read: x", "Hi, it was read to me when I was small."),
        ("Reading list", "Your message was read by all of us."),
        ("Delivered: a poem", "The letter was delivered by the postman."),
        ("Re: Words", "Your message was read on Monday by my mother, too."),
        ("Lu: un poème", "Ton poème, lu et relu."),
        ("Gelesen: drei Bücher", "Deine Bücher sind gut."),
    ],
)
def test_words_of_people_are_letters(subject: str, body: str) -> None:
    assert receipt_in(subject, body) is None
