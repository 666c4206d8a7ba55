"""relay check: inspects settings, keys, database, letter templates and connections, with a remedy for each fault."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from relay.home import Home, HomeError
from relay.message.write.dkim_sign import Signer, public_record
from relay.message.write.dkimpy_check import verifies
from relay.operations.certificate import check_certificate
from relay.operations.connectivity import check_dnssec, check_smarthost
from relay.operations.converters import check_converters
from relay.operations.counted import counted
from relay.operations.database_server import unreachable
from relay.operations.dkim_rotation import check_dkim_rotation
from relay.operations.file_modes import check_files
from relay.operations.findings import Finding, fine, warn, wrong
from relay.operations.letters_check import check_languages, check_letters, templates_of
from relay.operations.listening import UNIT_FOLDERS, check_listen
from relay.operations.malware import check_scanner
from relay.operations.reports_check import check_reports
from relay.operations.retention import check_retention
from relay.operations.roles_check import check_clocks, check_roles
from relay.operations.socket_unit import check_socket
from relay.operations.upgrade_backup import backing_up, check_upgrades
from relay.operations.vault_rotation import check_rotation
from relay.ownership import as_owner
from relay.roles import Roles
from relay.settings import Settings
from relay.settings_file import SettingsError, is_loopback, load, startable
from relay.signing_keys import Mail
from relay.smtp.client.reply_outcome import meaning, unprotected
from relay.store import ChainState, Store, StoreError

_LOCKED_AFTER = 3.0
"""Seconds that another program may keep the database locked."""


async def check(home: Home, environ: Mapping[str, str], now: datetime) -> list[Finding]:
    """All findings about a home, in the order of the checks. ``environ`` may override settings (RELAY_…).

    Opens the database and connects to the listen addresses, the smarthost and the resolvers. Changes nothing, but
    upgrades the database of an earlier version, like every command, and sends no letter.
    """
    findings, settings = await check_machine(home, environ, now)
    return findings if settings is None else [*findings, *await check_connections(settings, now)]


async def check_machine(home: Home, environ: Mapping[str, str], now: datetime) -> tuple[list[Finding], Settings | None]:
    """What ``check`` finds without the network, but for a database and a malware scanner there; and the settings, None
    when they cannot be read."""
    if (closed := _closed(home)) is not None:
        return [closed], None
    try:
        settings = load(home.toml, environ)
    except SettingsError as error:
        remedy = f"correct {home.toml}, or the RELAY_… environment variable"
        return [*(wrong(fault, remedy) for fault in error.errors), *check_files(home, None)], None
    findings = [fine(f"{home.toml} has no errors"), *check_settings(settings), *check_files(home, settings)]
    findings += check_keys(home, settings, now)
    findings += await check_store(home, settings, now)
    findings += check_upgrades(home)
    findings += check_letters(home, settings)
    findings += await check_converters(settings)
    findings += [finding async for finding in check_scanner(settings)]
    findings += check_certificate(home, settings, now)
    return list(dict.fromkeys(findings)), settings  # two checks may miss the same file


async def check_connections(settings: Settings, now: datetime) -> list[Finding]:
    """Whether relay answers where it should, and the smarthost or the resolvers do. All are asked at once."""
    asked = [check_listen(address, settings.hostname) for address in settings.smtp.listen]
    if settings.delivery.smarthost is not None:
        asked.append(check_smarthost(settings, now))
    elif settings.dns.dnssec == "validated":
        asked.append(check_dnssec(settings))
    return [*await asyncio.gather(*asked), *check_socket(settings.smtp.listen, UNIT_FOLDERS)]


def _closed(home: Home) -> Finding | None:
    """A finding when there is no home folder, or this user may not look into it or read its settings."""
    try:
        if not home.path.is_dir():
            if home.path.exists():
                return wrong(f"{home.path} is no folder", "give the folder with relay.toml in it with --home")
            remedy = "make a home with relay init, or give the right one with --home"
            return wrong(f"{home.path} does not exist", remedy)
        readable = not home.holds_settings() or os.access(home.toml, os.R_OK, effective_ids=True)
    except (HomeError, PermissionError):
        return wrong(f"you may not look into {home.path}", as_owner(home.toml))
    return None if readable else wrong(f"you may not read {home.toml}", as_owner(home.toml))


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Settings that are valid, but stop relay from starting or letters from being accepted."""
    for reason in startable(settings):
        yield wrong(reason, "relay serve does not start until this is corrected")
    if settings.authenticity.verify == "none":
        yield warn(
            'authenticity.verify is "none": ANYONE WHO CAN REACH THIS PORT CAN WRITE AS ANY MEMBER',
            'set it to "self", or behind a mail server that checks authors (SPF, DKIM, DMARC) to "upstream"',
        )
    if settings.authenticity.verify == "self" and all(is_loopback(address.host) for address in settings.smtp.listen):
        yield warn(
            "relay listens on this machine only, so it cannot check SPF, and only letters with DKIM are proven",
            'listen where the MX record points; or, behind a mail server here, set authenticity.verify = "upstream"',
        )
    if not settings.programme.operator:
        yield warn(
            f"postmaster@{settings.domain} and abuse@{settings.domain} are refused: programme.operator is empty",
            "set it to an address that somebody reads; every mail domain must accept mail to these two (RFC 2142)",
        )


_SAMPLE = (
    b"From: a@relay.invalid\r\nTo: b@relay.invalid\r\nSubject: sample\r\nDate: x\r\nMessage-ID: <x@y>\r\n\r\nHello\r\n"
)


