"""File names tell neither who sent the file nor with which program."""

# ruff: noqa: E501 -- rows of names

from __future__ import annotations

import random
import string
import tomllib
from importlib.resources import files

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
SCREENS: dict[str, str] = tomllib.loads((files("relay.anonymise") / "program_names.toml").read_text("utf-8"))["screens"]


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


@pytest.mark.parametrize(
    "name",
    [
        *("PXL_20260203_201411123.png", "20260203_201411.png", "WhatsApp Image 2026-02-03 at 20.14.11.png"),
        *("Screenshot_2026-02-03-20-14-11-123_com.android.chrome.png", "Bildschirmfoto 2026-02-03 um 20.14.11.png"),
        *("Captura de pantalla 2026-02-03 a las 20.14.11.png", "Screen Shot 2026-02-03 at 8.14.11 PM.png"),
        *("Zrzut ekranu 2026-02-03 201411.png", "signal-2026-02-03-201411.png", "photo_2026-02-03_20-14-11.png"),
        *("微信图片_20260203201411.png", "KakaoTalk_20260203_201411123.png", "CamScanner 02-03-2026 20.14.png"),
        *("IMG-20260203-WA0007.png", "mmexport1770149651123.png", "FB_IMG_1770149651123.png", "IMG_20260203_201411_1.png"),
    ],
)  # fmt: skip
def test_names_that_tell_the_clock_or_the_program_of_a_picture_are_neutral(name: str) -> None:
    assert named(name) == "picture-1.png"


@pytest.mark.parametrize(
    "name",
    [
        "Schermata 2026-02-03 alle 20.14.11", "Captura de pantalla 2026-02-03 a la(s) 8.14.11 p.m.",
        "截屏2026-02-03 下午8.14.11", "Näyttökuva 2026-02-03 kello 20.14.11", "Tangkapan Layar 2026-02-03 pukul 20.14.11",
        "Στιγμιότυπο οθόνης 2026-02-03 στις 8.14.11 μ.μ.", "स्क्रीनशॉट 2026-02-03 20.14.11",
        "ภาพถ่ายหน้าจอ 2569-02-03 เวลา 20.14.11", "لقطة شاشة 2026-02-03 في 8.14.11 م", "نماگرفت 1404-11-14 20.14.11",
        "Bildschirmfoto vom 2026-02-03 20-14-11", "Captura desde 2026-02-03 20-14-11",
        *(f"{words} 2026-02-03 20.14.11" for words in SCREENS.values()),
    ],
)  # fmt: skip
def test_names_of_screenshots_go_in_every_language(name: str) -> None:
    assert named(f"{name}.png") == "picture-1.png"


@pytest.mark.parametrize(
    ("name", "kind", "left"),
    [
        ("VID-20260203-WA0003.mp4", "video/mp4", "video-1.mp4"),
        ("PTT-20260203-WA0004.opus", "audio/ogg", "recording-1.opus"),
        ("PXL_20260203_201411123.mp4", "video/mp4", "video-1.mp4"),
        ("The mill.mp4", "video/mp4", "The mill.mp4"),
    ],
)
def test_films_and_recordings_are_named_likewise(name: str, kind: str, left: str) -> None:
    assert named(name, kind) == left


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Scan_20260203_2014.pdf", "document-1.pdf"),
        ("mill 2026-02-03 20.14.11.pdf", "mill 2026-02-03.pdf"),
        ("2026-02-03T201411 poems.pdf", "2026-02-03 poems.pdf"),
        ("2026-02-03 poems.pdf", "2026-02-03 poems.pdf"),
        ("2026-02-03 reading circle 1945.pdf", "2026-02-03 reading circle 1945.pdf"),
        ("2026-02-03 pages 12-14.pdf", "2026-02-03 pages 12-14.pdf"),
        ("mill 2026-02-03 12-14.pdf", "mill 2026-02-03 12-14.pdf"),
        ("20260203.pdf", "20260203.pdf"),
        ("IMG-20260203-WA0007.pdf", "IMG-20260203-WA0007.pdf"),
        ("mill 2026-02-03 room 12.30.pdf", "mill 2026-02-03 room 12.30.pdf"),
        ("mill 2026-02-03 chapter 12.30.15.pdf", "mill 2026-02-03 chapter 12.30.15.pdf"),
    ],
)
def test_a_clock_goes_from_a_name_and_what_a_person_wrote_stays(name: str, left: str) -> None:
    assert named(name, "application/pdf") == left


def test_names_drawn_at_random_are_found_mostly_and_only_for_pictures() -> None:
    draw = random.Random(7)
    letters = string.ascii_letters + string.digits
    assert sum(made_up("".join(draw.choices(letters, k=16)) + ".png") for _ in range(1000)) > 930
    assert named("pTg9QzVhW0bLk2Xr.pdf", "application/pdf") == "pTg9QzVhW0bLk2Xr.pdf"
    assert named("C:\\Users\\jane\\pTg9QzVhW0bLk2Xr.png") == "picture-1.png"
