"""Reads one link of the web: unwraps it, and takes out what tells who follows it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from relay.anonymise.links.carriers import LONGEST, carried_target, safe_target
from relay.anonymise.links.identifiers import parameters, pieces_of, without_identifiers
from relay.anonymise.links.services import LinkServices, Service, Wrapper, link_services

MOST_WRAPPED = 6
"""Wrappers around each other that are opened."""

_URL = re.compile(r"(https?)://([^/?#\\@\s]*)((?:[/?#].*)?)\Z", re.IGNORECASE | re.DOTALL)
_PORT = re.compile(r":\d{0,5}\Z")
# What is left of quoted-printable (RFC 2045 6.7) where a program did not decode it.
_LEFTOVER = re.compile(r"[?&][\w.@-]{1,40}=3D")
_QUOTED = re.compile(r"=([0-9A-F]{2})")
_BREAK = re.compile(r"=\r?\n")


class Split(NamedTuple):
    """A link in pieces: ``host`` in lower case, ``rest`` everything behind the host and port."""

    scheme: str
    host: str
    rest: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a link really is.

    ``url`` stands in its place; "" when nothing can. ``changed``: a wrapper or tracking was removed. ``closed``: its
    target is known to nobody but the gateway of one customer, or opens only with what identifies its author, so that
    what is left may not open. ``target``: what it leads to, with all that identifies. ``number`` finds in a letter what
    serves instead of a closed link; ``missed``: somebody would miss it.
    """

    url: str
    changed: bool = False
    closed: bool = False
    target: str = field(default="", compare=False)
    number: re.Pattern[str] | None = field(default=None, compare=False)
    missed: bool = field(default=True, compare=False)

    def is_missed_in(self, text: str) -> bool:
        """Whether somebody would miss a closed link in a letter of this text."""
        return self.missed and not (self.number and self.number.search(text))


NOTHING = Reading("")
"""Of what is no link of the web."""


def read_link(url: str) -> Reading:
    """Read a link that begins with http:// or https://. Anything else comes back as it is, and so does a link with a
    user before its host. Linear in the link; of wrappers in wrappers MOST_WRAPPED are opened."""
    services = link_services()
    seen = without_leftovers(url) if "=3D" in url else url
    target = url
    for depth in range(MOST_WRAPPED + 1):
        parts = split_url(seen)
        wrapper = wrapper_of(parts, services) if parts else None
        if parts is None or wrapper is None:
            break
        inner = _target(parts, wrapper) if depth < MOST_WRAPPED and len(seen) <= LONGEST else None
        if inner is None and wrapper.closes:
            return Reading(_site(parts, wrapper), changed=True, closed=True, target=target)
        if inner is None:
            break
        target = seen = inner
    service = _closed(target, services)
    if service:
        missed = not service.by_program
        return Reading(service.page or "", True, True, target, service.number, missed)
    clean = _clean(target, services)
    return Reading(clean, changed=clean != url, target=target)


def split_url(url: str) -> Split | None:
    """The pieces of a link; None when it is none, or has a user before its host."""
    found = _URL.match(url)
    if found is None or not found[2]:
        return None
    return Split(found[1].lower(), _PORT.sub("", found[2]).lower().rstrip("."), found[3])


def wrapper_of(parts: Split, services: LinkServices) -> Wrapper | None:
    """The gateway or redirector that made a link; None for a page of its host that wraps nothing."""
    if parts.rest in ("", "/"):
        return None
    rest = parts.rest if parts.rest[0] == "/" else "/" + parts.rest
    return next(services.wrappers_by_place.find(parts.host, rest), None)


def _closed(url: str, services: LinkServices) -> Service | None:
    """The service whose link opens for nobody without what identifies; None for every other link."""
    parts = split_url(url)
    if parts is None or len(parts.rest) < 2:
        return None
    rules = services.services_by_place.find(parts.host, parts.rest)
    return next((service for service in rules if service.page is not None), None)


def _clean(url: str, services: LinkServices) -> str:
    """A link without what identifies somebody."""
    parts = split_url(url)
    if parts is None or len(parts.rest) < 2:
        return url
    host, rest = without_identifiers(parts.rest, parts.host, services)
    if (host, rest) == (parts.host, parts.rest):
        return url
    before = url[: len(url) - len(parts.rest)] if host == parts.host else f"{parts.scheme}://{host}"
    return before + rest


def without_leftovers(url: str) -> str:
    """A link with what is left of quoted-printable decoded, where some is left for certain."""
    if not _LEFTOVER.search(url):
        return url
    return _QUOTED.sub(lambda code: chr(int(code[1], 16)), _BREAK.sub("", url))


def _target(parts: Split, wrapper: Wrapper) -> str | None:
    query: dict[str, str] = {}
    for name, piece in parameters(pieces_of(parts.rest).query[1:]):
        query.setdefault(name, piece.partition("=")[2])
    for carrier in wrapper.carriers:
        target = carried_target(carrier, parts.host, parts.rest, query)
        if target is not None:
            return target
    return None


def _site(parts: Split, wrapper: Wrapper) -> str:
    """The first page of the target's host, where the link names that; else ""."""
    if not wrapper.site:
        return ""
    named = parameters(pieces_of(parts.rest).query[1:])
    host = next((piece.partition("=")[2] for name, piece in named if name == wrapper.site), "")
    return safe_target(f"https://{unquote(host)}/") or ""
