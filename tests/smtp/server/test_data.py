"""The letter after DATA: where it ends, what it holds, what it costs."""

from __future__ import annotations

import contextlib
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.refusals import Malformed, TooLarge, TooMuchAtOnce
from relay.smtp.server.data import Body


def read(octets: bytes, limit: int = 10_000, step: int = 1 << 16) -> tuple[Body, bytes]:
    """Feed ``octets`` in pieces of ``step``; the body and what came after its end."""
    body = Body(limit)
    for begin in range(0, len(octets), step):
        rest = body.feed(octets[begin : begin + step])
        if rest is not None:
            return body, rest + octets[begin + step :]
    raise AssertionError("the letter did not end")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (b".\r\n", b""),
        (b"hello\r\n.\r\n", b"hello\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"..a\r\n...\r\n.b\r\n.\r\n", b".a\r\n..\r\nb\r\n"),
        (b"a.\r\nb\r\n.\r\n", b"a.\r\nb\r\n"),
        (b"\r\n\r\n.\r\n", b"\r\n\r\n"),
        (b"x" * 5000 + b"\r\n.\r\n", b"x" * 5000 + b"\r\n"),
        ("ü\r\n.\r\n".encode(), "ü\r\n".encode()),
    ],
)
@pytest.mark.parametrize("step", [1, 2, 3, 7, 65536])
def test_the_letter_is_what_was_meant_however_it_is_cut(sent: bytes, meant: bytes, step: int) -> None:
    body, rest = read(sent + b"QUIT\r\n", step=step)
    assert body.content() == meant
    assert rest == b"QUIT\r\n"


