"""Takes out of a link what identifies who sent, found or opened it, and leaves what it needs to open."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

from relay.anonymise.links.services import LinkServices


class Pieces(NamedTuple):
    """Everything of a link behind its host (RFC 3986 3): ``query`` and ``fragment`` with the sign before them, "" where
    there is none."""

    path: str
    query: str
    fragment: str


def pieces_of(rest: str) -> Pieces:
    """The pieces of what stands behind a host."""
    head, mark, fragment = rest.partition("#")
    path, sign, query = head.partition("?")
    return Pieces(path, sign + query, mark + fragment)


def parameters(query: str) -> list[tuple[str, str]]:
    """(name in lower case, the parameter as written) of each parameter; "&amp;" separates like "&"."""
    pieces = query.replace("&amp;", "&").split("&")
    return [(unquote(piece.partition("=")[0]).lower(), piece) for piece in pieces]


def without_identifiers(rest: str, host: str, services: LinkServices) -> tuple[str, str]:
    """(host, rest) of a link without what identifies somebody; ``host`` is in lower case. Both are as they were where
    nothing had to go."""
    path, query, fragment = pieces_of(rest)
    zones = services.time_zones if "calendar" in host + path else frozenset()

    def is_tracking(name: str) -> bool:
        return services.tracking.hold(name) or name in zones

    for service in services.services_by_place.find(host, rest):
        host, path = service.at or host, service.cut.sub("", path) if service.cut else path
        query = _without(query, service.parameters.hold)
    return host, path + _without(query, is_tracking) + _without(fragment, is_tracking)


def _without(piece: str, drops: Callable[[str], bool]) -> str:
    """A query or fragment without some of its parameters; all of it goes when none is left."""
    if len(piece) < 2 or "=" not in piece:
        return piece
    named = parameters(piece[1:])
    kept = [written for name, written in named if not drops(name)]
    if len(kept) == len(named):
        return piece
    return piece[0] + "&".join(kept) if kept else ""
