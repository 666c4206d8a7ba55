"""Links: unwraps them, takes out what identifies somebody, and tells which show their owner.

What is known of gateways, redirectors and services is in services.toml.
"""

from __future__ import annotations

from relay.anonymise.links.clean import Link, clean_link
from relay.anonymise.links.in_files import BrokenLinks, clean_link_of_file
from relay.anonymise.links.in_text import find, in_own_words
from relay.anonymise.links.owners import Owner, by_program, shows_owner

__all__ = [
    "BrokenLinks",
    "Link",
    "Owner",
    "by_program",
    "clean_link",
    "clean_link_of_file",
    "find",
    "in_own_words",
    "shows_owner",
]
