"""Which addresses are spellings of one mailbox: dots and tags of Gmail, and tags where the operator says so."""

from __future__ import annotations

from collections.abc import Collection

GOOGLE = frozenset({"gmail.com", "googlemail.com"})
"""Two names of one domain. Neither dots in the local part count nor what follows a plus sign (Gmail Help, "Dots don't
matter in Gmail addresses")."""


def mailbox_of(address: str) -> str:
    """The mailbox that ``address`` would be a spelling of: its local part without a tag (RFC 5233), and for Gmail
    without dots, at gmail.com. Lower case."""
    local, _, domain = address.lower().rpartition("@")
    bare = local.partition("+")[0] or local
    if domain not in GOOGLE:
        return f"{bare}@{domain}"
    return f"{bare.replace('.', '') or bare}@gmail.com"


def other_spellings(address: str, plus_tags: Collection[str]) -> str:
    """The mailbox by which an author with ``address`` may be known, too; "" where only the address itself counts.
    ``plus_tags`` are the domains at which a tag after a plus sign makes no other mailbox, in lower case."""
    domain = address.rpartition("@")[2].lower()
    return mailbox_of(address) if domain in GOOGLE or domain in plus_tags else ""


def is_same(author: str, address: str, plus_tags: Collection[str]) -> bool:
    """Whether ``author`` writes from ``address`` or from another spelling of its mailbox."""
    mailbox = other_spellings(author, plus_tags)
    return author.lower() == address.lower() or (mailbox != "" and mailbox == mailbox_of(address))
