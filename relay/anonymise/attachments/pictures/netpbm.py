"""Rewrites Netpbm pictures (PBM, PGM, PPM, PAM) without comments and without anything behind the picture.

Source: pbm(5), pgm(5), ppm(5) and pam(5) of Netpbm 10.
"""

from __future__ import annotations

import re

from relay.anonymise.attachments.cleaning import BrokenPicture

# The magic number, and two or three numbers with comments between them.
_GAP = rb"(?>(?:[ \t\r\n\v\f]|#[^\r\n]{0,1000}[\r\n]){1,50})"
_HEAD = re.compile(rb"P([14])%b(\d{1,6})%b(\d{1,6})|P([2356])%b(\d{1,6})%b(\d{1,6})%b(\d{1,5})" % ((_GAP,) * 5))
_COMMENT = re.compile(rb"#[^\r\n]*")
_FIELDS = (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL")
_KIND = re.compile(rb"(?:BLACKANDWHITE|GRAYSCALE|RGB|CMYK)(?:_ALPHA)?")
_DIGITS = re.compile(rb"[\d \t\r\n\v\f]*")
_DEEP = 256
MAX_PIXELS = 64_000_000


def is_netpbm(head: bytes) -> bool:
    """Whether the octets begin with the header of such a picture."""
    return head.startswith(b"P7\n") or (head[:1] == b"P" and _HEAD.match(head) is not None)


def clean_netpbm(content: bytes) -> tuple[bytes, str]:
    """The picture, and its kind: "pbm", "pgm", "ppm" or "pam". Raises BrokenPicture."""
    if content.startswith(b"P7\n"):
        return _arbitrary(content), "pam"
    head = _HEAD.match(content)
    if head is None:
        raise BrokenPicture
    kind = int(head[1] or head[4])
    width, height = int(head[2] or head[5]), int(head[3] or head[6])
    deepest = int(head[7] or 1)
    samples = width * height * (3 if kind in (3, 6) else 1)
    if not 0 < samples <= 3 * MAX_PIXELS or not 0 < deepest < 1 << 16:
        raise BrokenPicture
    new = b"P%d\n%d %d\n" % (kind, width, height) + (b"" if kind in (1, 4) else b"%d\n" % deepest)
    name = ("pbm", "pgm", "ppm")[(kind - 1) % 3]
    if kind <= 3:
        return new + _digits(content[head.end() :], samples, single=kind == 1), name
    size = (width + 7) // 8 * height if kind == 4 else samples * (2 if deepest >= _DEEP else 1)
    return new + _raster(content, head.end() + 1, size), name


def _raster(content: bytes, start: int, size: int) -> bytes:
    raster = content[start : start + size]
    if len(raster) < size:
        raise BrokenPicture
    return raster


def _digits(body: bytes, samples: int, *, single: bool) -> bytes:
    """The numbers of a picture in plain text, without comments: the bits of a PBM need no blanks between them."""
    plain = _COMMENT.sub(b"", body)
    end = _DIGITS.match(plain)
    numbers = end[0].split() if end else []
    if single:
        bits = b"".join(numbers)[:samples]
        if len(bits) < samples or bits.strip(b"01"):
            raise BrokenPicture
        return b"\n".join(bits[at : at + 70] for at in range(0, samples, 70)) + b"\n"
    if len(numbers) < samples or any(len(number) > 5 for number in numbers[:samples]):
        raise BrokenPicture
    return b"\n".join(b" ".join(numbers[at : at + 10]) for at in range(0, samples, 10)) + b"\n"


def _arbitrary(content: bytes) -> bytes:
    """A PAM: its header has one field a line."""
    end = content.find(b"ENDHDR\n", 0, 10_000)
    fields = [line.split(None, 1) for line in content[3:end].split(b"\n")] if end > 0 else []
    found = {field[0]: field[1].strip() for field in fields if len(field) == 2 and not field[0].startswith(b"#")}
    try:
        width, height, depth, deepest = (int(found[field]) for field in _FIELDS)
    except (KeyError, ValueError) as error:
        raise BrokenPicture from error
    samples = width * height * depth
    if not 0 < samples <= 4 * MAX_PIXELS or not 0 < deepest < 1 << 16 or min(width, height, depth) < 1:
        raise BrokenPicture
    kind = found.get(b"TUPLTYPE", b"")
    lines = [b"P7", *(b"%b %d" % pair for pair in zip(_FIELDS, (width, height, depth, deepest), strict=True))]
    lines += [b"TUPLTYPE " + kind] if _KIND.fullmatch(kind) else []
    size = samples * (2 if deepest >= _DEEP else 1)
    return b"\n".join((*lines, b"ENDHDR\n")) + _raster(content, end + 7, size)
