"""Cleans the values of a PDF that are no dictionaries or streams: texts, strings for programs, languages, numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, Stream, String

from relay.anonymise.attachments.regions import tag_without_region

if TYPE_CHECKING:
    from relay.anonymise.attachments.documents.pdf.tree import Tree

_PLAIN_DEPTH = 6
# Word boundaries in a font's name: "JaneWhitcombe-Regular".
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+")

Value = Object | int | float | bool | None


def is_plain(value: Value, depth: int = 0) -> bool:
    """Whether a value is a number, name or boolean, or a list of them."""
    if isinstance(value, Array):
        return depth < _PLAIN_DEPTH and all(is_plain(item, depth + 1) for item in value)
    return not isinstance(value, String | Dictionary | Stream)


def plain(_tree: Tree, value: Value) -> Value:
    """Numbers, names and booleans, and lists of them; None for anything else."""
    return value if is_plain(value) else None


def font_name(tree: Tree, value: Value) -> Value:
    """A font's name; a neutral one if it contains an identity, as that of a handwriting font."""
    if not isinstance(value, Name):
        return None
    # Names need not be UTF-8: many fonts use their country's charset.
    parts = _JOINT.sub(" ", value.unparse().decode("latin-1"))
    return Name("/Font") if tree.cleaning.redactor.find(parts) else value


def language(_tree: Tree, value: Value) -> Value:
    """A language (14.9.2) without its region; None for what is no language."""
    tag = tag_without_region(str(value)) if isinstance(value, String) else ""
    return String(tag) if tag else None


def octets(tree: Tree, value: Value) -> Value:
    """A string for programs; None when it contains an identity."""
    if isinstance(value, Array):
        return Array([new for item in value if (new := octets(tree, item)) is not None])
    if isinstance(value, String):
        return None if tree.cleaning.redactor.find(str(value)) else value
    return plain(tree, value)


def words(tree: Tree, value: Value) -> Value:
    """A text for people, without identities."""
    if isinstance(value, String):
        text = str(value)
        clean = tree.text(text)
        return value if clean == text else String(clean)
    if isinstance(value, Stream):
        content = value.read_bytes()
        tree.cleaning.room.take(len(content))
        return String(tree.text(str(String(content))))
    if isinstance(value, Array):
        return Array([new for item in value if (new := words(tree, item)) is not None])
    return plain(tree, value)
