"""Packs a member's copy: one ZIP file with a page, the letters, and the same data for programs; or several that a mail
can carry."""

from __future__ import annotations

import asyncio
import json
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from relay.mentoring.member_copy.contents import Contents, CopiedLetter, CopiedPair
from relay.mentoring.member_copy.page import Page
from relay.mentoring.member_copy.told import Told
from relay.store import ConsentShown

_ROOM_FOR_PAGE = 64 * 1024
"""Octets left for the page and the data, packed."""
_PER_FILE = 400
_MOST_PARTS = 16
"""As many mails hold letters with their files; of further letters only the words are there."""


async def written(contents: Contents, letters: AsyncIterator[CopiedLetter], page: Page, file: BinaryIO) -> int:
    """Write the copy to ``file`` as one ZIP file, a letter at a time. Returns how many letters are in it."""
    part = _Part(contents, file)
    async for letter in letters:
        await asyncio.to_thread(part.add, letter)
    await asyncio.to_thread(part.close, page, 1, 1)
    return len(part.letters)


async def packed(contents: Contents, letters: AsyncIterator[CopiedLetter], page: Page, room: int) -> list[bytes]:
    """The copy as ZIP files of at most about ``room`` octets each. Of a letter that alone is larger than that, and of
    those after the last file, only the words are there. All but letters is in the first.
    """
    files = [BytesIO()]
    parts = [_Part(contents, files[0])]
    used, total = _ROOM_FOR_PAGE, 0
    async for letter in letters:
        kept, size = letter, await asyncio.to_thread(_size, letter)
        if size + _ROOM_FOR_PAGE > room or total + size > _MOST_PARTS * room:
            kept = replace(letter, content=b"", whole=False)
            size = _size(kept)
        total += size
        if used + size > room and parts[-1].letters:
            files.append(BytesIO())
            parts.append(_Part(contents, files[-1]))
            used = _ROOM_FOR_PAGE
        await asyncio.to_thread(parts[-1].add, kept)
        used += size
    for at, part in enumerate(parts, 1):
        await asyncio.to_thread(part.close, page, at, len(parts))
    return [file.getvalue() for file in files]


class _Part:
    """One ZIP file. Each letter is written when it comes; then its words are kept for the page, and not its octets."""

    def __init__(self, contents: Contents, file: BinaryIO) -> None:
        self.letters: list[CopiedLetter] = []
        self._contents = contents
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)

    def add(self, letter: CopiedLetter) -> None:
        """Write a letter."""
        if letter.content:
            self._archive.writestr(self._entry(letter.name), letter.content, zipfile.ZIP_DEFLATED)
        self.letters.append(replace(letter, content=b""))

    def close(self, page: Page, part: int, parts: int) -> None:
        """Write the page and the data, a letter at a time, and finish the file."""
        self._write("index.html", page.pieces(self.letters, part, parts))
        self._write("data.json", _json(data_of(self._contents, self.letters, first=part == 1)))
        self._archive.close()

    def _write(self, name: str, pieces: Iterable[str]) -> None:
        entry = self._entry(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(entry, "w") as file:
            for piece in pieces:
                file.write(piece.encode("utf-8", "replace"))

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._contents.made_at.timetuple()[:6])
        entry.external_attr = 0o600 << 16
        return entry


def _json(data: Mapping[str, object]) -> Iterator[str]:
    """``data`` as JSON, in pieces."""
    yield from json.JSONEncoder(ensure_ascii=False, indent=1, default=_plain).iterencode(data)
    yield "\n"


def data_of(contents: Contents, letters: Sequence[CopiedLetter], *, first: bool = True) -> dict[str, object]:
    """The copy for programs: what data.json holds."""
    member = contents.member
    found: dict[str, object] = {"made_at": contents.made_at, "letters": [_letter(one) for one in letters]}
    if not first:
        return found
    return {
        **found,
        "state": member.state,
        "language": contents.manner.language,
        "time_zone": contents.manner.time_zone,
        "discreet": contents.manner.discreet,
        "addresses": [
            {"address": one.address, "proven": one.proven, "suspended_since": one.suspended_since}
            for one in member.addresses
        ],
        "known_as": list(member.known_as),
        "pairs": [_pair(one) for one in contents.pairs],
        "events": [_event(one) for one in contents.told],
    }


def _pair(one: CopiedPair) -> dict[str, object]:
    pair, side = one.part.pair, one.part.side
    own, partner = pair.persona(side), pair.persona(side.other)
    return {
        "pair": pair.id,
        "side": side,
        "state": one.state,
        "created_at": pair.created_at,
        "cohort": one.cohort,
        "you": _persona(own.name, own.alias),
        "partner": _persona(partner.name, partner.alias),
        "consent": [_consent(each) for each in one.consents],
    }


def _consent(shown: ConsentShown) -> dict[str, object]:
    return {
        "of": shown.asks or "member",
        "asked_at": shown.sent_at,
        "version": shown.version,
        "text": shown.text,
        "answer": shown.answer,
        "answered_at": shown.answered_at,
        "reply_sha256": shown.reply,
    }


def _event(one: Told) -> dict[str, object]:
    return {
        "at": one.at,
        "event": one.name,
        "pair": one.pair_id,
        "state": one.state,
        "command": one.command,
        "letter": one.letter,
        "who": one.who,
        "why": one.why,
    }


def _letter(one: CopiedLetter) -> dict[str, object]:
    return {
        "pair": one.pair_id,
        "at": one.at,
        "from_you": one.mine,
        "state": one.state,
        "subject": one.subject,
        "text": one.text,
        "files": [{"name": name, "octets": octets} for name, octets in one.files],
        "calendar_left_out": one.calendar,
        "file": one.name if one.whole else None,
    }


def _persona(name: str, alias: str) -> dict[str, str]:
    return {"name": name, "alias": alias}


def _size(letter: CopiedLetter) -> int:
    """About how many octets a letter takes in the ZIP file: in its own file, in the page and in the data."""
    words = letter.text.encode("utf-8", "replace")
    return len(zlib.compress(letter.content)) + 2 * len(zlib.compress(words)) + _PER_FILE


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    raise TypeError(f"{type(value).__name__} has no JSON form")
