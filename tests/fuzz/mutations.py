"""Letters broken at random, and pieces of mail that parsers stumble over."""

from __future__ import annotations

import random

PIECES = (
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"--",
    b"=",
    b"=\r\n",
    b"=3D",
    b"=?utf-8?b?",
    b"?=",
    b"=?x?q?",
    b"<",
    b">",
    b'"',
    b"(",
    b")",
    b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"--x\r\n",
    b"--x--\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"begin 644 a\r\n",
    b"charset=utf-7\r\n",
    b"charset=iso-2022-kr",
    b"filename*0*=utf-8''%00%ff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xf0\x9f",
    b"<!--",
    b"-->",
    b"<svg>",
    b"</div>" * 50,
    b"<div>" * 50,
    b"<table><tr><td>" * 20,
    b"&#x0;",
    b"&zwnj;",
    b"&#1114112;",
    b"On Mon, Jane wrote:\r\n> ",
    b"-- \r\n",
    b"> " * 40,
    b"\xe2\x80\x8b",
    b"\xe2\x80\xae",
    b"jane@real.example",
    b"%40" * 30,
    b"A" * 2000,
    b" " * 2000,
    b"\t\r\n " * 100,
    b"-----BEGIN PGP MESSAGE-----\r\n",
)


def mutated(chance: random.Random, letters: list[bytes]) -> bytes:
    """One of the letters, hurt in one to twelve places."""
    content = bytearray(chance.choice(letters))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(content) + 1)
        kind = chance.randrange(6)
        if kind == 0 and content:
            content[at % len(content)] = chance.randrange(256)
        elif kind == 1:
            del content[at : at + chance.choice((1, 2, 10, 200))]
        elif kind == 2:
            content[at:at] = chance.choice(PIECES)
        elif kind == 3:
            other = chance.choice(letters)
            begin = chance.randrange(len(other) + 1)
            content[at:at] = other[begin : begin + chance.choice((5, 80, 1000))]
        elif kind == 4:
            content[at:at] = content[at : at + chance.choice((10, 300))] * chance.choice((2, 8))
        else:
            content[at:at] = chance.randbytes(chance.choice((1, 4, 64)))
    return bytes(content[:400_000])
