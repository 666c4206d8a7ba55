"""relay pair hold-legal: with a reason, shown where pairs are shown, and forgetting says what is in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Relay = Callable[..., Any]


@pytest.fixture
def pair(relay: Relay) -> str:
    words = ["--mentor", "jane@real.example", "--mentee", "omar@home.example", "--silent", "--json"]
    pair_id: str = relay("pair", "create", *words).objects[0]["pair"]
    return pair_id


def test_a_legal_hold_needs_a_reason_and_is_recorded_and_shown(relay: Relay, pair: str) -> None:
    assert relay("pair", "hold-legal", pair, "on").code == 2
    assert relay("pair", "show", pair, "--json").objects[0]["legal_hold_since"] is None
    done = relay("pair", "hold-legal", pair, "on", "--reason", "file 12/2026", "--json")
    assert (done.code, done.objects[0]["pair"]) == (0, pair)
    assert relay("pair", "show", pair, "--json").objects[0]["legal_hold_since"]
    assert "on legal hold since" in relay("pair", "show", pair).out
    assert relay("pair", "list", "--json").objects[0]["legal_hold_since"]
    *_, event = relay("log", "events", "--pair", pair, "--json").objects
    assert (event["event"], event["to"], event["why"]) == ("legal-hold", "on", "file 12/2026")
    assert event["who"]


def test_forgetting_says_which_pair_is_on_hold_and_works_after_it(relay: Relay, pair: str) -> None:
    relay("pair", "hold-legal", pair, "on", "--reason", "file 12/2026")
    refused = relay("member", "forget", pair, "mentee", "--yes")
    assert refused.code == 1
    assert f"pair {pair} is on legal hold" in refused.err
    assert f"relay pair hold-legal {pair} off --reason TEXT" in refused.err
    assert "omar" not in refused.err
    relay("pair", "hold-legal", pair, "off", "--reason", "closed")
    assert relay("member", "forget", pair, "mentee", "--yes").code == 0
