"""MIDI files keep their music, and lose titles, authors, programs and devices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.model import Attachment
from relay.refusals import CannotAnonymise

Clean = Callable[..., Attachment]
NOTES = b"\x00\x90\x3c\x40\x60\x3c\x00\x00\xc0\x05\x10\xe0\x00\x40"
NEUTRAL = b"\x00\x90\x3c\x40\x60\x90\x3c\x00\x00\xc0\x05\x10\xe0\x00\x40"
TEMPO, METER, END = b"\x00\xff\x51\x03\x07\xa1\x20", b"\x00\xff\x58\x04\x04\x02\x18\x08", b"\x00\xff\x2f\x00"


def meta(kind: int, body: bytes, wait: int = 0) -> bytes:
    return bytes((wait, 0xFF, kind, len(body))) + body


def song(*tracks: bytes, end: bytes = b"") -> bytes:
    head = b"MThd\0\0\0\x06\0\x01" + len(tracks).to_bytes(2, "big") + b"\0\x60"
    return head + b"".join(b"MTrk" + len(track).to_bytes(4, "big") + track for track in tracks) + end


def test_the_music_stays(clean: Clean) -> None:
    telling = b"".join(meta(kind, b"Dorothea Quill") for kind in (1, 2, 3, 4, 6, 7, 8, 9, 0x7F, 0x60))
    device = b"\x00\xf0\x05\x43\x10\x4c\x00\xf7"
    general = b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7"
    done = clean(song(telling + TEMPO + METER + device + general + NOTES + END, end=b"Quill"), "a.mid")
    assert done.media_type == "audio/midi"
    assert done.content == song(TEMPO + METER + general + NEUTRAL + END)


def test_the_time_of_what_goes_is_kept(clean: Clean) -> None:
    track = meta(1, b"x", wait=0x40) + meta(3, b"y", wait=0x40) + b"\x10\x90\x3c\x40" + END
    assert clean(song(track), "a.mid").content == song(b"\x81\x10\x90\x3c\x40" + END)


def test_a_time_too_long_to_be_written_is_the_longest(clean: Clean) -> None:
    long = b"\xff\xff\xff\x7f"
    track = (long + b"\xff\x01\x01x") * 2 + long + b"\x90\x3c\x40" + END
    assert clean(song(track), "a.mid").content == song(long + b"\x90\x3c\x40" + END)


def test_lyrics_stay_unless_they_name_somebody(clean: Clean) -> None:
    assert clean(song(meta(5, b"La ") + meta(5, b"la") + END), "a.mid").content == song(
        meta(5, b"La ") + meta(5, b"la") + END
    )
    named = meta(5, b"Jane ") + meta(5, b"Whit") + meta(5, b"combe") + END
    assert clean(song(named), "a.mid").content == song(END)


@pytest.mark.parametrize(
    "content",
    [
        song(),
        song(b"\x00"),
        song(b"\x00\x3c\x40"),
        song(b"\x00\xff\x01\x7fshort"),
        song(NOTES + END)[:-9],
        song(b"\xff" * 9),
    ],
)
def test_a_damaged_one_is_refused(clean: Clean, content: bytes) -> None:
    with pytest.raises(CannotAnonymise, match="recording"):
        clean(content, "a.mid")
