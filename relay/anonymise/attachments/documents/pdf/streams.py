"""Checks the streams of a PDF: cuts data after their end, and searches addresses in all but pictures."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from pikepdf import Array, Name, Object, Stream

from relay.anonymise.identities import Redactor
from relay.anonymise.returned_files import FileEchoes
from relay.refusals import CannotAnonymise

MAX_PIXELS = 1024 * 1024 * 1024
MAX_READ = 256 * 1024 * 1024
"""Octets of all streams that are no pictures: fonts and instructions."""
_STEP = 4 * 1024 * 1024
_TOO_MUCH = "a PDF document holds more than can be made anonymous; please send a shorter document"
_HIDDEN = (
    "a PDF document holds an address of one of you in a hidden place; please print it as a new PDF and attach that"
)


def filters_of(stream: Object) -> list[str]:
    """The names of a stream's filters, in decoding order."""
    value = stream.get("/Filter")
    return [str(name) for name in value] if isinstance(value, Array) else [] if value is None else [str(value)]


def cut_behind_the_end(streams: Iterable[Stream]) -> None:
    """Cut what follows the end of compressed data, in place. Raises CannotAnonymise when all streams unpack to more
    than MAX_PIXELS octets; never holds more than a few of them."""
    left = MAX_PIXELS
    for stream in streams:
        if filters_of(stream)[:1] != ["/FlateDecode"]:
            continue
        raw = stream.read_raw_bytes()
        used, size = _packed(raw, left)
        left -= size
        if left < 0:
            raise CannotAnonymise(_TOO_MUCH)
        if used < len(raw):
            stream.write(raw[:used], filter=_list(stream, "/Filter"), decode_parms=_list(stream, "/DecodeParms"))


def _list(stream: Stream, key: str) -> Array | None:
    value = stream.get(key)
    return value if value is None or isinstance(value, Array) else Array([value])


def _packed(raw: bytes, most: int) -> tuple[int, int]:
    """The length of the zlib stream, and the size it unpacks to (counted up to ``most``). A damaged stream is taken as
    a whole: programs show what they can read of it."""
    unpacking = zlib.decompressobj()
    size, rest = 0, raw
    try:
        while rest and not unpacking.eof and size <= most:
            size += len(unpacking.decompress(rest, _STEP))
            rest = unpacking.unconsumed_tail
    except zlib.error:
        return len(raw), size
    return len(raw) - len(unpacking.unused_data), size


def look_for_addresses(streams: Iterable[Stream], redactor: Redactor) -> None:
    """Raises CannotAnonymise when fonts, functions, colours or instructions contain an address of the author, or exceed
    MAX_READ octets."""
    files = redactor.of_letter(FileEchoes)
    low = [address.lower() for address in redactor.known.author.addresses if not files.may_hold(address)]
    forms = [form for word in low for form in (word.encode(), word.encode("utf-16-be"), word.encode("utf-16-le"))]
    left = MAX_READ
    for stream in streams:
        if stream.get("/Subtype") == Name.Image:
            continue
        octets = stream.read_bytes()
        left -= len(octets)
        if left < 0:
            raise CannotAnonymise(_TOO_MUCH)
        octets = octets.lower()
        if any(form in octets for form in forms):
            raise CannotAnonymise(_HIDDEN)
