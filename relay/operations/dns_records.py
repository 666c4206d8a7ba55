"""The DNS records that relay needs: MX, SPF, DKIM and DMARC, also as lines of a zone file."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from relay.policy.recipients import reports_address
from relay.settings import Address, Settings
from relay.settings_file import is_loopback

_TTL = 3600


@dataclass(frozen=True, slots=True)
class Record:
    """One record. ``name`` has no final dot. ``value`` is what a resolver returns, the strings of a TXT joined."""

    name: str
    type: str
    value: str

    @property
    def label(self) -> str:
        """Its type and name."""
        return f"{self.type} {self.name}"

    @property
    def zone_line(self) -> str:
        """The record as a line of a zone file (RFC 1035 5.1)."""
        value = _quoted(self.value) if self.type == "TXT" else f"{self.value}."
        return f"{self.name}. {_TTL} IN {self.type} {value}"


def records(settings: Settings, dkim: Sequence[Record]) -> list[Record]:
    """The records to publish, among them those of the keys that sign, ``dkim``."""
    domain, hostname = settings.domain, settings.hostname
    found = [Record(domain, "MX", f"10 {hostname}"), Record(domain, "TXT", _spf(settings))]
    if hostname != domain:
        # Notices have the null return path; then receivers check SPF for the name in EHLO (RFC 7208 2.4).
        found.append(Record(hostname, "TXT", "v=spf1 a -all"))
    found += dkim
    # relay signs every mail of this domain, so receivers may reject unsigned ones (RFC 7489 6.3).
    found.append(
        Record(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:{reports_address(domain)}")
    )
    return found


def dkim_record(settings: Settings, selector: str, value: str) -> Record:
    """The record of a DKIM key. ``value`` comes from dkim_sign.public_record."""
    return Record(f"{selector}._domainkey.{settings.domain}", "TXT", value)


def remarks(settings: Settings) -> list[str]:
    """What else the operator must see to, one sentence each."""
    sentences = [
        f"{settings.hostname} needs an A or AAAA record, and a PTR record must lead from the address back to it."
    ]
    smarthost = settings.delivery.smarthost
    if smarthost is not None and is_loopback(smarthost.host):
        sentences.append(
            "The mail server on this machine sends the mail: if its addresses are not those of the MX, add them to the "
            "SPF record."
        )
    elif smarthost is not None:
        sentences.append("The smarthost sends the mail: add the addresses it sends from to the SPF record.")
    return sentences


def _spf(settings: Settings) -> str:
    """The SPF record (RFC 7208): the MX and the smarthost may send."""
    smarthost = settings.delivery.smarthost
    return " ".join(["v=spf1", "mx", *(_mechanism(smarthost) if smarthost else ()), "-all"])


def _mechanism(smarthost: Address) -> tuple[str, ...]:
    try:
        ip = ipaddress.ip_address(smarthost.host)
    except ValueError:
        return (f"a:{smarthost.host}",) if "." in smarthost.host else ()
    return () if ip.is_loopback or ip.is_private else (f"ip{ip.version}:{ip}",)


def _quoted(value: str) -> str:
    """A TXT value as quoted strings of at most 255 octets each (RFC 1035 3.3.14)."""
    pieces = re.findall(r".{1,255}", value)
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)
