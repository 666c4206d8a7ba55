"""What a receipt tells of a reader's clock, zone and name goes from a text, in every language; words of people stay."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.identities import replaced
from relay.anonymise.receipts import find
from relay.model import Message

Arrive = Callable[..., Message]
PHRASES = tomllib.loads((files("relay.message.automatic") / "receipt_phrases.toml").read_text("utf-8"))
MOMENT = "03.02.2026 21:14:05 (UTC+01:00) Amsterdam, Berlin"
SAYS = [
    (code, one["opens"][0], phrase)
    for code, one in PHRASES.items()
    for phrase in (*one["says"], *one.get("arrived", ()))
]


def without(text: str) -> str:
    """The text as it goes on."""
    return replaced(text, find(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Your message to Anna was read on Monday, 3 February 2026 9:14 PM (UTC+1).", "Your message … was read."),
        ("was read on 2/3/26, 9:14:05 PM GMT+1.", "was read."),
        ("Ihre Nachricht wurde am Dienstag, 3. Februar 2026 21:14:05 (UTC+01:00) Berlin gelesen.",
         "Ihre Nachricht wurde gelesen."),
        ("Votre message a été lu le mardi 3 février 2026 21:14:05 (UTC+01:00) Paris.", "Votre message a été lu."),
        ("Your message was displayed on Tue, 3 Feb 2026 21:14:05\n+0100. There is no guarantee.",
         "Your message was displayed. There is no guarantee."),
        ('The message sent on 3 Feb 2026 21:10 to anna@nordquell.example with subject "Bowls" has been displayed.',
         "The message … has been displayed."),
        ("Your document: Bowls\nwas received by: Anna Novak/Nordquell\nat: 03.02.2026 21:14:05 CET",
         "Your document … was received by"),
        ("This is a Return Receipt for the mail that you sent to anna@nordquell.example.\nNote: x",
         "This is a Return Receipt for the mail that you sent to ….\nNote: x"),
        ("İletiniz 03.02.2026 21:14 (GMT+03:00) tarihinde okundu.", "İletiniz … tarihinde okundu."),
        ("Anna Novak read your message on Tuesday, 3 February 2026 at 21:14 (CET).", "Anna Novak read your message."),
        ("Anna hat Ihre Nachricht am 03.02.2026 um 21:14 Uhr gelesen.", "Anna hat Ihre Nachricht gelesen."),
        ("To: Anna\nSubject: bowls\n was read at 21:14, 3 Feb 2026.", "To: Anna\nSubject: bowls\n was read."),
        ("✓✓ Read: 3/2/26, 21:14", "✓✓"),
        ("Delivered: Tue, 3 Feb 2026 21:14 +0100", ""), ("Read: 2/3/2026 9:14 AM", ""),
        ("*Gelesen:* Dienstag, 3. Februar 2026 21:14", ""), ("Lu : mar. 3 févr. 2026 21:14", ""),
        ("Sent: Tue, 3 Feb 2026 21:14 +0100", ""), ("Anna Novak\tRead: 2/3/2026 9:14 AM", "Anna Novak\t"),
    ],
)  # fmt: skip
def test_the_moment_and_the_reader_go(text: str, left: str) -> None:
    assert without(text).strip("* ") == left.strip("* ")


@pytest.mark.parametrize(("code", "opens", "says"), SAYS)
@pytest.mark.parametrize("behind", [True, False])
def test_in_every_language(code: str, opens: str, says: str, behind: bool) -> None:
    first, _, last = says.partition(" * ")
    for said in [f"{first} {MOMENT} {last}"] if last else [f"{says} {MOMENT}"] if behind else [f"{MOMENT} {says}"]:
        text = without(f"The lake.\n\n{opens} {said}.\n\nSee you.")
        assert (code, "21" in text, "UTC" in text, "Berlin" in text) == (code, False, False, False)
        assert text.startswith("The lake.") and text.endswith("See you.")
        assert opens in text


@pytest.mark.parametrize(
    "text",
    [
        "Your message was read at 21:14 by my sister, and she laughed.", "Your message was read with joy.",
        "Delivered: 3 February 2026", "Read: chapter 3, at 21:14", "Read: 21:14", "Date: 3 February 2026 20:00",
        "We met on 3 February 2026 at 21:14, and the message was lost.", "It was read on 3 February 2026 at 21:14.",
        "The letter was delivered on 3 February 2026 at 21:14 by the postman.", "Opened: a door, at 21:14, 3 May 2026",
        "Anna read your message, and on 3 February 2026 at 21:14 we left.", "I read your message at 21:14.",
        "Ordered: 2 February 2026, 10:14\nShipped: 3 February 2026, 9:00\nDelivered: 5 February 2026, 14:05",
        "Geschrieben: 2.2.2026, 10:14\nGelesen: 3.2.2026, 9:00",
        "My message: be there on 3 February 2026 at 21:14.", "Anna wrote it to anna@nordquell.example on 3 May.",
    ],
)  # fmt: skip
def test_words_that_resemble_it_stay(text: str) -> None:
    assert without(text) == text


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("mark", ["", "> "])
def test_in_text_and_html_and_in_quotations(kind: str, mark: str, arrives: Arrive) -> None:
    receipt = (
        "Your message\n\n   To: Anna Novak\n   Subject: Bowls\n   Sent: Monday, 3 February 2026 21:10:05\n\n"
        "was read on Monday, 3 February 2026 9:14 PM (UTC+1).\n\nDelivered: Tue, 3 Feb 2026 21:14 +0100\n\nSee you."
    )
    message = arrives(f"The lake.\n\n{receipt}", kind, mark)
    for told in (message.text or "", message.html or ""):
        assert "was read." in told and "See you." in told
        assert not any(word in told for word in ("9:14", "21:1", "UTC", "0100", "Delivered", "Novak"))


@pytest.mark.parametrize(
    "piece",
    ["your message was read 21:14 ", "21:14\n", "read: 21:14 ", "> \n", "21:14 (UTC+01:00) Aa, ", "was read by "],
)
def test_a_hostile_text_costs_little(piece: str) -> None:
    begun = time.process_time()
    find((piece * 100_000)[:100_000])
    assert time.process_time() - begun < 3
