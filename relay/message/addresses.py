"""Mailboxes in address fields, and the one form in which addresses are compared (RFC 5322 3.4)."""

from __future__ import annotations

import re
import unicodedata

import idna

_COMMENT_DEPTH = 20
_SPEC = re.compile(r"[^<>@,;:\s]+@[^<>@,;:\s]+$")
_COMMENT = re.compile(r"\(([^()]{1,200})\)")
_WORD = r"""[^\s"\\<>@,;:()]++"""
# One mailbox as nearly every program writes it: nothing in it needs to be understood.
_ORDINARY = re.compile(
    rf"""[ \t]*(?:(?:"[^"\\<>@,;:()]*+"|{_WORD}(?:[ ]{_WORD})*+)?[ \t]*<({_WORD}@{_WORD})>|({_WORD}@{_WORD}))[ \t]*"""
)
_QUOTED_PLAIN = re.compile(r'"([A-Za-z0-9!#$%&\'*+/=?^_`{|}~.-]+)"@')


def normalise(address: str) -> str:
    """The form in which addresses are compared: lower case, NFC, the domain as A-labels (RFC 5890).

    Raises ValueError when there is no local part or domain.
    """
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    if not at or not local or not domain:
        raise ValueError("an address looks like name@example.org")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError("the part after the @ is not a domain name") from error
    return f"{local.lower()}@{domain.lower().rstrip('.')}"


def mailboxes(field: str) -> list[str]:
    """The addr-specs of an address-list field, in the order written, normalised.

    Comments, display names and group names are left out. What is no address gives "", so that a caller who needs
    exactly one author sees that there was something else.
    """
    ordinary = _ORDINARY.fullmatch(field)
    if ordinary is not None:
        try:
            return [normalise(ordinary[1] or ordinary[2])]
        except ValueError:
            return [""]
    found: list[str] = []
    for item in _items(field):
        inside = re.search(r"<([^<>]*)>", item)
        # A source route says nothing about who it is (RFC 5322 4.4).
        spec = inside.group(1).rpartition(":")[2] if inside else item
        spec = re.sub(r"\s+", "", _QUOTED_PLAIN.sub(r"\1@", spec.strip()))
        if not spec and not item.strip():
            continue
        bad = (inside is None and re.search(r"\S\s+\S", item.strip())) or item.count("<") > 1 or not _SPEC.match(spec)
        try:
            found.append("" if bad else normalise(spec))
        except ValueError:
            found.append("")
    return found


def _items(field: str) -> list[str]:
    """The field cut at its commas and semicolons, without comments, display-name quotes and group names."""
    items, item, depth, angle, quoted, escaped = [], [""], 0, False, False, False
    for char in field:
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
            continue
        elif quoted:
            quoted = char != '"'
        elif char == "(" and depth < _COMMENT_DEPTH:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            continue
        elif depth:
            pass
        elif char == '"':
            quoted = True
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" and not angle:
            items.append("".join(item))
            item = [""]
            continue
        elif char == ":" and not angle:
            item = [""]
            continue
        if not depth:
            item.append(_neutral(char) if quoted and char != '"' else char)
    items.append("".join(item))
    return [re.sub(r'"[^"]*"\s*(?=<)', "", i) for i in items]


def _neutral(char: str) -> str:
    """Inside quotes no character may look like structure."""
    return "_" if char in '<>@,;:"' else char


def display_names(field: str) -> list[str]:
    """The names people see in an address-list field whose encoded words are already decoded, comments among them
    ("jane@example.org (Jane Doe)", RFC 5322 3.4)."""
    comments = [c.strip() for c in _COMMENT.findall(field) if "@" not in c and c.strip()]
    field = _COMMENT.sub(" ", field)
    names: list[str] = []
    kept = ""
    for item in field.split(","):
        # "Doe, Jane <jane@example.org>": what is no address yet belongs to the name that follows.
        kept = f"{kept},{item}" if kept else item
        if "@" in item or "<" in item:
            names.append(re.sub(r"\s*<[^<>]*>.*", "", kept, flags=re.DOTALL).strip(" \"'"))
            kept = ""
    return [*(n for n in names if n and "@" not in n), *comments]
