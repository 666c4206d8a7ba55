"""Finds what may not stand in the XML of a document, in one pass over its tags, without building a tree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from relay.anonymise.leak_check.forms.reading import need

_BEGIN = re.compile(rb"<\?xml version='1\.0' encoding='UTF-8' standalone='yes'\?>\n<(?![?!])")
# Comments, processing instructions, declarations.
_OTHER = re.compile(rb"<[?!]")


def prove_markup(content: bytes) -> None:
    """Raise NotOurForm unless it is UTF-8 with a declaration and without comments, processing instructions, document
    types and CDATA sections."""
    begin = _BEGIN.match(content)
    need(begin and not _OTHER.search(content, begin.end()), "a comment or declaration")


def attributes_of(names: str) -> re.Pattern[bytes]:
    """Finds an attribute with one of these names, in any namespace. A name that ends in "*" stands for a beginning.
    A quotation mark cannot stand in a value, so each match is an attribute."""
    several = "|".join(re.escape(name).replace(r"\*", r"\w*") for name in names.split())
    return re.compile(rf'<[^<>]*?[ \n](?:[\w.-]+:)?(?:{several})="([^"]*)'.encode())


def elements_of(names: str) -> re.Pattern[bytes]:
    """Finds the start of an element with one of these names, in any namespace."""
    return re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(names.split())})[ />]".encode())


def need_only(form: re.Pattern[bytes], content: bytes, allowed: Iterable[bytes], what: str) -> None:
    """Raise NotOurForm when an attribute found by ``form`` has another value than those ``allowed``."""
    values = frozenset(allowed)
    need(all(found[1] in values for found in form.finditer(content)), what)
