"""How many connections there may be at once, in all and from one network, and who gives way when all are taken."""

from __future__ import annotations

import pytest

from relay.smtp.server.connection_limits import ConnectionLimits


def test_one_too_many_stays_outside_until_one_leaves() -> None:
    limits: ConnectionLimits[int] = ConnectionLimits(2, 0)
    peers = ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert [limits.enter(number, peer) for number, peer in enumerate(peers)] == [True, True, False]
    limits.leave(2)  # was never in
    limits.leave(0)
    limits.leave(0)  # is gone already
    assert limits.enter(3, "192.0.2.3")
    assert len(limits) == 2


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
    limits: ConnectionLimits[str] = ConnectionLimits(0, 1)
    assert limits.enter("first", first)
    assert limits.enter("second", second) is not together
    limits.leave("first")
    assert limits.enter("third", first)


def test_no_limit_is_none() -> None:
    limits: ConnectionLimits[int] = ConnectionLimits(0, 0)
    assert all(limits.enter(number, "192.0.2.1") for number in range(5000))


def filled(*peers: str) -> ConnectionLimits[int]:
    limits: ConnectionLimits[int] = ConnectionLimits(len(peers), 3)
    assert all(limits.enter(number, peer) for number, peer in enumerate(peers))
    return limits


def test_when_all_are_taken_the_newest_of_the_network_with_most_gives_way() -> None:
    limits = filled("192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.1", "192.0.2.2")
    assert not limits.enter(9, "192.0.2.3")
    assert list(limits.closable_for("192.0.2.3")) == [4, 2, 1]


@pytest.mark.parametrize(
    ("peers", "peer"),
    [
        (("192.0.2.1", "192.0.2.2"), "192.0.2.3"),  # each has one: nobody has more than the newcomer would
        (("192.0.2.1", "192.0.2.1", "192.0.2.2"), "192.0.2.2"),  # both would have two, then the other one
        (("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"), "192.0.2.1"),  # at its own limit
        (("2001:db8::1", "2001:db8::2", "2001:db8::3"), "2001:db8::4"),
    ],
)
def test_nobody_gives_way_to_a_network_that_has_as_many(peers: tuple[str, ...], peer: str) -> None:
    assert list(filled(*peers).closable_for(peer)) == []
