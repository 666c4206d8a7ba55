"""Recordings and films keep what is heard and seen, and tell nothing besides."""

from __future__ import annotations

import contextlib
import random
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.attachments.recordings.ogg import _checksum
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise

REDACTOR = Redactor(
    Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
        Identity(("tom@gmx.de",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )
)
SECRET = b"SECRET of Jane"


def cleaned(content: bytes, name: str | None = "take 1.bin") -> Attachment:
    letter = Message(attachments=(Attachment(content, "application/octet-stream", name),))
    return scrub_attachments(letter, REDACTOR).message.attachments[0]


def refused(content: bytes) -> str:
    with pytest.raises(CannotAnonymise) as refusal:
        cleaned(content)
    return refusal.value.detail


# --- MP3 ----------------------------------------------------------------------------------------------------------

FRAME = b"\xff\xfb\x90\x00" + bytes(range(1, 200)) + bytes(214)


def id3v2(body: bytes = SECRET + b"\xff\xfb\x90\x00" * 300, footer: bool = False) -> bytes:
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    flags = b"\x10" if footer else b"\0"
    return b"ID3\x04\0" + flags + size + body + (b"3DI\x04\0" + flags + size if footer else b"")


def apev2(header: bool) -> bytes:
    def end(flags: int) -> bytes:
        return b"APETAGEX" + struct.pack("<LLLL8x", 2000, len(SECRET) + 32, 1, flags)

    return (end(0xA000_0000) if header else b"") + SECRET + end(0x8000_0000 if header else 0)


@pytest.mark.parametrize(
    ("before", "between", "behind"),
    [
        (b"", b"", b"TAG" + SECRET.ljust(125)),
        (id3v2(), b"", b""),
        (id3v2() + id3v2(footer=True), b"", b""),
        (id3v2() + bytes(700), b"", id3v2(footer=True)),
        (apev2(header=True), b"", apev2(header=True)),
        (b"", id3v2(), apev2(header=False) + b"TAG" + SECRET.ljust(125)),
        (b"", b"", b"LYRICSBEGIN" + SECRET + b"000025LYRICS200" + b"TAG" + bytes(125)),
        (b"", SECRET, SECRET * 100),
    ],
)
def test_an_mp3_keeps_its_frames_and_nothing_else(before: bytes, between: bytes, behind: bytes) -> None:
    done = cleaned((before or FRAME) + FRAME * 4 + between + FRAME * 4 + behind, "song.mp3")
    assert done.content == FRAME * (8 if before else 9)
    assert (done.media_type, done.filename) == ("audio/mpeg", "song.mp3")


def test_the_program_that_made_an_mp3_looks_like_every_other() -> None:
    def first(encoder: bytes) -> bytes:
        tag = b"Info" + struct.pack(">LLL", 3, 9, 9000) + encoder + bytes(25) + b"\x12\x34"
        return (FRAME[:4] + bytes(32) + tag).ljust(len(FRAME), b"\0")

    assert cleaned(first(b"LAME3.93 ") + FRAME * 3).content == cleaned(first(b"Lavc60.31") + FRAME * 3).content


def test_false_beginnings_of_frames_cost_no_time() -> None:
    started = time.process_time()
    refused(b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" * 500_000)
    refused(b"ID3\x04\0\0\0\0\0\0" * 200_000)
    assert time.process_time() - started < 4


# --- WAV, AIFF, AMR, FLAC -----------------------------------------------------------------------------------------


def riff(form: bytes, kind: bytes, order: str, *chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(n + struct.pack(order + "L", len(b)) + b + b"\0" * (len(b) & 1) for n, b in chunks)
    return form + struct.pack(order + "L", 4 + len(body)) + kind + body


FMT = (b"fmt ", struct.pack("<HHLLHH", 1, 1, 8000, 16000, 2, 16))
SOUND = bytes(range(251))


@pytest.mark.parametrize("kind", [b"LIST", b"bext", b"iXML", b"id3 ", b"_PMX", b"cart", b"cue ", b"JUNK", b"abcd"])
def test_a_wav_keeps_its_sound_and_nothing_else(kind: bytes) -> None:
    noise = (kind, SECRET + b"x")
    done = cleaned(riff(b"RIFF", b"WAVE", "<", noise, FMT, noise, (b"data", SOUND), noise) + SECRET, "a.wav")
    assert done == Attachment(riff(b"RIFF", b"WAVE", "<", FMT, (b"data", SOUND)), "audio/wav", "a.wav")


def test_a_wav_of_a_recorder_that_was_interrupted_keeps_its_sound() -> None:
    cut = riff(b"RIFF", b"WAVE", "<", FMT, (b"data", b"")) + SOUND
    assert SOUND in cleaned(cut).content


def test_a_wav_that_is_a_wrapper_of_something_else_is_refused() -> None:
    mp3 = (b"fmt ", struct.pack("<HHLLHH", 0x55, 1, 8000, 16000, 2, 16))
    assert "please" in refused(riff(b"RIFF", b"WAVE", "<", mp3, (b"data", id3v2())))


def test_an_aiff_keeps_its_sound_and_nothing_else() -> None:
    form, sound = (b"COMM", bytes(range(18))), (b"SSND", bytes(8) + SOUND)
    noisy = riff(b"FORM", b"AIFF", ">", (b"NAME", SECRET), form, (b"ANNO", SECRET), sound, (b"ID3 ", SECRET))
    assert cleaned(noisy, "a.aif") == Attachment(riff(b"FORM", b"AIFF", ">", form, sound), "audio/aiff", "a.aif")


@pytest.mark.parametrize("head", [b"#!AMR\n", b"#!AMR-WB\n"])
def test_an_amr_recording_is_kept_to_its_last_frame(head: bytes) -> None:
    frames = (b"\x3c" + b"f" * (58 if b"WB" in head else 31)) * 3
    assert cleaned(head + frames + SECRET, "a.amr").content == head + frames


# --- Ogg ----------------------------------------------------------------------------------------------------------


def page(flags: int, number: int, *packets: bytes, serial: int = 0x5EC2E7) -> bytes:
    lacing = b"".join(b"\xff" * (len(p) // 255) + bytes((len(p) % 255,)) for p in packets)
    head = b"OggS\0" + bytes((flags,)) + bytes(8) + struct.pack("<LL", serial, number)
    tail = bytes((len(lacing),)) + lacing + b"".join(packets)
    return head + struct.pack("<L", _checksum(head + bytes(4) + tail)) + tail


OPUS = b"OpusHead\x01\x01" + bytes(9)


def test_the_checksum_is_that_of_ogg() -> None:
    # From a file that libogg wrote.
    assert _checksum(b"123456789") == 0x89A1897F


def test_an_ogg_keeps_its_sound_and_nothing_else() -> None:
    tags = b"OpusTags" + struct.pack("<L", len(SECRET)) + SECRET + bytes(4) + b"P" * 300
    noisy = (
        SECRET.join((page(2, 0, OPUS), page(0, 1, tags), page(0, 2, b"sound", b"more"), page(4, 3, b"end"))) + SECRET
    )
    clean = page(2, 0, OPUS, serial=1) + page(0, 1, b"OpusTags" + bytes(8), serial=1)
    clean += page(0, 2, b"sound", b"more", serial=1) + page(4, 3, b"end", serial=1)
    assert cleaned(noisy, "voice.opus") == Attachment(clean, "audio/ogg", "voice.opus")


def test_streams_of_unknown_kinds_are_dropped_from_an_ogg() -> None:
    foreign = page(2, 0, b"\x80kate\0\0\0" + SECRET, serial=9)
    noisy = page(2, 0, OPUS) + foreign + page(0, 1, b"OpusTags" + bytes(8)) + page(0, 1, SECRET, serial=9)
    done = cleaned(noisy + page(4, 2, b"end")).content
    assert SECRET not in done
    assert done.count(b"OggS") == 3
    assert "please" in refused(foreign)


def test_a_comment_of_many_pages_leaves_the_numbers_of_the_pages_whole() -> None:
    long = b"\x03vorbis" + SECRET * 8000
    noisy = page(2, 0, b"\x01vorbis" + bytes(23)) + _paged(long, b"\x05vorbis" + b"B" * 70000) + page(4, 9, b"end")
    done = cleaned(noisy, "a.ogg").content
    numbers = [struct.unpack_from("<L", done, at + 18)[0] for at in _starts(done)]
    assert numbers == list(range(len(numbers)))
    assert SECRET not in done
    assert done.count(b"B") == 70000


def _paged(*packets: bytes) -> bytes:
    lacing = b"".join(b"\xff" * (len(p) // 255) + bytes((len(p) % 255,)) for p in packets)
    body, out, at = b"".join(packets), b"", 0
    for start in range(0, len(lacing), 255):
        piece = lacing[start : start + 255]
        head = b"OggS\0\0" + bytes(8) + struct.pack("<LLL", 0x5EC2E7, 1, 0)
        out += head + bytes((len(piece),)) + piece + body[at : at + sum(piece)]
        at += sum(piece)
    return out


def _starts(content: bytes) -> list[int]:
    return [n for n in range(len(content)) if content.startswith(b"OggS", n)]


# --- MP4 ----------------------------------------------------------------------------------------------------------


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">L", 8 + len(body)) + kind + body


def full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">L", version << 24 | flags), *content)


WHEN = b"\xe2\x01\x02\x03"
FTYP = box(b"ftyp", b"isom", b"\0\0\x02\0", b"isom")
SAMPLES = {"video": b"picture!", "audio": b"sound...", "meta": b"GPS48.13", "text": b"Hello, my dear"}
HANDLERS = {"video": b"vide", "audio": b"soun", "meta": b"meta", "text": b"sbtl"}


def track(kind: str, place: int, entry: bytes | None = None, extra: bytes = b"", late: bool = False) -> bytes:
    when = (bytes(4) + WHEN) * 2 if late else WHEN * 2
    version = int(late)
    entries = {
        "video": box(b"avc1", bytes(12), b"SECR", bytes(26), SECRET.ljust(32), bytes(4), box(b"name", SECRET)),
        "audio": box(b"mp4a", bytes(12), b"SECR", bytes(12), box(b"name", SECRET)),
        "meta": box(b"mett", SECRET),
        "text": box(b"tx3g", bytes(38)),
    }
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">L", 1), entry or entries[kind]),
        full(b"stsc", struct.pack(">LLLL", 1, 1, 1, 1)),
        full(b"stsz", struct.pack(">LLL", 0, 1, len(SAMPLES[kind]))),
        full(b"stco", struct.pack(">LL", 1, place)),
    )
    return box(
        b"trak",
        full(b"tkhd", when, bytes(84 if late else 72), version=version),
        box(b"udta", box(b"name", SECRET)),
        box(b"tref", box(b"cdsc", bytes(4))),
        box(
            b"mdia",
            full(b"mdhd", when, bytes(16), version=version),
            full(b"hdlr", b"mhlr", HANDLERS[kind], b"appl", bytes(8), SECRET + b"\0"),
            box(b"minf", box(b"dinf", full(b"dref", struct.pack(">L", 1), full(b"url ", SECRET, flags=1))), table),
        ),
        extra,
    )


def film(*kinds: str, movie: bytes = b"", behind: bytes = b"", entry: bytes | None = None, late: bool = False) -> bytes:
    data = b"".join(SAMPLES[kind] + SECRET for kind in kinds)
    place, tracks = len(FTYP) + 8, b""
    for kind in kinds:
        tracks += track(kind, place, entry, late=late)
        place += len(SAMPLES[kind]) + len(SECRET)
    header = full(b"mvhd", WHEN * 2, bytes(88))
    return FTYP + box(b"mdat", data) + box(b"moov", header, tracks, movie) + behind


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("movie", "behind"),
    [
        (b"", b""),
        (box(b"udta", box(b"\xa9xyz", SECRET), box(b"meta", SECRET)), b""),
        (full(b"meta", SECRET), box(b"uuid", SECRET)),
        (box(b"uuid", SECRET), box(b"free", SECRET) + box(b"abcd", SECRET)),
        (b"", SECRET * 10),
        (b"", box(b"mdat", SECRET)),
    ],
)
def test_a_film_keeps_sound_and_picture_in_their_places_and_nothing_else(
    movie: bytes, behind: bytes, late: bool
) -> None:
    noisy = film("video", "meta", "audio", movie=movie, behind=behind, late=late)
    done = cleaned(noisy, "walk.mp4")
    assert (done.media_type, done.filename) == ("video/mp4", "walk.mp4")
    for gone in (SECRET, b"SECR", WHEN, b"GPS", b"udta", b"meta", b"mett", b"uuid", b"name", b"cdsc"):
        assert gone not in done.content
    for kind in ("video", "audio"):
        assert done.content.index(SAMPLES[kind]) == noisy.index(SAMPLES[kind])
    assert cleaned(done.content, "walk.mp4") == done


