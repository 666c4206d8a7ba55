"""The vault key is replaced while relay serves. After a kill at any moment, nothing is lost or unreadable."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay import ledger
from relay.home import Home, HomeError
from relay.message.write.dkim_sign import Signer, Signers
from relay.message.write.sign_again import signing_again
from relay.model import (
    Echo,
    Echoes,
    Identity,
    JournalEntry,
    KeptPolicy,
    NewDelivery,
    NewPair,
    Persona,
    Side,
    ThreadLink,
)
from relay.operations import vault_rotation
from relay.operations.backup import back_up
from relay.operations.check import check_store
from relay.operations.findings import Level
from relay.operations.restore import Given, restore
from relay.operations.retention import forget_old
from relay.operations.vault_rotation import rotate_vault
from relay.outcomes import Sent
from relay.settings import Settings, StoreSettings
from relay.settings_file import load
from relay.store import (
    GUARDIAN,
    TO_OPERATOR,
    UNPROVEN_ADDRESS,
    About,
    Acceptance,
    AddressAsked,
    AddressConfirmation,
    Asked,
    Authorship,
    ConfirmationRequest,
    DeskQuestion,
    Effects,
    Invitation,
    LetterKey,
    MailKept,
    PairsReported,
    QuestionAsked,
    RoleMailbox,
    RouteLookup,
    Settlement,
    Store,
    StoreDamaged,
    SuspendedRow,
    Turn,
    UnprovenMail,
    rekeyed_rows,
    rekeying,
)
from relay.store.engine.database import octet_columns, tables
from relay.store.key_change import KeyChange
from relay.vault import Vault, VaultError, new_key, read_key

HELD = b"Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n\r\nheld\r\n"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JANE, OMAR, NEW, GONE = "jane@real.example", "omar@home.example", "jane@new.example", "omar+gone@gone.example"
TOKEN = f"{7:024x}"


def now() -> datetime:
    return NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, home: Home) -> Path | str:
    """Where the database of ``home`` is."""
    url: str = "" if request.param == "sqlite" else request.getfixturevalue("empty_postgres")
    return url or home.db


@pytest.fixture
async def store(home: Home, place: Path | str) -> AsyncIterator[Store]:
    """A database with something of each kind in it."""
    if isinstance(place, str):
        await Store.create(place, home.read_vault())
    signer = Signer("relay.test", home.dkim_keys(load(home.toml, {})))
    opened = await Store.open(place, home.read_vault(), sign=signing_again(Signers(signer, signer)))
    await live(opened)
    yield opened
    await opened.close()


async def live(store: Store) -> None:
    """Two members, one with a suspended address; letters sent, owed and held; confirmation requests."""
    names = Persona("Amber Heron", "amber@relay.test"), Persona("Quiet River", "quiet@relay.test")
    people = Identity((JANE,), ("Jane Doe",)), Identity((OMAR, GONE))
    await store.directory.add_pairs([NewPair("p1", *names, *people, "", "en", NOW)], who="somebody")
    for number, id in enumerate(("sent", "owed")):
        entry = JournalEntry(id, "p1", Side.MENTOR, "letter", NOW, 3, 3)
        delivery = NewDelivery(id, id, OMAR, f"b-{7 + number:024x}@relay.test", f"letter {id}".encode() * 500, NOW)
        link = ThreadLink("p1", Side.MENTOR, f"{id}@theirs.example", f"{id}@relay.test")
        echoes = Echoes((Echo("Dear", "Omar Haddad", ""),), names=(f"{id}.txt",))
        letter = Acceptance(entry, link, (delivery,), keep=True, written=(id,), echoes=echoes)
        await store.accept([replace(letter, remembered=f"the key, and hashes of {id}".encode())])
    await store.queue.settle([Settlement("sent", Sent("250"), None, NOW)])
    await store.members.ask(1, AddressConfirmation("a1", NEW, NOW + timedelta(days=7)), [], NOW)
    entry = JournalEntry("held", "p1", Side.MENTOR, "letter", NOW, 3, 3)
    held = NewDelivery("held", "held", OMAR, f"b-{9:024x}@relay.test", HELD, NOW, held=UNPROVEN_ADDRESS)
    asked = ConfirmationRequest("q1", "held", None, address=NEW, mailbox=JANE)
    await store.accept([Acceptance(entry, None, (held,), keep=True, question=asked)])
    turn = Turn("o1", "p1", Side.MENTOR, JANE, "Help", "Amber Heron: Help", False, "o1@relay.test", "o1@theirs.example")
    entry = JournalEntry("asked", "p1", Side.MENTOR, TO_OPERATOR, NOW, 3, 3)
    await store.accept([Acceptance(entry, None, (), keep=False, turn=turn)])
    await store.suspensions.add(GONE, SuspendedRow("p1", Side.MENTEE, "Quiet River", "550", NOW), None)
    later = NOW + timedelta(days=7)
    others = Persona("Red Fox", "red@relay.test"), Persona("Blue Owl", "blue@relay.test")
    second = NewPair("p2", *others, *people, "", "en", NOW)
    invited = Invitation("p2", Side.MENTEE, "i1", OMAR, "Will you take part?", "1", NOW, later, later)
    await store.directory.add_pairs([second], invitations=[invited], who="somebody")
    guardian = replace(invited, token="i2", mailbox="mother@home.example", asks=GUARDIAN)
    names = Persona("Old Oak", "oak@relay.test"), Persona("New Moon", "moon@relay.test")
    third = NewPair("p3", *names, *people, "", "en", NOW)
    asked_of = [replace(one, pair_id="p3", token=f"{one.token}3") for one in (invited, guardian)]
    await store.directory.add_pairs([third], invitations=asked_of, who="somebody")
    role = RoleMailbox("r1", "cora@ops.example", 1, NOW, later)
    await store.role_mailboxes.ask([role], (), roles=["coordinator"])
    desk = DeskQuestion("d1", "d-token", 1, JANE, About.CONFIRM, "leave", pair_id="p1", side=Side.MENTOR)
    report = PairsReported(1, (), Authorship.PROVEN, NOW, mail=b"He asks for money.")
    entry = JournalEntry("moves", "p1", None, "notice", NOW, 0, 3)
    coded = Acceptance(entry, None, (), keep=False, code="K7Q4TM", answer_to="d-token@relay.test")
    await store.accept([replace(coded, entry=replace(entry, id="coded"))])
    letter = Acceptance(
        entry, None, (NewDelivery("moves", "moves", NEW, "", b"Is it yours?", NOW, notice=True),), keep=False
    )
    move = AddressAsked(1, AddressConfirmation("a2", NEW, later), letter, NOW)
    unproven = MailKept(UnprovenMail("u1", "report@relay.test", 1, False, NOW, b"He knows my name."))
    await store.commit(Effects(changes=(QuestionAsked(desk, later), report, move, unproven)))
    await store.sts_policies.keep(KeptPolicy("theirs.example", "1", "mode: enforce", later, later, NOW))


async def everything(store: Store) -> dict[str, object]:
    """Everything that the store finds and reads, by every kind of look-up."""
    key = LetterKey(("sent",), ("owed@theirs.example",), NOW)
    way = (await store.look_up(JANE, ["quiet@relay.test"], key))["quiet@relay.test"]
    assert isinstance(way, RouteLookup)
    mailbox_key = LetterKey((), (), NOW, "omar@gone.example")
    by_mailbox = (await store.look_up("omar@gone.example", ["amber@relay.test"], mailbox_key))["amber@relay.test"]
    assert isinstance(by_mailbox, RouteLookup)
    question = await store.questions.find("q1", NOW)
    about_address = await store.questions.find("a1", NOW)
    return {
        "route": replace(way, echoes=None),
        "by mailbox": replace(by_mailbox, echoes=None),
        "echoes of the route": await store.echoes.of("p1", Side.MENTOR, way.echoes),
        "echoes by mailbox": await store.echoes.of("p1", Side.MENTEE, by_mailbox.echoes),
        "people": [await store.members.having(one) for one in (JANE, OMAR, NEW, GONE)],
        "letters": {entry.id: content async for entry, content in store.journal.all()},
        "echoes": await store.echoes.of("p1", Side.MENTEE),
        "return path": await store.queue.returned(TOKEN),
        "question": question,
        "about address": about_address,
        "conversation": await store.conversations.find("o1", NOW),
        "suspended": await store.suspensions.rows(),
        "waiting": [row.id for row in await store.queue.rows()],
        "events": await store.events.list(),
        "relayed words": (await store.relayed_words.of("p1", Side.MENTEE, "all")).past,
        "invitation": await store.invitations.find("i1"),
        "consent": await store.invitations.shown("p2"),
        "guardian": await store.invitations.find("i23"),
        "role": await store.role_mailboxes.find("r1", NOW),
        "roles": await store.role_mailboxes.of(["Cora@ops.example"]),
        "desk question": await store.desk_questions.find("d-token", NOW),
        "code": await store.question_codes.answered_at(["K7Q4TM"]),
        "unproven": await store.unproven_mails.kept("u1"),
        "policy": await store.sts_policies.find("theirs.example"),
        "pair": [pair.id for pair in (await store.directory.existing([(JANE, OMAR)])).values()],
    }


async def sealed_columns(store: Store) -> list[tuple[str, bytes]]:
    """Every value of every column that a rotation encrypts or hashes again, with the column's name."""

    def job(db: object) -> list[tuple[str, bytes]]:
        found = []
        for name in sorted(rekeyed_rows.REKEYED - {"vault_key.lookup"}):
            table, column = name.split(".")
            rows = db.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()  # type: ignore[attr-defined]
            found += [(name, bytes(row[0])) for row in rows]
        return found

    return await store._reader.run(job)


