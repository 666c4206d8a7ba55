"""How many may be in at once, in all and from one network."""

from __future__ import annotations

import pytest

from relay.smtp.server.connection_limits import Guests


def test_one_more_than_there_is_room_for_stays_outside_until_one_leaves() -> None:
    guests = Guests(2, 0)
    assert [guests.enter(peer) for peer in ("192.0.2.1", "192.0.2.2", "192.0.2.3")] == [True, True, False]
    guests.leave("192.0.2.1")
    assert guests.enter("192.0.2.3")
    assert len(guests) == 2


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "", True),
    ],
)
def test_one_network_is_one_peer(first: str, second: str, together: bool) -> None:
    guests = Guests(0, 1)
    assert guests.enter(first)
    assert guests.enter(second) is not together
    guests.leave(first)
    assert guests.enter(first)


def test_no_limit_is_none() -> None:
    guests = Guests(0, 0)
    assert all(guests.enter("192.0.2.1") for _ in range(5000))
