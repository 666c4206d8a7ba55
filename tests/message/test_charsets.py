"""What is decoded can always be written again."""

from __future__ import annotations

import pytest

from relay.message.charsets import decode


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        (b"a +2D3caQ- b", "utf-7", "a \U0001f469 b"),  # a pair of surrogates is one character
        (b"a +3Gk- b", "utf-7", "a ? b"),  # half a pair is none
        (b"+3Gk-\xff", "utf-7", "?\ufffd"),  # nor beside what does not read as declared
        ("é".encode(), "utf-8", "é"),
        (b"\xe9", None, "é"),
    ],
)
def test_no_half_of_a_character_is_left(octets: bytes, label: str | None, text: str) -> None:
    assert decode(octets, label) == text
    decode(octets, label).encode("utf-8")
