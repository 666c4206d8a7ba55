"""Looks a relay over: settings, keys, database, letters and doors; says what is wrong and what to do about it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from relay.home import Home, HomeError
from relay.letters.language import name_of
from relay.letters.templates import LetterTemplates
from relay.message.write.dkim_sign import Signer, public_record
from relay.message.write.dkimpy_check import verifies
from relay.operations.connectivity import check_certificate, check_listen, check_smarthost
from relay.operations.dkim_rotation import check_dkim_rotation
from relay.operations.findings import Finding, fine, warn, wrong
from relay.operations.retention import check_retention
from relay.operations.vault_rotation import check_rotation
from relay.settings import Settings
from relay.settings_file import SettingsError, is_loopback, load, startable
from relay.smtp.client.reply_outcome import meaning, unprotected
from relay.store import ChainState, Store, StoreError

_LITTLE_ROOM = 500 * 1024 * 1024


async def check(home: Home, environ: Mapping[str, str], now: datetime) -> list[Finding]:
    """Everything that can be said about this home, the worst not first but in the order of looking.

    Opens the database and connects to the listen addresses and the smarthost; changes nothing and sends no letter.
    """
    if not home.path.is_dir():
        return [wrong(f"{home.path} is not there", "make a home with relay init, or name the right one with --home")]
    try:
        settings = load(home.toml, environ)
    except SettingsError as error:
        remedy = f"correct {home.toml}, or the variable of that name"
        return [*(wrong(fault, remedy) for fault in error.errors), *check_files(home, None)]
    findings = [fine(f"{home.toml} is in order"), *check_settings(settings), *check_files(home, settings)]
    findings += check_keys(home, settings, now)
    findings += await check_store(home, settings, now)
    findings += check_letters(home, settings)
    findings += await check_languages(home, settings)
    findings += check_certificate(home, settings, now)
    for address in settings.smtp.listen:
        findings.append(await check_listen(address, settings.hostname))
    if settings.delivery.smarthost is not None:
        findings.append(await check_smarthost(settings))
    return findings


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Settings that are well formed, and still stop relay from starting or a letter from getting through."""
    for reason in startable(settings):
        yield wrong(reason, "relay serve does not start like this")
    if settings.authenticity.verify == "none":
        yield warn(
            'authenticity.verify is "none": WHOEVER CAN REACH THIS PORT CAN WRITE AS ANY MEMBER',
            'set it to "self", or behind a mail server that checks authors (SPF, DKIM, DMARC) to "upstream"',
        )
    if settings.authenticity.verify == "self" and all(is_loopback(address.host) for address in settings.smtp.listen):
        yield warn(
            "letters come in from this machine only, so SPF says nothing and only what is signed by DKIM gets through",
            'listen where the MX points to; or, behind a mail server here, set authenticity.verify = "upstream"',
        )
    if not settings.programme.operator:
        yield warn(
            f"postmaster@{settings.domain} and abuse@{settings.domain} are refused: programme.operator is empty",
            "set it to an address where somebody reads mail; every mail domain must have these two (RFC 2142)",
        )


def check_files(home: Home, settings: Settings | None) -> Iterator[Finding]:
    """Whether secrets are their owner's alone, and whether there is room."""
    database: Path | None = home.db
    if settings is not None:
        try:
            place = home.place(settings.store.url)
            database = place if isinstance(place, Path) else None
        except HomeError as error:
            yield wrong(error.what, error.remedy)
    bad = [finding for path, most in _modes(home, database) if (finding := _mode(path, most))]
    yield from bad
    if not bad:
        yield fine("keys and database are their owner's alone")
    free = shutil.disk_usage(home.path).free
    if free < _LITTLE_ROOM:
        yield warn(f"{free // 1024**2} MiB are free in {home.path}", "make room: without it letters are put off")


def _modes(home: Home, database: Path | None) -> Iterator[tuple[Path, int]]:
    """Paths with the most that others may do to them."""
    yield home.path, 0o755
    yield home.toml, 0o644
    yield home.keys, 0o700
    if home.keys.is_dir() and os.access(home.keys, os.R_OK | os.X_OK):
        yield from ((path, 0o600) for path in sorted(home.keys.iterdir()))
    if database is not None:
        yield database, 0o600


def _mode(path: Path, most: int) -> Finding | None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None  # said elsewhere, by whoever needs it
    except OSError as error:
        return wrong(f"{path} cannot be looked at: {error.strerror}", "run relay as the user who owns the home folder")
    if mode & ~most & 0o777:
        return wrong(f"{path} is open to other users (mode {mode:03o})", f"chmod {most:03o} {path}")
    return None


