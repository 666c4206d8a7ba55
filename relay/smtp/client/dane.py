"""DANE for SMTP (RFC 7672): which TLSA records are usable, and whether a server's certificates match them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from relay.dns.resolver import Tlsa

_TA, _EE = 2, 3  # certificate usages; RFC 7672 3.1.3 excludes 0 and 1 for SMTP
_CERTIFICATE, _KEY = 0, 1  # selectors
_FULL, _SHA256, _SHA512 = 0, 1, 2  # matching types
_LENGTHS = {_SHA256: 32, _SHA512: 64}
_LONGEST_CHAIN = 12  # certificates


def usable(records: Iterable[Tlsa]) -> frozenset[Tlsa]:
    """The records that a server can be verified with (RFC 7672 3.1). Of several digests with the same usage and
    selector only the strongest is used, so that a weak digest next to it does no harm (RFC 7671 9)."""
    known = {one for one in records if _is_usable(one)}
    best = {kind: max(one.matching for one in known if _kind(one) == kind) for kind in map(_kind, known)}
    return frozenset(one for one in known if one.matching in (_FULL, best[_kind(one)]))


def matched(records: Collection[Tlsa], chain: Sequence[bytes], names: Collection[str], now: datetime) -> str:
    """How a server matches the records: "dane-ee" by its own certificate or key, "dane-ta" by the CA that signed its
    certificate, "" not at all.

    ``chain`` is the server's certificates (DER), its own first. ``names`` are its permitted names. Names and dates are
    checked only for "dane-ta" (RFC 7672 3.1.1, 3.2.2). ``now`` is aware UTC.
    """
    if not chain:
        return ""
    if any(_matches(one, chain[0]) for one in records if one.usage == _EE):
        return "dane-ee"
    issuers = tuple(chain[1:_LONGEST_CHAIN])
    anchors = dict.fromkeys(_anchors(records, issuers))
    valid = any(_is_valid(chain[0], name, anchor, issuers, now) for anchor in anchors for name in names)
    return "dane-ta" if valid else ""


def _is_usable(record: Tlsa) -> bool:
    if record.usage not in (_TA, _EE) or record.selector not in (_CERTIFICATE, _KEY) or not record.data:
        return False
    return record.matching == _FULL or _LENGTHS.get(record.matching) == len(record.data)


def _kind(record: Tlsa) -> tuple[int, int]:
    return record.usage, record.selector


def _anchors(records: Collection[Tlsa], issuers: Sequence[bytes]) -> Iterator[bytes]:
    """The trust anchors in the records: those of the ``issuers`` that match one, and certificates in the records
    themselves."""
    for one in records:
        if one.usage == _TA:
            yield from (issuer for issuer in issuers if _matches(one, issuer))
            if (one.selector, one.matching) == (_CERTIFICATE, _FULL):
                yield one.data


def _matches(record: Tlsa, certificate: bytes) -> bool:
    """Whether the record matches this certificate (RFC 6698 2.1)."""
    try:
        selected = certificate if record.selector == _CERTIFICATE else _public_key(certificate)
    except ValueError:
        return False
    if record.matching == _FULL:
        return selected == record.data
    digest = hashlib.sha256 if record.matching == _SHA256 else hashlib.sha512
    return digest(selected).digest() == record.data


def _is_valid(leaf: bytes, name: str, anchor: bytes, issuers: Sequence[bytes], now: datetime) -> bool:
    """Whether the certificate ``leaf`` is valid now for ``name``, and chains to ``anchor`` through ``issuers``.

    Signatures, dates, names and basic constraints are checked, but not the extensions that only the Web PKI requires.
    """
    either = Criticality.AGNOSTIC
    authorities = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, either, None)
    servers = ExtensionPolicy.permit_all().require_present(x509.SubjectAlternativeName, either, None)
    try:
        trusted = Store([x509.load_der_x509_certificate(anchor)])
        policy = PolicyBuilder().store(trusted).time(now).extension_policies(ca_policy=authorities, ee_policy=servers)
        intermediates = [x509.load_der_x509_certificate(one) for one in issuers]
        policy.build_server_verifier(x509.DNSName(name)).verify(x509.load_der_x509_certificate(leaf), intermediates)
    except (VerificationError, ValueError, x509.UnsupportedGeneralNameType):
        return False
    return True


def _public_key(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a certificate, as DER (RFC 5280 4.1). Raises ValueError."""
    tbs = _content(_content(certificate))
    has_version = tbs[:1] == b"\xa0"
    for _ in range(6 if has_version else 5):  # version, serial number, signature, issuer, validity, subject
        tbs = tbs[_bounds(tbs)[1] :]
    return tbs[: _bounds(tbs)[1]]


def _content(der: bytes) -> bytes:
    """The content of the first element. Raises ValueError."""
    begin, end = _bounds(der)
    return der[begin:end]


def _bounds(der: bytes) -> tuple[int, int]:
    """The offsets where the content of the first element begins and ends (X.690 8.1.3). Raises ValueError."""
    if len(der) < 2:
        raise ValueError("no element")
    begin, length = 2, der[1]
    if length >= 0x80:
        octets = length - 0x80
        begin, length = 2 + octets, int.from_bytes(der[2 : 2 + octets], "big")
        if not 1 <= octets <= 4:
            raise ValueError("invalid length")
    if begin + length > len(der):
        raise ValueError("truncated")
    return begin, begin + length
