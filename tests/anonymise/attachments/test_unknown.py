"""Files nobody here can read: refused, or passed where the programme says so; never with an identity in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.anonymise.scrub import scrub
from relay.model import Attachment, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise

ASK = Known(
    Identity(("jane@real.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber@relay.example"),
    Identity(("omar@home.example",)),
    Persona("Quiet River", "quiet@relay.example"),
)
REFUSE = replace(ASK, unknown_files="refuse")
PASS = replace(REFUSE, unknown_files="pass")
SOLID = b"\x01\x02\x00binary solid\x00\x9c" * 20


def passed(known: Known, content: bytes) -> bytes:
    file = Attachment(content, "application/octet-stream", "model.stl")
    return scrub(Message("x", "hello", None, (file,)), known).message.attachments[0].content


def test_they_are_refused_unless_the_programme_says_otherwise() -> None:
    with pytest.raises(CannotAnonymise, match="this kind"):
        passed(REFUSE, SOLID)
    assert passed(PASS, SOLID) == SOLID


@pytest.mark.parametrize(
    "inside",
    [
        b"JANE@real.example",
        "jane whitcombe".encode("utf-16-le"),
        "Jane@real.example".encode("utf-16-be"),
    ],
)
def test_an_address_or_name_in_them_stops_them_all_the_same(inside: bytes) -> None:
    with pytest.raises(CannotAnonymise):
        passed(PASS, SOLID + inside)


@pytest.mark.parametrize("beginning", [b"MZ\x90\x00", b"\x7fELF\x02", b"\xcf\xfa\xed\xfe"])
def test_programs_are_never_passed(beginning: bytes) -> None:
    with pytest.raises(CannotAnonymise):
        passed(PASS, beginning + SOLID)