async def test_after_a_rotation_everything_is_readable_and_every_value_is_encrypted_anew(
    home: Home, store: Store
) -> None:
    ledger.record(home, ["a part"])
    before, sealed, old = await everything(store), await sealed_columns(store), home.vault_key.read_text()
    assert {name for name, _ in sealed} >= rekeyed_rows.REKEYED - {
        "vault_key.forward",
        "vault_key.back",
        "vault_key.lookup",
    }
    await rotate_vault(home, store, now)
    assert await everything(store) == before
    assert set(sealed) & set(await sealed_columns(store)) == set()
    assert home.vault_key.read_text() != old
    assert not home.next_vault_key.exists()
    assert sorted(path.name for path in home.keys.iterdir()) == [
        "forgotten", "programme-ed25519.pem", "programme-rsa.pem", "relay-ed25519.pem", "relay-rsa.pem", "vault.key",
    ]  # fmt: skip
    assert ledger.read([home.forgotten], home.read_vault()).holds("a part")


async def test_the_old_key_decrypts_nothing(home: Home, place: Path | str, store: Store) -> None:
    old = home.read_secret(home.vault_key)
    await rotate_vault(home, store, now)
    with pytest.raises(StoreDamaged, match="not the key"):
        await Store.open(place, Vault(old))
    for name, octets in await sealed_columns(store):
        if name.endswith("sealed"):
            rows = ("proof/1", "member/1", "member/2", "letter/1/0", "letter/2/0", "letter/3/0")
            for row in (*rows, "delivery/owed", "delivery/held", "thread/sent@relay.test", "thread/owed@relay.test"):
                with pytest.raises(VaultError):
                    Vault(old).open(octets, row)


