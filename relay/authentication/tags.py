"""Parses ``tag=value; tag=value`` lists of DKIM, ARC and DMARC (RFC 6376 3.2)."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def tags(text: str) -> dict[str, str] | None:
    """The values by name, without surrounding blanks; None when the list is malformed or a name is repeated."""
    found: dict[str, str] = {}
    for item in text.rstrip("; \t\r\n").split(";"):
        name, equals, value = item.partition("=")
        name = name.strip(" \t\r\n")
        if not equals or not _NAME.fullmatch(name) or name in found:
            return None
        found[name] = value.strip(" \t\r\n")
    return found
