"""Tells which links show their owner, such as a shared file, and which only programs write."""

from __future__ import annotations

from dataclasses import dataclass

from relay.anonymise.identities import Redactor
from relay.anonymise.links.clean import is_replaced
from relay.anonymise.links.read import split_url
from relay.anonymise.links.services import link_services


@dataclass(frozen=True, slots=True)
class Owner:
    """A link that shows its owner. ``by``: "address", when the link itself names a person or an organisation; "page",
    when what it opens does. ``kind`` is that of a doubt (relay.model.Doubt); ``product`` whose link it is."""

    by: str
    kind: str
    product: str


def by_program(url: str) -> bool:
    """Whether only programs write such a link: nobody would miss it."""
    parts = split_url(url)
    rules = link_services().services_by_place.find(parts.host, parts.rest or "/") if parts else ()
    return any(service.by_program for service in rules)


def shows_owner(url: str, redactor: Redactor | None = None) -> Owner | None:
    """What a link that was read (read_link) shows of its owner; None when it shows nobody, or the pseudonym that the
    redactor put there. Nothing is opened: the answer is that of services.toml."""
    parts = split_url(url)
    if parts is None or (redactor and is_replaced(url, redactor)):
        return None
    share = next(link_services().shares_by_place.find(parts.host, parts.rest or "/"), None)
    return Owner(share.by, share.kind, share.told.product) if share else None
