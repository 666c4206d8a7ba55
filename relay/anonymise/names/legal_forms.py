"""The table of legal_forms.toml: legal forms of firms. Each part of the anonymiser puts its own question to it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

Kind = Literal["any", "stay", "dotted", "capitals", "full", "before", "joined"]
"""How a form is written, as the head of the table explains."""


class LegalForm(NamedTuple):
    """One form as written in the table, and its kind."""

    written: str
    kind: Kind


@lru_cache(maxsize=1)
def legal_forms() -> tuple[LegalForm, ...]:
    """The forms of all countries, each once. Raises ValueError when the file is invalid."""
    countries = tomllib.loads(files(__package__).joinpath("legal_forms.toml").read_text("utf-8")).values()
    kinds: tuple[Kind, ...] = get_args(Kind)
    if unknown := {key for country in countries for key in country} - set(kinds):
        raise ValueError(f"legal_forms.toml: unknown kinds {sorted(unknown)}")
    found = (LegalForm(one, kind) for country in countries for kind in kinds for one in country.get(kind, ()))
    return tuple(dict.fromkeys(found))


def forms_of(*kinds: Kind) -> tuple[str, ...]:
    """The forms of these kinds, as written."""
    return tuple(dict.fromkeys(form.written for form in legal_forms() if form.kind in kinds))
