"""A forgotten member stays forgotten when an earlier backup is restored, as long as the ledger was kept."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay import ledger
from relay.cli.restore import restore as command
from relay.home import Home, HomeError
from relay.letters.member_letters import MemberLetters
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.mentoring.members import forget, member_of
from relay.message.write.dkim_sign import Signer
from relay.model import EventKind, Identity, JournalEntry, NewDelivery, NewPair, PairState, Persona, Side, ThreadLink
from relay.operations.backup import back_up
from relay.operations.forget_again import Again, forget_again
from relay.operations.restore import Given, restore
from relay.outcomes import Sent
from relay.settings_file import load
from relay.states import OVER
from relay.store import Acceptance, Foreign, LetterKey, RouteLookup, Settlement, Store
from relay.vault import Vault, VaultError, new_key, read_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JANE, OMAR, VERA = "jane@real.example", "omar@home.example", "vera@home.example"


async def opened(home: Home) -> Store:
    return await Store.open(home.db, home.read_vault())


async def live(store: Store) -> None:
    """Jane in two pairs, Omar and Vera in a third, and a kept letter in each pair."""
    pairs = []
    for id, mentor, mentee in (("p1", JANE, OMAR), ("p2", VERA, JANE), ("p3", VERA, OMAR)):
        names = Persona("Amber Heron", f"amber.{id}@relay.test"), Persona("Quiet River", f"quiet.{id}@relay.test")
        people = Identity((mentor,), (f"Name of {mentor}",)), Identity((mentee,))
        pairs.append(NewPair(id, *names, *people, "", "en", NOW))
    await store.directory.add_pairs(pairs)
    for id in ("p1", "p2", "p3"):
        entry = JournalEntry(f"j{id}", id, Side.MENTOR, "letter", NOW, 3, 3)
        delivery = NewDelivery(f"d{id}", f"j{id}", OMAR, f"b-{id:>024}@relay.test", f"letter of {id}".encode(), NOW)
        link = ThreadLink(id, Side.MENTOR, f"{id}@theirs.example", f"{id}@relay.test")
        await store.accept([Acceptance(entry, link, (delivery,), keep=True, written=(id,))])
        if id != "p2":
            await store.queue.settle([Settlement(f"d{id}", Sent("250"), None, NOW)])


async def forgotten(home: Home, store: Store) -> None:
    settings = load(home.toml, {})
    signer = Signer(settings.domain, home.dkim_keys(settings))
    letters = MemberLetters(Writer(settings, LetterTemplates(home.templates), signer))
    await forget(await member_of([JANE], store), "somebody", store, letters, NOW, home=home)


@pytest.fixture
async def backup(home: Home, tmp_path: Path) -> Path:
    """A backup that holds Jane, who was forgotten after it was made."""
    store = await opened(home)
    await live(store)
    await back_up(home, store, tmp_path / "b", NOW, keys=False)
    await forgotten(home, store)
    await store.close()
    return tmp_path / "b"


def with_keys(tmp_path: Path, home: Home, *, also_ledger: bool = True) -> Home:
    """A new folder with the keys of ``home``, which is then deleted."""
    new = Home(tmp_path / "new")
    shutil.copytree(home.keys, new.keys)
    if not also_ledger:
        new.forgotten.unlink()
    shutil.rmtree(home.path)
    return new


async def assert_nothing_of_jane(home: Home) -> None:
    store = await opened(home)
    assert await store.members.having(JANE) is None
    for id, side in (("p1", Side.MENTOR), ("p2", Side.MENTEE)):
        member = await store.members.on(id, side)
        assert member is not None
        assert (member.addresses, member.known_as) == ((), ())
        assert {part.pair.state for part in member.parts} == {PairState.ENDED}
    left = {entry.id async for entry, content in store.journal.all() if content is not None}
    assert left == {"jp3"}
    key = LetterKey(("p1",), ("p1@theirs.example",), NOW)
    found = await store.look_up(JANE, ["quiet.p1@relay.test", "amber.p2@relay.test"], key)
    assert {type(way) for way in found.values()} == {Foreign}
    to_her = (await store.look_up(OMAR, ["amber.p1@relay.test"], key)).popitem()[1]
    assert isinstance(to_her, RouteLookup)
    assert (to_her.route.pair_state, to_her.route.recipient.addresses) == (PairState.ENDED, ())
    assert (to_her.before, to_her.known_ids) == (None, {})
    assert [row.id for row in await store.queue.rows()] == []
    await store.close()
    octets = home.db.read_bytes()
    assert JANE.encode() not in octets


async def test_a_member_in_the_ledger_is_forgotten_again(home: Home, backup: Path, tmp_path: Path) -> None:
    new = with_keys(tmp_path, home)
    made = await restore(new, backup, NOW, hold=False, given=Given(who="olga"))
    assert made.forgotten == 1
    await assert_nothing_of_jane(new)
    store = await opened(new)
    told = [event for event in await store.events.list() if event.kind is EventKind.FORGOTTEN]
    assert {event.who for event in told} == {"olga"}
    others = await store.members.having(VERA)
    assert others is not None
    assert others.known_as == (f"Name of {VERA}",)
    await store.close()


async def test_no_encrypted_row_of_a_forgotten_member_is_left_in_the_file(
    home: Home, backup: Path, tmp_path: Path
) -> None:
    """Not even a holder of the vault key finds her in the octets of the restored file."""
    plain = await restore(with_keys(tmp_path, home, also_ledger=False), backup, NOW, hold=False)
    assert plain.forgotten is None
    vault = Home(tmp_path / "new").read_vault()
    sealed = await _sealed_rows(Home(tmp_path / "new"))
    hers = [octets for row, octets in sealed if row in ("letter/1/0", "letter/2/0", "member/1")]
    assert len(hers) == 3
    shutil.copytree(tmp_path / "new" / "keys", tmp_path / "again" / "keys")
    again = Home(tmp_path / "again")
    ledger.record(again, ["p1/mentor/2026-03-01T12:00:00+00:00"])
    assert (await restore(again, backup, NOW, hold=False)).forgotten == 1
    octets = again.db.read_bytes()
    assert [one for one in hers if one in octets] == []
    assert vault.secret == again.read_vault().secret


async def _sealed_rows(home: Home) -> list[tuple[str, bytes]]:
    store = await opened(home)
    sql = (
        "SELECT 'member/' || number, sealed FROM member "
        "UNION ALL SELECT 'letter/' || journal || '/' || part, sealed FROM letter"
    )
    rows = await store._reader.run(lambda db: db.execute(sql).fetchall())
    await store.close()
    return [(row, bytes(octets)) for row, octets in rows]


async def test_a_given_copy_of_the_ledger_is_used_and_kept_with_the_keys(
    home: Home, backup: Path, tmp_path: Path
) -> None:
    shutil.copy(home.forgotten, tmp_path / "elsewhere")
    new = with_keys(tmp_path, home, also_ledger=False)
    made = await restore(new, backup, NOW, hold=False, given=Given(ledgers=(tmp_path / "elsewhere",)))
    assert made.forgotten == 1
    await assert_nothing_of_jane(new)
    assert ledger.read([new.forgotten], new.read_vault()).holds("p1/mentor/2026-03-01T12:00:00+00:00")


async def test_restoring_without_a_ledger_warns_about_forgotten_members(
    home: Home, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = with_keys(tmp_path, home, also_ledger=False)
    await asyncio.to_thread(
        command.main, [str(backup)], standalone_mode=False, obj=str(new.path), prog_name="relay restore"
    )
    assert "there is no ledger of forgotten members in keys" in capsys.readouterr().err
    store = await opened(new)
    assert await store.members.having(JANE) is not None
    await store.close()


async def test_a_member_registered_again_later_is_not_forgotten(home: Home, backup: Path, tmp_path: Path) -> None:
    store = await opened(home)
    people = Identity((JANE,)), Identity((OMAR,))
    names = Persona("Slow Otter", "otter@relay.test"), Persona("Grey Owl", "owl@relay.test")
    await store.directory.add_pairs([NewPair("p4", *names, *people, "", "en", NOW)])
    await back_up(home, store, tmp_path / "later", NOW, keys=False)
    await store.close()
    new = with_keys(tmp_path, home)
    assert (await restore(new, tmp_path / "later", NOW, hold=False)).forgotten == 0
    store = await opened(new)
    member = await store.members.having(JANE)
    assert member is not None
    assert [part.pair.id for part in member.parts] == ["p4"]
    await store.close()


async def test_nobody_is_forgotten_when_the_ledger_cannot_be_written(home: Home) -> None:
    store = await opened(home)
    await live(store)
    home.forgotten.mkdir()
    with pytest.raises(HomeError, match="forgotten cannot be read"):
        await forgotten(home, store)
    assert await store.members.having(JANE) is not None
    await store.close()


def test_a_line_cut_short_by_a_crash_is_ignored_and_the_others_are_read(home: Home) -> None:
    ledger.record(home, ["a", "b"])
    home.forgotten.write_bytes(home.forgotten.read_bytes()[:-20])
    ledger.record(home, ["c"])
    found = ledger.read([home.forgotten], home.read_vault())
    assert [found.holds(part) for part in "abc"] == [True, False, True]


def test_a_ledger_needs_its_vault_key_and_another_file_is_an_error(home: Home, tmp_path: Path) -> None:
    ledger.record(home, ["p1/mentor/then"])
    assert "p1" not in home.forgotten.read_text().partition("\n")[2]
    assert home.forgotten.stat().st_mode & 0o777 == 0o600
    with pytest.raises(HomeError, match="belongs to another vault key") as caught:
        ledger.read([home.forgotten], Vault(read_key(new_key())))
    assert isinstance(caught.value.__cause__, VaultError)
    (tmp_path / "none").write_text("hello\n")
    with pytest.raises(HomeError, match="is no ledger"):
        ledger.read([tmp_path / "none"], home.read_vault())


def test_two_ledgers_appended_are_read_as_one(home: Home) -> None:
    ledger.record(home, ["a"])
    first = home.forgotten.read_text()
    home.forgotten.unlink()
    ledger.record(home, ["b"])
    home.forgotten.write_text(first + home.forgotten.read_text())
    ledger.record(home, ["c"])
    found = ledger.read([home.forgotten], home.read_vault())
    assert [found.holds(part) for part in "abcd"] == [True, True, True, False]


@pytest.mark.parametrize("state", OVER)
async def test_who_was_forgotten_and_has_no_open_pair_is_not_forgotten_twice(home: Home, state: PairState) -> None:
    store = await opened(home)
    await live(store)
    await forgotten(home, store)
    await store._writer.run(lambda db: db.execute("UPDATE pair SET state = ?", (state.value,)))
    assert await forget_again(store, ledger.read([home.forgotten], home.read_vault()), NOW) == Again()
    await store.close()
