"""Words of addresses and display names that identify nobody: roles, devices, brands, self-descriptions (roles.toml)."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_TABLE = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(files(__package__).joinpath("roles.toml").read_text("utf-8")).items()
}

ROLE_WORDS = _TABLE["roles"]
"""Words of local parts that identify nobody."""

PLACEHOLDER_WORDS = _TABLE["placeholders"]
"""Words of local parts in examples ("you@company", "vorname.nachname@firma"): they stand for a person."""

CONJUNCTIONS = _TABLE["conjunctions"]
""" "And" between the words of an employer's name: people write one for another, and "&"."""

CONNECTIVES = _TABLE["connectives"]
"""What else stands between the words of an employer's name: "Bank of Lindholm", "Schule für Gestaltung"."""

NOT_A_PERSON = _TABLE["not_a_person"]
"""Words of display names that identify nobody: self-descriptions, devices and mail programs."""
