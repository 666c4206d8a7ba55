"""Parses Authentication-Results: a mail server's results on the origin of a letter (RFC 8601)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST = 16_384
_MOST = 100
_COMMENTS_DEPTH = 20
_RESULT = re.compile(r"(?P<method>[a-z0-9-]+)(?:\s*/\s*[0-9]+)?\s*=\s*(?P<result>[a-z0-9-]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\s+(?P<key>[a-z0-9_-]+(?:\s*\.\s*[a-z0-9_-]+)?)\s*=\s*(?P<value>[^\s;]*)", re.IGNORECASE)
"""ptype.property=value; also without a ptype, as in reason= and in Microsoft's action=."""


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method's result: ``method`` "spf", "dkim", "dmarc" …, ``result`` "pass", "fail", "none" …; ``properties``
    such as {"header.d": "example.org"}. All in lower case."""

    method: str
    result: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """One whole field. ``server`` is its authserv-id, lower case; "" where it begins with a result, as Microsoft 365
    writes it."""

    server: str
    method_results: tuple[MethodResult, ...]


def read_results(value: str) -> Results | None:
    """Parse the value of one Authentication-Results field. None when it breaks the grammar: the trusted server writes
    it correctly, and a guess could be forged."""
    plain = without_comments(value) if len(value) <= _LONGEST else None
    if plain is None:
        return None
    items = [item.strip() for item in plain.split(";")]
    words = [""] if _RESULT.match(items[0]) else items.pop(0).split()
    if not 1 <= len(words) <= 2 or words[1:] not in ([], ["1"]) or len(items) > _MOST:
        return None
    found = [_method_result(item) for item in items if item and item.lower() != "none"]
    if None in found:
        return None
    return Results(_unquoted(words[0]).lower(), tuple(one for one in found if one is not None))


def _method_result(item: str) -> MethodResult | None:
    begin = _RESULT.match(item)
    if begin is None:
        return None
    at, properties = begin.end(), {}
    while one := _PROPERTY.match(item, at):
        key = "".join(one["key"].split()).lower()
        if key in properties:
            return None
        properties[key] = _unquoted(one["value"]).lower()
        at = one.end()
    return MethodResult(begin["method"].lower(), begin["result"].lower(), properties) if not item[at:].strip() else None


_HIDDEN = {" ": "\ue000", ";": "\ue001", "\t": "\ue002"}
"""Characters of a quoted string that would otherwise be structure, and their placeholders during parsing."""


def without_comments(value: str) -> str | None:
    """The value without comments and quotes, with quoted blanks and semicolons replaced by placeholders. None when a
    comment or a quoted string does not end."""
    found: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in value.replace("\r\n", " "):
        if escaped:
            escaped = False
            if quoted:
                found.append(_HIDDEN.get(char, char))
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = char != '"'
            if quoted:
                found.append(_HIDDEN.get(char, char))
        elif char == "(":
            depth += 1
            if depth > _COMMENTS_DEPTH:
                return None
        elif char == ")" and depth:
            depth -= 1
            found.append("" if depth else " ")
        elif depth:
            continue
        elif char == '"':
            quoted = True
        else:
            found.append(char)
    return None if depth or quoted or escaped else "".join(found)


def _unquoted(text: str) -> str:
    for char, hidden in _HIDDEN.items():
        text = text.replace(hidden, char)
    return text
