"""File names tell neither who sent the file nor with which program."""

# ruff: noqa: E501 -- rows of names

from __future__ import annotations

import random
import string

import pytest

from relay.anonymise.filenames import scrub_filenames
from relay.anonymise.identities import Redactor
from relay.anonymise.program_names import made_up
from relay.model import Attachment, Identity, Known, Message, Persona

KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.p9@relay.example.org"),
    Identity(("tom.ashdown@mailbox.example",), ("Tom Ashdown",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)


def named(name: str, kind: str = "image/png") -> str | None:
    """What a file of this name is called afterwards."""
    message = Message(text="x", attachments=(Attachment(b"x", kind, name),))
    return scrub_filenames(message, Redactor(KNOWN, "x")).message.attachments[0].filename


@pytest.mark.parametrize(
    "name",
    [
        *("pTg9QzVhW0bLk2Xr.png", "dxAaVrW5NjRhEwJ7.png", "image.png", "image001.png", "image0.png", "Outlook-k3jx0a2b.png"),
        *("PastedGraphic-1.png", "unnamed.png", "unnamed (2).png", "ATT00001.png", "~WRD0042.png", "ii_kx8w2m4p0.png"),
        *("8C5B0B2E-33A1-4E3C-9C7B-0A1B2C3D4E5F.png", "part1.0A1b.2C@northbank.png", "d41d8cd98f00b204e9800998ecf8427e.png"),
    ],
)  # fmt: skip
def test_names_that_a_program_made_up_are_neutral(name: str) -> None:
    assert named(name) == "picture-1.png"


@pytest.mark.parametrize(
    "name",
    [
        *("MyHolidayInParis.png", "IMG2026020312345.png", "DSC00123Barcelon.png", "PhotoOfMeAndYou1.png", "IMG_2041.png"),
        *("HTTPServerTest12.png", "homeworkweekfour.png", "Bild 7.png", "imagery.png", "outlook.png", "image of a cat.png"),
        *("schoolprojectabc.png", "GanttQ3Q4Roadmap.png", "1234567812345678.png"),
    ],
)  # fmt: skip
def test_names_of_people_and_cameras_stay(name: str) -> None:
    assert named(name) == name


def test_names_drawn_at_random_are_found_mostly_and_only_for_pictures() -> None:
    draw = random.Random(7)
    letters = string.ascii_letters + string.digits
    assert sum(made_up("".join(draw.choices(letters, k=16)) + ".png") for _ in range(1000)) > 930
    assert named("pTg9QzVhW0bLk2Xr.pdf", "application/pdf") == "pTg9QzVhW0bLk2Xr.pdf"
    assert named("C:\\Users\\jane\\pTg9QzVhW0bLk2Xr.png") == "picture-1.png"
