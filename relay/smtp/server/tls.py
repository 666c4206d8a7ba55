"""TLS contexts: the server presents our certificate; the client accepts any (RFC 7435). TLS 1.2 or later."""

from __future__ import annotations

import ssl


class TlsFault(Exception):  # noqa: N818
    """The certificate or key cannot be used; the text says which file, and why."""


def server_context(certificate: str, key: str) -> ssl.SSLContext | None:
    """The SMTP server's context from PEM paths: the certificate with its chain, and its key ("": in the same file).
    None when ``certificate`` is empty: STARTTLS is not offered then. Raises TlsFault.

    The minimum is TLS 1.2 (RFC 8996); renegotiation and compression are off.
    """
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    asked: list[str] = []

    def no_passphrase() -> str:
        """Replaces the passphrase prompt, which would block the start."""
        asked.append(key or certificate)
        return ""

    try:
        context.load_cert_chain(certificate, key or None, password=no_passphrase)
    except FileNotFoundError as error:
        raise TlsFault(f"cannot find {certificate} or {key or certificate}: is the path right?") from error
    except PermissionError as error:
        raise TlsFault(f"may not read {certificate} or {key or certificate}: who owns them?") from error
    except ssl.SSLError as error:
        if asked:
            raise TlsFault(f"the key in {asked[0]} has a passphrase: relay needs one without") from error
        raise TlsFault(_reason(certificate, key, error)) from error
    except IsADirectoryError as error:
        raise TlsFault(f"{certificate} or {key or certificate} is a folder: name the PEM files in it") from error
    except (OSError, ValueError) as error:
        raise TlsFault(f"cannot use {certificate} with {key or certificate}: {type(error).__name__}") from error
    return context


def client_context() -> ssl.SSLContext:
    """The SMTP client's context. Opportunistic: any certificate is accepted (RFC 7435 4), because a name from plain DNS
    proves nothing and the alternative is no encryption."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _reason(certificate: str, key: str, error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"the key in {key or certificate} is not that of the certificate in {certificate}"
    if error.reason == "NO_CERTIFICATE_ASSIGNED" or "PEM" in str(error):
        return f"{certificate} or {key or certificate} is not a PEM file with what it should hold"
    return f"cannot use {certificate} with {key or certificate}: {error.reason or type(error).__name__}"
