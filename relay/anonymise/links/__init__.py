"""Links: unwraps them, takes out what identifies somebody, and tells which may not open any more."""

from __future__ import annotations

from relay.anonymise.links.clean import Link, clean_link
from relay.anonymise.links.in_text import find, in_own_words

__all__ = ["Link", "clean_link", "find", "in_own_words"]
