"""Sample letters in many languages (tests/letters/languages), before and after relay."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from relay.anonymise.header_names import learned
from relay.message.read.parse import parse
from relay.message.read.routing_headers import read_routing_headers
from relay.message.write.dkim_sign import Signer
from relay.model import Headers, Identity, Known, Message, Persona, RebuildOrder
from relay.policy.routing import author_of
from relay.rebuild import rebuild

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "letters" / "languages"
AUTHOR = Persona("Quiet River", "quiet-river.preview@relay.example")
READER = Persona("Amber Heron", "amber-heron.preview@relay.example")
_READER_ADDRESS = "the.reader@somewhere.example"
_NOW = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter.

    ``known_as``: the registered names of its author. ``gone``: text that must be removed. ``stays``: text that must
    stay. ``becomes``: text that the result must contain, with line ends. ``content``: the mail.
    """

    code: str
    language: str
    known_as: tuple[str, ...]
    gone: tuple[str, ...]
    stays: tuple[str, ...]
    becomes: tuple[str, ...]
    content: bytes


def letters() -> Iterator[Letter]:
    """All letters, in the order of their language codes."""
    for file in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(file.read_text("utf-8"))
        yield Letter(
            code=file.stem,
            language=table["language"],
            known_as=tuple(table["known_as"]),
            gone=tuple(table["gone"]),
            stays=tuple(table["stays"]),
            becomes=tuple(one.replace("{}", AUTHOR.name) for one in table.get("becomes", ())),
            content=file.with_suffix(".eml").read_bytes().replace(b"\n", b"\r\n"),
        )


def before(letter: Letter) -> Message:
    """The letter as written."""
    return parse(letter.content)


def after(letter: Letter) -> Message:
    """The letter as relay delivers it. Raises Refusal when relay refuses it."""
    seen = read_routing_headers(letter.content)
    author = Identity((author_of(seen),), letter.known_as)
    known = learned(Known(author, AUTHOR, Identity((_READER_ADDRESS,)), READER), seen)
    headers = Headers(AUTHOR.name, AUTHOR.alias, _READER_ADDRESS, "gallery@relay.example", _NOW)
    return parse(rebuild(RebuildOrder(letter.content, known, headers), Signer("relay.example", ())).content)
