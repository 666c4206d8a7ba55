"""Removes from RTF where it was written: regions in language numbers, and the code page of the author's system."""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.attachments.documents.rtf.tokens import Group, Item, Word
from relay.anonymise.attachments.regions import number_without_region

# RTF 1.9.1: \lang, \langfe, \langnp, \langfenp, \alang, \deflang, \deflangfe, \adeflang, \themelang, \stshflang …
_LANGUAGE = re.compile(r"(?:a|def|adef|theme|stshf)?lang(?:np|fe|fenp|cs)?")
_CHARSETS = frozenset({"mac", "pc", "pca"})
_HEADER = 40
"""Items of the outermost group within which its charset stands."""


def without_region(word: Word) -> Word:
    """A language word with the number of the language alone; any other word as it is."""
    if word.number is None or not _LANGUAGE.fullmatch(word.name):
        return word
    return replace(word, number=number_without_region(word.number))


def neutral_charset(document: Group) -> None:
    """Name the same charset in every document. Its text has been decoded, and is written in ASCII."""
    items: list[Item] = []
    for place, item in enumerate(document.items):
        if isinstance(item, Word) and place < _HEADER:
            if item.name == "ansicpg":
                items.append(Word("ansicpg", 1252))
                continue
            if item.name in _CHARSETS:
                items.append(Word("ansi"))
                continue
        items.append(item)
    document.items = items
