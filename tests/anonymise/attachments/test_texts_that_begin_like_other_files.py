"""Text whose first words are the first octets of another kind of file stays text, for the cleaner and the proof."""

from __future__ import annotations

import pytest

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.forms.kinds import kind_of
from relay.anonymise.leak_check.forms.proof import read_file, reader_for
from relay.anonymise.leak_check.forms.reading import Proof
from relay.model import Attachment, Identity, Known, Message, Persona

KNOWN = Known(
    Identity(("jane@real.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber@relay.example"),
    Identity(("omar@home.example",)),
    Persona("Quiet River", "quiet@relay.example"),
)
TEXTS = [
    b"caffeine is no help, says Jane Whitcombe\n",
    b"FLV or MP4: which one?\n",
    b"ID3 tags tell who sang\n",
    b"Rar! said the lion\n",
    b"GIF89a is forty years old\n",
    b"RIFF",
    b"RIFFRAFF is a word\n",
    b"RIFFFFFFFFF",
    b"RIFF as WAVE",
    b"FORM C: AIFF is one\n",
    b"The wide river\n",
    b"The mdat, the moov\n",
    b"MThd begins a song\n",
    b"OggS",
    b"fLaC",
    b"TPZ 1, a tour\n",
    b"HWP Document File: how to open it\n",
    b"BZh\n",
    b"x" * 256 + b"mustard\n",
    "язык — это всё".encode("cp1251", "replace"),
    "ясно, что делать".encode("cp1251"),
    "я\nон\n".encode("cp1251"),
    "0から始める".encode("shift_jis"),
    b"\xff\xf1P\x80",
    b"\xff\xff\xff",
]


@pytest.mark.parametrize("content", TEXTS)
@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream"])
def test_text_that_begins_like_another_kind_of_file_passes_as_text(content: bytes, media_type: str) -> None:
    letter = Message("x", "hello", None, (Attachment(content, media_type, "notes.txt"),))
    (clean,) = scrub_attachments(letter, Redactor(KNOWN)).message.attachments
    assert clean.content == content.replace(b"Jane Whitcombe", b"Amber Heron")
    assert kind_of(clean.content) == "text"
    read_file(clean, Proof(reader_for(KNOWN)))


@pytest.mark.parametrize(
    ("content", "family"),
    [
        (b"caff\0\1\0\0desc", "audio"),
        (b"FLV\1\5\0\0\0\x09", "flv"),
        (b"ID3\3\0\0\0\0\0\0\xff\xfb\x90\0", "mp3"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "wav"),
        (b"RIFF\x24\0\0\0RMIDdata\0\0\0\0", "unknown"),
        (b"\xff\xfb\x90\0" + bytes(413), "mp3"),
        (b"\xff\xf1P\x80\x02\x1f\xfc" + bytes(9), "aac"),
        (b"\x30\x82\1\0\2\1\0", "crypto"),
        (b"\0\5\0\0mdat" + bytes(99), "mp4"),
        (b"\0\x50\0\0mdat" + bytes(99), "mp4"),  # more than 128 KB
        (b"\1\x50\0\0moov" + bytes(99), "mp4"),
    ],
)
def test_a_file_with_octets_that_no_text_has_is_of_the_kind_that_it_begins_like(content: bytes, family: str) -> None:
    assert family_of(Attachment(content, "application/octet-stream", "a.bin")) == family
