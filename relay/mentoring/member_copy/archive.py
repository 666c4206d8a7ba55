"""Packs a member's copy: one ZIP file with a page, the letters, and the same data for programs; or several that a mail
can carry."""

from __future__ import annotations

import asyncio
import json
import zipfile
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO

from relay.mentoring.member_copy.contents import Contents, CopiedLetter, CopiedPair
from relay.mentoring.member_copy.page import Page
from relay.mentoring.member_copy.told import Told
from relay.store import ConsentShown

_ROOM_FOR_PAGE = 64 * 1024
"""Octets left for the page and the data, packed."""
_PER_FILE = 400
_MOST_PARTS = 8
"""As many mails hold letters with their files; of further letters only the words are there."""


async def packed(
    contents: Contents, letters: AsyncIterator[CopiedLetter], page: Page, room: int | None = None
) -> list[bytes]:
    """The copy as ZIP files of at most about ``room`` octets each; None: as one. Of a letter that alone is larger
    than that, and of those after the eighth file, only the words are there. All but letters is in the first.
    """
    groups: list[list[CopiedLetter]] = [[]]
    used, total = _ROOM_FOR_PAGE, 0
    async for letter in letters:
        kept, size = letter, await asyncio.to_thread(_size, letter)
        if room is not None and (size + _ROOM_FOR_PAGE > room or total + size > _MOST_PARTS * room):
            kept = replace(letter, content=b"")
            size = _size(kept)
        total += size
        if room is not None and used + size > room and groups[-1]:
            groups.append([])
            used = _ROOM_FOR_PAGE
        groups[-1].append(kept)
        used += size
    count = len(groups)
    return [await asyncio.to_thread(_zip, contents, group, page, at, count) for at, group in enumerate(groups, 1)]


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


def _zip(contents: Contents, letters: Sequence[CopiedLetter], page: Page, part: int, parts: int) -> bytes:
    octets = BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        data = json.dumps(data_of(contents, letters, first=part == 1), ensure_ascii=False, indent=1, default=_plain)
        _add(archive, "index.html", page.written(letters, part, parts).encode("utf-8", "replace"), contents)
        _add(archive, "data.json", f"{data}\n".encode("utf-8", "replace"), contents)
        for letter in letters:
            if letter.content:
                _add(archive, letter.name, letter.content, contents)
    return octets.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, contents: Contents) -> None:
    entry = zipfile.ZipInfo(name, contents.made_at.timetuple()[:6])
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


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
        "file": one.name if one.content else None,
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
