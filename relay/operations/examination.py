"""All checks of relay check in one: of this machine, and of what relay needs from the network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from relay.home import Home
from relay.operations.check import check_connections, check_machine
from relay.operations.clock import check_clock
from relay.operations.findings import Finding
from relay.operations.outside import check_outside
from relay.operations.trial_letter import check_sending


async def examine(
    home: Home,
    environ: Mapping[str, str],
    now: datetime,
    *,
    network: bool = True,
    port: int | None = 25,
    send: bool = False,
    clock: datetime,
) -> list[Finding]:
    """All findings, in the order of the checks. Without ``network`` DNS is not asked for records, and no other server
    but the smarthost is connected to. ``port``: see ``check_outside``. ``clock`` is the time by this machine's
    clock, also in a rehearsal, where ``now`` is another. ``send``: see ``check_sending``."""
    findings, settings = await check_machine(home, environ, now)
    if settings is None:
        return [*findings, *check_clock(home, clock)]
    asked = [check_connections(settings, now), *([check_outside(home, settings, port=port)] if network else [])]
    near, *far = await asyncio.gather(*asked)
    findings += [*near, *check_clock(home, clock), *(one for found in far for one in found)]
    return [*findings, await check_sending(home, settings, clock)] if send else findings
