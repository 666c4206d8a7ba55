"""The sample letters of scripts/try: who writes to whom, filling in addresses, and searching a letter for words."""

from __future__ import annotations

import html
import io
import re
import tomllib
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD

FOLDER = Path(__file__).resolve().parent.parent / "letters"
_SLOT = re.compile(r"\{\{([a-z]+)(?::([\w-]+))?\}\}")
_TAG = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->|<[^>]+>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Script:
    """One letter to send. ``answers``: the file of the letter it answers. ``planted``: identifying words in it."""

    file: str
    side: str
    client: str
    answers: str | None
    planted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A pair (two tables of people.toml) and the letters it exchanges, in order."""

    mentor: dict[str, Any]
    mentee: dict[str, Any]
    letters: tuple[Script, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A letter to be shown: header fields (decoded, unfolded), text, and one line for each further part."""

    fields: tuple[tuple[str, str], ...]
    text: str
    parts: tuple[str, ...]

    def field(self, name: str) -> str:
        """The value of the first field with that name, or ""."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")


def conversations() -> list[Conversation]:
    """The conversations in scripts/letters/people.toml."""
    pairs = tomllib.loads((FOLDER / "people.toml").read_text("utf-8"))["pair"]
    return [Conversation(pair["mentor"], pair["mentee"], tuple(map(_script, pair["letter"]))) for pair in pairs]


def _script(row: dict[str, Any]) -> Script:
    return Script(row["file"], row["from"], row["client"], row.get("answers"), tuple(row["planted"]))


def filled(file: str, alias: str, name: str, received: dict[str, str]) -> bytes:
    """The letter as its author's program sends it, with CRLF line ends (RFC 5322 2.3).

    ``alias`` and ``name`` are the recipient's. ``received`` maps earlier letters to the Message-ID that this author
    saw.
    """
    values = {"alias": alias, "name": name}

    def slot(match: re.Match[str]) -> str:
        kind, key = match.groups()
        return received[key] if kind == "id" else values[kind]

    text = (FOLDER / f"{file}.eml").read_bytes().decode("utf-8")
    return _SLOT.sub(slot, text).encode("utf-8").replace(b"\n", b"\r\n")


def look(content: bytes) -> Look:
    """The fields, text and parts of a letter."""
    letter = message_from_bytes(content)
    fields = tuple((name, _decoded(value)) for name, value in letter.items())
    leaves = [part for part in letter.walk() if not part.is_multipart()]
    plain = [part for part in leaves if part.get_content_type() == "text/plain"]
    text = _text(plain[0]) if plain else _TAG.sub("", _text(leaves[0])) if leaves else ""
    others = tuple(_described(part) for part in leaves if part not in plain[:1])
    return Look(fields, text.replace("\r\n", "\n"), others)


def everything(content: bytes) -> str:
    """All text in a letter, raw and decoded, in lower case, to be searched."""
    letter = message_from_bytes(content)
    pieces = [content.decode("latin-1"), content.decode("utf-8", "replace")]
    for part in letter.walk():
        pieces += [f"{name}: {_decoded(value)}" for name, value in part.items()]
        if part.is_multipart():
            continue
        if part.get_content_maintype() == "text":
            text = _text(part)
            pieces += [text, html.unescape(text), html.unescape(_TAG.sub("", text))]
        else:
            payload = _payload(part)
            pieces += [payload.decode("latin-1"), payload.decode("utf-8", "replace")]
    return "\n".join(pieces).lower()


def found(planted: tuple[str, ...], content: bytes) -> tuple[str, ...]:
    """Those of ``planted`` that are in a letter."""
    text = everything(content)
    return tuple(words for words in planted if words.lower() in text)


def _decoded(value: object) -> str:
    return re.sub(r"\s*\r?\n\s+", " ", str(make_header(decode_header(str(value))))).strip()


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    return _payload(part).decode(part.get_content_charset("utf-8"), "replace")


def _described(part: Message) -> str:
    payload, kind = _payload(part), part.get_content_type()
    if part.get_content_maintype() != "image":
        return f"{kind}, {len(_text(part)):,} characters"
    name = part.get_filename()
    return f"{kind}, {len(payload):,} octets{f', {name}' if name else ''}: {_metadata(payload)}"


def _metadata(picture: bytes) -> str:
    """The metadata of a picture: camera, owner, time, place (Exif) and comment."""
    with Image.open(io.BytesIO(picture)) as image:
        exif = image.getexif()
        words = [str(exif[tag]) for tag in (0x0110, 0x013B, 0x0132) if tag in exif]
        where = exif.get_ifd(IFD.GPSInfo)
        if 2 in where and 4 in where:
            words.append(f"taken at {_degrees(where[2])} {where[1]} {_degrees(where[4])} {where[3]}")
        if "comment" in image.info:
            words.append("a comment")
    return ", ".join(words) or "no metadata"


def _degrees(parts: tuple[float, float, float]) -> str:
    return f"{float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600:.3f}°"
