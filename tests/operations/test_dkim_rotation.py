"""DKIM keys are replaced step by step. Without --force no letter is signed with a key whose record is not in DNS."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay.home import Home, HomeError
from relay.message.write.dkim_sign import Signer, public_record
from relay.message.write.dkimpy_check import verifies
from relay.model import Identity, JournalEntry, NewDelivery, NewPair, Persona, Side
from relay.operations.check import check_keys
from relay.operations.dkim_rotation import Plan, Step, carry_out, further_records, plan, signing_records
from relay.operations.findings import Level
from relay.settings import Address, DkimSettings, DnsSettings, Settings
from relay.signing_keys import Mail, SigningKeys
from relay.store import Acceptance, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIGURED = ("relay-rsa", "relay-ed25519")
OWN = ("programme-rsa", "programme-ed25519")
DATED = ("relay-rsa-20260301", "relay-ed25519-20260301")
IN_FLIGHT = timedelta(days=8)  # three days of tries by relay (delivery.give_up_after), five by the next server
SAMPLE = b"From: a@relay.test\r\nTo: b@relay.test\r\nSubject: sample\r\nDate: x\r\nMessage-ID: <x@y>\r\n\r\nHello\r\n"
Zone = dict[object, object]


@pytest.fixture
def zone() -> Zone:
    return {}


@pytest.fixture
async def settings(zone: Zone, name_server: Callable[..., Awaitable[Address]]) -> Settings:
    return Settings("relay.test", dns=DnsSettings((await name_server(zone),)))


@pytest.fixture
async def store(home: Home) -> AsyncIterator[Store]:
    opened = await Store.open(home.db, home.read_vault())
    yield opened
    await opened.close()


def publish(zone: Zone, home: Home, settings: Settings) -> None:
    for record in further_records(home, settings):
        pieces = [record.value[start : start + 255] for start in range(0, len(record.value), 255)]
        zone[record.name, "TXT"] = [" ".join(f'"{piece}"' for piece in pieces)]


async def step(
    home: Home,
    settings: Settings,
    store: Store,
    at: datetime = NOW,
    *,
    mail: Mail = Mail.RELAYED,
    force: bool = False,
    again: bool = False,
) -> tuple[Step, SigningKeys]:
    planned = await plan(home, settings, store, at, mail=mail, force=force, again=again)
    return planned.step, carry_out(home, settings, planned, at)


def without_programme_keys(home: Home) -> None:
    """Make ``home`` one from before mail of the programme's had keys of its own."""
    for selector in OWN:
        home.dkim_key(selector).unlink()


def signed_by(home: Home, settings: Settings, mail: Mail = Mail.RELAYED) -> dict[str, str]:
    """The DNS records that verify the current signatures."""
    keys = home.dkim_keys(settings, mail)
    records = {f"{selector}._domainkey.relay.test": public_record(pem) for selector, pem in keys}
    assert verifies(Signer("relay.test", keys).sign(SAMPLE), records)
    return records


async def test_new_keys_sign_only_when_dns_has_their_records(
    home: Home, settings: Settings, store: Store, zone: Zone
) -> None:
    before = signed_by(home, settings)
    assert await step(home, settings, store) == (Step.BEGIN, SigningKeys(CONFIGURED, CONFIGURED, DATED))
    assert [record.name for record in further_records(home, settings)] == [
        f"{one}._domainkey.relay.test" for one in DATED
    ]
    assert (await step(home, settings, store))[0] is Step.WAIT
    publish(zone, home, settings)
    first, second = (f"{one}._domainkey.relay.test" for one in DATED)
    half = zone.pop((second, "TXT"))
    assert (await step(home, settings, store))[0] is Step.WAIT
    assert signed_by(home, settings) == before
    zone[second, "TXT"] = half
    done, keys = await step(home, settings, store)
    assert (done, keys.signing, keys.coming) == (Step.SWITCH, DATED, ())
    assert set(signed_by(home, settings)) == {first, second}


async def test_the_old_record_is_needed_until_letters_in_flight_have_arrived(
    home: Home, settings: Settings, store: Store, zone: Zone
) -> None:
    before = signed_by(home, settings)
    await step(home, settings, store)
    await step(home, settings, store, force=True)
    assert {record.name: record.value for record in further_records(home, settings)} == before
    assert (await step(home, settings, store, NOW + IN_FLIGHT - timedelta(seconds=1)))[0] is Step.NOTHING
    done, keys = await step(home, settings, store, NOW + IN_FLIGHT)
    assert (done, keys.signing, keys.old) == (Step.RETIRE, DATED, ())
    assert further_records(home, settings) == []
    assert {path.stem for path in home.keys.glob("*.pem")} == {*DATED, *OWN}
    assert signed_by(home, settings)


