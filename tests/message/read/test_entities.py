"""The tree of MIME entities: where its leaves are, and delimiter lines however far apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.message.read import hyphens
from relay.message.read.entities import Entity, read
from relay.message.read.hyphens import find_delimiter
from relay.refusals import Refusal

HEAD = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
PIECES = (
    *(
        b"--b",
        b"--b--",
        b"--b \t",
        b"\r\n",
        b"\n",
        b"\r",
        b"-",
        b"--",
        b"text",
        b"Content-Type: text/html\n\n",
        b"a: b\n",
    ),
    *(b"From me\n", b"Content-Type: multipart/digest; boundary=q\r\n\r\n", b"--q\r\n", b"--q--", b" folded\n"),
)


def leaves(entity: Entity) -> list[Entity]:
    return [leaf for child in entity.children for leaf in leaves(child)] if entity.children else [entity]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_each_leaf_is_at_its_offset_in_the_message(body: bytes) -> None:
    try:
        tree = read(HEAD + body)
    except Refusal:
        return
    for leaf in leaves(tree):
        assert (HEAD + body)[leaf.start :].startswith(leaf.octets)
        assert not leaf.type.startswith("multipart/")


@pytest.mark.parametrize("window", [1, 2, 3, 50, 4096])
@pytest.mark.parametrize("between", [b"", b"-", b"--", b"-\r\n-", b"\r\n--c\r\n", b"x" * 70 + b"\r\n"])
def test_delimiter_lines_are_found_however_far_apart(
    window: int, between: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hyphens, "_WINDOW", window)
    for many in range(0, 200, 7):
        bodies = [between * many, b"second" + between * many, b""]
        octets = HEAD + b"".join(b"--b\r\n\r\n" + body + b"\r\n" for body in bodies) + b"--b--\r\n--b\r\nbehind"
        assert [leaf.octets for leaf in read(octets).children] == bodies


@given(
    st.lists(st.sampled_from([b"-", b"--", b"\n", b"\n--b", b"--b", b"x" * 5]), max_size=40).map(b"".join), st.data()
)
def test_a_delimiter_is_found_where_a_plain_search_finds_it(octets: bytes, data: st.DataObject) -> None:
    start, end = (data.draw(st.integers(0, len(octets))) for _ in range(2))
    hyphens._WINDOW, window = data.draw(st.integers(1, 12)), hyphens._WINDOW
    try:
        for needle in (b"\n--b", b"--b", b"-b"):
            assert find_delimiter(octets, needle, start, end) == octets.find(needle, start, end)
    finally:
        hyphens._WINDOW = window
