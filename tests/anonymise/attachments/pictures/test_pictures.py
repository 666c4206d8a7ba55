"""Pictures made with Pillow and dressed as cameras and editors dress them: what they show stays, bit for bit."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.attachments.pictures.colour_profiles import display_p3
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise

REDACTOR = Redactor(
    Known(
        Identity(("jane@northbank.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7@relay.example.org"),
        Identity(("tom@gmx.de",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )
)
SECRET = b"Jane Whitcombe SN-4711"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>' + SECRET + b"</dc:creator></x:xmpmeta>"


def drawing(mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> Image.Image:
    picture = Image.new("RGB", size, (40, 120, 200))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((4, 4, 20, 20), fill=(250, 200, 10))
    draw.line((0, 31, 47, 0), fill=(200, 0, 30), width=3)
    return picture.convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F] = "Camera of " + SECRET.decode()
    tags[0x013B] = SECRET.decode()
    tags[0x0112] = orientation
    place = tags.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (51.0, 30.0, 12.5), "W", (0.0, 7.0, 39.0)
    return tags


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def cleaned(
    content: bytes, name: str | None = "picture.bin", media_type: str = "application/octet-stream"
) -> Attachment:
    message = Message(attachments=(Attachment(content, media_type, name),))
    return scrub_attachments(message, REDACTOR).message.attachments[0]


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def jpeg(orientation: int = 1) -> bytes:
    plain = saved(drawing(), "JPEG", exif=exif(orientation), comment=SECRET, quality=90)
    segments = b""
    for marker, body in (
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        (0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x1b" + SECRET),
        (0xE2, b"FPXR\0" + SECRET),
        (0xE0, b"JFXX\0\x10" + SECRET),
        (0xEB, SECRET),
    ):
        segments += struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
    # After SOI and JFIF (20 octets), and after the end of the picture.
    return plain[:20] + segments + plain[20:] + b"trailer " + SECRET


def test_a_jpeg_keeps_its_pixels_and_nothing_of_its_owner() -> None:
    clean = cleaned(jpeg())
    assert SECRET not in clean.content
    assert b"Exif" not in clean.content
    assert clean.content.endswith(b"\xff\xd9")
    assert opened(clean.content).tobytes() == opened(jpeg()).tobytes()
    assert (clean.media_type, clean.filename) == ("image/jpeg", "picture.bin")


def test_what_phones_hang_behind_a_picture_and_wrap_around_it_is_gone() -> None:
    plain = saved(drawing(), "JPEG", quality=90)
    uncropped = saved(drawing(size=(96, 64)), "JPEG", exif=exif())
    index = b"MPF\0MM\0*\0\0\0\x08" + bytes(50)
    segments = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
        for marker, body in (
            (0xE2, index),
            (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET),
            (0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + SECRET),
            (0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20jumb" + b"c2pa.claim " + SECRET),
            (0xE5, b"AMPF" + SECRET),
            (0xEF, SECRET),
        )
    )
    film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"MotionPhoto_Data" + SECRET
    clean = cleaned(plain[:2] + segments + plain[2:] + uncropped + film).content
    assert clean == plain


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_jpeg_stays_upright(orientation: int) -> None:
    clean = opened(cleaned(jpeg(orientation)).content)
    assert dict(clean.getexif()) == {0x0112: orientation}
    assert clean.getexif().get_ifd(0x8825) == {}
    assert clean.tobytes() == opened(jpeg(orientation)).tobytes()


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_kind_of_jpeg_keeps_its_pixels(mode: str, progressive: bool) -> None:
    content = saved(drawing(mode), "JPEG", progressive=progressive, exif=exif(), restart_marker_blocks=2)
    assert opened(cleaned(content).content).tobytes() == opened(content).tobytes()


@pytest.mark.parametrize("marker", [0x02, 0xC8, 0xDE, 0xF0, 0xFD])
@pytest.mark.parametrize("place", ["before", "between"])
def test_reserved_segments_of_a_jpeg_and_octets_between_segments_are_dropped(marker: int, place: str) -> None:
    plain = saved(drawing(), "JPEG", progressive=True, quality=90)
    table = plain.index(b"\xff\xc4") if place == "before" else plain.rindex(b"\xff\xc4")
    end = table + 2 + int.from_bytes(plain[table + 2 : table + 4], "big")
    segment = struct.pack(">BBH", 0xFF, marker, len(SECRET) + 2) + SECRET
    loose = b"" if place == "before" else SECRET
    assert cleaned(plain[:end] + loose + segment + loose + plain[end:]).content == plain


def test_a_clean_picture_is_left_octet_for_octet() -> None:
    content = saved(drawing(), "PNG")
    message = Message(attachments=(Attachment(content, "image/png", "a.png"),))
    done = scrub_attachments(message, REDACTOR)
    assert done.message == message
    assert done.removals == ()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "LA", "I;16"])
def test_a_png_keeps_its_pixels_and_nothing_of_its_owner(mode: str) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_text("Comment", SECRET.decode(), zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add(b"tIME", b"\x07\xe9\1\1\1\1\1")
    picture = drawing("L").convert("I").convert("I;16") if mode == "I;16" else drawing(mode)
    content = saved(picture, "PNG", pnginfo=texts, exif=exif(), dpi=(72, 72)) + SECRET
    clean = cleaned(content, "shot.jpg")
    assert set(chunks(clean.content)) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"pHYs"}
    assert opened(clean.content).tobytes() == opened(content).tobytes()
    assert (clean.media_type, clean.filename) == ("image/png", "shot.png")


@pytest.mark.parametrize(
    ("kind", "body", "stays"),
    [
        (b"caBX", b"jumb c2pa " + SECRET, False),
        (b"iDOT", SECRET, False),
        (b"vpAg", SECRET, False),
        (b"sPLT", SECRET, False),
        (b"cHRM", struct.pack(">8L", 31201, 32873, 64813, 33011, 29988, 61022, 14877, 5903), False),
        (b"cHRM", struct.pack(">8L", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000), True),
        (b"gAMA", struct.pack(">L", 45455), True),
    ],
)
def test_a_png_keeps_only_chunks_that_many_pictures_share(kind: bytes, body: bytes, stays: bool) -> None:
    plain = saved(drawing(), "PNG")
    chunk = struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
    content = plain[:33] + chunk + plain[33:]
    assert cleaned(content).content == (content if stays else plain)


def test_a_png_loses_a_second_chunk_of_a_kind_that_stands_only_once() -> None:
    png = saved(drawing(), "PNG")
    extra = [struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
             for kind, body in ((b"gAMA", b"\0\0\xb1\x8f"), (b"gAMA", b"JANE"), (b"sRGB", b"\0"))]  # fmt: skip
    clean = cleaned(png[:33] + b"".join(extra) + png[33:]).content
    assert chunks(clean)[:3] == [b"IHDR", b"gAMA", b"sRGB"]
    assert b"JANE" not in clean
    with pytest.raises(CannotAnonymise):
        cleaned(png[:33] + png[8:])


def chunks(png: bytes) -> list[bytes]:
    place, kinds = 8, []
    while place < len(png):
        kinds.append(png[place + 4 : place + 8])
        place += 12 + int.from_bytes(png[place : place + 4], "big")
    return kinds


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_picture_without_a_place_for_the_orientation_is_turned(form: str) -> None:
    content = saved(drawing(), form, exif=exif(6), **({"lossless": True} if form == "WEBP" else {}))
    clean = opened(cleaned(content).content)
    assert clean.size == (32, 48)
    assert clean.convert("RGB").tobytes() == drawing().transpose(Image.Transpose.ROTATE_270).tobytes()
    assert not clean.getexif()


def frames(content: bytes) -> list[tuple[bytes, int]]:
    picture = Image.open(io.BytesIO(content))
    out = []
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        out.append((picture.convert("RGBA").tobytes(), picture.info.get("duration", 0)))
    return out


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_an_animation_keeps_its_frames_timing_and_loop(form: str) -> None:
    pictures = [drawing().rotate(40 * turn) for turn in range(4)]
    options = {"comment": SECRET} if form == "GIF" else {"exif": exif()} if form == "WEBP" else {}
    content = saved(
        pictures[0], form, save_all=True, append_images=pictures[1:], duration=[90, 120, 150, 180], loop=3, **options
    )
    clean = cleaned(content + (SECRET if form != "WEBP" else b"")).content
    assert SECRET not in clean
    assert frames(clean) == frames(content)
    assert len(frames(clean)) == 4
    assert opened(clean).info["loop"] == opened(content).info["loop"]


def test_a_gif_loses_application_data_and_plain_text() -> None:
    content = saved(drawing(), "GIF")
    application = b"\x21\xff\x0bXMP DataXMP" + bytes((len(SECRET),)) + SECRET + b"\0"
    words = b"\x21\x01\x0c" + bytes(12) + bytes((len(SECRET),)) + SECRET + b"\0"
    clean = cleaned(content[:-1] + application + words + b"\x3b").content
    assert clean == content


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_loses_exif_xmp_and_unknown_chunks(lossless: bool) -> None:
    plain = saved(drawing(), "WEBP", lossless=lossless, exif=exif(), xmp=XMP)
    body = plain[8:] + b"JUNK" + struct.pack("<L", len(SECRET)) + SECRET
    content = b"RIFF" + struct.pack("<L", len(body)) + body
    clean = cleaned(content, "a.WEBP")
    assert SECRET not in clean.content
    assert not opened(clean.content).getexif()
    assert opened(clean.content).tobytes() == opened(plain).tobytes()
    assert clean.filename == "a.WEBP"


def test_a_bmp_becomes_a_png() -> None:
    clean = cleaned(saved(drawing(), "BMP"), "scan.bmp")
    assert (clean.media_type, clean.filename) == ("image/png", "scan.png")
    assert opened(clean.content).tobytes() == drawing().tobytes()
    assert set(chunks(clean.content)) == {b"IHDR", b"IDAT", b"IEND"}


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("name", ["scan.tif", "scan.TIFF", "scan.dat"])
def test_a_tiff_keeps_its_pages_its_size_on_paper_and_its_name(mode: str, name: str) -> None:
    picture = drawing("L").convert("I").convert("I;16") if mode == "I;16" else drawing(mode)
    tags = {
        **exif(),
        270: SECRET.decode(),
        305: SECRET.decode(),
        315: SECRET.decode(),
        700: XMP,
        65000: SECRET.decode(),
    }
    second = picture.rotate(180)
    content = saved(
        picture, "TIFF", save_all=True, append_images=[second], tiffinfo=tags, dpi=(204, 98), compression="tiff_lzw"
    )
    clean = cleaned(content + SECRET, name)
    assert SECRET not in clean.content
    assert (clean.media_type, clean.filename) == ("image/tiff", name)
    pages = Image.open(io.BytesIO(clean.content))
    assert pages.n_frames == 2
    for number, wanted in enumerate((picture, second)):
        pages.seek(number)
        assert pages.convert("RGBA").tobytes() == wanted.convert("RGBA").tobytes()
        assert pages.info["dpi"] == (204, 98)
        assert set(pages.tag_v2) <= {
            *(256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 317, 320, 338, 339, 254, 266)
        }


def test_a_tiff_packed_as_jpeg_stays_small() -> None:
    photo = drawing(size=(600, 400))
    content = saved(photo, "TIFF", compression="jpeg", tiffinfo={315: SECRET.decode()})
    clean = cleaned(content).content
    assert SECRET not in clean
    assert len(clean) < 2 * len(content)
    assert opened(clean).resize((9, 6)).getpixel((8, 0)) == pytest.approx(photo.resize((9, 6)).getpixel((8, 0)), abs=6)


def test_a_tiff_that_lies_on_its_side_stands_up() -> None:
    clean = opened(cleaned(saved(drawing(), "TIFF", exif=exif(6))).content)
    assert clean.tobytes() == drawing().transpose(Image.Transpose.ROTATE_270).tobytes()
    assert 0x0112 not in clean.getexif() or clean.getexif()[0x0112] == 1


def test_raw_pictures_and_bundles_of_too_many_pages_are_refused_kindly() -> None:
    with pytest.raises(CannotAnonymise, match="raw format"):
        cleaned(saved(drawing(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}))
    dot = Image.new("1", (1, 1))
    with pytest.raises(CannotAnonymise, match="too large"):
        cleaned(saved(dot, "TIFF", save_all=True, append_images=[dot] * 200))


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ("photo.jpg", "photo.jpg"),
        ("photo.JPE", "photo.JPE"),
        ("photo.png", "photo.jpg"),
        ("photo.HEIC", "photo.jpg"),
        ("photo.dat", "photo.dat"),
        ("photo", "photo"),
        (".png", ".png"),
        (None, None),
    ],
)
def test_a_name_is_changed_only_when_it_says_another_kind_of_picture(given: str | None, becomes: str | None) -> None:
    assert cleaned(jpeg(), given).filename == becomes


PICTURES = Path(__file__).parent / "samples"


def test_a_heic_becomes_a_jpeg_that_stands_upright_and_tells_nothing() -> None:
    # Made with libheif, with EXIF (owner, place, orientation 6) and XMP: 64 wide and 96 high as it is to be seen.
    clean = cleaned((PICTURES / "portrait.heic").read_bytes(), "IMG_1.HEIC", "image/heic")
    assert (clean.media_type, clean.filename) == ("image/jpeg", "IMG_1.jpg")
    picture = opened(clean.content)
    assert picture.size == (64, 96)
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Jane" not in clean.content
    for place, colour in (((60, 5), (250, 200, 10)), ((5, 90), (200, 0, 30)), ((5, 5), (40, 120, 200))):
        assert all(abs(a - b) < 12 for a, b in zip(picture.getpixel(place), colour, strict=True))


def test_an_avif_becomes_a_jpeg_or_with_see_through_parts_a_png() -> None:
    clean = cleaned(saved(drawing(), "AVIF", exif=exif(6), xmp=XMP), "a.avif", "image/avif")
    assert (clean.media_type, clean.filename) == ("image/jpeg", "a.jpg")
    assert opened(clean.content).size == (32, 48)
    assert SECRET not in clean.content
    glass = drawing("RGBA")
    glass.putalpha(90)
    clean = cleaned(saved(glass, "AVIF", exif=exif()), "a.avif", "image/avif")
    assert (clean.media_type, clean.filename) == ("image/png", "a.png")
    assert opened(clean.content).getchannel("A").getextrema() == (90, 90)


def test_wide_colours_of_a_phone_are_turned_into_common_ones() -> None:
    red = Image.new("RGB", (32, 32), (200, 60, 60))
    clean = opened(cleaned(saved(red, "AVIF", icc_profile=display_p3(), quality=100), "a.avif").content)
    got = clean.getpixel((16, 16))
    assert got[0] > 208
    assert got[1] < 55


def test_several_pictures_in_one_file_are_refused_kindly() -> None:
    several = saved(drawing(), "AVIF", save_all=True, append_images=[drawing().rotate(90)])
    for content in ((PICTURES / "two.heic").read_bytes(), several):
        with pytest.raises(CannotAnonymise, match="one by one"):
            cleaned(content)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.binary(min_size=1, max_size=3))
def test_damaged_heic_is_cleaned_or_refused_and_never_crashes(place: int, octets: bytes) -> None:
    content = (PICTURES / "portrait.heic").read_bytes()
    at = 12 + place % (len(content) - 12)
    try:
        assert SECRET not in cleaned(content[:at] + octets + content[at + len(octets) :]).content
    except CannotAnonymise as refusal:
        assert refusal.detail.isascii()


def bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = struct.pack(">LLBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    with pytest.raises(CannotAnonymise, match="too large"):
        cleaned(bomb())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_picture_cut_off_at_its_head_is_refused_kindly(form: str) -> None:
    with pytest.raises(CannotAnonymise) as refusal:
        cleaned(saved(drawing(), form)[:30])
    assert refusal.value.detail.isascii()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"]), st.data())
def test_a_damaged_picture_is_cleaned_or_refused_and_nothing_else(form: str, data: st.DataObject) -> None:
    content = bytearray(saved(drawing(), form))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        cleaned(bytes(content))
    except CannotAnonymise as refusal:
        assert refusal.detail.isascii()
