"""MTA-STS policies are kept: found again after a restart, told apart by domain, and no secret of the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relay.model import KeptPolicy
from relay.store import Store


def policy(make, domain: str = "far.example", **more: object) -> KeptPolicy:  # type: ignore[no-untyped-def]
    made = KeptPolicy(domain, "1", "mode: enforce", make.later(days=7), make.later(hours=12), make.noon)
    return replace(made, **more)  # type: ignore[arg-type]


async def test_a_policy_is_kept_and_replaced(store: Store, make) -> None:
    assert await store.sts_policies.find("far.example") is None
    await store.sts_policies.keep(policy(make))
    await store.sts_policies.keep(policy(make, "near.example", id="2"))
    assert await store.sts_policies.find("FAR.example") == policy(make)
    await store.sts_policies.keep(policy(make, id="3"))
    assert await store.sts_policies.find("far.example") == policy(make, id="3")
    assert await store.sts_policies.find("near.example") == policy(make, "near.example", id="2")


async def test_what_is_due_is_what_is_used_and_still_good(store: Store, make) -> None:
    kept = {
        "soon.example": policy(make, "soon.example"),
        "later.example": policy(make, "later.example", renew_at=make.later(days=2)),
        "over.example": policy(make, "over.example", expires_at=make.later(hours=13)),
        "unused.example": policy(make, "unused.example", used_at=make.later(days=-99)),
        "first.example": policy(make, "first.example", renew_at=make.later(hours=1)),
    }
    for one in kept.values():
        await store.sts_policies.keep(one)
    now, lately = make.later(days=1), make.later(days=-90)
    due = await store.sts_policies.due(now, lately, 9)
    assert [one.domain for one in due] == ["first.example", "soon.example"]
    assert [one.domain for one in await store.sts_policies.due(now, lately, 1)] == ["first.example"]
    await store.sts_policies.put_off("first.example", now + timedelta(hours=1))
    await store.sts_policies.used("unused.example", now)
    due = await store.sts_policies.due(now, lately, 9)
    assert sorted(one.domain for one in due) == ["soon.example", "unused.example"]
    assert await store.sts_policies.delete_expired(make.later(hours=13)) == 1
    assert await store.sts_policies.find("over.example") is None


async def test_a_damaged_policy_is_no_policy(store: Store, make) -> None:
    await store.sts_policies.keep(policy(make))
    await store._writer.outside(lambda db: db.execute("UPDATE sts_policy SET sealed = hash"))
    assert await store.sts_policies.find("far.example") is None
    assert await store.sts_policies.due(make.later(days=1), make.later(days=-90), 9) == []
