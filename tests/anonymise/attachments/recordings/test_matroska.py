"""Matroska and WebM keep their frames; titles, tags, chapters, attached files and names of tracks go."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.attachments.recordings.ebml import element, number
from relay.anonymise.attachments.recordings.matroska import clean_matroska
from relay.model import Attachment
from relay.refusals import CannotAnonymise

FFMPEG = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
NAMED = b"Jane Whitcombe"


def vorbis_private() -> bytes:
    head, comments, setup = b"\x01vorbis" + bytes(23), b"\x03vorbis" + NAMED, b"\x05vorbis setup"
    return bytes((2, len(head), len(comments))) + head + comments + setup


def track(place: int = 1, kind: int = 1, codec: bytes = b"V_VP8", private: bytes = b"", *more: bytes) -> bytes:
    told = [number(0xD7, place), number(0x73C5, 0x1234567890), number(0x83, kind), element(0x86, codec)]
    told += [element(0x536E, NAMED), element(0x22B59C, b"deu"), element(0x258688, NAMED), *more]
    return element(0xAE, b"".join(told) + (element(0x63A2, private) if private else b""))


def film(*tracks: bytes, blocks: bytes = b"", unknown: bool = False, doc_type: bytes = b"webm") -> bytes:
    """A film with everything that tells something, and one frame for each track."""
    info = element(
        0x1549A966,
        element(0x7BA9, NAMED) + element(0x4D80, NAMED) + element(0x4461, bytes(8)) + number(0x2AD7B1, 10**6),
    )
    frames = b"".join(element(0xA3, bytes((0x80 | n, 0, 0, 0x80)) + b"frame%d" % n) for n in range(1, len(tracks) + 1))
    cluster = number(0xE7, 0) + number(0xA7, 99) + frames + blocks
    tags = element(0x1254C367, element(0x7373, NAMED)) + element(0x1941A469, element(0x61A7, NAMED))
    chapters = element(0x1043A770, element(0x45B9, NAMED))
    whole = element(0x1F43B675, cluster) if not unknown else b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + cluster
    body = info + element(0xEC, NAMED) + element(0x1654AE6B, b"".join(tracks)) + chapters + tags + whole
    segment = element(0x18538067, body) if not unknown else b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + body
    return element(0x1A45DFA3, element(0x4282, doc_type)) + segment + NAMED


def done(content: bytes) -> bytes:
    return clean_matroska(content, lambda text: "Whitcombe" in text)[0]


@pytest.mark.parametrize("unknown", [False, True])
def test_the_frames_stay_and_everything_that_tells_goes(unknown: bool) -> None:
    two = track(), track(2, 2, b"A_VORBIS", vorbis_private())
    cleaned, kind = clean_matroska(film(*two, unknown=unknown), lambda _: False)
    assert (kind, cleaned.count(b"frame1"), cleaned.count(b"frame2")) == ("video/webm", 1, 1)
    assert NAMED not in cleaned and b"deu" not in cleaned and b"\x12\x34\x56\x78\x90" not in cleaned
    assert b"vorbis setup" in cleaned
    assert done(cleaned) == cleaned


@pytest.mark.parametrize(
    ("one", "kind"), [(track(codec=b"V_VP9"), "video/webm"), (track(kind=2, codec=b"A_OPUS"), "audio/webm")]
)
def test_sound_alone_is_a_recording(one: bytes, kind: str) -> None:
    assert clean_matroska(film(one), lambda _: False)[1] == kind


def test_tracks_that_are_neither_sound_picture_nor_subtitles_go_with_their_frames() -> None:
    cleaned = done(film(track(), track(2, 33, b"M_LOCATION")))
    assert b"frame1" in cleaned and b"frame2" not in cleaned and b"M_LOCATION" not in cleaned


def test_subtitles_stay_unless_they_name_somebody() -> None:
    two = track(), track(2, 17, b"S_TEXT/UTF8")
    assert b"frame2" in done(film(*two))
    block = element(0xA0, element(0xA1, b"\x82\0\0\0" + NAMED) + number(0x9B, 9))
    with pytest.raises(CannotAnonymise, match="subtitles of this film name"):
        done(film(*two, blocks=block))
    with pytest.raises(CannotAnonymise, match="of a kind that cannot"):
        done(film(track(), track(2, 17, b"S_TEXT/ASS", b"Title: " + NAMED)))


def test_a_name_is_found_behind_every_time_and_when_its_beginning_is_stored_once() -> None:
    named = re.compile(r"\bJane\b")
    stripped = element(0x5034, number(0x4254, 3) + element(0x4255, b"Ja"))
    once = track(2, 17, b"S_TEXT/UTF8", b"", element(0x6D80, element(0x6240, stripped)))
    for two, frame in (
        # Time and flags look like the letter "\u00c0" here.
        (track(2, 17, b"S_TEXT/UTF8"), b"\x82\0\xc3\x80Jane Whitcombe"),
        (once, b"\x82\0\0\x80ne Whitcombe"),
    ):
        with pytest.raises(CannotAnonymise, match="subtitles of this film name"):
            clean_matroska(film(track(), two, blocks=element(0xA3, frame)), lambda text: bool(named.search(text)))


@pytest.mark.parametrize(
    "content",
    [
        b"\x1aE\xdf\xa3",
        film(),
        film(track(codec=b"V_UNCOMPRESSED")),
        film(track(codec=b"V_MS/VFW/FOURCC", private=bytes(16) + b"MJPG" + bytes(40))),
        film(track(2, 2, b"A_VORBIS", b"\x02\xff\xff")),
        film(track(2, 2, b"A_FLAC", b"fLaC\x04\0\0\x20" + bytes(40))),
        film(track(), doc_type=b"other"),
        film(track(), track(2, 17, b"S_TEXT/UTF8"), blocks=element(0xA3, b"\x82\0\0\x02\1\2abJane")),
        film(*[track()] * 40),
        film(track(1, 1, b"V_VP8", b"", element(0x6D80, element(0x6240, element(0x5034, number(0x4254, 0)))))),
    ],
)
def test_what_is_damaged_or_of_a_rare_kind_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenRecording):
        done(content)


def test_copy_protection_is_refused() -> None:
    locked = element(0x6D80, element(0x6240, number(0x5033, 1)))
    with pytest.raises(CannotAnonymise, match="copy protection"):
        done(film(track(1, 1, b"V_VP8", b"", locked)))


def test_an_endless_number_of_elements_ends() -> None:
    with pytest.raises(BrokenRecording):
        done(film(track(), blocks=b"\xec\x80" * 600_000))


# --- With the real programs ---------------------------------------------------------------------------------------

MADE = [
    ("webm", ("-c:v", "libvpx", "-b:v", "100k", "-c:a", "libopus")),
    ("webm", ("-c:v", "libvpx-vp9", "-b:v", "100k", "-c:a", "libvorbis")),
    ("mkv", ("-c:v", "libx264", "-c:a", "aac")),
    ("mkv", ("-c:v", "mpeg4", "-c:a", "flac")),
]


@FFMPEG
@pytest.mark.parametrize(("extension", "codecs"), MADE, ids=["vp8", "vp9", "h264", "mpeg4"])
def test_real_films_play_frame_by_frame_as_before(
    extension: str, codecs: tuple[str, ...], clean: Callable[..., Attachment], tmp_path: Path
) -> None:
    before, after = tmp_path / f"before.{extension}", tmp_path / f"after.{extension}"
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=10", "-f", "lavfi", "-i", "sine=d=1"]
    told = ["-metadata", "title=Jane Whitcombe", "-metadata:s:v", "title=jwhit42", "-metadata", "location=+48.2"]
    subprocess.run([*made, *codecs, *told, str(before)], check=True)
    done = clean(before.read_bytes(), f"holiday.{extension}")
    after.write_bytes(done.content)
    for word in (b"Whitcombe", b"jwhit42", b"Lavf", b"Lavc", b"x264 -", b"+48.2", b"ENCODER"):
        assert word not in done.content, word
    assert frames(after) == frames(before)
    shown = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "csv=p=0", str(after)]
    assert set(
        subprocess.run(shown, capture_output=True, text=True, check=True).stdout.replace("Matroska", "").split()
    ) <= {","}


def frames(path: Path) -> str:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "framehash", "-hash", "md5", "-"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in out.splitlines() if not line.startswith("#"))