@pytest.mark.parametrize(
    ("content", "name", "media_type", "named"),
    [
        (film("audio"), "voice.dat", "audio/mp4", "voice.m4a"),
        (film("audio"), "voice.MP4", "audio/mp4", "voice.MP4"),
        (film("video"), "walk", "video/mp4", "walk.mp4"),
        (film("video").replace(b"ftypisom", b"ftypqt  "), "walk.mp4", "video/quicktime", "walk.mov"),
        (film("audio").replace(b"ftypisom", b"ftyp3gp4"), "v.3gp", "audio/3gpp", "v.3gp"),
        (box(b"wide") + film("video")[len(FTYP) :], "old.mov", "video/quicktime", "old.mov"),
        (film("video"), None, "video/mp4", None),
    ],
)
def test_a_recording_is_called_what_it_is(content: bytes, name: str | None, media_type: str, named: str | None) -> None:
    done = cleaned(content, name)
    assert (done.media_type, done.filename) == (media_type, named)


def test_subtitles_stay_unless_they_name_one_of_the_two() -> None:
    assert b"Hello, my dear" in cleaned(film("video", "text")).content
    assert "subtitles" in refused(film("video", "text").replace(b"Hello, my dear", b"Jane Whitcombe"))


def subtitled(sample: bytes, entry: bytes = b"tx3g") -> bytes:
    shown = box(entry, bytes(38))
    words = track("text", 0, shown).replace(struct.pack(">LLL", 0, 1, 14), struct.pack(">LLL", 0, 1, len(sample)))
    place = len(FTYP) + 8
    data = sample + SAMPLES["audio"]
    words = words.replace(struct.pack(">LL", 1, 0), struct.pack(">LL", 1, place))
    tracks = words + track("audio", place + len(sample))
    return FTYP + box(b"mdat", data) + box(b"moov", full(b"mvhd", WHEN * 2, bytes(88)), tracks)


