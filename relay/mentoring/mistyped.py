"""Tells which mail domains are probably mistyped: one letter away from that of a provider with many mailboxes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

_SHORT = 8
"""Below this length many a real domain is one letter away; there only two exchanged letters count."""


def probably_meant(domain: str) -> str:
    """The provider's domain that ``domain`` (lower case) is one mistake away from: a letter too many, too few or wrong,
    or two neighbours exchanged. "" when it is a provider's itself, or near to none."""
    known = _by_piece()
    if domain in providers():
        return ""
    near = {one for piece in (domain, *_shorter(domain)) for one in known.get(piece, ())}
    return min((one for one in near if _one_mistake(domain, one) and not _another_country(domain, one)), default="")


@lru_cache(maxsize=1)
def providers() -> frozenset[str]:
    """The domains in mail_providers.toml."""
    table = tomllib.loads(files("relay.mentoring").joinpath("mail_providers.toml").read_text("utf-8"))
    return frozenset(domain for group in table.values() for domain in group)


@lru_cache(maxsize=1)
def _by_piece() -> dict[str, list[str]]:
    """The providers' domains by themselves and by all that is left when one letter is missing."""
    known: dict[str, list[str]] = {}
    for domain in providers():
        for piece in {domain, *_shorter(domain)}:
            known.setdefault(piece, []).append(domain)
    return known


def _shorter(domain: str) -> Iterator[str]:
    return (domain[:place] + domain[place + 1 :] for place in range(len(domain)))


def _one_mistake(typed: str, meant: str) -> bool:
    same = next(
        (place for place, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant))
    )
    rest, wanted = typed[same:], meant[same:]
    exchanged = len(rest) > 1 and rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    missing, added, wrong = rest == wanted[1:], rest[1:] == wanted, rest[1:] == wanted[1:]
    return exchanged or (len(meant) >= _SHORT and (missing or added or wrong))


def _another_country(typed: str, meant: str) -> bool:
    """Whether only the country (ISO 3166, two letters) differs: the provider may have that domain, too."""
    (name, _, country), (other, _, wanted) = typed.rpartition("."), meant.rpartition(".")
    return name == other and len(country) == len(wanted) == 2
