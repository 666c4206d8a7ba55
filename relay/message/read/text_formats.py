"""Converts format=flowed (RFC 3676), text/enriched (RFC 1896) and text/richtext (RFC 1341 7.1.3) to plain text."""

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


_ENRICHED = re.compile(r"<<|<(/?)([A-Za-z0-9-]{1,60})>|\n+|[^<\n]+|<")
_UNSEEN = frozenset({"param", "comment"})
_RICH_SIGNS = {"lt": "<", "nl": "\n", "paragraph": "\n\n", "/paragraph": "\n\n", "np": "\n\n"}


def enriched_to_text(text: str) -> str:
    """text/enriched as plain text: a single line end joins lines, n line ends become n - 1."""
    out: list[str] = []
    unseen = unfilled = 0
    for token in _ENRICHED.finditer(text):
        word, name = token[0], (token[2] or "").lower()
        change = -1 if token[1] else 1
        if name in _UNSEEN:
            unseen = max(0, unseen + change)
        elif name == "nofill":
            unfilled = max(0, unfilled + change)
        elif name or unseen:
            continue
        elif word == "<<":
            out.append("<")
        elif word[0] == "\n" and not unfilled:
            out.append(" " if word == "\n" else word[1:])
        else:
            out.append(word)
    return "".join(out)


def richtext_to_text(text: str) -> str:
    """The older text/richtext as plain text: only <nl> and <paragraph> end a line."""
    out: list[str] = []
    unseen = 0
    for token in _ENRICHED.finditer(text):
        word, name = token[0], (token[1] or "") + (token[2] or "").lower()
        if name in ("comment", "/comment"):
            unseen = max(0, unseen + (-1 if token[1] else 1))
        elif unseen:
            continue
        elif name:
            out.append(_RICH_SIGNS.get(name, ""))
        else:
            out.append(re.sub(r"\n+", " ", word))
    return re.sub(r" *\n *", "\n", "".join(out)).strip("\n")
