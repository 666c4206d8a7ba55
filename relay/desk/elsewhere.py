"""Carries out commands that did not come to the desk: alone in a letter, or instead of the answer to a question."""

from __future__ import annotations

from dataclasses import dataclass

from relay.desk.carry_out import carry_out
from relay.desk.mail import handled
from relay.desk.request import Desk, Request
from relay.inbound.arrived import Arrived
from relay.inbound.commanded import Commanded
from relay.inbound.handled import Handled
from relay.refusals import UnknownAlias


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The CarryOut of other handlers."""

    desk: Desk

    async def __call__(self, arrived: Arrived, recipient: str, asked: Commanded) -> Handled:
        """Carry it out, for the pair that it came for. Raises Refusal."""
        member = await self.desk.store.members.on(asked.pair_id, asked.side)
        part = member.part_in(asked.pair_id) if member is not None else None
        if member is None or part is None:
            raise UnknownAlias
        request = Request(
            *(asked.command, "", member, asked.mailbox, part, arrived.next_id(), arrived.now),
            content=arrived.envelope.content,
        )
        return handled(arrived, recipient, request, await carry_out(self.desk, request))
