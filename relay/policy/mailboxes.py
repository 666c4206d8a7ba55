"""Addresses that mean the same mailbox: with dots and tags at Gmail, with tags at domains the operator lists."""

from __future__ import annotations

from collections.abc import Collection

GOOGLE = frozenset({"gmail.com", "googlemail.com"})
"""Two names of one domain. Dots in the local part and the tag after a plus sign do not count (Gmail Help, "Dots don't
matter in Gmail addresses")."""


def mailbox_of(address: str) -> str:
    """The mailbox of ``address`` if tags do not count: the local part without its tag (RFC 5233), and for Gmail also
    without dots, at gmail.com. In lower case."""
    local, _, domain = address.lower().rpartition("@")
    bare = local.partition("+")[0] or local
    if domain not in GOOGLE:
        return f"{bare}@{domain}"
    return f"{bare.replace('.', '') or bare}@gmail.com"


def other_spellings(address: str, plus_tags: Collection[str]) -> str:
    """The mailbox (``mailbox_of``) by which an author with ``address`` may be registered; "" where only the address
    itself counts. ``plus_tags``: domains, in lower case, where the tag after a plus sign does not count."""
    domain = address.rpartition("@")[2].lower()
    return mailbox_of(address) if domain in GOOGLE or domain in plus_tags else ""


def is_same(author: str, address: str, plus_tags: Collection[str]) -> bool:
    """Whether ``author`` writes from ``address`` or from another spelling of its mailbox."""
    mailbox = other_spellings(author, plus_tags)
    return author.lower() == address.lower() or (mailbox != "" and mailbox == mailbox_of(address))
