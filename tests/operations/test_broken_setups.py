"""relay check names what is wrong with a broken set-up, and what to do about it: one row for each set-up."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from lab.house import free_port

from relay.home import Home
from relay.operations import check as checks
from relay.operations import file_modes
from relay.operations.certificate import check_certificate
from relay.operations.clock import check_clock
from relay.operations.connectivity import check_own_smarthost
from relay.operations.file_modes import check_files, open_secrets
from relay.operations.findings import Finding, Level, sound
from relay.operations.letters_check import check_letters
from relay.operations.listening import check_listen, refused
from relay.operations.outside import check_outside, needed
from relay.settings import Address, Settings
from relay.settings_file import load
from relay.vault import new_key

from ..conftest import Authority

MakeServer = Callable[..., Awaitable[Address]]
NOW = datetime.now(UTC)
PUBLIC_KEY = (
    ed25519.Ed25519PrivateKey.generate()
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
PUBLIC = {"RELAY_SMTP__LISTEN": '["192.0.2.25:25"]', "RELAY_DELIVERY__SMARTHOST": ""}


@dataclass
class Setup:
    """A set-up that a row breaks. ``keep`` closes what must stay open during the check."""

    home: Home
    authority: Authority
    env: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW
    keep: list[Callable[[], object]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return load(self.home.toml, self.env)

    def certificate(self, *names: str, days: tuple[int, int] = (-1, 90), chain: bool = True) -> Path:
        """Set a certificate for these names. Returns the file of its key."""
        issued = self.authority.issue(*names, days=days, chain=chain)
        issued.key.chmod(0o600)
        self.env |= {"RELAY_SMTP__TLS_CERTIFICATE": str(issued.file), "RELAY_SMTP__TLS_KEY": str(issued.key)}
        return issued.key

    def lock(self) -> None:
        """Let another program lock the database."""
        code = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); db.execute('BEGIN IMMEDIATE'); print(flush=True); input()"  # noqa: E501 -- one command
        command = [sys.executable, "-c", code, str(self.home.db)]
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert program.stdout is not None
        program.stdout.readline()
        self.keep += [lambda: program.communicate(b"\n")]

    def close_dkim_key(self) -> None:
        """Give a DKIM key a passphrase."""
        path = self.home.dkim_key("relay-rsa")
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        closed = serialization.BestAvailableEncryption(b"secret")
        form = serialization.PrivateFormat.PKCS8
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, closed))


@pytest.fixture
def setup(home: Home, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setup]:
    monkeypatch.setattr(checks, "_LOCKED_AFTER", 0.05)
    made = Setup(home, authority)
    yield made
    for close in made.keep:
        close()


async def machine(setup: Setup) -> list[Finding]:
    """Everything about files, keys, database and certificate."""
    found = [*check_files(setup.home, setup.settings), *checks.check_keys(setup.home, setup.settings, setup.now)]
    found += await checks.check_store(setup.home, setup.settings, setup.now)
    found += check_letters(setup.home, setup.settings)
    return found + list(check_certificate(setup.home, setup.settings, setup.now))


BROKEN: list[tuple[str, Callable[[Setup], Any], Level, str, str]] = [
    (
        "open vault key",
        lambda it: it.home.vault_key.chmod(0o640),
        Level.ERROR,
        "vault.key is open to other users (mode 640)",
        "chmod 600",
    ),
    ("open keys folder", lambda it: it.home.keys.chmod(0o755), Level.ERROR, "keys is open to other users", "chmod 700"),
    ("open database", lambda it: it.home.db.chmod(0o644), Level.ERROR, "relay.db is open to other", "chmod 600"),
    ("writable settings", lambda it: it.home.toml.chmod(0o666), Level.ERROR, "relay.toml is open to", "chmod 644"),
    (
        "open TLS key",
        lambda it: it.certificate("relay.test").chmod(0o644),
        Level.ERROR,
        ".key is open to other users (mode 644)",
        "chmod 640",
    ),
    ("lost vault key", lambda it: it.home.vault_key.unlink(), Level.ERROR, "vault.key is missing", "backup"),
    (
        "other vault key",
        lambda it: it.home.vault_key.write_text(new_key()),
        Level.ERROR,
        "is not the key this database was made with",
        "put back the key",
    ),
    (
        "lost DKIM key",
        lambda it: it.home.dkim_key("relay-rsa").unlink(),
        Level.ERROR,
        "relay-rsa.pem is missing",
        "backup",
    ),
    (
        "damaged DKIM key",
        lambda it: it.home.dkim_key("relay-rsa").write_text("x"),
        Level.ERROR,
        "relay-rsa.pem is damaged",
        "restore",
    ),
    ("DKIM key with a passphrase", Setup.close_dkim_key, Level.ERROR, "has a passphrase", "restore"),
    (
        "public key for a private one",
        lambda it: it.home.dkim_key("relay-rsa").write_text(PUBLIC_KEY),
        Level.ERROR,
        "relay-rsa.pem is damaged, has a passphrase or is no private key",
        "restore",
    ),
    (
        "TLS folder",
        lambda it: it.env.update(RELAY_SMTP__TLS_CERTIFICATE="keys", RELAY_SMTP__TLS_KEY="keys"),
        Level.ERROR,
        "is a folder",
        "smtp.tls_certificate",
    ),
    (
        "templates that are a file",
        lambda it: it.home.templates.write_text("x"),
        Level.ERROR,
        "relay may not look into",
        "put it aside",
    ),
    ("lost database", lambda it: it.home.db.unlink(), Level.ERROR, "there is no database at", "relay restore"),
    ("empty database", lambda it: it.home.db.write_bytes(b""), Level.ERROR, "is an empty file", "relay restore"),
    ("damaged database", lambda it: it.home.db.write_bytes(b"x" * 8192), Level.ERROR, "is damaged", "relay restore"),
    ("locked database", Setup.lock, Level.ERROR, "has locked the database", "ps "),
    (
        "no certificate",
        lambda it: it.env.update(RELAY_SMTP__LISTEN='["0.0.0.0:25"]'),
        Level.WARNING,
        "there is no TLS certificate",
        "certbot",
    ),
    (
        "certificate for another name",
        lambda it: it.certificate("other.test", "*.elsewhere.test"),
        Level.WARNING,
        "is for other.test, *.elsewhere.test, not for relay.test",
        "smtp.hostname",
    ),
    (
        "certificate without its chain",
        lambda it: it.certificate("relay.test", chain=False),
        Level.WARNING,
        "comes without the one that signed it",
        "fullchain.pem",
    ),
    (
        "certificate nearly over",
        lambda it: it.certificate("relay.test", days=(-80, 5)),
        Level.WARNING,
        "the TLS certificate expires on",
        "renew it",
    ),
    (
        "expired certificate",
        lambda it: it.certificate("relay.test", days=(-9, -1)),
        Level.ERROR,
        "expired on",
        "renew it",
    ),
    (
        "certificate of tomorrow",
        lambda it: it.certificate("relay.test", days=(1, 9)),
        Level.ERROR,
        "is valid from",
        "clock",
    ),
    (
        "key of another certificate",
        lambda it: it.env.update(
            RELAY_SMTP__TLS_KEY=(it.certificate("relay.test"), str(it.authority.issue("relay.test").key))[1]
        ),
        Level.ERROR,
        "is not that of the certificate",
        "smtp.tls_key",
    ),
]


@pytest.mark.parametrize(
    ("broken", "level", "what", "remedy"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
async def test_a_broken_machine_is_told_with_what_to_do(
    setup: Setup, broken: Callable[[Setup], Any], level: Level, what: str, remedy: str
) -> None:
    broken(setup)
    found = [one for one in await machine(setup) if one.level is not Level.OK]
    (only,) = [one for one in found if what in one.what] or [found]
    assert isinstance(only, Finding) and only.level is level and remedy in only.remedy, found


async def test_a_sound_machine_has_nothing_to_tell(setup: Setup) -> None:
    setup.certificate("*.test")
    setup.env["RELAY_SMTP__HOSTNAME"] = "mx.test"
    told = [one for one in await machine(setup) if one.level is not Level.OK]
    assert [one for one in told if "safeguarding" not in one.what] == []  # whom to name there is no matter of machines


async def test_a_database_that_is_free_again_in_time_is_not_locked(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_LOCKED_AFTER", 5.0)
    setup.lock()
    asyncio.get_running_loop().call_later(0.1, setup.keep.pop())
    assert sound(await checks.check_store(setup.home, setup.settings, setup.now))


@dataclass
class Outside:
    """DNS records and a mail server that a row breaks."""

    zone: dict[object, object]
    port: int
    env: dict[str, str]

    def text(self, name: str, kind: str = "TXT") -> list[str]:
        """The records of a name, to be changed."""
        texts = self.zone[name, kind]
        assert isinstance(texts, list)
        return texts

    def spf(self, terms: str) -> None:
        """Publish another SPF record."""
        self.zone["relay.test", "TXT"] = [f'"v=spf1 {terms} -all"']

    def cut(self, name: str) -> None:
        """Leave only the first string of a record, as a form in a browser does that takes 255 characters."""
        self.zone[name, "TXT"] = [self.text(name)[0].split('" "')[0].rstrip('"') + '"']


@pytest.fixture
async def outside(home: Home) -> AsyncIterator[Outside]:
    """All that relay needs, published, and a mail server of the operator on loopback."""
    env = {**PUBLIC, "RELAY_SMTP__HOSTNAME": "mx.relay.test", "RELAY_PROGRAMME__OPERATOR": "op@operator.test"}
    zone: dict[object, object] = {
        ("", "SOA"): ["a. b. 1 1 1 1 1"],
        ("mx.relay.test", "A"): ["192.0.2.25"],
        ("25.2.0.192.in-addr.arpa", "PTR"): ["mx.relay.test."],
        ("_mta-sts.relay.test", "TXT"): ['"v=STSv1; id=1"'],
        ("_smtp._tls.relay.test", "TXT"): ['"v=TLSRPTv1; rua=mailto:tls@other.test"'],
        ("operator.test", "MX"): ["10 mail.operator.test."],
        ("mail.operator.test", "A"): ["127.0.0.1"],
    }
    for one in needed(home, load(home.toml, env)):
        zone[one.name, one.type] = [one.zone_line.split(f" IN {one.type} ")[1]]
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        yield Outside(zone, server.sockets[0].getsockname()[1], env)


UNREACHED: list[tuple[str, Callable[[Outside], Any], Level, str, str]] = [
    ("no MX", lambda it: it.zone.pop(("relay.test", "MX")), Level.ERROR, "MX relay.test is missing", "publish: "),
    ("no SPF", lambda it: it.zone.pop(("relay.test", "TXT")), Level.ERROR, "TXT relay.test is missing", "v=spf1"),
    (
        "no DKIM of the programme's mail",
        lambda it: it.zone.pop(("programme-rsa._domainkey.relay.test", "TXT")),
        Level.ERROR,
        "TXT programme-rsa._domainkey.relay.test is missing",
        "v=DKIM1",
    ),
    (
        "no DMARC",
        lambda it: it.zone.pop(("_dmarc.relay.test", "TXT")),
        Level.ERROR,
        "TXT _dmarc.relay.test",
        "v=DMARC1",
    ),
    ("no address", lambda it: it.zone.pop(("mx.relay.test", "A")), Level.ERROR, "mx.relay.test has no address", "IN A"),
    (
        "no reverse name",
        lambda it: it.zone.pop(("25.2.0.192.in-addr.arpa", "PTR")),
        Level.ERROR,
        "has no reverse name",
        "PTR",
    ),
    (
        "an operator without a mail server",
        lambda it: it.zone.update({("operator.test", "MX"): ["0 ."]}),
        Level.ERROR,
        "programme.operator cannot get mail: operator.test has no mail server",
        "correct programme.operator",
    ),
    (
        "an operator whose mail comes back",
        lambda it: it.zone.update({("operator.test", "MX"): ["0 mx.relay.test."]}),
        Level.ERROR,
        "whose mail server is relay itself",
        "correct programme.operator",
    ),
    (
        "port 25 closed outward",
        lambda it: setattr(it, "port", free_port()),
        Level.ERROR,
        "no mail server of operator.test takes a connection",
        "delivery.smarthost",
    ),
    (
        "a domain that takes no mail",
        lambda it: it.zone.update({("relay.test", "MX"): ["0 ."]}),
        Level.ERROR,
        "MX relay.test says that this domain takes no mail",
        "delete it, and publish: ",
    ),
    (
        "an old MX beside it",
        lambda it: it.text("relay.test", "MX").append("5 old.relay.test."),
        Level.WARNING,
        "MX relay.test also names 5 old.relay.test",
        "the only one",
    ),
    (
        "two SPF records",
        lambda it: it.text("relay.test").append('"v=spf1 include:other.test ~all"'),
        Level.ERROR,
        "TXT relay.test has 2 SPF records, so others ignore all of them",
        'keep only: relay.test. 3600 IN TXT "v=spf1 mx -all"',
    ),
    (
        "an SPF record with too many queries",
        lambda it: it.spf(" ".join(f"a:n{number}.other.test" for number in range(11))),
        Level.ERROR,
        "more than 10 queries",
        "publish: ",
    ),
    (
        "an SPF record with a mistake",
        lambda it: it.spf("mx ipv4:192.0.2.1"),
        Level.ERROR,
        "has a mistake",
        "publish: ",
    ),
    (
        "an SPF record without this server",
        lambda it: it.spf("ip4:192.0.2.1"),
        Level.ERROR,
        "TXT relay.test does not permit this server to send (fail)",
        "add mx to it",
    ),
    (
        "an SPF record that permits more",
        lambda it: it.spf("mx ip4:192.0.2.1"),
        Level.WARNING,
        "TXT relay.test differs from what relay needs",
        "unless intended",
    ),
    (
        "two DKIM records",
        lambda it: it.text("relay-rsa._domainkey.relay.test").append('"v=DKIM1; k=rsa; p=AAAA"'),
        Level.ERROR,
        "TXT relay-rsa._domainkey.relay.test has 2 DKIM records",
        "keep only: ",
    ),
    (
        "the DKIM record of another key",
        lambda it: it.zone.update({("relay-rsa._domainkey.relay.test", "TXT"): ['"v=DKIM1; k=rsa; p=AAAA"']}),
        Level.ERROR,
        "TXT relay-rsa._domainkey.relay.test is another key",
        "publish: ",
    ),
    (
        "a DKIM record that was cut off",
        lambda it: it.cut("relay-rsa._domainkey.relay.test"),
        Level.ERROR,
        "TXT relay-rsa._domainkey.relay.test is cut off: 237 of ",
        "several strings of at most 255 characters: ",
    ),
    (
        "two DMARC records",
        lambda it: it.text("_dmarc.relay.test").append('"v=DMARC1; p=none"'),
        Level.ERROR,
        "TXT _dmarc.relay.test has 2 DMARC records",
        "keep only: ",
    ),
    (
        "a DMARC record with a typing mistake",
        lambda it: it.zone.update({("_dmarc.relay.test", "TXT"): ['"v=DMARC1; p=rejct"']}),
        Level.ERROR,
        "TXT _dmarc.relay.test has a mistake, so others ignore it: v=DMARC1; p=rejct",
        "publish: ",
    ),
    (
        "something else for a DMARC record",
        lambda it: it.zone.update({("_dmarc.relay.test", "TXT"): ['"v=spf1 -all"']}),
        Level.ERROR,
        "TXT _dmarc.relay.test is not correct: v=spf1 -all",
        "publish: ",
    ),
    (
        "a record without an answer",
        lambda it: it.zone.update({"_dmarc.relay.test": "SERVFAIL"}),
        Level.WARNING,
        "TXT _dmarc.relay.test: no answer from DNS",
        "try again later",
    ),
]


async def told(home: Home, outside: Outside, name_server: MakeServer) -> list[Finding]:
    """What is not right outside."""
    server = await name_server(outside.zone)
    env = {**outside.env, "RELAY_DNS__NAMESERVERS": f'["{server.host}:{server.port}"]'}
    found = await check_outside(home, load(home.toml, env), port=outside.port)
    return [one for one in found if one.level is not Level.OK]


@pytest.mark.parametrize(
    ("broken", "level", "what", "remedy"), [row[1:] for row in UNREACHED], ids=[row[0] for row in UNREACHED]
)
async def test_what_is_missing_outside_is_told_with_what_to_do(
    home: Home,
    outside: Outside,
    name_server: MakeServer,
    broken: Callable[[Outside], Any],
    level: Level,
    what: str,
    remedy: str,
) -> None:
    broken(outside)
    (found,) = await told(home, outside, name_server)
    assert found.level is level and what in found.what and remedy in found.remedy, found


async def test_nothing_is_told_when_all_is_published_and_reached(
    home: Home, outside: Outside, name_server: MakeServer
) -> None:
    assert await told(home, outside, name_server) == []


async def test_behind_another_server_its_mx_and_address_are_not_compared(
    home: Home, outside: Outside, name_server: MakeServer
) -> None:
    outside.env["RELAY_SMTP__LISTEN"] = '["127.0.0.1:8025"]'
    outside.zone.update({("relay.test", "MX"): ["10 mx.other.test."]})
    outside.zone.pop(("mx.relay.test", "A"))
    (found,) = await told(home, outside, name_server)
    assert found.level is Level.WARNING and "mx.relay.test has no address" in found.what


async def test_a_port_below_1024_needs_a_permission(tmp_path: Path) -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 1:
        pytest.skip("every user may use all ports here")
    place, user = Address("127.0.0.1", 1), os.geteuid()
    os.seteuid(user or 65534)
    try:
        refused = await check_listen(place, "relay.test", [tmp_path])
    finally:
        os.seteuid(user)
    assert refused.level is Level.ERROR and "ports below 1024" in refused.what
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in refused.remedy and "relay.socket" in refused.remedy


@pytest.mark.parametrize(
    ("unit", "line", "granted"),
    [
        ("relay.service", "AmbientCapabilities=CAP_NET_BIND_SERVICE", True),
        ("relay.service.d/port.conf", "AmbientCapabilities = CAP_NET_ADMIN CAP_NET_BIND_SERVICE", True),
        ("relay.socket", "ListenStream=0.0.0.0:25", True),
        ("relay.socket", "ListenStream=25", True),
        ("relay.socket", "ListenStream=0.0.0.0:2525", False),
        ("relay.service", "#AmbientCapabilities=CAP_NET_BIND_SERVICE", False),
        ("other.service", "AmbientCapabilities=CAP_NET_BIND_SERVICE", False),
    ],
)
def test_a_unit_of_relay_grants_the_port(tmp_path: Path, unit: str, line: str, granted: bool) -> None:
    (tmp_path / unit).parent.mkdir(exist_ok=True)
    (tmp_path / unit).write_text(f"[Service]\n{line}\n")
    found = refused(Address("127.0.0.1", 25), PermissionError(errno.EACCES, "Permission denied"), [tmp_path])
    assert (found.level is Level.WARNING) is granted


@pytest.mark.parametrize("smarthost", ["127.0.0.1:{port}", "localhost:{port}", "127.0.0.2:{port}"])
def test_a_smarthost_that_is_relay_itself_is_an_error(home: Home, smarthost: str) -> None:
    everywhere = {"RELAY_SMTP__LISTEN": '["0.0.0.0:8025"]', "RELAY_DELIVERY__SMARTHOST": smarthost.format(port=8025)}
    found = check_own_smarthost(load(home.toml, everywhere))
    assert found is not None and found.level is Level.ERROR and "is relay itself" in found.what
    for other in (
        {**everywhere, "RELAY_SMTP__LISTEN": '["0.0.0.0:25"]'},
        {"RELAY_DELIVERY__SMARTHOST": "192.0.2.1:8025"},
    ):
        assert check_own_smarthost(load(home.toml, other)) is None


def test_a_clock_that_went_back_is_an_error(home: Home) -> None:
    (behind,) = check_clock(home, datetime.now(UTC) - timedelta(days=2))
    assert behind.level is Level.ERROR and "NTP" in behind.remedy
    assert sound(check_clock(home, datetime.now(UTC)))


@pytest.mark.parametrize(
    ("limit", "level", "what"),
    [
        ("_FULL_DISK", Level.ERROR, "is full"),
        ("_LOW_DISK", Level.WARNING, "MiB are free"),
        ("_LOW_FILES", Level.WARNING, "inodes"),
        ("_NO_FILES", Level.ERROR, "no more files fit on it"),
    ],
)
def test_a_disk_without_room_is_told(
    home: Home, monkeypatch: pytest.MonkeyPatch, limit: str, level: Level, what: str
) -> None:
    monkeypatch.setattr(file_modes, limit, 1 << 62)
    if limit == "_NO_FILES":
        monkeypatch.setattr(file_modes, "_LOW_FILES", 1 << 62)
    (found,) = [one for one in check_files(home, None) if one.level is not Level.OK]
    assert found.level is level and what in found.what and found.remedy


def test_secrets_that_others_can_read_are_told_when_relay_starts(setup: Setup) -> None:
    key = setup.certificate("relay.test")
    assert open_secrets(setup.home, setup.settings) == []
    key.chmod(0o604)
    setup.home.vault_key.chmod(0o644)
    assert [one.remedy for one in open_secrets(setup.home, setup.settings)] == [
        f"chmod 600 {setup.home.vault_key}",
        f"chmod 640 {key}",
    ]


def test_a_folder_of_another_user_says_whom_to_run_relay_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid():
        pytest.skip("needs root, to be another user for a moment")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "relay.toml").touch(mode=0o600)
    for mode, what in ((0o700, "you may not look into "), (0o755, "you may not read ")):
        home.chmod(mode)
        with monkeypatch.context() as here:
            here.chdir(home)
            os.seteuid(65534)
            try:
                (found,) = asyncio.run(checks.check(Home(Path() if mode == 0o755 else home), {}, NOW))
            finally:
                os.seteuid(0)
        assert found.level is Level.ERROR and found.what.startswith(what)
        assert found.remedy.startswith("run relay as root, who owns the home folder: runuser -u root -- relay")
