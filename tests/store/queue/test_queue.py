"""The queue: due deliveries are claimed, tries are settled, interrupted ones are returned."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from relay.model import Delivery, Side
from relay.outcomes import Deferred, Sent
from relay.store import QueueRow, Settlement, Store, SuspendedRow
from relay.store.engine.connection_thread import ConnectionThread
from relay.store.queue import claiming, settlement


async def claimed(store: Store, now, limit: int = 10, exclude: tuple[str, ...] = ()) -> list[str]:
    return [delivery.id for delivery in (await store.queue.claim(now, limit, exclude)).deliveries]


async def test_a_due_delivery_is_claimed_with_all_its_fields(paired: Store, make) -> None:
    acceptance = make.acceptance(id="d1", return_path="b-tok@relay.example", content=b"letter", notice=True)
    await paired.accept([acceptance])
    claim = await paired.queue.claim(make.noon, 10)
    assert claim.deliveries == (
        Delivery(
            id="d1",
            journal_id=acceptance.entry.id,
            recipient="tomas@home.example",
            return_path="b-tok@relay.example",
            content=b"letter",
            attempts=1,
            created_at=make.noon,
            notice=True,
        ),
    )
    assert list(claim.destinations) == ["d1"]


async def test_a_claim_is_on_the_disk_when_it_returns(paired: Store, make, look) -> None:
    await paired.accept([make.acceptance()])
    await paired.queue.claim(make.noon, 10)
    assert look("SELECT state, attempts FROM delivery") == [("sending", 1)]


async def test_a_delivery_to_be_tried_at_once_is_stored_as_claimed(paired: Store, make, look) -> None:
    letter = make.acceptance(id="d1")
    accepted = await paired.accept([letter, make.acceptance(id="d2")], {"d1": make.later(seconds=60)})
    assert [(d.id, d.attempts, d.content) for d in accepted.trying] == [("d1", 1, letter.deliveries[0].content)]
    assert look("SELECT id, state, attempts, again FROM delivery ORDER BY id") == [
        ("d1", "sending", 1, 1),
        ("d2", "queued", 0, 0),
    ]
    assert await claimed(paired, make.noon) == ["d2"]
    assert await paired.queue.recover(make.later(seconds=61)) == 1
    (again,) = (await paired.queue.claim(make.later(seconds=61), 10)).deliveries
    assert (again.id, again.attempts) == ("d1", 2)


async def test_a_delivery_to_a_suspended_mailbox_is_not_tried_at_once(paired: Store, make, look) -> None:
    gone = SuspendedRow("k7f3q2", Side.MENTEE, "Quiet River", "550 5.1.1", make.noon)
    await paired.suspensions.add("tomas@home.example", gone, None)
    accepted = await paired.accept([make.acceptance(id="d1")], {"d1": make.later(seconds=60)})
    assert accepted.trying == ()
    assert look("SELECT state FROM delivery") == [("queued",)]
    assert await claimed(paired, make.noon) == []


async def test_a_claimed_delivery_is_not_claimed_again(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="d1")])
    assert await claimed(paired, make.noon) == ["d1"]
    assert await claimed(paired, make.noon) == []


async def test_a_delivery_that_is_not_due_is_not_claimed(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="d1", due_at=make.later(seconds=1))])
    assert await claimed(paired, make.noon) == []
    assert await paired.queue.next_due_at() == make.later(seconds=1)
    assert await claimed(paired, make.later(seconds=1)) == ["d1"]
    assert await paired.queue.next_due_at() is None


async def test_the_oldest_are_claimed_up_to_the_limit(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id=f"d{n}", due_at=make.later(seconds=-n)) for n in range(5)])
    assert await claimed(paired, make.noon, limit=2) == ["d4", "d3"]
    assert await claimed(paired, make.noon, limit=0) == []


async def test_first_tries_are_claimed_before_retries(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="old", due_at=make.later(hours=-2))])
    await paired.queue.claim(make.noon, 1)
    again = make.later(hours=-1)
    await paired.queue.settle([Settlement("old", Deferred("451"), again, make.noon)])
    await paired.accept([make.acceptance(id="new")])
    assert await paired.queue.next_due_at() == again
    assert await claimed(paired, make.noon) == ["new", "old"]


async def test_excluded_destinations_are_skipped(paired: Store, make) -> None:
    slow = [make.acceptance(id=f"slow{n}", recipient=f"p{n}@Slow.example") for n in range(3)]
    await paired.accept([*slow, make.acceptance(id="fast", recipient="q@fast.example", due_at=make.later(seconds=0))])
    claim = await paired.queue.claim(make.noon, 1)
    assert await claimed(paired, make.noon, exclude=tuple(claim.destinations.values())) == ["fast"]


async def test_recipients_of_one_domain_share_an_opaque_key(paired: Store, make) -> None:
    recipients = {"d1": "a@home.example", "d2": "b@HOME.example", "d3": "a@work.example"}
    await paired.accept([make.acceptance(id=id, recipient=recipient) for id, recipient in recipients.items()])
    keys = (await paired.queue.claim(make.noon, 10)).destinations
    assert keys["d1"] == keys["d2"] != keys["d3"]
    assert "home" not in keys["d1"]


async def test_many_letters_to_one_destination_do_not_delay_the_others(paired: Store, make) -> None:
    crowd = [make.acceptance(id=f"crowd{n}", due_at=make.later(hours=-1)) for n in range(12)]
    await paired.accept([*crowd, make.acceptance(id="alone", recipient="q@other.example")])
    assert await claimed(paired, make.noon, limit=3) == ["crowd0", "alone", "crowd1"]


@pytest.mark.parametrize(
    ("in_hand", "taken"),
    [(0, ["alone", "crowd0", "crowd1"]), (1, ["alone", "crowd0"]), (2, ["alone"]), (9, ["alone"])],
)
async def test_no_destination_gets_more_than_its_cap(paired: Store, make, in_hand: int, taken: list[str]) -> None:
    await paired.accept([make.acceptance(id="first")])
    key = (await paired.queue.claim(make.noon, 1)).destinations["first"]
    crowd = [make.acceptance(id=f"crowd{n}", due_at=make.later(hours=-1)) for n in range(12)]
    await paired.accept([*crowd, make.acceptance(id="alone", recipient="q@other.example")])
    claim = await paired.queue.claim(make.noon, 9, in_hand={key: in_hand}, cap=2)
    assert sorted(delivery.id for delivery in claim.deliveries) == taken


@pytest.mark.parametrize(
    ("limit", "cap", "behind", "cut"),
    [(10, 10, 0, False), (10, 1, 1, False), (1, 10, 2, True), (3, None, 0, True)],
    ids=["all fit", "a cap", "a limit", "just enough for first tries"],
)
async def test_a_claim_names_the_destinations_left_out(
    paired: Store, make, limit: int, cap: int | None, behind: int, cut: bool
) -> None:
    crowd = [make.acceptance(id=f"crowd{n}", due_at=make.later(hours=-1)) for n in range(2)]
    await paired.accept([*crowd, make.acceptance(id="alone", recipient="q@other.example")])
    claim = await paired.queue.claim(make.noon, limit, cap=cap)
    assert (len(claim.behind), claim.cut) == (behind, cut)
    assert claim.behind <= {
        paired.queue.destination(to) for to in (make.acceptance().deliveries[0].recipient, "q@other.example")
    }


async def test_a_delivery_that_cannot_be_decrypted_is_held_and_the_others_are_claimed(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="whole"), make.acceptance(id="hurt")])
    await paired._writer.run(
        lambda db: db.execute("UPDATE delivery SET sealed = ? WHERE id = 'hurt'", (b"0",)).rowcount
    )
    assert await claimed(paired, make.noon) == ["whole"]
    row = await paired.queue.row("hurt")
    assert row is not None
    assert (row.state, row.last_status) == ("held", "unreadable")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_recovery_returns_deliveries_that_were_being_tried_at_a_crash(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="d1"), make.acceptance(id="d2", due_at=make.later(hours=1))])
    await paired.queue.claim(make.noon, 5)
    assert await paired.queue.recover(make.noon, start=True) == 1
    assert await paired.queue.recover(make.noon, start=True) == 0
    claim = await paired.queue.claim(make.noon, 5)
    assert [(delivery.id, delivery.attempts) for delivery in claim.deliveries] == [("d1", 2)]


async def test_recovery_returns_deliveries_whose_lease_has_expired(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="d1")])
    await paired.queue.claim(make.noon, 5)
    assert await paired.queue.recover(make.later(minutes=14)) == 0
    assert await paired.queue.recover(make.later(minutes=16)) == 1
    assert await claimed(paired, make.later(minutes=16)) == ["d1"]


@pytest.mark.parametrize("finish", [True, False])
async def test_a_return_path_is_recognised_before_and_after_delivery(paired: Store, make, finish: bool) -> None:
    await paired.accept([make.acceptance(id="d1", return_path="b-3f9ac23f9ac23f9ac23f9ac2@relay.example")])
    if finish:
        await paired.queue.settle([Settlement("d1", Sent(), None, make.noon)])
    assert await paired.queue.returned("3f9ac23f9ac23f9ac23f9ac2")
    assert await paired.queue.returned("3F9AC23F9AC23F9AC23F9AC2")
    assert not await paired.queue.returned("3f9ac3")
    assert not await paired.queue.returned("bad\udcff")
    assert not await paired.queue.returned("")


async def test_the_null_return_path_is_never_recognised(paired: Store, make) -> None:
    await paired.accept([make.acceptance(return_path=""), make.acceptance(return_path="")])
    assert not await paired.queue.returned("")


async def test_rows_are_sorted_by_due_time_and_show_no_address(paired: Store, make) -> None:
    late = make.acceptance(id="late", due_at=make.later(hours=1), notice=True)
    early = make.acceptance(id="early")
    await paired.accept([late, early])
    assert await paired.queue.rows() == [
        QueueRow("early", early.entry.id, "queued", 0, make.noon, make.noon, "", False),
        QueueRow("late", late.entry.id, "queued", 0, make.later(hours=1), make.noon, "", True),
    ]
    assert await paired.queue.row("nothing") is None


async def test_counts(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id=f"d{n}") for n in range(4)])
    await paired.queue.claim(make.noon, 1)
    await paired.queue.hold("d3", make.noon)
    assert await paired.queue.counts() == {"queued": 2, "sending": 1, "held": 1}


# State, verb of an operator, whether it succeeds, state afterwards (None: no delivery).
BY_HAND = [
    ("queued", "retry", True, "queued"),
    ("queued", "hold", True, "held"),
    ("queued", "drop", True, None),
    ("held", "retry", True, "queued"),
    ("held", "hold", False, "held"),
    ("held", "drop", True, None),
    ("sending", "retry", False, "sending"),
    ("sending", "hold", False, "sending"),
    ("sending", "drop", False, "sending"),
    (None, "retry", False, None),
    (None, "hold", False, None),
    (None, "drop", False, None),
]


@pytest.mark.parametrize(("state", "verb", "done", "after"), BY_HAND)
async def test_an_operators_verb_changes_the_state_as_the_table_says(
    paired: Store, make, state: str | None, verb: str, done: bool, after: str | None
) -> None:
    if state is not None:
        await paired.accept([make.acceptance(id="d1")])
    if state == "sending":
        await paired.queue.claim(make.noon, 1)
    if state == "held":
        await paired.queue.hold("d1", make.noon)
    assert await getattr(paired.queue, verb)("d1", make.later(hours=1)) is done
    row = await paired.queue.row("d1")
    assert (None if row is None else row.state) == after


async def test_held_deliveries_stay_when_all_are_retried(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id=f"d{n}", due_at=make.later(days=1)) for n in range(3)])
    await paired.queue.hold("d0", make.noon)
    assert await paired.queue.retry_all(make.noon) == 2
    assert await claimed(paired, make.noon) == ["d1", "d2"]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_claiming_reads_only_the_index_of_due_deliveries(paired: Store, make) -> None:
    seen: list[str] = []
    await paired._writer.run(lambda db: db.set_trace_callback(seen.append))
    await paired.queue.claim(make.noon, 5, ["00" * 16])
    choosing = [sql for sql in seen if sql.startswith("SELECT number, destination")]
    plans = await paired._reader.run(
        lambda db: [db.execute("EXPLAIN QUERY PLAN " + sql).fetchall() for sql in choosing]
    )
    assert len(plans) == 2
    for plan in plans:
        assert ["COVERING INDEX delivery_due" in step[3] for step in plan] == [True]


@pytest.mark.parametrize(("octets", "here"), [(10_000, True), (1_000_000, False)], ids=["small", "large"])
async def test_large_letters_are_read_in_the_connections_thread(
    paired: Store, make, octets: int, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(paired._writer._thread, ConnectionThread):
        pytest.skip("every statement waits for another machine there")
    seen: list[bool] = []

    def noted(name: str, module: ModuleType) -> None:
        real = getattr(module, name)

        def note(*given: Any) -> Any:
            seen.append(threading.current_thread() is threading.main_thread())
            return real(*given)

        monkeypatch.setattr(module, name, note)

    noted("_opened", claiming)
    noted("_settle", settlement)
    letter = make.acceptance(id="d1")
    await paired.accept(
        [replace(letter, keep=False, deliveries=(replace(letter.deliveries[0], content=b"x" * octets),))]
    )
    await paired.queue.claim(make.noon, 9)
    await paired.queue.settle([Settlement("d1", Sent("250"), None, make.noon)])
    assert seen == [here, True]  # a file is read, but only a row is deleted


async def test_a_claim_up_to_the_limit_says_that_retries_are_left(paired: Store, make) -> None:
    crowd = [make.acceptance(id=f"crowd{n}", due_at=make.later(hours=-1)) for n in range(2)]
    await paired.accept([*crowd, make.acceptance(id="alone", recipient="q@other.example")])
    await paired._writer.run(lambda db: db.execute("UPDATE delivery SET again = 1"))
    assert (await paired.queue.claim(make.noon, 2)).cut
