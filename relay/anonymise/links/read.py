"""Reads one link of the web: unwraps it, and takes out what tells who follows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from relay.anonymise.links.carriers import LONGEST, carried_target, safe_target
from relay.anonymise.links.services import LinkServices, Wrapper, link_services

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
    target is known to nobody but the gateway of one customer, so that what is left may not open.
    """

    url: str
    changed: bool = False
    closed: bool = False


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
            return Reading(_site(parts, wrapper), changed=True, closed=True)
        if inner is None:
            break
        target = seen = inner
    clean = without_tracking(target, services)
    return Reading(clean, changed=clean != url)


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
    for wrapper in services.wrappers.find(parts.host):
        if wrapper.path is None or wrapper.path.match(parts.rest or "/"):
            return wrapper
    return None


def without_leftovers(url: str) -> str:
    """A link with what is left of quoted-printable decoded, where some is left for certain."""
    if not _LEFTOVER.search(url):
        return url
    return _QUOTED.sub(lambda code: chr(int(code[1], 16)), _BREAK.sub("", url))


def without_tracking(url: str, services: LinkServices) -> str:
    """A link without the parameters that identify a reader or a click."""
    start = min((at for at in (url.find("?"), url.find("#")) if at >= 0), default=-1)
    if start < 0 or "=" not in url:
        return url
    head, mark, fragment = url.partition("#")
    place, sign, query = head.partition("?")
    zones = services.time_zones if "calendar" in place else frozenset()
    kept = _untracked(query, services, zones)
    parts = (place, sign + kept if kept or (sign and not query) else "", mark + _untracked(fragment, services, zones))
    return "".join(parts[:2]) + (parts[2] if parts[2] != "#" or not fragment else "")


def parameters(query: str) -> list[tuple[str, str]]:
    """(name in lower case, the parameter as written) of each parameter; "&amp;" separates like "&"."""
    pieces = query.replace("&amp;", "&").split("&")
    return [(unquote(piece.partition("=")[0]).lower(), piece) for piece in pieces]


def _untracked(query: str, services: LinkServices, zones: frozenset[str]) -> str:
    if "=" not in query:
        return query
    named = parameters(query)
    kept = [
        piece
        for name, piece in named
        if not (name in services.tracking or name in zones or name.startswith(services.tracking_prefixes))
    ]
    return query if len(kept) == len(named) else "&".join(kept)


def _target(parts: Split, wrapper: Wrapper) -> str | None:
    head = parts.rest.partition("#")[0]
    query: dict[str, str] = {}
    for name, piece in parameters(head.partition("?")[2]):
        query.setdefault(name, piece.partition("=")[2])
    for carrier in wrapper.carriers:
        # A fragment belongs to the target where the target is the end of the link.
        target = carried_target(carrier, parts.rest, query)
        if target is not None:
            return target
    return None


def _site(parts: Split, wrapper: Wrapper) -> str:
    """The first page of the target's host, where the link names that; else ""."""
    if not wrapper.site:
        return ""
    query = parts.rest.partition("#")[0].partition("?")[2]
    host = next((piece.partition("=")[2] for name, piece in parameters(query) if name == wrapper.site), "")
    return safe_target(f"https://{unquote(host)}/") or ""
