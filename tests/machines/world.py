"""The rest of the world for a machine under test: its DNS server, and the mail servers of members and operators."""

from __future__ import annotations

import asyncio
import email
import email.policy
import smtplib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dkim
import dns.rdatatype
import dns.zonefile
from aiosmtpd.smtp import SMTP
from lab.network import enter, inside

from relay.message.write.dkim_sign import new_rsa_key, public_record

from ..conftest import NameServer

MACHINE, RESOLVER, SERVER = "100.64.0.10", "100.64.0.53", "100.64.1.25"
MEMBERS = ("northbank.example", "mail.example", "example.net")
_PEM = new_rsa_key()


@dataclass
class World:
    """In the network namespace ``network``. A context manager. ``zone`` is what the DNS server knows, ``mail`` what the
    members' mail server took: recipient and content."""

    network: Path
    mail: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        public = public_record(_PEM)
        self.zone: dict[object, object] = {(".", "SOA"): ["ns. host. 1 1 1 1 60"]}
        self.zone["mx.example", "A"] = [SERVER]
        for domain in MEMBERS:
            self.zone[domain, "MX"] = ["10 mx.example."]
            self.zone[domain, "TXT"] = [f'"v=spf1 ip4:{SERVER} -all"']
            self.zone[f"_dmarc.{domain}", "TXT"] = ['"v=DMARC1; p=reject"']
            self.zone[f"k._domainkey.{domain}", "TXT"] = [f'"{public[:250]}" "{public[250:]}"']

    def publish(self, lines: Iterable[str]) -> None:
        """Add the lines of a zone file to the DNS."""
        for found in dns.zonefile.read_rrsets("\n".join(lines), rdclass=None, default_ttl=60):
            name, kind = found.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(found.rdtype)
            self.zone[name, kind] = [one.to_text() for one in found]

    def host(self, name: str) -> None:
        """Give the machine a name, and its address that reverse name."""
        self.zone[name, "A"] = [MACHINE]
        self.zone[".".join(reversed(MACHINE.split("."))) + ".in-addr.arpa", "PTR"] = [f"{name}."]

    def __enter__(self) -> Self:
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        enter(self.network)
        self._loop.run_until_complete(self._serve())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _serve(self) -> None:
        loop, names = asyncio.get_running_loop(), NameServer(self.zone)
        self._transport, _ = await loop.create_datagram_endpoint(lambda: names, local_addr=(RESOLVER, 53))
        self._servers = [
            await asyncio.start_server(names.converse, RESOLVER, 53),
            await loop.create_server(lambda: SMTP(self, hostname="mx.example"), SERVER, 25),
        ]

    async def _close(self) -> None:
        self._transport.close()
        for server in self._servers:
            server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mail += [(recipient, bytes(envelope.original_content)) for recipient in envelope.rcpt_tos]
        return "250 2.0.0 taken"

    def arrived(self, recipient: str, fits: Callable[[EmailMessage], bool], seconds: float = 60) -> EmailMessage:
        """The first mail to ``recipient`` that fits; waits for it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for address, content in list(self.mail):
                read = email.message_from_bytes(content, policy=email.policy.default)
                assert isinstance(read, EmailMessage)
                if address == recipient and fits(read):
                    return read
            time.sleep(0.05)
        raise AssertionError([(address, content[:400]) for address, content in self.mail])

    def write(self, author: str, to: str, subject: str, body: str) -> tuple[int, str]:
        """Send a mail as ``author``'s own server does: signed, from its address, to the MX of the recipient's domain.
        Returns the reply to the mail."""
        domain = author.rpartition("@")[2]
        mail = EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = f"Margaret Ashdown <{author}>", to, subject
        mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain=domain)
        mail.set_content(body)
        octets = bytes(mail)
        covered = [b"from", b"to", b"subject", b"date", b"message-id"]
        octets = dkim.sign(octets, b"k", domain.encode(), _PEM.encode(), include_headers=covered) + octets
        return inside(self.network, lambda: self._send(author, to, octets))

    def _send(self, author: str, to: str, octets: bytes) -> tuple[int, str]:
        exchanger = self._first(to.rpartition("@")[2], "MX").split()[1].rstrip(".")
        address = self._first(exchanger, "A")
        with smtplib.SMTP(address, 25, "mx.example", 60, (SERVER, 0)) as client:
            client.ehlo()
            for code, said in (client.mail(author), client.rcpt(to)):
                if code != 250:
                    return code, said.decode()
            code, said = client.data(octets)
            return code, said.decode()

    def _first(self, name: str, kind: str) -> str:
        texts = self.zone[name, kind]
        assert isinstance(texts, list)
        return str(texts[0])
