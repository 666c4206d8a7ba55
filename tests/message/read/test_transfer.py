"""Content-Transfer-Encodings are undone: quickly when they are sound, forgivingly when they are not."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.message.read.transfer import _base64_of_sorts, decode_transfer
from relay.refusals import CannotAnonymise

PIECES = st.sampled_from(
    [b"QUJD", b"QUI=", b"QQ==", b"QR==", b"Q", b"=", b"\r\n", b"\n", b" ", b"\t", b"-", b"\xff", b"+/"]
)


@given(st.lists(PIECES).map(b"".join))
def test_what_sound_base64_says_does_not_depend_on_the_way_it_is_read(octets: bytes) -> None:
    assert decode_transfer(octets, "base64") == _base64_of_sorts(octets)


@given(st.binary())
def test_what_was_packed_is_unpacked(octets: bytes) -> None:
    assert decode_transfer(base64.encodebytes(octets).replace(b"\n", b"\r\n"), "BASE64") == octets


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"QUJD", b"ABC"),
        (b"QU\r\nJD\r\n", b"ABC"),
        (b"QUI", b"AB"),
        (b"QUJDQ", b"ABC"),
        (b"QQ==\r\nQUJD", b"AABC"),
        (b"QUJD====", b"ABC"),
        (b"\xefQ-U_J D", b"ABC"),
        (b"", b""),
    ],
)
def test_base64_is_read_whatever_is_wrong_with_it(octets: bytes, said: bytes) -> None:
    assert decode_transfer(octets, "base64") == said


WORDS = b"Only text, which somebody mislabelled.\r\nSecond line.\r\n"


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (WORDS, WORDS),
        (b"Hello Amber,\r\n" + WORDS, b"Hello Amber,\r\n" + WORDS),
        (b"QUJD\r\nQUI=\r\n\r\n" + WORDS, b"ABCAB\r\n\r\n" + WORDS),
        (b"QUJD\r\n____\r\n" + WORDS, b"ABC\r\n____\r\n" + WORDS),
    ],
)
def test_text_under_the_name_of_base64_stays_text(octets: bytes, said: bytes) -> None:
    assert decode_transfer(octets, "base64") == said


@pytest.mark.parametrize(
    ("encoding", "octets"),
    [
        *((name, b"=C3=A9") for name in ("8 bit", "8bits", '"7bit"', "8-Bit;", "utf-8", "iso-8859-1", "none", "")),
        *((name, "é".encode()) for name in ("quoted printable", "Quoted-Printable;", "QUOTED_PRINTABLE", "qp")),
        *((name, b"\xfb\x07") for name in ("base-64", "'base64'", "BASE 64", "b64")),
    ],
)  # fmt: skip
def test_names_of_encodings_are_understood_as_programs_misspell_them(encoding: str, octets: bytes) -> None:
    written = b"+wc=" if octets == b"\xfb\x07" else b"=C3=A9"
    assert decode_transfer(written, encoding) == octets


@pytest.mark.parametrize("encoding", ["x-gzip64", "binhex", "rot13", "yenc", "x-foo"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(CannotAnonymise):
        decode_transfer(b"words", encoding)
