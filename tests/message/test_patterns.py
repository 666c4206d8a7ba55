"""No pattern repeats a group possessively: before Python 3.11.5 that matches wrongly (CPython issue 106052), and
Debian 12 has 3.11.2. An atomic group around a greedy repeat says the same: ``(?>(?:…)*)``."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import relay
from relay.message.read.author import author_of_from

_SINGLE = {"LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY"}


def _patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for module in pkgutil.walk_packages(relay.__path__, "relay."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value


def _repeats_a_group(parsed: object) -> bool:
    """Whether anything but one character is repeated possessively, anywhere in a parsed pattern."""
    if isinstance(parsed, (_parser.SubPattern, list)):
        return any(_repeats_a_group(each) for each in parsed)
    if not isinstance(parsed, tuple):
        return False
    if str(parsed[0]) == "POSSESSIVE_REPEAT":
        item = parsed[1][2]
        if len(item) != 1 or str(item[0][0]) not in _SINGLE:
            return True
    return any(_repeats_a_group(each) for each in parsed)


@pytest.mark.parametrize(("pattern", "found"), [(r"(?:a|bc)*+d", True), (r"x(?>(?:a|bc)*)[ab]++b*+", False)])
def test_what_is_looked_for_is_found(pattern: str, found: bool) -> None:
    assert _repeats_a_group(_parser.parse(pattern)) is found


def test_no_pattern_repeats_a_group_possessively() -> None:
    patterns = dict(_patterns())
    assert len(patterns) > 100
    assert [
        name for name, each in patterns.items() if _repeats_a_group(_parser.parse(each.pattern, each.flags & ~re.DEBUG))
    ] == []


def test_a_comment_without_an_end_hides_no_part_of_a_domain() -> None:
    assert author_of_from(b"jane@x(.example") is None
    assert author_of_from(b"jane@x.example (a (b) c)") == "jane@x.example"
