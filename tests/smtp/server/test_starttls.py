"""STARTTLS at the door in (RFC 3207), and certificates that do not fit."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from relay.smtp.server.tls import TlsFault, client_context, server_context


async def test_a_letter_goes_through_tls(open_house, tls) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(tls)
    talk = await house.call()
    await talk.hear()
    assert (await talk.ask("EHLO client.example")).endswith("250 STARTTLS")
    assert (await talk.ask("STARTTLS")).startswith("220 2.0.0 ")
    await talk.encrypt()
    assert (await talk.ask("MAIL FROM:<ann@home.example>")).startswith("503")
    assert "STARTTLS" not in await talk.ask("EHLO client.example")
    assert (await talk.ask("STARTTLS")).startswith("503 5.5.1 ")
    await talk.ask("MAIL FROM:<ann@home.example>")
    await talk.ask("RCPT TO:<amber@relay.example.org>")
    await talk.ask("DATA")
    assert (await talk.ask(b"x" * 300_000 + b"\r\n.\r\n")).startswith("250 2.0.0 ")
    assert (await talk.ask("QUIT")).startswith("221")
    assert await talk.hear() == ""
    assert len(house.letters[0].content) == 300_002


async def test_starttls_forgets_what_was_said_in_the_clear(open_house, tls) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(tls)
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("MAIL FROM:<ann@home.example>")
    await talk.ask("STARTTLS")
    await talk.encrypt()
    assert (await talk.ask("RCPT TO:<amber@relay.example.org>")).startswith("503")


async def test_what_is_put_behind_starttls_is_never_obeyed(open_house, tls) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(tls)
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.say(b"STARTTLS\r\nNOOP injected\r\nEHLO evil.example\r\n")
    assert (await talk.hear()).startswith("220")
    await talk.encrypt()
    assert (await talk.ask("MAIL FROM:<ann@home.example>")).startswith("503"), "the injected EHLO counted"


@pytest.mark.parametrize("instead", [b"NOOP\r\n" * 5, b"\x16\x03\x01garbage" * 50, b""])
async def test_no_handshake_no_conversation(instead: bytes, open_house, tls) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(tls, limits={"connections": 1})
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("STARTTLS")
    await talk.say(instead)
    if not instead:
        talk.close()
    else:
        assert b"250 " not in await asyncio.wait_for(talk.reader.read(), 30)
    assert await house.has_room(), "the place was not given back"


async def test_tls_below_one_point_two_is_refused(open_house, tls) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(tls)
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("STARTTLS")
    old = client_context()
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await talk.writer.start_tls(old)


async def test_a_new_certificate_is_used_from_then_on(open_house, tls) -> None:  # type: ignore[no-untyped-def]
    house = await open_house()
    talk = await house.call()
    await talk.hear()
    assert "STARTTLS" not in await talk.ask("EHLO client.example")
    house.door.reload_tls(tls)
    assert "STARTTLS" in await talk.ask("EHLO client.example")
    await talk.ask("STARTTLS")
    await talk.encrypt()
    assert (await talk.ask("NOOP")).startswith("250")


async def test_a_client_in_tls_hears_that_the_server_closes(open_house, tls) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(tls)
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("STARTTLS")
    await talk.encrypt()
    await talk.ask("NOOP")
    draining = asyncio.create_task(house.door.drain(30))
    assert (await talk.hear()).startswith("421 4.3.2 ")
    assert await draining == 0


def test_without_a_certificate_there_is_no_context() -> None:
    assert server_context("", "") is None


def test_a_certificate_and_key_in_one_file_will_do(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(certificate[0].read_bytes() + certificate[1].read_bytes())
    context = server_context(str(both), "")
    assert context is not None and context.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot find"), (b"", "PEM"), (b"hello", "PEM"), (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "PEM")],
)
def test_a_certificate_that_is_none_is_named(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "cert.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TlsFault, match=words) as fault:
        server_context(str(path), "")
    assert str(path) in str(fault.value)


def test_a_key_of_another_certificate_is_named(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    other = tmp_path / "other.pem"
    other.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(TlsFault, match=r"the key in .*other\.pem is not that of"):
        server_context(str(certificate[0]), str(other))


def test_a_key_with_a_passphrase_does_not_wait_for_somebody_to_type_it(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(TlsFault, match=r"key in \S*locked\.pem has a passphrase"):
        server_context(str(certificate[0]), str(locked))