@pytest.mark.parametrize(
    "almost",
    [
        b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r\n.\r\r\n", b"\r\r\n.\n\r\n",
        b"\n\n.\r\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\n..\n", b"\n..\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", [1, 4, 65536])
def test_nothing_but_crlf_dot_crlf_ends_a_letter_and_the_attempt_is_refused(almost: bytes, step: int) -> None:
    body, rest = read(b"a" + almost + b"MAIL FROM:<x@y>\r\n.\r\nNOOP\r\n", step=step)
    assert rest == b"NOOP\r\n"
    with pytest.raises(Malformed):
        body.content()


@pytest.mark.parametrize("flaw", [b"\n", b"\r", b"\0", b"\n\r", b"\r\r\n"])
@pytest.mark.parametrize("before", [0, 1, 65533, 65534, 65535, 65536, 65537])
def test_a_lone_cr_or_lf_or_a_nul_is_found_wherever_chunks_meet(flaw: bytes, before: int) -> None:
    body, _ = read(b"x" * before + flaw + b"y\r\n.\r\n", limit=100_000)
    with pytest.raises(Malformed) as refusal:
        body.content()
    assert "ordinary mail program" in refusal.value.reply.text


line = st.binary(max_size=12).filter(lambda octets: not set(octets) & set(b"\r\n\0"))


@given(
    lines=st.lists(st.one_of(line, line.map(lambda octets: b"." + octets))),
    step=st.integers(1, 9),
    rest=st.binary(max_size=5),
)
def test_stuffing_and_reading_is_the_identity(lines: list[bytes], step: int, rest: bytes) -> None:
    letter = b"".join(octets + b"\r\n" for octets in lines)
    stuffed = b"".join(b"." * octets.startswith(b".") + octets + b"\r\n" for octets in lines)
    body, after = read(stuffed + b".\r\n" + rest, step=step)
    assert body.content() == letter
    assert after == rest


@given(
    octets=st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\0", b"\r\n", b"\r\n."]), max_size=40),
    step=st.integers(1, 9),
)
def test_how_it_is_cut_never_changes_the_answer(octets: list[bytes], step: int) -> None:
    sent = b"".join(octets) + b"\r\n.\r\n"

    def answer(step: int) -> tuple[object, bytes]:
        body, rest = read(sent, step=step)
        try:
            return body.content(), rest
        except Malformed as refusal:
            return str(refusal.reply), rest

    assert answer(step) == answer(1 << 16)


@pytest.mark.parametrize("step", [1, 100, 65536])
def test_the_limit_is_met_to_the_octet_and_stuffed_dots_do_not_count(step: int) -> None:
    exact = b".\r\n" * 333 + b"\r\n"
    stuffed = b"..\r\n" * 333 + b"\r\n"
    assert read(stuffed + b".\r\n", limit=len(exact), step=step)[0].content() == exact
    body, rest = read(stuffed + b".\r\nNOOP\r\n", limit=len(exact) - 1, step=step)
    with pytest.raises(TooLarge):
        body.content()
    assert rest == b"NOOP\r\n"


def test_far_too_much_is_dropped_as_it_comes_and_its_end_still_found() -> None:
    body, rest = Body(1000), None
    tracemalloc.start()
    for _ in range(200):
        assert body.feed(b"x" * 65536) is None
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
    assert body.hopeless
    rest = body.feed(b"\r\n.\r\nNOOP\r\n")
    assert rest == b"NOOP\r\n"
    with pytest.raises(TooLarge):
        body.content()


UNITS = [b"\r\n", b"..\r\n", b"\n", b"\r", b"\0", b"\r\n..", b"x" * 998 + b"\r\n"]


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_twenty_five_megabytes_of_anything_are_held_once(unit: bytes) -> None:
    size = 25 << 20
    chunk = (unit * (65536 // len(unit) + 1))[: 65536 // len(unit) * len(unit)]
    body = Body(size)
    tracemalloc.start()
    for _ in range(size // len(chunk) - 1):
        assert body.feed(chunk) is None
        assert body.held <= size
    assert body.feed(b"x\r\n.\r\n") == b""
    content = b""
    with contextlib.suppress(Malformed):
        content = body.content()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # A growing buffer may have an eighth to spare; a second copy would be 25 MB more.
    assert peak < 31 << 20
    assert body.held == 0
    assert bool(content) is (unit not in (b"\n", b"\r", b"\0"))


def octets_touched(octets: bytes, step: int) -> int:
    """How many octets the methods of ``bytes`` were given, and how many steps were made, to read a letter."""
    touched = 0

    def count(frame: object, event: str, what: object) -> None:
        nonlocal touched
        touched += 1
        if event == "c_call" and isinstance(owner := getattr(what, "__self__", None), bytes | bytearray):
            touched += len(owner)

    pieces = [octets[begin : begin + step] for begin in range(0, len(octets), step)]
    body = Body(1 << 20)
    sys.setprofile(count)
    try:
        for piece in pieces:
            body.feed(piece)
    finally:
        sys.setprofile(None)
    return touched


@pytest.mark.parametrize("step", [1, 2, 3, 5, 64, 4096])
@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_work_for_an_octet_does_not_grow_with_the_letter(unit: bytes, step: int) -> None:
    few, many = (octets_touched((unit * 65536)[:length], step) for length in (2 * 8192, 16 * 8192))
    assert many <= 8.5 * few
    # A single octet costs no more than some dozens: what is looked at again is what may begin the end. Large pieces
    # are what matters: they are looked at by strides, with a few calls more for each piece.
    assert many <= (100 if step == 1 else 55) * 16 * 8192


@pytest.mark.parametrize("flaw", [b"\0", b"\n", b"\r\r"])
def test_what_will_be_refused_is_not_kept(flaw: bytes) -> None:
    body = Body(1000_000)
    body.feed(b"x" * 100_000)
    assert body.held > 99_000
    body.feed(flaw + b"x" * 100_000)
    assert body.held == 0


def test_what_is_dropped_is_free_at_once_and_its_rest_is_not_kept() -> None:
    body = Body(25 << 20)
    tracemalloc.start()
    for _ in range(100):
        body.feed(b"x" * 65536)
    assert tracemalloc.get_traced_memory()[0] > 6 << 20
    body.drop()
    assert tracemalloc.get_traced_memory()[0] < 1 << 20
    for _ in range(100):
        assert body.feed(b"x" * 65536) is None
    assert tracemalloc.get_traced_memory()[0] < 1 << 20
    tracemalloc.stop()
    assert body.held == 0
    assert body.feed(b"\r\n.\r\nNOOP\r\n") == b"NOOP\r\n"
    with pytest.raises(TooMuchAtOnce):
        body.content()
