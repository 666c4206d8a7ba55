"""Phrases of automatic mail: subjects, openings, and reasons for failures (phrases.toml)."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("phrases.toml").read_text("utf-8"))


def _any_of(alternatives: str, *, before: str = "", after: str = "") -> re.Pattern[str]:
    """A pattern that finds any of ``alternatives``, in any case, between ``before`` and ``after``."""
    found = [one.strip() for line in alternatives.splitlines() for one in line.split(" | ") if one.strip()]
    joined = "|".join(one.replace(" ?", r"\s*").replace(" ", r"\s+") for one in found)
    return re.compile(f"{before}(?:{joined}){after}", re.IGNORECASE | re.MULTILINE | re.DOTALL)


MACHINE_NAMES = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|post-?master|no-?reply|do-?not-?reply|bounces?|auto-?reply|autoresponder)"
    r"(?:[-+._=].*)?$",
    re.IGNORECASE,
)
"""Local parts that no person writes from."""

FAILURE_SUBJECT = _any_of(_TABLE["failure_subject"], before=r"^\W*")

DELAY = _any_of(_TABLE["delay"])
"""Phrases about a letter that is delayed, not lost."""

FAILURE_OPENING = _any_of(_TABLE["failure_opening"], before=r"(?:hi[.!]\s+)?")

COPY_BELOW = _any_of(_TABLE["copy_below"], before=r"^[- \t>*|]{0,80}")
"""Where a report begins to repeat the letter: the text below is the author's."""

ANSWER_SUBJECT = _any_of(_TABLE["answer_subject"], before=r"^\s*", after=r"\s*[:：-]")
"""Beginnings of the subject of an auto-reply; a colon or dash, and the letter's subject, follow."""

CHALLENGE = _any_of(_TABLE["challenge"])

TICKET_OPENING = _any_of(_TABLE["ticket_opening"])

TICKET_SUBJECT = _any_of(_TABLE["ticket_subject"], before=r"^\s*(?:re:\s*)?")

REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (status, _any_of(phrases)) for status, phrases in _TABLE["reasons"].items()
)
"""Phrases for reasons, in the order tested, each with its enhanced status code."""
