"""Sends a letter to postmaster@ through the running relay, and waits until it has left for the operator."""

from __future__ import annotations

import asyncio
import re
import smtplib
from datetime import datetime

from relay.home import Home, HomeError
from relay.message.write.compose import date_value
from relay.operations.findings import Finding, fine, warn, wrong
from relay.operations.upgrade_backup import backing_up
from relay.settings import Settings
from relay.store import Store, StoreError

_TIMEOUT = 10.0  # seconds for one reply
_PAUSE = 0.2  # seconds between two looks
_ACCEPTED = re.compile(r"accepted as (\S+)")


async def check_sending(home: Home, settings: Settings, now: datetime, seconds: float = 30.0) -> Finding:
    """Whether a letter to postmaster@ is accepted and delivered to programme.operator within ``seconds``. It really
    arrives there."""
    operator, place = settings.programme.operator, settings.smtp.listen[0] if settings.smtp.listen else None
    if not operator or place is None:
        return wrong("no test letter can be sent", "set programme.operator and smtp.listen in relay.toml")
    try:
        id = await asyncio.to_thread(_hand_over, place.host, place.port, settings, now)
    except (OSError, smtplib.SMTPException) as error:
        code = getattr(error, "smtp_code", "")
        return wrong(
            f"relay did not accept the test letter to postmaster@{settings.domain} ({code or type(error).__name__})",
            "start relay; if it runs, see its log and relay log list",
        )
    try:
        return await _arrival(home, settings, id, now, seconds)
    except (HomeError, StoreError):
        return warn(f"the test letter was accepted as {id}; its fate is not known", f"see relay log show {id}")


def _hand_over(host: str, port: int, settings: Settings, now: datetime) -> str:
    """Send the letter. Returns its id. Raises OSError, SMTPException."""
    postmaster, operator = f"postmaster@{settings.domain}", settings.programme.operator
    content = (
        f"From: <{operator}>\r\nTo: <{postmaster}>\r\nSubject: relay check: a test letter\r\n"
        f"Date: {date_value(now)}\r\n"
        f"Message-ID: <{now:%Y%m%d%H%M%S%f}@{settings.hostname}>\r\n\r\n"
        "relay check --send wrote this letter. That you read it shows that relay accepts letters and sends them.\r\n"
    )
    with smtplib.SMTP(host, port, local_hostname=settings.hostname, timeout=_TIMEOUT) as server:
        server.ehlo_or_helo_if_needed()
        for code, text in (server.mail(operator), server.rcpt(postmaster), server.data(content.encode())):
            if code >= 400:
                raise smtplib.SMTPResponseException(code, text)
    found = _ACCEPTED.search(text.decode("ascii", "replace"))
    return found[1] if found else ""


async def _arrival(home: Home, settings: Settings, id: str, now: datetime, seconds: float) -> Finding:
    """The finding about the letter's delivery. Raises HomeError, StoreError."""
    place, before = home.place(settings.store.url), backing_up(home, lambda: now)
    store = await Store.open(place, home.read_vault(), checkpoints=False, before=before)
    try:
        for _ in range(max(1, int(seconds / _PAUSE))):
            found = await store.journal.show(id)
            if found is not None and found[0].outcome == "delivered":
                return fine(f"the test letter {id} was accepted and delivered to the operator's mail server")
            if found is not None and found[0].outcome == "failed":
                return wrong(f"the test letter {id} was refused: {found[0].reason}", f"see relay log show {id}")
            await asyncio.sleep(_PAUSE)
    finally:
        await store.close()
    return warn(
        f"the test letter {id} was accepted, but not delivered in {seconds:.0f} seconds", "see relay queue list"
    )
