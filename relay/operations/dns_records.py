"""The DNS records a relay needs, as lines for a zone file: MX, SPF, DKIM, DMARC."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from relay.message.write.dkim_sign import public_record
from relay.settings import Address, Settings

_TTL = 3600


@dataclass(frozen=True, slots=True)
class Record:
    """One record. ``name`` has no final dot; ``value`` is what resolvers give back, a TXT in one piece."""

    name: str
    type: str
    value: str

    @property
    def zone_line(self) -> str:
        """The record in master file form (RFC 1035 5.1), ready to be pasted."""
        value = _quoted(self.value) if self.type == "TXT" else f"{self.value}."
        return f"{self.name}. {_TTL} IN {self.type} {value}"


def records(settings: Settings, dkim_keys: tuple[tuple[str, str], ...]) -> list[Record]:
    """What has to stand in DNS. ``dkim_keys`` are (selector, PEM private key); only public halves are shown."""
    domain, hostname = settings.domain, settings.hostname
    found = [Record(domain, "MX", f"10 {hostname}"), Record(domain, "TXT", _spf(settings))]
    if hostname != domain:
        # Notices have the null return path: then SPF looks at the name in EHLO (RFC 7208 2.4).
        found.append(Record(hostname, "TXT", "v=spf1 a -all"))
    found += [dkim_record(settings, selector, public_record(pem)) for selector, pem in dkim_keys]
    # Every mail of this domain is signed by relay, so what is not signed is not ours (RFC 7489 6.3).
    found.append(Record(f"_dmarc.{domain}", "TXT", "v=DMARC1; p=reject; adkim=s; aspf=s"))
    return found


def dkim_record(settings: Settings, selector: str, value: str) -> Record:
    """The record of a key by its selector; ``value`` is what dkim_sign.public_record made of it."""
    return Record(f"{selector}._domainkey.{settings.domain}", "TXT", value)


def remarks(settings: Settings) -> list[str]:
    """What has to be so besides, one sentence each."""
    said = [f"{settings.hostname} needs an A or AAAA record, and the address must point back to it (PTR)."]
    if settings.delivery.smarthost is not None:
        said.append("Mail leaves through the smarthost: its sending addresses must stand in the SPF record, too.")
    return said


def _spf(settings: Settings) -> str:
    """Who may send mail in our name (RFC 7208): the MX, and the smarthost."""
    smarthost = settings.delivery.smarthost
    return " ".join(["v=spf1", "mx", *(_mechanism(smarthost) if smarthost else ()), "-all"])


def _mechanism(smarthost: Address) -> tuple[str, ...]:
    try:
        ip = ipaddress.ip_address(smarthost.host)
    except ValueError:
        return (f"a:{smarthost.host}",) if "." in smarthost.host else ()
    return () if ip.is_loopback or ip.is_private else (f"ip{ip.version}:{ip}",)


def _quoted(value: str) -> str:
    """A TXT value in strings of at most 255 octets (RFC 1035 3.3.14)."""
    escaped = re.findall(r".{1,255}", value)
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in escaped)