async def test_a_report_and_a_mail_to_the_desk_are_read_with_the_new_key_only(home: Home, store: Store) -> None:
    member = await store.members.having(JANE)
    assert member is not None
    part = member.part_in("p1")
    assert part is not None
    await store.commit(Effects(changes=(PairsReported(1, [part], Authorship.PROVEN, NOW, mail=b"He wrote again."),)))
    old = home.read_secret(home.vault_key)
    await rotate_vault(home, store, now)
    (report,) = await store.reports.about("p1")
    assert report.mail == b"He wrote again."
    kept = await store.unproven_mails.kept("u1")
    assert kept is not None and kept.content == b"He knows my name."
    columns = dict(await sealed_columns(store))
    for column, row in (("report.sealed", f"report/{report.number}"), ("unproven_mail.sealed", "unproven/u1")):
        with pytest.raises(VaultError):
            Vault(old).open(columns[column], row)


async def test_answers_to_earlier_requests_and_earlier_duplicates_are_recognised_afterwards(
    home: Home, store: Store
) -> None:
    await rotate_vault(home, store, now)
    proven = await store.members.prove("A1", NOW)
    assert proven is not None
    assert (proven.address, [one.journal_id for one in proven.letters]) == (NEW, ["held"])
    entry = JournalEntry("again", "p1", Side.MENTOR, "letter", NOW, 3, 3)
    again = NewDelivery("again", "again", OMAR, f"b-{20:024x}@relay.test", b"x", NOW)
    taken = await store.accept([Acceptance(entry, None, (again,), keep=False, written=("sent",))])
    assert taken.before == {"again": "sent"}
    assert await store.suspensions.resume(GONE, NOW) == 0
    assert await store.members.ask(2, AddressConfirmation("t9", JANE, NOW), [], NOW) is Asked.OTHERS


