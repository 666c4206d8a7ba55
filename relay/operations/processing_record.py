"""The record of processing activities (GDPR, Article 30), from the settings in force and the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from relay.home import Home
from relay.roles import named
from relay.settings import Settings
from relay.settings_file import is_loopback
from relay.store import Store

_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the record: what it is about, what is so, and the setting that makes it so ("": none)."""

    what: str
    is_so: str
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The record. ``sections``: heading → items; ``open_points``: what a person has to add, because no program knows
    it."""

    made_at: datetime
    sections: Mapping[str, tuple[Item, ...]]
    open_points: tuple[str, ...]


async def processing_record(home: Home, settings: Settings, store: Store, now: datetime) -> Record:
    """The record as of ``now``. It names no member. Raises StoreError."""
    sections = {
        "Controller": tuple(_controller(settings)),
        "Purposes": _PURPOSES,
        "People": tuple(await _people(settings, store)),
        "Data": tuple(await _data(settings, store)),
        "Recipients": tuple(_recipients(settings)),
        "Retention": tuple(await _retention(settings, store)),
        "Security": tuple(await _security(home, settings, store)),
        "Place": tuple(_place(home, settings)),
        "Rights": _RIGHTS,
    }
    return Record(now, sections, tuple(_open_points(settings)))


_PURPOSES = (
    Item("Mentoring by letter", "a mentor and a mentee write to each other, and neither learns who the other is"),
    Item("Proof", "only a proven member writes under a pseudonym; consent and what operators did are recorded"),
    Item("Safety", "reports of members reach a person; letters are kept to look into them"),
)
_RIGHTS = (
    Item("Access and a copy", "COPY and WHO by mail; relay member export and relay log events for an operator"),
    Item("Correction", "ADDRESS and LANG by mail; relay member add-address, set-primary and known-as for an operator"),
    Item("Erasure", "FORGET by mail, confirmed by a code; relay member forget for an operator; restored backups too"),
    Item("Restriction", "PAUSE and LEAVE by mail; relay pair pause, end and hold-legal for an operator"),
    Item("Withdrawing consent", "LEAVE by mail, at any time and without a reason"),
)


def _controller(settings: Settings) -> Iterable[Item]:
    programme = settings.programme
    yield Item("Programme", programme.name, "programme.name")
    yield Item("Who runs relay", programme.operator or "not set", "programme.operator")
    yield Item("Contact for members", programme.help or f"postmaster@{settings.domain}", "programme.help")
    yield Item("Domain of the addresses", settings.domain, "domain")
    for one in named(settings):
        group = f" of group {one.cohort}" if one.cohort else ""
        yield Item(f"{one.role.capitalize()}{group}", one.address, one.setting)


async def _people(settings: Settings, store: Store) -> Iterable[Item]:
    rows = await store.members.rows()
    states = Counter({(row.pair_id, row.side): str(row.state) for row in rows}.values())
    pairs = Counter(str(pair.state) for pair in await store.directory.pairs())
    cohorts = {pair.cohort for pair in await store.directory.pairs() if pair.cohort}
    return (
        Item("Mentors and mentees", _counted(states) + " (places in pairs; a person may have several)"),
        Item("Pairs", _counted(pairs) + f"; groups: {len(cohorts)}"),
        Item("People who run the programme", f"{len({one.address for one in named(settings)})} named in the settings"),
        Item("Others who write to the programme", "their letters to the operator, through an address of relay's"),
    )


async def _data(settings: Settings, store: Store) -> Iterable[Item]:
    kept = settings.store.content == "kept"
    found = [
        Item("Who members are", "mail addresses, names given by the programme, language, time zone"),
        Item("Pseudonyms", "name and address under which each writes; role, group, state"),
        Item("Consent", "the text shown, its version, when it was answered, the SHA-256 of the answer"),
        Item(
            "Letters",
            "the letters as passed on, encrypted" if kept else "not kept once delivered",
            "store.content",
        ),
        Item("About letters", "times, sizes, counts of what was removed, outcome; Message-IDs, encrypted"),
        Item("Events", "what happened to whom and when; which operator read what, and why, encrypted"),
        Item("Special categories (Article 9)", "none is asked for; letters may hold any that their authors write"),
    ]
    holds = await store.legal_holds.all()
    waiting = await store.legal_holds.wishes()
    if holds:
        found.append(Item("Pairs on legal hold", f"{', '.join(holds)}: nothing of them is deleted"))
    if waiting:
        found.append(Item("Members who wait to be forgotten", str(len(waiting))))
    return found


def _recipients(settings: Settings) -> Iterable[Item]:
    smarthost = settings.delivery.smarthost
    yield Item("The other member of a pair", "the letter without its author's identity")
    yield Item("Mail servers of members", "each letter, on its way to its reader")
    if smarthost is not None:
        where = "on this machine" if is_loopback(smarthost.host) else str(smarthost)
        yield Item("The mail server that letters go through", where, "delivery.smarthost")
    if settings.authenticity.verify == "upstream":
        yield Item("The mail server that receives for relay", "every letter to relay", "authenticity.verify")
    if settings.attachments.scanner:
        yield Item("Malware scanner on this machine", settings.attachments.scanner, "attachments.scanner")
    resolvers = ", ".join(map(str, settings.dns.nameservers)) or "those of the system"
    yield Item("DNS resolvers", f"{resolvers}: domains of members and of their mail servers", "dns.nameservers")
    yield Item("Nobody else", "no analytics, no web service; metrics are on this machine and without names")


async def _retention(settings: Settings, store: Store) -> Iterable[Item]:
    kept = settings.retention
    letters = settings.store.content == "kept"
    members = "until they are forgotten: FORGET by mail, or relay member forget"
    return (
        Item("Who members are, pairs", members),
        Item("Letters", _span(kept.letters) if letters else "until delivered", "retention.letters"),
        Item("What may be quoted of letters", _span(kept.letters), "retention.letters"),
        Item("Journal, events, consent of pairs that are over", _span(kept.events), "retention.events"),
        Item("Questions to members", _span(kept.questions), "retention.questions"),
        Item("Conversations with the operator", _span(kept.conversations), "retention.conversations"),
        Item("Return paths of letters", _span(kept.return_paths), "retention.return_paths"),
        Item("Backups", "as long as the operator keeps the files; relay restore forgets again who was forgotten"),
        *(Item(f"Pair {pair}", "legal hold: until it is lifted") for pair in await store.legal_holds.all()),
    )


async def _security(home: Home, settings: Settings, store: Store) -> Iterable[Item]:
    chain = await store.events.verify()
    dkim = settings.dkim.selectors(programme=False)
    there = [selector for selector in dkim if home.dkim_key(selector).is_file()]
    out = {"offered": "encrypted where the next server offers it", "required": "never sent in the clear"}
    proof = {
        "self": "SPF, DKIM, DMARC and ARC are checked by relay",
        "upstream": "by the mail server before relay",
        "none": "not checked: for trials only",
    }
    unproven = {"confirm": "held, and the member is asked", "refuse": "refused", "accept": "accepted"}
    return (
        Item("Pseudonyms", "letters are written anew without their author's identity, and searched for it"),
        Item("Encryption at rest", "AES-256-GCM of identities, letters and reasons; the key is not in the database"),
        Item("Encryption on the way in", _incoming(settings), "smtp.tls_certificate"),
        Item("Encryption on the way out", out[settings.delivery.tls], "delivery.tls"),
        Item("DNSSEC and DANE", "validated" if settings.dns.dnssec == "validated" else "not in use", "dns.dnssec"),
        Item("Signatures (DKIM)", f"{', '.join(there)}" if there else "no keys: letters cannot be signed", "dkim"),
        Item("Who wrote a letter", proof[settings.authenticity.verify], "authenticity.verify"),
        Item("Letters that are not proven", unproven[settings.authenticity.on_unproven], "authenticity.on_unproven"),
        Item("Looks of operators", "recorded with name and reason before anything is shown"),
        Item("Record of events", "a hash chain; it is " + (f"broken: {chain.fault}" if chain.fault else "intact")),
        Item("Parsing", "in processes that are replaced; converters run in a sandbox without network"),
        Item("Malware scanner", settings.attachments.scanner or "none", "attachments.scanner"),
        Item("Backups", "relay backup FILE: encrypted content, authenticated; the keys are kept elsewhere"),
    )


def _place(home: Home, settings: Settings) -> Iterable[Item]:
    place = home.place(settings.store.url)
    if isinstance(place, Path):
        yield Item("Database", f"SQLite, {place}", "store.url")
    else:
        url = urlsplit(place)
        server = url.hostname or "this machine"
        yield Item("Database", f"PostgreSQL on {server}, {url.path.lstrip('/')}", "store.url")
    yield Item("Settings and keys", str(home.path))
    yield Item("Server", settings.hostname, "smtp.hostname")


def _open_points(settings: Settings) -> Iterable[str]:
    if not settings.programme.operator:
        yield "Set programme.operator: the record must name a contact of the controller."
    yield "Name and address of the controller, and of its data protection officer, if there is one."
    yield "The legal basis of each purpose; relay records consent (relay pair show PAIR --json)."
    yield "The country of this machine, of the backups, and of members' mail servers (transfers, Chapter V)."
    yield "Contracts with processors: who hosts this machine, and the mail server that letters go through."
    yield "How long backups are kept."


def _incoming(settings: Settings) -> str:
    return "offered (STARTTLS)" if settings.smtp.tls_certificate else "not offered by relay itself"


def _counted(counts: Counter[str]) -> str:
    total = sum(counts.values())
    return f"{total}" + (
        f" ({', '.join(f'{count} {name}' for name, count in sorted(counts.items()))})" if total else ""
    )


def _span(seconds: float) -> str:
    return f"{seconds / _DAY:g} days"


def markdown(record: Record) -> str:
    """The record as Markdown."""
    lines = [
        "# Record of processing activities",
        "",
        f"Written by relay on {record.made_at:%Y-%m-%d %H:%M} UTC from the settings in force and the database.",
    ]
    for heading, items in record.sections.items():
        lines += ["", f"## {heading}", "", "| | | setting |", "| --- | --- | --- |"]
        lines += [f"| {_cell(one.what)} | {_cell(one.is_so)} | {_code(one.setting)} |" for one in items]
    lines += ["", "## To be added by a person", "", *(f"- {point}" for point in record.open_points), ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
