"""A letter too many is put off, then held and its author told once, then let go as room comes; none is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relay.home import Home
from relay.inbound import rate_limits
from relay.inbound.mail_from_checks import MailFromChecks
from relay.inbound.rate_limits import RateLimits
from relay.letters.notices import Notices
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.write.dkim_sign import Signer, Signers
from relay.message.write.sign_again import signing_again
from relay.model import Envelope, Identity, JournalEntry, Manner, NewDelivery, NewPair, PairState, Persona, Route, Side
from relay.refusals import AuthorshipUnknown, CannotAnonymise, NotAuthentic, Refusal, StoreFull, TooMuchMail
from relay.settings import AuthenticitySettings, LimitSettings, Settings
from relay.settings_file import load
from relay.store import Acceptance, Store

HELLO = b"Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n\r\nhello\r\n"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
JANE, OMAR = Identity(("jane@real.example", "j@other.example")), Identity(("omar@home.example",))
AMBER, QUIET = Persona("Amber Heron", "amber@relay.test"), Persona("Quiet River", "quiet@relay.test")
TO_OMAR = Route("p1", PairState.ACTIVE, Side.MENTOR, Manner("en"), JANE, AMBER, OMAR, QUIET)
TO_JANE = replace(TO_OMAR, side=Side.MENTEE, author=OMAR, author_persona=QUIET, recipient=JANE, recipient_persona=AMBER)


@pytest.fixture
async def limits(home: Home) -> AsyncIterator[RateLimits]:
    settings = load(home.toml, {})
    signer = Signer(settings.domain, home.dkim_keys(settings))
    store = await Store.open(home.db, home.read_vault(), sign=signing_again(Signers(signer, signer)))
    await store.directory.add_pairs([NewPair("p1", AMBER, QUIET, JANE, OMAR, "", "en", NOW)])
    notices = Notices(store, Writer(settings, LetterTemplates(), signer))
    limits = LimitSettings(messages_per_hour=2, messages_per_pair=3, hold_after=4 * 3600.0)
    yield RateLimits.of(limits, store, notices)
    await store.close()


async def send(limits: RateLimits, name: str, now: datetime, route: Route = TO_OMAR) -> str:
    """One try to send the letter ``name``: "sent", "held" or "put off"."""
    try:
        held = await limits.held([route], name, now, answer=False)
    except TooMuchMail:
        return "put off"
    to = route.recipient.addresses[0]
    delivery = NewDelivery(f"d-{name}", f"j-{name}", to, f"b-{name}@relay.test", HELLO, now)
    letter = Acceptance(JournalEntry(f"j-{name}", "p1", route.side, "letter", now, 3, 3), None, (delivery,), True)
    await limits.store.accept(await limits.holding([letter], [route], now) if held else [letter])
    return "held" if held else "sent"


async def due(limits: RateLimits, now: datetime) -> list[str]:
    """What goes out now, by journal id."""
    return [one.journal_id for one in (await limits.store.queue.claim(now, 100)).deliveries]


async def test_a_letter_too_many_is_put_off_and_taken_when_there_is_room(limits: RateLimits) -> None:
    assert [await send(limits, name, NOW) for name in "abc"] == ["sent", "sent", "put off"]
    assert await send(limits, "c", NOW + HOUR / 2) == "sent"
    assert await send(limits, "d", NOW + HOUR / 2) == "put off"


async def test_a_pair_has_a_limit_of_its_own_whoever_of_the_two_writes(limits: RateLimits) -> None:
    assert [await send(limits, name, NOW) for name in "ab"] == ["sent", "sent"]
    assert [await send(limits, name, NOW, TO_JANE) for name in "cd"] == ["sent", "put off"]


async def test_a_second_address_brings_no_second_bucket(limits: RateLimits) -> None:
    other = replace(TO_OMAR, pair_id="p2")
    assert [await send(limits, name, NOW) for name in "ab"] == ["sent", "sent"]
    with pytest.raises(TooMuchMail):
        await limits.held([other], "c", NOW, answer=False)


async def flood(limits: RateLimits) -> datetime:
    """Twelve letters, tried again every ten minutes for as long as they are put off; when all were taken."""
    now, waiting = NOW, [f"l{number:02}" for number in range(12)]
    limits.authors._most = 1  # so slow that some wait too long
    while waiting:
        waiting = [name for name in waiting if await send(limits, name, now) == "put off"]
        now += HOUR / 6
        assert now < NOW + timedelta(hours=5)
    return now


async def test_what_waits_too_long_is_held_and_its_author_told_once(limits: RateLimits) -> None:
    now = await flood(limits)
    held = await limits.store.over_limit.rows()
    assert len(held) == 7
    assert {(row.pair_id, row.side) for row in held} == {("p1", Side.MENTOR)}
    rows = [row for row in await limits.store.queue.rows() if row.state == "held"]
    assert {row.last_status for row in rows} == {"too much"}
    out = await due(limits, now)
    assert len(out) == 6 and [one for one in out if one.endswith("-h")] == [f"{held[0].journal_id}-h"]
    notice = await limits.store.journal.show(f"{held[0].journal_id}-h")
    assert notice is not None and notice[0].kind == "notice"


async def test_what_is_held_goes_out_at_the_pace_of_the_limits_the_oldest_first(limits: RateLimits) -> None:
    now = await flood(limits)
    waiting = [row.journal_id for row in await limits.store.over_limit.rows()]
    await due(limits, now)
    went: list[str] = []
    for _ in range(10 * 12):
        now += HOUR / 12
        assert await limits.release(now) <= 1
        went += await due(limits, now)
    assert went == waiting
    assert await limits.store.over_limit.rows() == []


async def test_what_is_held_of_a_pair_that_is_not_open_waits_for_a_person(limits: RateLimits) -> None:
    now = await flood(limits)
    held = len([row for row in await limits.store.queue.rows() if row.state == "held"])
    await limits.store.directory.set_state("p1", PairState.PAUSED, now)
    assert await limits.release(now + timedelta(days=1)) == 0
    assert len([row for row in await limits.store.queue.rows() if row.state == "held"]) == held
    await limits.store.directory.set_state("p1", PairState.ACTIVE, now)
    assert await limits.release(now + timedelta(days=1)) == 1


async def test_what_is_held_of_a_closing_pair_goes_out_like_that_of_an_active_one(limits: RateLimits) -> None:
    now = await flood(limits)
    await limits.store.directory.set_state("p1", PairState.CLOSING, now)
    assert await limits.release(now + timedelta(days=1)) == 1


async def test_a_letter_let_go_late_is_tried_as_long_as_any_other(limits: RateLimits) -> None:
    now = await flood(limits)
    late = now + timedelta(days=30)
    await limits.release(late)
    (first, *_) = [row for row in await limits.store.queue.rows() if row.state == "queued" and row.due_at == late]
    assert first.created_at == late
    (other, *_) = await limits.store.over_limit.rows()
    await limits.store.queue.retry(other.delivery_id, late)  # by hand
    row = await limits.store.queue.row(other.delivery_id)
    assert row is not None and (row.state, row.created_at) == ("queued", late)


async def test_a_pair_cannot_fill_the_disk_with_what_is_held(
    limits: RateLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "MOST_HELD", 3)
    names = [f"l{number}" for number in range(9)]
    for name in names:
        await send(limits, name, NOW)
    later = NOW + timedelta(hours=4)
    limits.authors._buckets["jane@real.example"] = (0.0, later)
    assert [await send(limits, name, later) for name in names[2:]] == ["held"] * 3 + ["put off"] * 4


def beginning(free: int = 10**9, **limits: int) -> MailFromChecks:
    settings = Settings(domain="relay.test", limits=LimitSettings(**{"strangers_per_peer": 3, **limits}))
    return MailFromChecks.of(settings, lambda: free, lambda: NOW)


def letter_from(peer: str) -> Envelope:
    return Envelope("x@y.example", ("amber@relay.test",), b"", peer)


@pytest.mark.parametrize("refusal", [NotAuthentic(), AuthorshipUnknown()])
def test_a_peer_that_brings_strangers_without_end_may_not_begin_and_others_may(refusal: Refusal) -> None:
    begin = beginning()
    for _ in range(3):
        begin("192.0.2.1", 100)
        begin.counted(letter_from("192.0.2.1"), refusal)
    with pytest.raises(TooMuchMail) as heard:
        begin("192.0.2.1", 100)
    assert heard.value.reply.code == 450
    begin("192.0.2.2", 100)


def test_what_a_member_hears_counts_against_no_peer() -> None:
    begin = beginning()
    for _ in range(50):
        begin.counted(letter_from("192.0.2.1"), CannotAnonymise())
        begin("192.0.2.1", 100)


@pytest.mark.parametrize("limits", [{"messages_per_hour": 0}, {"strangers_per_peer": 0}])
def test_no_limit_is_no_limit(limits: dict[str, int]) -> None:
    begin = beginning(**limits)
    for _ in range(1000):
        begin.counted(letter_from("192.0.2.1"), NotAuthentic())
    begin("192.0.2.1", 100)


def test_behind_another_mail_server_peers_are_not_counted() -> None:
    settings = Settings("relay.test", authenticity=AuthenticitySettings("upstream"), limits=LimitSettings())
    begin = MailFromChecks.of(settings, None, lambda: NOW)
    for _ in range(1000):
        begin.counted(letter_from("192.0.2.1"), NotAuthentic())
    begin("192.0.2.1", 10**12)


def test_a_letter_that_has_not_twice_its_room_on_the_disk_is_put_off_before_it_is_heard() -> None:
    begin = beginning(free=1999)
    with pytest.raises(StoreFull):
        begin("192.0.2.1", 1000)
    begin("192.0.2.1", 999)
    begin("192.0.2.1", 0)
