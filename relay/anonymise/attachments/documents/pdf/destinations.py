"""Keeps the destinations of a PDF: places in the document itself, and their names (ISO 32000-2 12.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, String

from relay.anonymise.attachments.documents.pdf.values import Value, is_plain
from relay.anonymise.identities import replaced

if TYPE_CHECKING:
    from relay.anonymise.attachments.documents.pdf.tree import Tree


def cleaned_destination(tree: Tree, value: Value) -> Value:
    """A place in this document, or its name; None for anything else."""
    if isinstance(value, Dictionary):
        value = value.get("/D")
    if isinstance(value, String):
        words = str(value)
        found = tree.cleaning.redactor.find(words)
        return String(replaced(words, found)) if found else value
    if isinstance(value, Name):
        return None if tree.names_author(str(value)) else value
    if isinstance(value, Array) and len(value) > 0:
        items: list[Value] = list(value)
        page, rest = items[0], items[1:]
        if isinstance(page, int) or (isinstance(page, Dictionary) and page.objgen in tree.pages):
            return value if all(is_plain(item) for item in rest) else None
    return None


def cleaned_destinations(tree: Tree, value: Value) -> Value:
    """The name tree of destinations (7.9.6), rewritten as one sorted list; None when none is left. Raises
    CannotAnonymise when it exceeds the limits."""
    places: dict[bytes, Value] = {}
    waiting, seen = [value], {(0, 0)}
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen)
        kids, names = node.get("/Kids"), node.get("/Names")
        waiting.extend(kids if isinstance(kids, Array) else ())
        items = list(names) if isinstance(names, Array) else []
        tree.count_items(len(items))
        for name, place in zip(items[::2], items[1::2], strict=False):
            clean, at = cleaned_destination(tree, name), cleaned_destination(tree, place)
            if isinstance(clean, String) and at is not None:
                places[bytes(clean)] = at
    pairs = [part for name in sorted(places) for part in (String(name), places[name])]
    return Dictionary(Names=Array(pairs)) if pairs else None
