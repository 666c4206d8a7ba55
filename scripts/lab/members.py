"""Makes pairs for a load test, and the letters they write."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

from lab.house import House
from lab.load import Letter

_WORDS = (
    *("letter", "morning", "question", "garden", "patience", "answer", "harvest", "market", "river", "season"),
    *("evening", "teacher", "window", "practice", "honest", "courage", "customer", "recipe", "notebook", "reading"),
)


def letter(number: int, sender: str, recipient: str, size: int, chance: random.Random) -> Letter:
    """A letter as webmail writes it: text and HTML, together about ``size`` octets."""
    token = f"LOAD{number:08d}"
    lines = [" ".join(chance.choices(_WORDS, k=11)) for _ in range(max(1, size // 190))]
    rich = "".join(f"<div>{line}</div>\r\n" for line in lines)
    body = (
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{token}\r\n" + "\r\n".join(lines) + "\r\n"
        f'--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<div dir="ltr">{rich}</div>\r\n--b--'
    )
    tag = base64.b32encode(chance.randbytes(10)).decode()
    head = (
        "Received: from [192.0.2.7] by mail.example.net; Mon, 2 Mar 2026 10:00:00 +0100\r\n"
        f"From: A Person <{sender}>\r\nTo: <{recipient}>\r\n"
        f"Subject: {token} about patience\r\nMessage-ID: <{tag}@mail.example.net>\r\n"
        f'User-Agent: Mail/1\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n'
    )
    return Letter(sender, recipient, (head + body).encode())


def pairs(house: House, folder: Path, count: int) -> list[tuple[str, str]]:
    """Import ``count`` new pairs. Returns (author's address, alias to write to) of each."""
    rows = [f"user{n}@sender{n % 50}.example,real{n}@reader{n % 50}.example" for n in range(count)]
    table = folder / "pairs.csv"
    table.write_text("mentor,mentee\n" + "\n".join(rows) + "\n")
    printed = house.run("pair", "import", str(table), "--silent", "--json")
    made = [json.loads(line)["mentee"]["alias"] for line in printed.splitlines()]
    authors = [row.split(",")[0] for row in rows]
    return list(zip(authors, made, strict=True))


def with_picture(plain: Letter, picture: bytes) -> Letter:
    """The same letter with a photograph (JPEG) beside its text."""
    head, _, body = plain.content.partition(b"\r\n\r\n")
    fields, _, kind = head.rpartition(b"Content-Type: ")
    encoded = base64.encodebytes(picture).replace(b"\n", b"\r\n")
    content = (
        fields + b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n'
        b"--m\r\nContent-Type: " + kind + b"\r\n\r\n" + body + b"\r\n"
        b'--m\r\nContent-Type: image/jpeg; name="garden.jpg"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="garden.jpg"\r\n\r\n' + encoded + b"--m--"
    )
    return Letter(plain.sender, plain.recipient, content)
