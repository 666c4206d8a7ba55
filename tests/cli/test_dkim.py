"""relay dkim rotate: its output, --dry-run and --force."""

from __future__ import annotations

from collections.abc import Callable

from relay.home import Home

from .conftest import Done

Relay = Callable[..., Done]


def test_it_prints_records_to_publish_and_dry_run_changes_nothing(home: Home, relay: Relay) -> None:
    before = {path: path.read_bytes() for path in home.keys.iterdir()}
    assert "New keys would be made" in relay("dkim", "rotate", "--dry-run").err
    assert {path: path.read_bytes() for path in home.keys.iterdir()} == before
    done = relay("dkim", "rotate")
    assert done.code == 0
    assert [line.split()[0].partition("-2")[0] for line in done.out.splitlines()] == ["relay-rsa", "relay-ed25519"]
    assert set(done.out.splitlines()) < set(relay("dns", "records").out.splitlines())


def test_signing_before_the_records_are_in_dns_needs_force_and_yes(home: Home, relay: Relay) -> None:
    refused = relay("dkim", "rotate", "--force")
    assert refused.code == 2
    assert "letters are unsigned" in refused.err
    done = relay("dkim", "rotate", "--force", "--yes", "--json")
    assert done.code == 0, done.err
    (shown,) = done.objects
    assert (shown["step"], shown["done"], len(shown["signing"]), len(shown["old"])) == ("switch", True, 2, 2)
    assert "Leave the old records in DNS until 20" in done.err
    (nothing,) = relay("dkim", "rotate", "--json").objects
    assert (nothing["step"], nothing["done"]) == ("nothing", False)