async def test_a_held_letter_signed_with_the_old_key_keeps_its_record(
    home: Home, settings: Settings, store: Store
) -> None:
    await step(home, settings, store)
    await step(home, settings, store, force=True)
    names = Persona("Amber Heron", "a@relay.test"), Persona("Quiet River", "q@relay.test")
    people = Identity(("jane@real.example",)), Identity(("omar@home.example",))
    await store.directory.add_pairs([NewPair("p1", *names, *people, "", "en", NOW)])
    entry = JournalEntry("j", "p1", Side.MENTOR, "letter", NOW - timedelta(hours=1), 3, 3)
    held = NewDelivery("d", "j", "omar@home.example", "", b"x", NOW, held="held")
    await store.accept([Acceptance(entry, None, (held,), keep=False)])
    assert (await step(home, settings, store, NOW + timedelta(days=60)))[0] is Step.NOTHING
    await store.queue.drop("d", NOW)
    assert (await step(home, settings, store, NOW + timedelta(days=60)))[0] is Step.RETIRE


async def test_the_next_rotation_waits_for_the_last_unless_again_is_given(
    home: Home, settings: Settings, store: Store
) -> None:
    for force in (False, True):
        await step(home, settings, store, force=force)
    assert (await step(home, settings, store))[0] is Step.NOTHING
    done, keys = await step(home, settings, store, again=True)
    assert (done, keys.coming) == (Step.BEGIN, tuple(f"{one}-2" for one in DATED))
    await step(home, settings, store, force=True)
    assert len(further_records(home, settings)) == 4
    later = NOW + IN_FLIGHT
    assert (await step(home, settings, store, later))[0] is Step.RETIRE
    done, keys = await step(home, settings, store, later)
    assert keys.coming == ("relay-rsa-20260309", "relay-ed25519-20260309")


async def test_selectors_changed_in_the_settings_take_precedence(home: Home, settings: Settings, store: Store) -> None:
    for force in (False, True):
        await step(home, settings, store, force=force)
    by_hand = replace(settings, dkim=DkimSettings("by-hand", CONFIGURED[1]))
    assert home.signing_keys(by_hand).signing == ("by-hand", CONFIGURED[1])
    with pytest.raises(HomeError, match=r"by-hand\.pem is missing"):
        home.dkim_keys(by_hand)


async def test_relay_check_reports_the_state_of_a_rotation(home: Home, settings: Settings, store: Store) -> None:
    def found(at: datetime) -> list[tuple[Level, str]]:
        return [(one.level, one.what) for one in check_keys(home, settings, at)][1:]

    assert found(NOW) == []
    await step(home, settings, store)
    assert found(NOW) == [(Level.WARNING, f"new DKIM keys ({', '.join(DATED)}) do not sign yet")]
    await step(home, settings, store, force=True)
    assert found(NOW)[0] == (Level.OK, "the record of the old DKIM key relay-rsa is needed until 2026-03-09 12:00 UTC")
    assert {level for level, _ in found(NOW + IN_FLIGHT)} == {Level.WARNING}


def own_signatures(home: Home, settings: Settings) -> set[str]:
    """The selectors that mail of the programme's is signed with now, in signatures that verify."""
    return {name.partition(".")[0] for name in signed_by(home, settings, Mail.PROGRAMME)}


async def test_a_home_without_keys_for_the_programme_s_mail_signs_it_with_the_published_ones_until_dns_has_new_records(
    home: Home, settings: Settings, store: Store, zone: Zone
) -> None:
    without_programme_keys(home)
    assert own_signatures(home, settings) == set(CONFIGURED)
    assert [record.name.partition(".")[0] for record in signing_records(home, settings)] == [*CONFIGURED]
    done, keys = await step(home, settings, store, mail=Mail.PROGRAMME)
    assert (done, keys) == (Step.BEGIN, SigningKeys(OWN, (), OWN))
    assert own_signatures(home, settings) == set(CONFIGURED)
    assert (await step(home, settings, store, mail=Mail.PROGRAMME))[0] is Step.WAIT
    publish(zone, home, settings)
    done, keys = await step(home, settings, store, mail=Mail.PROGRAMME)
    assert (done, keys) == (Step.SWITCH, SigningKeys(OWN, OWN))
    assert own_signatures(home, settings) == set(OWN)
    assert set(signed_by(home, settings)) == {f"{one}._domainkey.relay.test" for one in CONFIGURED}
    assert [record.name.partition(".")[0] for record in signing_records(home, settings)] == [*CONFIGURED, *OWN]


async def test_each_kind_of_mail_is_rotated_by_itself(home: Home, settings: Settings, store: Store) -> None:
    dated = tuple(f"{one}-20260301" for one in OWN)
    for force in (False, True):
        await step(home, settings, store, mail=Mail.PROGRAMME, force=force)
    assert own_signatures(home, settings) == set(dated)
    assert home.signing_keys(settings) == SigningKeys(CONFIGURED, CONFIGURED)
    for force in (False, True):
        await step(home, settings, store, force=force)
    assert own_signatures(home, settings) == set(dated)
    assert [old.selector for old in home.signing_keys(settings, Mail.PROGRAMME).old] == [*OWN]
    assert {record.name.partition(".")[0] for record in further_records(home, settings)} == {*CONFIGURED, *OWN}
    later = NOW + IN_FLIGHT
    assert (await step(home, settings, store, later, mail=Mail.PROGRAMME))[0] is Step.RETIRE
    assert {path.stem for path in home.keys.glob("*.pem")} == {*CONFIGURED, *DATED, *dated}


