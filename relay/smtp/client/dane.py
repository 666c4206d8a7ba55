"""DANE for SMTP (RFC 7672): which TLSA records count, and whether a server's certificates match them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from relay.dns.resolver import Tlsa

_TA, _EE = 2, 3  # certificate usages; of the others RFC 7672 3.1.3 says that no mail server can meet them
_CERTIFICATE, _KEY = 0, 1  # selectors
_FULL, _SHA256, _SHA512 = 0, 1, 2  # matching types
_LENGTHS = {_SHA256: 32, _SHA512: 64}
_LONGEST_CHAIN = 12  # certificates


def usable(records: Iterable[Tlsa]) -> frozenset[Tlsa]:
    """The records by which a server can be recognised (RFC 7672 3.1). Of digests of one kind only the strongest count,
    so that a broken one can be left behind (RFC 7671 9)."""
    known = {one for one in records if _is_usable(one)}
    best = {kind: max(one.matching for one in known if _kind(one) == kind) for kind in map(_kind, known)}
    return frozenset(one for one in known if one.matching in (_FULL, best[_kind(one)]))


def matched(records: Collection[Tlsa], chain: Sequence[bytes], names: Collection[str], now: datetime) -> str:
    """How a server is recognised: "dane-ee" by its own certificate or key, "dane-ta" by an authority that has signed
    it, "" not at all.

    ``chain`` is what the server has shown (DER), its own first. ``names`` are those it may have; they count, and so do
    dates, only where an authority vouches (RFC 7672 3.1.1, 3.2.2). ``now`` is aware UTC.
    """
    if not chain:
        return ""
    if any(_fits(one, chain[0]) for one in records if one.usage == _EE):
        return "dane-ee"
    issuers = tuple(chain[1:_LONGEST_CHAIN])
    anchors = dict.fromkeys(_anchors(records, issuers))
    vouched = any(_vouches(anchor, chain[0], issuers, name, now) for anchor in anchors for name in names)
    return "dane-ta" if vouched else ""


def _is_usable(record: Tlsa) -> bool:
    if record.usage not in (_TA, _EE) or record.selector not in (_CERTIFICATE, _KEY) or not record.data:
        return False
    return record.matching == _FULL or _LENGTHS.get(record.matching) == len(record.data)


def _kind(record: Tlsa) -> tuple[int, int]:
    return record.usage, record.selector


def _anchors(records: Collection[Tlsa], issuers: Sequence[bytes]) -> Iterator[bytes]:
    """The authorities that the records name: among the ``issuers`` shown, or written in a record itself."""
    for one in records:
        if one.usage == _TA:
            yield from (issuer for issuer in issuers if _fits(one, issuer))
            if (one.selector, one.matching) == (_CERTIFICATE, _FULL):
                yield one.data


def _fits(record: Tlsa, certificate: bytes) -> bool:
    """Whether the record is about this certificate (RFC 6698 2.1)."""
    try:
        selected = certificate if record.selector == _CERTIFICATE else _public_key(certificate)
    except ValueError:
        return False
    if record.matching == _FULL:
        return selected == record.data
    made = hashlib.sha256 if record.matching == _SHA256 else hashlib.sha512
    return made(selected).digest() == record.data


def _vouches(anchor: bytes, leaf: bytes, issuers: Sequence[bytes], name: str, now: datetime) -> bool:
    """Whether the authority ``anchor`` has signed, by way of ``issuers``, a certificate for ``name`` that is valid now.

    Signatures, dates, names and who may sign are checked; extensions that only the Web demands are not.
    """
    any_way = Criticality.AGNOSTIC
    authorities = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, any_way, None)
    servers = ExtensionPolicy.permit_all().require_present(x509.SubjectAlternativeName, any_way, None)
    try:
        trusted = Store([x509.load_der_x509_certificate(anchor)])
        policy = PolicyBuilder().store(trusted).time(now).extension_policies(ca_policy=authorities, ee_policy=servers)
        between = [x509.load_der_x509_certificate(one) for one in issuers]
        policy.build_server_verifier(x509.DNSName(name)).verify(x509.load_der_x509_certificate(leaf), between)
    except (VerificationError, ValueError, x509.UnsupportedGeneralNameType):
        return False
    return True


def _public_key(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a certificate as it stands there (RFC 5280 4.1). Raises ValueError."""
    tbs = _inside(_inside(certificate))
    first = tbs[:1] == b"\xa0"  # the version, which may be left out
    for _ in range(6 if first else 5):  # version, serial number, signature, issuer, validity, subject
        tbs = tbs[_length(tbs)[1] :]
    return tbs[: _length(tbs)[1]]


def _inside(der: bytes) -> bytes:
    """What stands in the first element. Raises ValueError."""
    begins, ends = _length(der)
    return der[begins:ends]


def _length(der: bytes) -> tuple[int, int]:
    """Where the content of the first element begins, and ends (X.690 8.1.3). Raises ValueError."""
    if len(der) < 2:
        raise ValueError("no element")
    begins, length = 2, der[1]
    if length >= 0x80:
        octets = length - 0x80
        begins, length = 2 + octets, int.from_bytes(der[2 : 2 + octets], "big")
        if not 1 <= octets <= 4:
            raise ValueError("no such length")
    if begins + length > len(der):
        raise ValueError("cut off")
    return begins, begins + length
