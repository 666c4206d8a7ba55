"""A mailbox counts as gone when the newest letters failed for that reason over a minimum time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from relay.model import JournalEntry, Side
from relay.policy.delivery_failures import gone, unreachable

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Told = tuple[str, str, float]


@pytest.mark.parametrize(
    ("reason", "yes"),
    [
        ("550 5.1.1", True),
        ("returned 5.1.10", True),
        ("552 5.2.2", False),
        ("550 5.7.1", False),
        ("returned 5.1.2", False),
        ("550", False),
        ("dropped", False),
        ("451 4.1.1", False),
    ],
)
def test_these_failures_mean_that_the_mailbox_does_not_exist(reason: str, yes: bool) -> None:
    assert gone(reason) is yes


@pytest.mark.parametrize(
    ("letters", "yes"),
    [
        ([("failed", "550 5.1.1", 0.0), ("failed", "returned 5.1.1", 25.0)], True),
        ([("failed", "550 5.1.1", 0.0), ("failed", "550 5.1.1", 1.0), ("failed", "550 5.1.1", 2.0)], False),
        ([("failed", "550 5.1.1", 0.0), ("delivered", "", 10.0), ("failed", "550 5.1.1", 25.0)], False),
        ([("failed", "550 5.1.1", 0.0), ("accepted", "", 10.0), ("failed", "550 5.1.1", 25.0)], True),
        ([("failed", "552 5.2.2", 0.0), ("failed", "550 5.1.1", 25.0)], False),
        ([("failed", "550 5.1.1", 0.0)], False),
        ([], False),
    ],
)
def test_a_mailbox_is_unreachable_as_the_table_says(letters: list[Told], yes: bool) -> None:
    entries = [
        JournalEntry("j", "p", Side.MENTOR, "letter", NOON, 1, 1, {}, outcome, reason, NOON + timedelta(hours=hours))
        for outcome, reason, hours in letters
    ]
    assert unreachable(entries, DAY) is yes