async def test_the_programme_s_mail_without_keys_of_its_own_follows_a_rotation(
    home: Home, settings: Settings, store: Store
) -> None:
    without_programme_keys(home)
    for force in (False, True):
        await step(home, settings, store, force=force)
    assert own_signatures(home, settings) == set(DATED)


async def test_one_pair_of_keys_may_sign_all_mail(home: Home, settings: Settings, store: Store) -> None:
    one_pair = replace(settings, dkim=DkimSettings(*CONFIGURED, *CONFIGURED))
    assert own_signatures(home, one_pair) == set(CONFIGURED)
    assert [finding.level for finding in check_keys(home, one_pair, NOW)] == [Level.OK]
    with pytest.raises(HomeError, match="without --programme"):
        await step(home, one_pair, store, mail=Mail.PROGRAMME)


async def test_a_key_that_signs_other_mail_is_not_deleted(home: Home, settings: Settings, store: Store) -> None:
    shared = replace(settings, dkim=DkimSettings(*CONFIGURED, CONFIGURED[0], OWN[1]))
    for force in (False, True):
        await step(home, shared, store, force=force)
    assert (await step(home, shared, store, NOW + IN_FLIGHT))[0] is Step.RETIRE
    assert own_signatures(home, shared) == {CONFIGURED[0], OWN[1]}


def test_relay_check_says_when_the_programme_s_mail_has_no_keys_of_its_own(home: Home, settings: Settings) -> None:
    without_programme_keys(home)
    (finding,) = [one for one in check_keys(home, settings, NOW) if one.level is Level.WARNING]
    assert finding.remedy == "give it keys of its own: relay dkim rotate --programme"


def test_a_damaged_state_file_is_an_error(home: Home) -> None:
    (home.keys / "dkim.json").write_text('{"old": []}')
    with pytest.raises(HomeError, match=r"dkim\.json is damaged"):
        home.dkim_keys(Settings("relay.test"))


def killed(home: Home, settings: Settings, planned: Plan, moment: int, at: datetime) -> bool:
    """Carry out the plan in a process that is killed (SIGKILL) at its n-th write to the disk, counted from 1.

    Returns False when it ended before.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _kill_at(moment)
            carry_out(home, settings, planned, at)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _kill_at(moment: int) -> None:
    left = [moment]

    def around(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def both(*given: object, **named: object) -> object:
            for before in (True, False):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = real(*given, **named) if before else result  # noqa: F821 -- set the first time
            return result

        setattr(owner, name, both)

    around(os, "fsync")
    around(Path, "replace")
    around(Path, "unlink")


@pytest.mark.parametrize(
    ("mail", "apart"),
    [(Mail.RELAYED, 3)] + [pytest.param(mail, 1, marks=pytest.mark.long) for mail in (Mail.RELAYED, Mail.PROGRAMME)],
)
def test_when_killed_at_any_moment_letters_are_signed_and_the_next_call_completes_the_step(
    home: Home, tmp_path: Path, mail: Mail, apart: int
) -> None:
    settings = Settings("relay.test", dns=DnsSettings((Address("127.0.0.1", 9),)))
    at = NOW

    async def planned(force: bool) -> Plan:
        store = await Store.open(home.db, home.read_vault())
        try:
            return await plan(home, settings, store, at, mail=mail, force=force, again=False)
        finally:
            await store.close()

    def done(keys: SigningKeys, step: Step) -> bool:
        there = {path.stem for path in home.keys.glob("*.pem")} - others
        named = {*keys.signing, *keys.coming, *(old.selector for old in keys.old)}
        reached = {Step.BEGIN: bool(keys.coming), Step.SWITCH: bool(keys.old), Step.RETIRE: not keys.old}
        return reached[step] and there == named

    others = {*OWN} if mail is Mail.RELAYED else {*CONFIGURED}
    moments = {}
    for step, force in ((Step.BEGIN, False), (Step.SWITCH, True), (Step.RETIRE, False)):
        at += IN_FLIGHT
        shutil.copytree(home.keys, tmp_path / step)
        now, moment = asyncio.run(planned(force)), 1
        assert now.step is step
        while killed(home, settings, now, moment, at):
            assert signed_by(home, settings, mail)
            if not done(home.signing_keys(settings, mail), step):
                following = asyncio.run(planned(force))
                assert following.step in (step, Step.WAIT)
                carry_out(home, settings, following, at)
            assert done(home.signing_keys(settings, mail), step), (step, moment)
            assert signed_by(home, settings, mail)
            shutil.rmtree(home.keys)
            shutil.copytree(tmp_path / step, home.keys)
            moment += apart
        moments[step] = moment
        assert done(home.signing_keys(settings, mail), step)
    assert moments[Step.BEGIN] > 15
    assert all(moment > 5 for moment in moments.values()), moments
