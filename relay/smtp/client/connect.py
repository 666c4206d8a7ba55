"""Opens a connection to another mail server: greeting, EHLO, STARTTLS (RFC 5321 3.1, RFC 3207)."""

from __future__ import annotations

import asyncio

from relay.smtp.client.client_tls import ClientTls, Untrusted
from relay.smtp.client.pipeline import ConnectionLost, Pipeline
from relay.smtp.client.reply_outcome import BROKEN_OFF, NONSENSE, UNREACHABLE, ServerReply, Stage, outcome_of
from relay.smtp.client.smtp_client import Client, Server

_READY = 220


class Unreachable(Exception):  # noqa: N818
    """The server is not ready to accept letters; ``status`` says why. Another server may be."""

    def __init__(self, status: str) -> None:
        super().__init__()
        self.status = status


class Unprotected(Unreachable):
    """The connection cannot be encrypted or verified as required; nothing was sent."""


class _TlsFailed(Exception):  # noqa: N818
    """TLS could not be started. ``agreed``: the server had replied 220 to STARTTLS."""

    def __init__(self, *, agreed: bool) -> None:
        super().__init__()
        self.agreed = agreed


async def connect(server: Server, hostname: str, step: float, tls: ClientTls) -> Client:
    """Open a connection, greet as ``hostname``, and start TLS when the server offers it. ``step`` is the timeout in
    seconds for each reply.

    When TLS fails and is not required, connect again without it: encryption is opportunistic (RFC 7435 3). Raises
    Unreachable, or Unprotected when TLS is required and is not offered, or fails.
    """
    try:
        return await _opened(server, hostname, step, tls)
    except _TlsFailed as fault:
        if server.protection.required:
            raise Unprotected(_status_of(server, fault)) from None
        return await _opened(server, hostname, step, None)


def _status_of(server: Server, fault: _TlsFailed) -> str:
    return server.protection.not_trusted if fault.agreed else server.protection.not_encrypted


async def _opened(server: Server, hostname: str, step: float, tls: ClientTls | None) -> Client:
    """An open connection; without ``tls`` in the clear."""
    pipeline, proof = await _connected(server, step), ""
    try:
        await _greeting(pipeline, step)
        offers = await _ehlo(pipeline, hostname, step)
        if tls is not None and "starttls" in offers:
            proof = await _encrypt(pipeline, server, step, tls)
            offers = await _greet_again(pipeline, server, hostname, step)
        elif server.protection.required:
            raise _TlsFailed(agreed=False)
    except BaseException:
        pipeline.abort()
        raise
    return Client(server, pipeline, offers, step, proof)


async def _connected(server: Server, step: float) -> Pipeline:
    try:
        async with asyncio.timeout(step):
            _, pipeline = await asyncio.get_running_loop().create_connection(Pipeline, server.address, server.port)
    except (OSError, ValueError):  # TimeoutError is an OSError; an invalid name raises ValueError
        raise Unreachable(UNREACHABLE) from None
    return pipeline


async def _greeting(pipeline: Pipeline, step: float) -> None:
    try:
        reply = await pipeline.reply(step)
    except ConnectionLost:
        raise Unreachable(NONSENSE if pipeline.garbled else UNREACHABLE) from None
    if reply.code != _READY:
        raise Unreachable(_status(reply))


async def _ehlo(pipeline: Pipeline, hostname: str, step: float) -> frozenset[str]:
    """Greet. Returns the extensions that the server offers, in lower case."""
    reply = await _ask(pipeline, f"EHLO {hostname}", step)
    if reply.good:
        return frozenset(line.split()[0].lower() for line in reply.text.split("\n")[1:] if line.split())
    if 500 <= reply.code < 505:  # RFC 5321 3.2: a server without EHLO
        reply = await _ask(pipeline, f"HELO {hostname}", step)
    if not reply.good:
        raise Unreachable(_status(reply))
    return frozenset()


async def _encrypt(pipeline: Pipeline, server: Server, step: float, tls: ClientTls) -> str:
    """Start TLS. Returns ClientTls.proof. Raises _TlsFailed."""
    protection, agreed = server.protection, False
    try:
        reply = await _ask(pipeline, "STARTTLS", step)
        agreed = reply.code == _READY
        if not agreed:
            raise _TlsFailed(agreed=False)
        await pipeline.encrypt(tls.context(protection), protection.base or server.name, step)
        return tls.proof(protection, pipeline.certificates())
    except (Unreachable, Untrusted, ConnectionLost, OSError, ValueError) as error:
        raise _TlsFailed(agreed=agreed) from error


async def _greet_again(pipeline: Pipeline, server: Server, hostname: str, step: float) -> frozenset[str]:
    """Greet in TLS: extensions offered in the clear are discarded (RFC 3207 4.2). Raises Unreachable when TLS is
    required, else _TlsFailed."""
    try:
        return await _ehlo(pipeline, hostname, step)
    except Unreachable as error:
        if server.protection.required:
            raise
        raise _TlsFailed(agreed=True) from error


async def _ask(pipeline: Pipeline, command: str, step: float) -> ServerReply:
    """Send one command. Returns its reply. Raises Unreachable when there is none."""
    try:
        pipeline.send(command.encode("ascii") + b"\r\n")
        return await pipeline.reply(step)
    except ConnectionLost:
        raise Unreachable(NONSENSE if pipeline.garbled else BROKEN_OFF) from None


def _status(reply: ServerReply) -> str:
    return outcome_of(Stage.GREETING, reply, smarthost=False).status
