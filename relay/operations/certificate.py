"""Checks of the TLS certificate: its key, its time, its name (RFC 9525)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from relay.home import Home
from relay.operations.findings import Finding, fine, warn, wrong
from relay.settings import Settings
from relay.settings_file import is_loopback
from relay.smtp.server.tls import TlsFault, server_context

_RENEW_BEFORE = timedelta(days=14)
_RENEW = "renew it, then: systemctl reload relay"


def check_certificate(home: Home, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether STARTTLS can be offered, until when, and under which name. Behind another server it is not needed."""
    files = home.tls_files(settings)
    if bool(settings.smtp.tls_certificate) != bool(settings.smtp.tls_key):
        return  # the check of the settings reports it
    if files is None:
        if not all(is_loopback(address.host) for address in settings.smtp.listen):
            yield warn(
                "there is no TLS certificate: other servers send letters to relay in the clear",
                f"get one with certbot for {settings.hostname}, and set smtp.tls_certificate and smtp.tls_key: "
                "docs/operating.md, The certificate",
            )
        return
    file, key = files
    try:
        server_context(str(file), str(key))
        certificate, *chain = x509.load_pem_x509_certificates(file.read_bytes())
    except (TlsFault, OSError, ValueError) as error:
        yield wrong(str(error), "correct smtp.tls_certificate and smtp.tls_key in relay.toml")
        return
    yield _time_finding(certificate, now)
    if not chain and _has_issuer_elsewhere(certificate):
        yield warn(
            "the TLS certificate comes without the one that signed it: servers that check it (MTA-STS) send no letters "
            "here",
            "set smtp.tls_certificate to the file with the whole chain (certbot's fullchain.pem)",
        )
    names = _names(certificate)
    if not any(_is_for(settings.hostname, name) for name in names):
        yield warn(
            f"the TLS certificate is for {', '.join(names) or 'no name'}, not for {settings.hostname}: servers that "
            "check it (MTA-STS) send no letters here",
            f"get a certificate for {settings.hostname}, or correct smtp.hostname",
        )


def _has_issuer_elsewhere(certificate: x509.Certificate) -> bool:
    """Whether it says where the certificate of its issuer is, as those of public authorities do (RFC 5280 4.2.2.1).
    Their roots sign no certificate of a server's, so an intermediate one must come with it."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return any(one.access_method == AuthorityInformationAccessOID.CA_ISSUERS for one in access.value)


def _time_finding(certificate: x509.Certificate, now: datetime) -> Finding:
    begins_at, ends_at = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if begins_at > now:
        return wrong(
            f"the TLS certificate is valid from {begins_at:%Y-%m-%d %H:%M} UTC on; here it is {now:%Y-%m-%d %H:%M}",
            "see whether the clock of this machine is right (timedatectl), else get another certificate",
        )
    if ends_at <= now:
        return wrong(f"the TLS certificate expired on {ends_at:%Y-%m-%d}", _RENEW)
    days = (ends_at - now).days
    left = "1 day" if days == 1 else f"{days} days"
    if ends_at - now < _RENEW_BEFORE:
        return warn(f"the TLS certificate expires on {ends_at:%Y-%m-%d}, in {left}", _RENEW)
    return fine(f"the TLS certificate is valid until {ends_at:%Y-%m-%d}, for {left}")


def _names(certificate: x509.Certificate) -> list[str]:
    """The host names of a certificate; its common name when it has no others."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return extension.value.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        return [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def _is_for(hostname: str, name: str) -> bool:
    """Whether a certificate's name is that of ``hostname``. A first label * stands for one label (RFC 9525 6.3)."""
    hostname, name = hostname.lower().rstrip("."), name.lower().rstrip(".")
    first, _, rest = name.partition(".")
    return name == hostname or (first == "*" and rest == hostname.partition(".")[2])
