"""Whatever octets come, a strict reader answers in time that grows with them, and in bounded memory."""

from __future__ import annotations

import random
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from relay.anonymise.leak_check.forms.html import read_html
from relay.anonymise.leak_check.forms.kinds import KINDS, kind_of
from relay.anonymise.leak_check.forms.letter import read_letter
from relay.anonymise.leak_check.forms.proof import reader_for
from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof
from relay.anonymise.leak_check.forms.shown import prove_shown
from relay.model import Message

from .test_planted import KNOWN, box, clean, members, zipped

MANY = 60_000
PACKED = zlib.compress(bytes(1 << 24))
READ = sorted(kind for kind, one in KINDS.items() if one.types and kind not in ("mail", "unknown"))


def attempt(kind: str, octets: bytes) -> None:
    with suppress(NotOurForm):
        KINDS[kind].prove(octets, Proof(reader_for(KNOWN), left=1 << 20))


def timed(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def damaged(octets: bytes) -> Iterator[bytes]:
    """The octets with some of them changed, left out or put in, as chance has it."""
    chance = random.Random(7)
    for _ in range(60):
        at, count = chance.randrange(len(octets)), chance.randint(0, 9)
        yield octets[:at] + chance.randbytes(chance.randint(0, 3)) + octets[at + count :]
    yield from (octets[: len(octets) * part // 20] for part in range(20))


def packed_pdf(index: bytes) -> bytes:
    """A PDF with one object stream, whose index of objects is this."""
    stream = zlib.compress(index + b"1")
    facts = f"<< /Type /ObjStm /N 1 /First {len(index)} /Filter /FlateDecode /Length {len(stream)} >>"
    return (
        b"%PDF-1.7\n%\x80\x80\x80\x80\n1 0 obj\n" + facts.encode() + b"\nstream\n" + stream + b"\nendstream\nendobj\n"
    )


@pytest.mark.parametrize("kind", READ)
def test_a_damaged_file_raises_no_other_error(kind: str) -> None:
    for octets in damaged(clean(kind).content):
        attempt(kind, octets)


def test_octets_that_cannot_be_read_are_refused() -> None:
    office = members(clean("office").content)
    office["_rels/.rels"] = office["_rels/.rels"].replace(b'Target="', b'Target="\xff', 1)
    for kind, octets in (
        ("office", zipped(office)),
        ("pdf", packed_pdf(b"1 " + b"9" * 5000 + b" ")),
        ("calendar", b"A:b\r\n"),
        ("html", b"\xff"),
        ("mp4", box(b"moov", box(b"mvhd"))),
    ):
        with pytest.raises(NotOurForm):
            KINDS[kind].prove(octets, Proof(reader_for(KNOWN)))


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "zeros": bytes,
    "0xFF": lambda n: b"\xff" * n,
    "brackets": lambda n: b"<" * n,
    "an open tag": lambda n: b"<a " + b'x="" ' * (n // 5),
    "quotes": lambda n: b"<a \"'" * (n // 5),
    "braces": lambda n: b"{\\*\\pict" * (n // 8),
    "parentheses": lambda n: b"1 0 obj\n<< /A (" + b"\\(" * (n // 2),
    "dictionaries": lambda n: b"%PDF-1.7\n%\x80\x80\x80\x80\n1 0 obj\n" + b"<<" * (n // 2),
    "numbers": lambda n: b"%PDF-1.7\n%\x80\x80\x80\x80\n1 0 obj\n[ " + b"1 " * (n // 2),
    "pages": lambda n: b"OggS\0" * (n // 5),
    "boxes": lambda n: b"\0\0\0\x08moov" * (n // 8),
    "boxes in boxes": lambda n: b"\0\0\0\0moov\0\0\0\0trak\0\0\0\0mdia" * (n // 24),
    "lines": lambda n: b"BEGIN:VCALENDAR\r\n" * (n // 17),
    "a long line": lambda n: b"BEGIN:VCALENDAR\r\nA" + b";CN=" * (n // 4),
    "members": lambda n: b"PK\3\4" * (n // 4),
}


@pytest.mark.parametrize("kind", READ)
def test_a_reader_is_linear(kind: str) -> None:
    own = clean(kind).content
    for name, make in HOSTILE.items():
        for octets in (make(MANY), own[: len(own) // 2] + make(MANY), own[:40] + make(MANY)):
            assert timed(lambda octets=octets: attempt(kind, octets)) < 1, name  # type: ignore[misc]


@pytest.mark.parametrize("name", HOSTILE)
def test_recognising_a_kind_and_reading_a_letter_are_linear(name: str) -> None:
    octets = HOSTILE[name](MANY)
    text = octets.decode("latin-1")
    begin = b"From: a@b\r\nTo: c@d\r\nSubject: x\r\nMessage-ID: <a@b>\r\nMIME-Version: 1.0\r\n"

    def letters() -> None:
        for content in (octets, begin + octets, begin[:34] + octets):
            with pytest.raises(NotOurForm):
                read_letter(content)

    def page() -> None:
        with suppress(NotOurForm):
            read_html(text, frozenset())

    assert timed(lambda: kind_of(octets)) < 1
    assert timed(letters) < 1 and timed(page) < 1
    assert timed(lambda: prove_shown(Message(html=text), "x", "", ())) < 1
    assert timed(lambda: prove_shown(Message(html=text.replace("<", "<!--")), "x", "", ())) < 1


@pytest.mark.parametrize("kind", ["pdf", "png", "zip"])
def test_what_swells_is_stopped(kind: str) -> None:
    swelling = {
        "pdf": b"%PDF-1.7\n%\x80\x80\x80\x80\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length "
        + str(len(PACKED)).encode() + b" >>\nstream\n" + PACKED + b"\nendstream\nendobj\n",
        "png": clean("png").content[:33] + len(PACKED + b"icc\0\0").to_bytes(4, "big") + b"iCCPicc\0\0" + PACKED
        + zlib.crc32(b"iCCPicc\0\0" + PACKED).to_bytes(4, "big"),
        "zip": b"PK\3\4\x14\0\0\0\x08\0\0\0\x21\0" + bytes(4) + (len(PACKED) - 6).to_bytes(4, "little")
        + (1 << 24).to_bytes(4, "little") + b"\1\0\0\0a" + PACKED[2:-4],
    }[kind]  # fmt: skip
    tracemalloc.start()
    with pytest.raises(NotOurForm, match="more than can be unpacked"):
        KINDS[kind].prove(swelling, Proof(reader_for(KNOWN), left=1 << 20))
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_files_within_files_end() -> None:
    def again(octets: bytes, proof: Proof) -> str:
        return proof.inside(octets)

    with pytest.raises(NotOurForm, match="within"):
        Proof(again).inside(b"x")
