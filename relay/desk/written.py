"""What a mail to the desk says: its command, the pair it is about, and its journal entry."""

from __future__ import annotations

from datetime import datetime

from relay.desk.request import Desk, Request
from relay.message.confirmation.read_answer import ReadAnswer
from relay.message.desk.read_command import Written, read_command
from relay.model import JournalEntry, RoutingHeaders
from relay.policy.recipients import Desk as Address
from relay.policy.recipients import classify
from relay.store import Member, Part


def command_in(recipient: str, reply: ReadAnswer) -> Written:
    """The command in a mail to ``recipient``, an address of the desk."""
    address = classify(recipient)
    assert isinstance(address, Address)
    return read_command(reply.line, address.command)


def is_addressed(recipient: str, command: str) -> bool:
    """Whether a mail to ``recipient`` was sent to the command's own address."""
    return recipient.startswith(f"{command}@")


async def part_answered(desk: Desk, member: Member, received: RoutingHeaders) -> Part | None:
    """The part in the pair that a letter of relay's was about which a mail answers."""
    cited = (*received.in_reply_to, *reversed(received.references))
    pairs = await desk.store.programme_letters.pairs_of(cited)
    return next((part for pair_id in pairs if (part := member.part_in(pair_id)) is not None), None)


def command_entry(request: Request, arrived_at: datetime, size: int) -> JournalEntry:
    """The journal entry of a mail of ``size`` octets that held a command."""
    part = request.first
    return JournalEntry(
        id=request.id,
        pair_id=part.pair.id,
        side=part.side,
        kind="command",
        accepted_at=arrived_at,
        size_in=size,
        size_out=0,
        reason=request.command or "unknown",
        settled_at=arrived_at,
    )