def check_keys(home: Home, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether letters can be signed, and how far a key rotation is."""
    try:
        if all(_signatures_verify(settings, home.dkim_keys(settings, mail)) for mail in Mail):
            yield fine("the DKIM keys can be read, and their signatures verify")
        else:
            yield wrong("the signatures of the DKIM keys do not verify", "restore the keys from your copy")
        yield from check_dkim_rotation(home, settings, now)
    except HomeError as error:
        yield wrong(error.what, error.remedy)
    except ValueError:
        yield from _damaged_keys(home, settings)


def _damaged_keys(home: Home, settings: Settings) -> Iterator[Finding]:
    """The DKIM keys that cannot be read as keys."""
    for selector in sorted({selector for mail in Mail for selector, _ in home.dkim_keys(settings, mail)}):
        try:
            public_record(home.read_dkim_key(selector))
        except ValueError:
            yield wrong(
                f"the DKIM key {home.dkim_key(selector)} is damaged, has a passphrase or is no private key",
                "restore it from your copy of the keys",
            )


def _signatures_verify(settings: Settings, keys: tuple[tuple[str, str], ...]) -> bool:
    signed = Signer(settings.domain, keys).sign(_SAMPLE)
    return verifies(signed, {f"{selector}._domainkey.{settings.domain}": public_record(pem) for selector, pem in keys})


async def check_store(home: Home, settings: Settings, now: datetime) -> list[Finding]:
    """Whether the database opens with this vault key and is undamaged; held deliveries; retention and key rotation;
    letters in the members' languages."""
    try:
        vault, place = home.read_vault(), home.place(settings.store.url)
        if isinstance(place, Path) and (closed := _unwritable(place)) is not None:
            return [closed]
        if isinstance(place, str) and (silent := await unreachable(place)) is not None:
            return [silent]
        await Store.check_unlocked(place, _LOCKED_AFTER)
        store = await Store.open(place, vault, checkpoints=False, before=backing_up(home, lambda: now))
    except HomeError as error:
        return [wrong(error.what, error.remedy)]
    except StoreError as error:
        return [_store_finding(error)]
    try:
        await store.check()
        missing = await store.large_letters.missing()
        counts = await store.queue.counts()
        tls_waits = list(_tls_waits(await store.queue.statuses()))
        chain = await store.events.verify()
        others = await check_retention(store, settings, now) + await check_rotation(store)
        spoken = await store.directory.languages()
        others += check_roles(settings, await Roles(settings, store).all())
        others += check_domain(settings.domain, *await store.directory.elsewhere(settings.domain))
        others += check_reports(settings, await store.reports.rows(), now)
        others += check_clocks(settings, await store.directory.without_time_zone())
    except StoreError as error:
        return [_store_finding(error)]
    finally:
        await store.close()
    queue = ", ".join(f"{count} {state}" for state, count in counts.items())
    findings = [fine(f"the database opens and is undamaged; deliveries: {queue}"), _chain_finding(chain)]
    if missing:
        findings.append(
            wrong(
                f"{missing} large letters have lost their file beside the database, and cannot be read",
                "put the folder of its name with -letters back beside it, or restore a backup; move the two together",
            )
        )
    if counts.get("held"):
        findings.append(
            warn(
                f"{counted(counts['held'], 'delivery is', 'deliveries are')} held",
                "see relay held list; then release or refuse them",
            )
        )
    further = spoken.difference(settings.programme.languages)  # check_letters reports on those of the programme
    return [*findings, *tls_waits, *others, *check_languages(templates_of(home, settings), further)]


def check_domain(domain: str, pairs: int, alias: str) -> Iterator[Finding]:
    """Whether the pairs' addresses are in relay's domain. ``pairs`` have others, such as ``alias``."""
    if pairs:
        others, have = alias.rpartition("@")[2], counted(pairs, "pair has", "pairs have")
        yield wrong(
            f"{have} addresses in {others}, but domain is {domain}: what is written to them is refused",
            f"set domain back to {others} in relay.toml: members know these addresses, and nothing moves them",
        )


def _unwritable(database: Path) -> Finding | None:
    """A finding when this user may not write a database that is there, or the files that SQLite makes beside it."""
    if not os.access(database, os.R_OK, effective_ids=True):
        return None  # opening it says so
    folder = database.parent
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        remedy = "see in the system's log whether the disk fails, then mount it writable (mount -o remount,rw)"
        return wrong(f"the disk of {folder} is mounted read-only: relay accepts no letters", remedy)
    if not os.access(folder, os.W_OK, effective_ids=True):
        return wrong(f"you may not write into {folder}, the folder of the database", as_owner(folder))
    for path in (database, *(database.with_name(f"{database.name}-{end}") for end in ("wal", "shm"))):
        if path.exists() and not os.access(path, os.W_OK, effective_ids=True):
            return wrong(f"you may not write the database's file {path}", as_owner(path))
    return None


def _tls_waits(statuses: Mapping[str, int]) -> Iterator[Finding]:
    """Deliveries that wait for an encrypted connection, by their status."""
    for status, count in sorted(statuses.items()):
        if unprotected(status):
            letters = counted(count, "delivery waits", "deliveries wait")
            yield warn(
                f"{letters} for an encrypted connection ({status}): {meaning(status)}",
                "see relay queue list and relay held list; when the server is corrected, relay queue retry --all",
            )


def _chain_finding(chain: ChainState) -> Finding:
    if not chain.fault:
        return fine(f"the chain of events is intact: {counted(chain.length, 'event')}")
    where = f" after event {chain.length}" if chain.length else ""
    return wrong(
        f"the chain of events is broken{where}: {chain.fault}",
        "keep a copy of the database as it is, find out who can write to it, and compare its events (relay log events) "
        "with those of a backup",
    )


def _store_finding(error: StoreError) -> Finding:
    return wrong(error.what, error.remedy or "see store.url in relay.toml, and keys/vault.key")
