"""What relay prints when no verb is given: what it is, and what to do next, in ten lines."""

from __future__ import annotations

import os

from relay import __version__
from relay.home import Home, working_directory

_WHAT = f"""relay {__version__}: a mentor and a mentee write to each other by e-mail,
and neither learns who the other is."""
_FURTHER = """
  relay --help         all verbs
  relay VERB --help    one verb, examples first
  relay help           short guides: the first pair, held letters, keys …"""
_NO_HOME = """There is no home here yet. See what relay does to a letter, then set it up:
  relay preview letter.eml
  relay quickstart relay.example.org      or, by hand: relay init --domain …"""
_AT_HOME = """The home is {path}. Next:
  relay check          what is wrong, and what to do about it
  relay status         whether it runs, what is queued, what failed last"""


def first_screen(given: str | None) -> str:
    """The text, for the home that --home has ``given``, or that is found as for any verb."""
    home = Home.find(given, os.environ, working_directory())
    try:
        there = home.toml.exists()
    except OSError:  # a folder that this user may not look into
        there = False
    next_step = _AT_HOME.format(path=home.path) if there else _NO_HOME
    return f"{_WHAT}\n\n{next_step}\n{_FURTHER}"
