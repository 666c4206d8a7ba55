"""The reason that a letter gives for a delivery status (RFC 3463), and what the letter then says."""

from __future__ import annotations

import pytest

from relay.letters.catalogue import catalogue
from relay.letters.failure_reasons import protection_reason, reason_of
from relay.letters.templates import LetterTemplates


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("550 5.1.1", "gone"),
        ("returned 5.1.10", "gone"),
        ("5.1.2", "gone"),
        ("552 5.2.2", "later"),
        ("452 4.2.2", "later"),
        ("returned 5.2.2", "later"),
        ("552 5.3.4", "smaller"),
        ("552 5.2.3", "smaller"),
        ("550 5.2.1", "ask"),
        ("550 5.7.1", "ask"),
        ("554 5.7.26", "ask"),
        ("451 4.3.0", "later"),
        ("451", "later"),
        ("4.4.1", "later"),
        ("returned 4.4.7", "later"),
        ("returned 5.4.7", "later"),
        ("returned 5.4.1", "later"),
        ("550", "ask"),
        ("552", "ask"),
        ("554 5.6.0", "ask"),
        ("550 5.3.0", "ask"),
    ],
)
def test_a_status_has_this_reason(status: str, reason: str) -> None:
    assert reason_of(status) == reason


def text(reason: str, language: str = "en") -> str:
    values = {**catalogue()["undeliverable"].samples[0], "reason": reason}
    return LetterTemplates().letter("undeliverable", language, **values).text


def test_the_letter_asks_to_send_again_only_when_that_can_help() -> None:
    assert "day or two" in text("later")
    for reason in ("gone", "ask"):
        assert "day" not in text(reason)
        assert "coordinator" in text(reason)


@pytest.mark.parametrize("language", LetterTemplates().languages())
def test_the_letter_differs_for_every_reason(language: str) -> None:
    assert len({text(reason, language) for reason in ("gone", "later", "smaller", "ask")}) == 4


@pytest.mark.parametrize("reason", ["gone", "later", "smaller", "ask"])
def test_no_letter_says_anything_about_the_partners_provider(reason: str) -> None:
    shown = text(reason).lower()
    assert not [word for word in ("full", "quota", "mib", "filter", "spam", "server", "provider") if word in shown]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("tls 4.7.10", "offer"),
        ("tls 4.7.5", "trust"),
        ("sts 4.7.10", "policy"),
        ("sts 4.4.4", "policy"),
        ("dane 4.7.5", "policy"),
        ("dane 4.4.3", "policy"),
    ],
)
def test_the_operators_letter_has_this_reason_for_missing_encryption(status: str, why: str) -> None:
    assert protection_reason(status) == why
    assert why in {sample["why"] for sample in catalogue()["no-secure-way"].samples}
