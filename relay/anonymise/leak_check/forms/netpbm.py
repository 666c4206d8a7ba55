"""Proves Netpbm pictures (pbm(5), pgm(5), ppm(5), pam(5)): a header without comments, and the samples it says."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.reading import Proof, need, needed

_PLAIN = re.compile(rb"P([14])\n(\d{1,6}) (\d{1,6})\n()|P([2356])\n(\d{1,6}) (\d{1,6})\n(\d{1,5})\n")
_BITS, _NUMBERS = re.compile(rb"[01\n]*"), re.compile(rb"(?>(?:\d{1,5}[ \n])*)")
_ANY = re.compile(
    rb"P7\nWIDTH (\d{1,6})\nHEIGHT (\d{1,6})\nDEPTH (\d{1,3})\nMAXVAL (\d{1,5})\n"
    rb"(?:TUPLTYPE (?:BLACKANDWHITE|GRAYSCALE|RGB|CMYK)(?:_ALPHA)?\n)?ENDHDR\n"
)


def read_netpbm(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for a comment, and for octets behind the picture."""
    head = _ANY.match(octets)
    if head is not None:
        width, height, depth, deepest = map(int, head.groups())
        need(len(octets) == head.end() + width * height * depth * (2 if deepest > 255 else 1), "octets behind")
        return
    _read_samples(octets, needed(_PLAIN.match(octets), "a header of another form"))


def _read_samples(octets: bytes, head: re.Match[bytes]) -> None:
    kind, width, height, deepest = (int(number or 1) for number in head.groups() if number is not None)
    at = head.end()
    samples = width * height * (3 if kind in (3, 6) else 1)
    if kind > 3:
        size = (width + 7) // 8 * height if kind == 4 else samples * (2 if deepest > 255 else 1)
        need(len(octets) == at + size, "octets behind the picture")
    elif kind == 1:
        need(_BITS.fullmatch(octets, at) and octets.count(b"\n", at) == -(-samples // 70), "no bits")
        need(len(octets) - at - octets.count(b"\n", at) == samples, "octets behind the picture")
    else:
        lines = -(-samples // 10)
        blanks = octets.count(b" ", at) + octets.count(b"\n", at)
        need(_NUMBERS.fullmatch(octets, at) and octets.count(b"\n", at) == lines, "no numbers")
        need(blanks == samples, "octets behind the picture")