@pytest.mark.parametrize(
    ("sample", "entry"),
    [
        # The length before the words is a letter in ASCII.
        (b"\0\x41" + b"Whitcombe".ljust(0x41), b"tx3g"),
        (b"\0\x14\xfe\xff" + "Whitcombe".encode("utf-16-be"), b"tx3g"),
        (b"\0\0\0\x19vttc\0\0\0\x11paylWhitcombe", b"wvtt"),
    ],
)
def test_a_name_in_a_subtitle_is_found_whatever_stands_around_its_words(sample: bytes, entry: bytes) -> None:
    assert "name one of you" in refused(subtitled(sample, entry))


def test_subtitles_that_cannot_be_searched_are_refused() -> None:
    assert b"\0\3Hi!" in cleaned(subtitled(b"\0\3Hi!")).content
    for entry in (b"c608", b"stpp", b"mp4s"):
        assert "of a kind that cannot" in refused(subtitled(b"\0\3Hi!", entry))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (film("audio", entry=box(b"drms", bytes(28))), "copy protection"),
        (film("audio", entry=box(b"mp4a", bytes(28), box(b"sinf", SECRET))), "copy protection"),
        (film("video", movie=full(b"pssh", SECRET)), "copy protection"),
        (film("video").replace(b"url \0\0\0\1", b"url \0\0\0\0"), "another file"),
        (film("video", "meta", behind=box(b"moof")), "ordinary MP4"),
        (film("meta"), "damaged"),
        (film("video")[:-10], "damaged"),
        (FTYP, "damaged"),
        (b"\x1aE\xdf\xa3" + bytes(40), "MP4"),
        (b"fLaC" + bytes(40), "damaged"),
        (b"OggS" + bytes(40), "damaged"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_kindly(content: bytes, words: str) -> None:
    said = refused(content)
    assert words in said
    assert "please" in said
    assert said.isascii()


def test_boxes_within_boxes_and_long_tables_cost_no_time() -> None:
    started = time.process_time()
    deep = b""
    for _ in range(3000):
        deep = box(b"wave", deep)
    cleaned(film("audio", entry=box(b"mp4a", bytes(28), deep)))
    refused(FTYP + box(b"free") * 200_000)
    assert time.process_time() - started < 4


@pytest.mark.parametrize("seed", range(4))
def test_damage_is_refused_or_cleaned_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    whole = (
        film("video", "meta", "audio"),
        id3v2() + FRAME * 4 + apev2(header=False),
        page(2, 0, OPUS) + page(0, 1, b"OpusTags" + bytes(8)) + page(4, 2, b"end"),
        riff(b"RIFF", b"WAVE", "<", FMT, (b"data", SOUND)),
    )
    for content in whole:
        for _ in range(150):
            torn = bytearray(content)
            for _ in range(chance.randint(1, 6)):
                torn[chance.randrange(12, len(torn))] = chance.randrange(256)
            with contextlib.suppress(CannotAnonymise):
                cleaned(bytes(torn[: chance.randint(12, len(torn))]))


# --- With the real programs ---------------------------------------------------------------------------------------

TONE, SCENE = ["-f", "lavfi", "-i", "sine=duration=1"], ["-f", "lavfi", "-i", "testsrc=duration=1:size=64x48:rate=10"]
RECIPES = {
    "a.mp3": TONE,
    "a.flac": TONE,
    "a.ogg": TONE,
    "a.oga": [*TONE, "-c:a", "flac"],
    "a.opus": TONE,
    "a.wav": TONE,
    "a.aiff": TONE,
    "a.aac": TONE,
    "a.m4a": TONE,
    "a.mp4": [*SCENE, *TONE, "-pix_fmt", "yuv420p"],
    "a.mov": [*SCENE, *TONE, "-timecode", "01:02:03:04", "-c:a", "pcm_s16le"],
    "fragments.mp4": [*SCENE, *TONE, "-movflags", "frag_keyframe+empty_moov"],
}


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", RECIPES)
def test_what_ffmpeg_makes_of_a_clean_recording_is_what_it_was(name: str, tmp_path: Path) -> None:
    noisy = tmp_path / name
    said = [word for field in ("title", "artist", "comment", "location") for word in ("-metadata", f"{field}=SECRET")]
    made = subprocess.run(["ffmpeg", "-v", "quiet", *RECIPES[name], *said, str(noisy)], check=False)
    if made.returncode:
        pytest.skip("this ffmpeg has no encoder for it")
    done = cleaned(noisy.read_bytes(), name)
    clean = tmp_path / f"clean-{done.filename}"
    clean.write_bytes(done.content)
    assert b"SECRET" not in done.content
    assert b"Lavf" not in done.content
    assert done.filename == name
    assert _heard_and_seen(clean) == _heard_and_seen(noisy)


def _heard_and_seen(path: Path) -> str:
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-map", "0:a?", "-map", "0:V?", "-f", "md5", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout
