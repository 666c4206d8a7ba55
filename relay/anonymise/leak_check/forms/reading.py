"""What all strict readers share: the fault they raise, a counted limit, and runs of sized pieces."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

MOST_UNPACKED = 256 * 1024 * 1024
DEEPEST = 8
_STEP = 1 << 20
T = TypeVar("T")


class NotOurForm(Exception):  # noqa: N818 -- a finding about a file, not an error of ours
    """The octets hold something that is not listed. The text names the place by words of ours, for tests; it holds
    nothing of the letter."""


def need(fits: object, what: str) -> None:
    """Raise NotOurForm(what) unless ``fits``."""
    if not fits:
        raise NotOurForm(what)


def needed(found: T | None, what: str) -> T:
    """``found``; raise NotOurForm(what) when it is None."""
    if found is None:
        raise NotOurForm(what)
    return found


@contextmanager
def readable() -> Iterator[None]:
    """Raise NotOurForm for octets that cannot be read at all: text that is no UTF-8, base64 or number, a place beyond
    the end. What a reader need not test itself."""
    try:
        yield
    except (ValueError, LookupError, struct.error) as error:
        raise NotOurForm("octets that cannot be read") from error


@dataclass(slots=True)
class Proof:
    """The proof of one letter. ``read`` reads a file inside of a file, of whatever kind: (octets, proof); ``returned``
    are identifiers of entries that the reader of the letter chose, ``left`` is
    what may still be unpacked, ``depth`` how deep the present file lies, ``place`` where: its name in its archive, and
    the names of all files there."""

    read: Callable[[bytes, Proof], str]
    returned: frozenset[str] = frozenset()
    left: int = MOST_UNPACKED
    depth: int = 0
    place: tuple[str, frozenset[str]] = ("", frozenset())

    def inside(self, octets: bytes, name: str = "", among: frozenset[str] = frozenset()) -> str:
        """Read a file inside of this one, and return its kind. Raises NotOurForm."""
        need(self.depth < DEEPEST, "files within files")
        self.depth += 1
        before, self.place = self.place, (name, among)
        kind = self.read(octets, self)
        self.depth -= 1
        self.place = before
        return kind

    def inflated(self, packed: bytes, *, raw: bool = False) -> bytes:
        """The content of a zlib stream (RFC 1950; ``raw``: RFC 1951) that fills ``packed``. Raises NotOurForm when it
        is damaged, something follows it, or the letter unpacks to more than MOST_UNPACKED octets."""
        unpacking = zlib.decompressobj(-15 if raw else 15)
        out = bytearray()
        rest = packed
        try:
            while not unpacking.eof:
                piece = unpacking.decompress(rest, _STEP)
                rest = unpacking.unconsumed_tail
                need(piece or unpacking.eof, "a packed stream without an end")
                self.left -= len(piece)
                need(self.left >= 0, "more than can be unpacked")
                out += piece
        except zlib.error as error:
            raise NotOurForm("a damaged packed stream") from error
        need(not unpacking.unused_data, "octets behind a packed stream")
        return bytes(out)


def chunks(octets: bytes, at: int, order: str, end: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    """(name, content) of each chunk of an IFF or RIFF file (EA IFF 85): a name of four octets, a length of four, and a
    zero octet behind an odd length. They fill [at, end). Raises NotOurForm."""
    end = len(octets) if end is None else end
    while at < end:
        need(at + 8 <= end, "a chunk without a length")
        name = octets[at : at + 4]
        length = int.from_bytes(octets[at + 4 : at + 8], "little" if order == "little" else "big")
        begin, at = at + 8, at + 8 + length
        need(at <= end, "a chunk beyond the end")
        yield name, octets[begin:at]
        if length & 1:
            need(octets[at : at + 1] == b"\0", "padding that is no zero")
            at += 1
