"""Content-Transfer-Encodings are undone: quickly when they are sound, forgivingly when they are not."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.message.read.transfer import _base64_of_sorts, decode_transfer

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
