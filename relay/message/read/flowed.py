"""Decodes format=flowed: joins the lines that the sender's program broke (RFC 3676)."""

from __future__ import annotations

import re

_QUOTE = re.compile(r">*")


def unflow(text: str, delete_space: bool) -> str:
    """The text with soft line breaks joined, per quote depth. ``delete_space`` is DelSp=yes."""
    lines: list[str] = []
    depth_before, open_line = 0, False
    for raw in text.split("\n"):
        match = _QUOTE.match(raw)
        depth = match.end() if match else 0
        line = raw[depth:]
        line = line.removeprefix(" ")  # space-stuffing (4.4)
        # The signature separator ends with a space and is never soft (4.3).
        soft = line.endswith(" ") and line != "-- "
        body = line[:-1] if soft and delete_space else line
        if open_line and depth == depth_before and line != "-- ":
            lines[-1] += body
        else:
            lines.append((">" * depth + " " if depth else "") + body)
        open_line, depth_before = soft, depth
    return "\n".join(lines)
