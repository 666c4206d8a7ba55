"""What DNSSEC proves, by a real resolver that checks it: Unbound with a zone that is signed here."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.dnssec
import dns.dnssectypes
import dns.message
import dns.query
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from lab.house import free_port

from relay.dns.resolver import DnsTrouble, MailHosts, Resolver, Tlsa
from relay.settings import Address, DnsSettings

pytestmark = pytest.mark.skipif(shutil.which("unbound") is None, reason="needs unbound")

ZONE = """
@ 60 IN SOA ns.far.example. hostmaster.far.example. 1 3600 600 86400 60
@ 60 IN NS ns.far.example.
ns 60 IN A 127.0.0.1
@ 60 IN MX 10 mx.far.example.
mx 60 IN A 127.0.0.2
mx 60 IN AAAA ::1
_25._tcp.mx 60 IN TLSA 3 1 1 {digest}
_25._tcp.bad 60 IN TLSA 3 1 1 {digest}
bad 60 IN A 127.0.0.3
alias 60 IN CNAME mx
"""
DIGEST = "ab" * 32
CONF = """
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  interface: 127.0.0.1@{port}
  trust-anchor-file: "{folder}/anchor"
  val-log-level: 2
auth-zone:
  name: "far.example"
  zonefile: "{folder}/far.example"
  for-downstream: no
  for-upstream: yes
auth-zone:
  name: "plain.example"
  zonefile: "{folder}/plain.example"
  for-downstream: no
  for-upstream: yes
remote-control:
  control-enable: no
"""


def signed(folder: Path) -> None:
    """Write far.example, signed but for one record that was changed behind its signature, and plain.example."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = dns.dnssec.make_dnskey(key.public_key(), dns.dnssectypes.Algorithm.ECDSAP256SHA256, flags=257)
    zone = dns.zone.from_text(ZONE.format(digest=DIGEST), "far.example.", relativize=False)
    with zone.writer() as writer:
        dns.dnssec.sign_zone(zone, writer, keys=[(key, public)], lifetime=86400, add_dnskey=True)
    text = zone.to_text(relativize=False)
    lines = text.splitlines()
    changed = [
        line.replace("ab" * 32, "cd" * 32) if line.startswith("_25._tcp.bad.") and " TLSA " in line else line
        for line in lines
    ]
    assert changed != lines
    (folder / "far.example").write_text("\n".join(changed) + "\n")
    plain = ZONE.format(digest=DIGEST).replace("far.example", "plain.example")
    (folder / "plain.example").write_text("$ORIGIN plain.example.\n" + plain)
    (folder / "anchor").write_text(f"far.example. 60 IN DNSKEY {public.to_text()}\n")


@pytest.fixture(scope="module")
def unbound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    folder = tmp_path_factory.mktemp("unbound")
    signed(folder)
    port = free_port()
    (folder / "unbound.conf").write_text(CONF.format(folder=folder, port=port))
    log = (folder / "log").open("wb")
    running = subprocess.Popen(["unbound", "-d", "-c", str(folder / "unbound.conf")], stdout=log, stderr=log)
    try:
        question = dns.message.make_query("far.example.", "SOA")
        end = time.monotonic() + 20
        while True:
            assert running.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            try:
                dns.query.udp(question, "127.0.0.1", timeout=1, port=port)
                break
            except (dns.exception.Timeout, OSError):
                time.sleep(0.1)
        yield Address("127.0.0.1", port)
    finally:
        running.terminate()
        running.wait(20)
        log.close()


@pytest.fixture
def resolver(unbound: Address, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Resolver]:
    monkeypatch.setattr("relay.dns.resolver._TIMEOUT", 5.0)
    return lambda dnssec: Resolver(DnsSettings(nameservers=(unbound,), dnssec=dnssec), "mx.relay.example.org")


async def test_a_signed_domain_is_proven_to_its_tlsa_records(resolver: Callable[[str], Resolver]) -> None:
    asked = resolver("validated")
    assert await asked.exchangers("far.example") == MailHosts(("mx.far.example",), secure=True)
    assert await asked.exchangers("mx.far.example") == MailHosts(("mx.far.example",), secure=True), "proven not to be"
    assert (await asked.addresses("mx.far.example")).bases == ("mx.far.example",)
    assert (await asked.addresses("alias.far.example")).bases == ("mx.far.example", "alias.far.example")
    assert await asked.tlsa("mx.far.example", 25) == (Tlsa(3, 1, 1, bytes.fromhex(DIGEST)),)
    assert await asked.tlsa("mx.far.example", 465) == ()


async def test_a_record_that_was_changed_is_trouble(resolver: Callable[[str], Resolver]) -> None:
    with pytest.raises(DnsTrouble):
        await resolver("validated").tlsa("bad.far.example", 25)


async def test_a_domain_without_signatures_is_not_proven(resolver: Callable[[str], Resolver]) -> None:
    asked = resolver("validated")
    assert await asked.exchangers("plain.example") == MailHosts(("mx.plain.example",), secure=False)
    assert (await asked.addresses("mx.plain.example")).bases == ()
    assert await asked.tlsa("mx.plain.example", 25) == ()


async def test_what_is_proven_counts_for_nothing_when_the_settings_say_so(resolver: Callable[[str], Resolver]) -> None:
    asked = resolver("ignored")
    assert not (await asked.exchangers("far.example")).secure
    assert (await asked.addresses("mx.far.example")).bases == ()
    assert await asked.tlsa("mx.far.example", 25) == ()