async def test_another_process_reads_and_writes_before_during_and_after_a_rotation(
    home: Home, place: Path | str, store: Store
) -> None:
    """Nothing tells it that a rotation is going on."""
    serving = await Store.open(place, home.read_vault())
    before = await everything(serving)
    count = 0

    async def goes_on() -> None:
        nonlocal count
        count += 1
        id = f"while{count}"
        entry = JournalEntry(id, "p1", Side.MENTEE, "letter", NOW, 3, 3)
        delivery = NewDelivery(id, id, JANE, f"b-{100 + count:024x}@relay.test", id.encode(), NOW)
        await serving.accept([Acceptance(entry, None, (delivery,), keep=True, written=(id,))])
        found = await everything(serving)
        assert {name: found[name] for name in ("route", "people", "question", "return path")} == {
            name: before[name] for name in ("route", "people", "question", "return path")
        }
        assert await serving.queue.returned(f"{100 + count:024x}") == id

    change = store.key_change
    secret = read_key(new_key())
    home.stage_vault_key(new_key())
    await goes_on()
    await change.begin(secret, NOW)
    await goes_on()
    while await change.step():
        await goes_on()
    await change.end()
    home.stage_vault_key("")  # a process that read both keys from the database does not need the files
    home.next_vault_key.unlink()
    await goes_on()
    claimed = await serving.queue.claim(NOW, 50)
    assert {one.id: one.content for one in claimed.deliveries if one.id.startswith("while")} == {
        f"while{number}": f"while{number}".encode() for number in range(1, count + 1)
    }
    await serving.close()


async def test_a_process_idle_during_the_rotation_finds_the_key_in_the_folder(
    home: Home, place: Path | str, store: Store
) -> None:
    slept = await Store.open(place, home.read_vault())
    before = await everything(store)
    await rotate_vault(home, store, now)
    assert await everything(slept) == before
    await slept.close()


class Killer:
    """Kills this process (SIGKILL) at the n-th of the moments before and after each durable change."""

    def __init__(self, moments: int) -> None:
        self.moments = moments
        for owner, names in (
            (KeyChange, ("begin", "step", "end")),
            (rekeying, ("begin", "end")),
            (Home, ("stage_vault_key", "promote_vault_key")),
            (ledger, ("reencrypt",)),
            (os, ("fsync",)),
        ):
            for name in names:
                self._around(owner, name)

    def _moment(self) -> None:
        self.moments -= 1
        if self.moments == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _around(self, owner: object, name: str) -> None:
        real = getattr(owner, name)

        async def waited(*given: object) -> object:
            self._moment()
            result = await real(*given)
            self._moment()
            return result

        def both(*given: object) -> object:
            self._moment()
            result = real(*given)
            self._moment()
            return result

        setattr(owner, name, waited if asyncio.iscoroutinefunction(real) else both)


