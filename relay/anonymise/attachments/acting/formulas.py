"""Finds what a spreadsheet's formula may fetch, open or run (OWASP, "CSV Injection"; ECMA-376 part 1, 18.17)."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

_STRING = re.compile(r'"[^"]*"')
# A file or service outside of the document: '\\host\[book.xls]Sheet'!A1, 'http://host/a.ods'#$Sheet1.A1, a DDE link.
_OUTSIDE = re.compile(r"[\\/:\]][^'\"\\/:]{0,300}'\s{0,3}[!#]|\|")
_CALL = re.compile(r"([^\W\d][\w.]{0,99})\s{0,9}\(")
_TO_THE_WEB = re.compile(
    r"\s*(?:of:|oooc:|msoxl:)?=?\s*(?:_xl\w+\.)?HYPERLINK\(\s*\"(?:https?://|mailto:|#)[^\"]*\"\s*"
    r"(?:[,;]\s*(?:\"[^\"]*\"|\$?[A-Z]{1,3}\$?\d{1,7}|\[\.\$?[A-Z]{1,3}\$?\d{1,7}\])\s*)?\)\s*",
    re.I,
)


class Functions(NamedTuple):
    """Names of functions in capitals: those that call something, and those that only compute."""

    calling: frozenset[str]
    computing: frozenset[str]


@lru_cache(maxsize=1)
def functions() -> Functions:
    """The table in formulas.toml."""
    content = tomllib.loads(files(__package__).joinpath("formulas.toml").read_text("utf-8"))
    computing = f"{content['computing']} {content['computing_elsewhere']}"
    return Functions(frozenset(content["calling"].split()), frozenset(computing.split()))


def acts(formula: str) -> bool:
    """Whether a formula of a document, with the English names that documents store, fetches, opens or runs something.
    A link to the web that is written out opens only by a click, as every other link does."""
    if "(" not in formula and "|" not in formula and "'" not in formula:
        return False
    if _TO_THE_WEB.fullmatch(formula):
        return False
    plain = _STRING.sub('""', formula)
    calling = functions().calling
    called = (name.upper() for name in _CALL.findall(plain))
    return any(name in calling or name.rpartition("_XLFN.")[2] in calling for name in called) or bool(
        _OUTSIDE.search(plain)
    )
