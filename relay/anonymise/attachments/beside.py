"""Resolves the references of a web page in an archive to the files beside it: ``<img src="pictures/lake.png">``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote, unquote

_PICTURE = re.compile(
    r"(?P<before><img\b[^<>]{0,2000}?\bsrc\s*=\s*)(?:\"(?P<double>[^\"<>]{1,1000})\"|'(?P<single>[^'<>]{1,1000})'"
    r"|(?P<bare>[^\s\"'<>]{1,1000}))",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|[/\\#?]")
_MEMBER = "member-{}"
_PLACE = re.compile(r' src="cid:member-(\d{1,5})"')


@dataclass(frozen=True, slots=True)
class Beside:
    """The files of an archive, by path in small letters and by number, as a page in ``folder`` refers to them."""

    folder: tuple[str, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)

    def number_of(self, reference: str) -> int | None:
        """The number of the file to which a relative reference leads; None for any other reference."""
        if _ELSEWHERE.match(reference):
            return None
        path = list(self.folder)
        for part in re.split(r"[/\\]", unquote(re.split(r"[?#]", reference, maxsplit=1)[0])):
            if part == ".." and path:
                path.pop()
            elif part not in ("", ".", ".."):
                path.append(part.strip())
        return self.numbers.get("/".join(path).casefold())


def numbered(page: str, beside: Beside) -> tuple[str, list[str]]:
    """The page with a cid: reference in the place of each relative one to a picture beside it; and those references,
    without the "cid:". Linear."""
    met: dict[str, None] = {}

    def cited(found: re.Match[str]) -> str:
        written = found["double"] or found["single"] or found["bare"] or ""
        number = beside.number_of(unescape(written).strip())
        if number is None:
            return found[0]
        cid = _MEMBER.format(number)
        met[cid] = None
        return f'{found["before"]}"cid:{cid}"'

    return (_PICTURE.sub(cited, page) if beside.numbers else page), list(met)


def holds_numbers(page: bytes) -> bool:
    """Whether a cleaned page refers to files by their numbers."""
    return b' src="cid:member-' in page


def named(page: bytes, path: str, pictures: Sequence[str | None]) -> bytes:
    """The page, whose path is now ``path``, with the paths of the pictures in the place of their numbers: one for each
    file of the archive, None for one that is no picture or was left out."""
    folder = posixpath.dirname(path) or "."

    def placed(found: re.Match[str]) -> str:
        number = int(found[1])
        target = pictures[number] if number < len(pictures) else None
        return f' src="{quote(posixpath.relpath(target, folder))}"' if target else ' src=""'

    return _PLACE.sub(placed, page.decode("utf-8")).encode("utf-8")
