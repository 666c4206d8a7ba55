"""Colour profiles: wide gamuts are described anew, devices are not described at all."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.attachments.pictures.colour_profiles import bare_profile, display_p3, fresh_profile
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Identity, Known, Message, Persona

NOBODY = Redactor(
    Known(Identity(()), Persona("Amber Heron", "a@x.example"), Identity(()), Persona("River", "b@x.example"))
)
SECRET = b"Jane Whitcombe SN-4711"


def cleaned(content: bytes) -> bytes:
    message = Message(attachments=(Attachment(content, "image/x"),))
    return scrub_attachments(message, NOBODY).message.attachments[0].content


def saved(form: str, profile: bytes) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, form, icc_profile=profile)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


P3_PRIMARIES = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))


def device_profile(primaries: tuple[tuple[float, ...], ...]) -> bytes:
    """A colour profile with a person's name in its description, its colorants as given."""
    tags = [
        (tag, b"XYZ \0\0\0\0" + struct.pack(">3l", *(round(v * 65536) for v in colour)))
        for tag, colour in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    ] + [(b"desc", b"desc\0\0\0\0" + struct.pack(">L", len(SECRET)) + SECRET)]
    table, body, start = struct.pack(">L", len(tags)), b"", 132 + 12 * len(tags)
    for tag, content in tags:
        table += struct.pack(">4sLL", tag, start + len(body), len(content))
        body += content
    return struct.pack(">L32x4s88x", start + len(body), b"acsp") + table + body


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_wide_gamut_profile_is_written_anew(form: str) -> None:
    clean = cleaned(saved(form, device_profile(P3_PRIMARIES)))
    profile = opened(clean).info["icc_profile"]
    assert SECRET not in profile
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip() == "Display P3"
    convert = ImageCms.buildTransform(io.BytesIO(profile), ImageCms.createProfile("sRGB"), "RGB", "RGB")
    red = ImageCms.applyTransform(Image.new("RGB", (1, 1), (200, 60, 60)), convert)
    assert red is not None
    assert red.getpixel((0, 0)) == pytest.approx((217, 48, 53), abs=6)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_profile_of_a_device_is_dropped(form: str) -> None:
    screen = device_profile(((0.44, 0.23, 0.02), (0.38, 0.70, 0.09), (0.14, 0.07, 0.71)))
    assert "icc_profile" not in opened(cleaned(saved(form, screen))).info


def test_a_broken_profile_is_no_profile() -> None:
    assert fresh_profile(b"") is None
    assert fresh_profile(device_profile(P3_PRIMARIES)[:150]) is None


def inks(version: int) -> bytes:
    """A profile of four inks from somebody's printer."""
    tags = [
        (b"A2B0", b"mft2\0\0\0\0" + bytes(60)),
        (b"desc", b"desc\0\0\0\0" + SECRET),
        (b"dmnd", SECRET),
        (b"vcgt", SECRET),
    ]
    table, body, start = struct.pack(">L", len(tags)), b"", 132 + 12 * len(tags)
    for tag, content in tags:
        table += struct.pack(">4sLL", tag, start + len(body), len(content))
        body += content
    header = struct.pack(
        ">L4sB3x4s4s4s12s4s", start + len(body), b"ACME", version, b"prtr", b"CMYK", b"Lab ", b"\7" * 12, b"acsp"
    )
    return header + b"APPL".ljust(28, b"S").ljust(88, b"S") + table + body


@pytest.mark.parametrize("version", [2, 4])
def test_a_profile_of_inks_keeps_its_numbers_and_nothing_of_the_printer(version: int) -> None:
    bare = bare_profile(inks(version))
    assert bare is not None
    assert len(bare) == int.from_bytes(bare[:4], "big")
    assert b"mft2" + bytes(60) in bare
    assert bare[16:20] == b"CMYK"
    for word in (SECRET, b"ACME", b"APPL", b"dmnd", b"vcgt"):
        assert word not in bare


def test_a_profile_that_must_stay_is_a_shared_one() -> None:
    screen = device_profile(((0.44, 0.23, 0.02), (0.38, 0.70, 0.09), (0.14, 0.07, 0.71)))
    screen = screen[:16] + b"RGB " + screen[20:]
    bare = bare_profile(screen)
    assert bare is not None
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(bare))).strip() == "sRGB"
    phone = device_profile(P3_PRIMARIES)
    assert bare_profile(phone[:16] + b"RGB " + phone[20:]) == display_p3()
    assert bare_profile(b"no profile") is None
