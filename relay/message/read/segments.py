"""Joins the parts of a letter's body: texts, pages, and the pictures between them."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from relay.message.read.html_to_text import html_to_text
from relay.model import Attachment

PLACED = "placed-"
"""Content-IDs of pictures that stood between two parts of the text begin so."""

_CITED = re.compile(r"""cid:([^"'\s<>)]{1,300})""", re.IGNORECASE)
_SHOWN = frozenset(
    str.split(
        "image/jpeg image/jpg image/pjpeg image/png image/x-png image/gif image/webp image/bmp image/heic image/heif"
    )
)
"""Pictures that every mail program shows, and those that relay converts to one."""
_PICTURE_NAME = re.compile(r".{1,200}\.(?:jpe?g|png|gif|webp|heic|heif)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the body: its plain text, its HTML, or both; or a picture that stands there."""

    plain: str | None = None
    markup: str | None = None
    picture: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """One plain and one HTML body; ``plain`` is None when it must be made from the HTML. ``placed`` are the pictures
    that the HTML shows where they stood, with the Content-ID it cites each by."""

    plain: str | None
    markup: str | None
    placed: tuple[tuple[Attachment, str], ...] = ()


def can_stand(kind: str, disposition: str, name: str | None) -> bool:
    """Whether such a part, between parts of the text, is shown there (RFC 2183 2.1)."""
    unknown = kind == "application/octet-stream" and name is not None and _PICTURE_NAME.fullmatch(name) is not None
    return disposition == "inline" and (kind in _SHOWN or unknown)


def joined(segments: Sequence[Segment]) -> Body:
    """One body from all segments, in their order. Pictures after the last words, and those that the HTML cites itself,
    are left where they are: among the attachments."""
    segments = _with_places(segments)
    if not segments:
        return Body("", None)
    if len(segments) == 1:
        return Body(segments[0].plain, segments[0].markup)
    if all(one.markup is None and one.picture is None for one in segments):
        return Body(_texts(segments), None)
    placed = tuple((one.picture, _content_id(one.picture)) for one in segments if one.picture is not None)
    markup = "\n".join(_markup(one) for one in segments)
    if all(one.plain is not None or one.picture is not None for one in segments):
        return Body(_texts(segments), markup, placed)
    words = [one for one in segments if one.picture is None]
    plain = [one.plain if one.plain is not None else html_to_text(one.markup or "") for one in words]
    return Body("\n".join(plain), markup, placed)


def _with_places(segments: Sequence[Segment]) -> Sequence[Segment]:
    """The segments with only those pictures that stand before or between words."""
    if not any(one.picture for one in segments):
        return segments
    cited = {unquote(html.unescape(cid)) for one in segments for cid in _CITED.findall(one.markup or "")}
    last = max((at for at, one in enumerate(segments) if _says_something(one)), default=0)
    return [
        one
        for at, one in enumerate(segments)
        if one.picture is None or (at < last and one.picture.content_id not in cited)
    ]


def _says_something(segment: Segment) -> bool:
    if segment.picture is not None:
        return False
    return bool((segment.plain or "").strip() or (segment.markup and html_to_text(segment.markup).strip()))


def _content_id(picture: Attachment) -> str:
    return f"{PLACED}{zlib.crc32(picture.content):08x}"


def _texts(segments: Sequence[Segment]) -> str:
    return "\n".join(one.plain.rstrip("\n") + "\n" for one in segments if one.plain)


def _markup(segment: Segment) -> str:
    if segment.picture is not None:
        return f'<div><img src="cid:{_content_id(segment.picture)}"></div>'
    return segment.markup if segment.markup is not None else _as_html(segment.plain or "")


def _as_html(text: str) -> str:
    lines = html.escape(text.strip("\n"), quote=False)
    return f'<div style="white-space:pre-wrap">{lines}</div>'