_SAMPLE = (
    b"From: a@relay.invalid\r\nTo: b@relay.invalid\r\nSubject: sample\r\nDate: x\r\nMessage-ID: <x@y>\r\n\r\nHello\r\n"
)


def check_keys(home: Home, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether letters can be signed, and where a change of keys stands."""
    try:
        keys = home.dkim_keys(settings)
        signed = Signer(settings.domain, keys).sign(_SAMPLE)
        records = {f"{selector}._domainkey.{settings.domain}": public_record(pem) for selector, pem in keys}
        if verifies(signed, records):
            yield fine("both DKIM keys can be read, and what they sign verifies")
        else:
            yield wrong("what the DKIM keys sign does not verify", "bring the keys back from your backup")
        yield from check_dkim_rotation(home, settings, now)
    except HomeError as error:
        yield wrong(error.what, error.remedy)
    except ValueError:
        yield wrong(f"a DKIM key in {home.keys} is damaged", "bring it back from your backup")


async def check_store(home: Home, settings: Settings, now: datetime) -> list[Finding]:
    """Whether the database opens with this vault key, is sound, and delivers."""
    try:
        store = await Store.open(home.place(settings.store.url), home.read_vault(), checkpoints=False)
    except HomeError as error:
        return [wrong(error.what, error.remedy)]
    except StoreError as error:
        return [_of_store(error)]
    try:
        await store.check()
        counts = await store.queue.counts()
        waiting = _of_waiting(await store.queue.statuses())
        chain = await store.events.verify()
        kept = await check_retention(store, settings, now) + await check_rotation(store)
    except StoreError as error:
        return [_of_store(error)]
    finally:
        await store.close()
    findings = [fine("the database opens and is sound: " + ", ".join(f"{n} {state}" for state, n in counts.items()))]
    findings.append(_of_chain(chain))
    if counts.get("held"):
        findings.append(warn(f"{counts['held']} deliveries are held", "see relay queue list; then retry or drop them"))
    return findings + list(waiting) + kept


def _of_waiting(statuses: Mapping[str, int]) -> Iterator[Finding]:
    """What waits for an encrypted way."""
    for status, count in sorted(statuses.items()):
        if unprotected(status):
            letters = "1 delivery waits" if count == 1 else f"{count} deliveries wait"
            yield warn(
                f"{letters} for a way that is not in the clear ({status}): {meaning(status)}",
                "relay queue list and relay held list say which; when the server is mended, relay queue retry --all",
            )


def _of_chain(chain: ChainState) -> Finding:
    if not chain.fault:
        return fine(f"the record of events is whole: {chain.length} events")
    return wrong(
        f"the record of events was tampered with: {chain.fault}; the {chain.length} events before it are sound",
        "find out who can write to the database; keep the file as it is, and compare it with a backup",
    )


def _of_store(error: StoreError) -> Finding:
    """Its words say what is wrong, then what to do."""
    what, _, remedy = str(error).partition("; ")
    return wrong(what, remedy or "see store.url in relay.toml, and keys/vault.key")


def check_letters(home: Home, settings: Settings) -> Iterator[Finding]:
    """Whether every letter relay writes itself can be filled in."""
    problems = LetterTemplates(home.templates, settings.programme.language).problems()
    for problem in problems:
        yield wrong(problem, f"correct it in {home.templates}, or take it away there: then the shipped one is used")
    if not problems:
        yield fine("every letter that relay writes itself can be written")


async def check_languages(home: Home, settings: Settings) -> list[Finding]:
    """Whether there are letters in the languages of the programme and its members, and whether somebody read them."""
    wanted = set(settings.programme.languages)
    try:
        store = await Store.open(home.place(settings.store.url), home.read_vault(), checkpoints=False)
        try:
            wanted |= await store.directory.languages()
        finally:
            await store.close()
    except (HomeError, StoreError):
        pass  # said by check_store
    return list(_of_languages(LetterTemplates(home.templates, settings.programme.language), wanted))


def _of_languages(templates: LetterTemplates, wanted: Iterable[str]) -> Iterator[Finding]:
    for tag in sorted(wanted):
        if not templates.has(tag):
            yield warn(
                f"there are no letters in {name_of(tag)}; members with that language are written to in "
                f"{name_of(templates.language_for(tag))}",
                f"put letters into templates/{tag.lower()}/ of the home, or change the language",
            )
        elif templates.draft(tag):
            yield warn(
                f"the letters in {name_of(templates.language_for(tag))} are a draft",
                f"let somebody who speaks it read them: relay letters list --html FILE; put what they correct, and "
                f"words.toml with draft = false, into templates/{templates.language_for(tag)}/ of the home",
            )