async def _rotated(home: Home, place: Path | str) -> None:
    store = await Store.open(place, home.read_vault(), checkpoints=False)
    await rotate_vault(home, store, now)
    await store.close()


async def _seen(home: Home, place: Path | str) -> str:
    """Everything that can be read, as text."""
    store = await Store.open(place, home.read_vault(), checkpoints=False)
    found = repr((await everything(store), ledger.read([home.forgotten], home.read_vault()).holds("a part")))
    await store.close()
    return found


async def _made(home: Home, place: Path | str) -> None:
    if isinstance(place, str):
        await Store.create(place, home.read_vault())
    store = await Store.open(place, home.read_vault())
    await live(store)
    await store.close()


def killed(home: Home, place: Path | str, moment: int) -> bool:
    """Rotate the key in another process, killed at ``moment``, counted from 1. Returns False when it ended before."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Killer(moment)
            rekeyed_rows._ROWS = 3
            asyncio.run(_rotated(home, place))
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("apart", [7, pytest.param(1, marks=pytest.mark.long)])
def test_when_killed_at_any_moment_nothing_is_lost_and_another_call_completes_the_rotation(
    home: Home, place: Path | str, apart: int
) -> None:
    """At every moment in turn, or at those so far ``apart``. The second call is killed, too, and the third completes
    the rotation."""
    asyncio.run(_made(home, place))
    ledger.record(home, ["a part"])
    before, first = asyncio.run(_seen(home, place)), home.vault_key.read_text()
    moment = 1
    while killed(home, place, moment):
        assert asyncio.run(_seen(home, place)) == before, moment
        killed(home, place, moment % 7 + 1)
        assert asyncio.run(_seen(home, place)) == before, moment
        asyncio.run(_rotated(home, place))
        assert asyncio.run(_seen(home, place)) == before, moment
        moment += apart
    assert moment > 20
    assert home.vault_key.read_text() != first
    assert not home.next_vault_key.exists()
    assert asyncio.run(_seen(home, place)) == before


async def test_an_old_look_up_key_is_deleted_with_the_last_row_that_needs_it(home: Home, store: Store) -> None:
    settings = Settings("relay.test")
    await rotate_vault(home, store, now)
    await rotate_vault(home, store, lambda: NOW + timedelta(days=1))
    assert await store.queue.returned(TOKEN) == "sent"
    assert len(await store.key_change.retired_at()) == 2
    await store.queue.drop("owed", NOW)
    await store.queue.drop("held", NOW)
    await forget_old(store, settings, NOW + timedelta(days=29))
    assert len(await store.key_change.retired_at()) == 2
    await store.questions.expire(NOW + timedelta(days=31))
    await forget_old(store, settings, NOW + timedelta(days=31))
    assert await store.key_change.retired_at() == []
    assert await store.queue.returned(TOKEN) is None
    assert await store.members.having(JANE) is not None


async def test_relay_check_reports_an_unfinished_rotation(home: Home, place: Path | str, store: Store) -> None:
    settings = Settings("relay.test", store=StoreSettings(str(place) if isinstance(place, str) else "sqlite:relay.db"))
    await store.key_change.begin(read_key(new_key()), NOW)
    found = await check_store(home, settings, NOW)
    assert [finding.what for finding in found if finding.level is Level.WARNING and "vault" in finding.what] == [
        "the vault key is being replaced since 2026-03-01 12:00 UTC: 33 rows are left"
    ]


async def test_a_damaged_row_does_not_stop_a_rotation(home: Home, store: Store) -> None:
    await store._writer.run(lambda db: db.execute("UPDATE letter SET sealed = ? WHERE number = 1", (b"x" * 40,)))
    await rotate_vault(home, store, now)
    shown = await store.journal.show("owed")
    assert shown is not None
    assert shown[1] == b"letter owed" * 500


async def test_every_column_of_octets_is_known_to_the_rotation(store: Store) -> None:
    """If this fails for a new table, make sure that rekeyed_rows.py encrypts or hashes its columns again; list them."""

    def job(db: object) -> set[str]:
        return {f"{table}.{column}" for table in tables(db) for column in octet_columns(db, table)}  # type: ignore[arg-type]

    known = rekeyed_rows.REKEYED | rekeyed_rows.FOUND_BY_OLD | rekeyed_rows.CHAINED | rekeyed_rows.NOT_KEYED
    assert await store._reader.run(job) == known
    sealed = {name.partition(".")[0] for name in known if name.endswith(".sealed")}
    assert sealed - {"proof"} == set(rekeyed_rows.TABLES)


# -- backups (SQLite only; PostgreSQL has its own backups) -------------------------------------------------------------


@pytest.fixture
async def sqlite(home: Home) -> AsyncIterator[Store]:
    opened = await Store.open(home.db, home.read_vault())
    await live(opened)
    yield opened
    await opened.close()


async def opens(home: Home, check: Callable[[dict[str, object]], object]) -> None:
    store = await Store.open(home.db, home.read_vault())
    assert check(await everything(store))
    assert await store.key_change.under_way() is None
    await store.close()


async def test_a_backup_made_before_a_rotation_is_restored_with_a_copy_of_the_old_keys(
    home: Home, sqlite: Store, tmp_path: Path
) -> None:
    before = await everything(sqlite)
    await back_up(home, sqlite, tmp_path / "b", NOW, keys=False)
    shutil.copytree(home.keys, tmp_path / "new" / "keys")
    await rotate_vault(home, sqlite, now)
    await restore(Home(tmp_path / "new"), tmp_path / "b", NOW, hold=False)
    await opens(Home(tmp_path / "new"), lambda found: found == before)


async def test_a_backup_made_before_a_rotation_is_encrypted_with_the_new_key_when_the_old_one_is_given(
    home: Home, sqlite: Store, tmp_path: Path
) -> None:
    before, old = await everything(sqlite), tmp_path / "old.key"
    shutil.copy(home.vault_key, old)
    await back_up(home, sqlite, tmp_path / "b", NOW, keys=False)
    ledger.record(home, [f"p1/mentee/{NOW.isoformat()}"])
    await rotate_vault(home, sqlite, now)
    new = Home(tmp_path / "new")
    shutil.copytree(home.keys, new.keys)
    with pytest.raises(HomeError, match="--old-key"):
        await restore(new, tmp_path / "b", NOW, hold=False)
    made = await restore(new, tmp_path / "b", NOW, hold=False, given=Given(old))
    assert made.forgotten == 1
    assert new.vault_key.read_text() == home.vault_key.read_text()
    people = before["people"]
    assert isinstance(people, list)
    store = await Store.open(new.db, new.read_vault())
    assert (await store.members.having(JANE)) is not None
    assert (await store.members.having(OMAR)) is None
    await store.close()


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_a_backup_made_during_a_rotation_is_restored_with_a_copy_of_the_old_keys(
    home: Home, sqlite: Store, tmp_path: Path, steps: int
) -> None:
    """Nobody copied the new key yet."""
    shutil.copytree(home.keys, tmp_path / "new" / "keys")
    before = await everything(sqlite)
    home.stage_vault_key(new_key())
    await sqlite.key_change.begin(home.read_secret(home.next_vault_key), NOW)
    for _ in range(steps):
        await sqlite.key_change.step()
    await back_up(home, sqlite, tmp_path / "b", NOW, keys=False)
    new = Home(tmp_path / "new")
    await restore(new, tmp_path / "b", NOW, hold=False)
    store = await Store.open(new.db, new.read_vault())
    assert await everything(store) == before
    await rotate_vault(new, store, now)
    assert await everything(store) == before
    await store.close()
    await opens(new, lambda found: found == before)


async def test_it_waits_until_other_relays_had_time_to_find_the_key(home: Home, sqlite: Store) -> None:
    began = asyncio.get_running_loop().time()
    await rotate_vault(home, sqlite, now, timedelta(seconds=0.4))
    assert asyncio.get_running_loop().time() - began >= 0.4
    assert vault_rotation.settling("postgresql://x") > timedelta(seconds=30)
    assert vault_rotation.settling(home.db) == timedelta(0)
