"""Handles answers to the question whether a mailbox is that of a person with a role (relay/roles.py)."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, journal_entry
from relay.inbound.handlers.answers import AnswerReader, decision_of
from relay.letters.role_letters import RoleLetters
from relay.letters.write import Writer
from relay.roles import named
from relay.store import Acceptance, Decision, RoleAnswer, RoleMailbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RoleAnswers:
    """Decides about these answers."""

    writer: Writer
    read: AnswerReader

    async def __call__(self, arrived: Arrived, recipient: str, asked: RoleMailbox) -> Handled:
        """Decide about the answer. Raises AuthorshipUnknown."""
        reply = await self.read(arrived, recipient, asked)
        if isinstance(reply, Handled):
            return reply
        decision = decision_of(asked, reply, self.writer.settings.programme.language)
        entry = journal_entry(arrived, "answer", "too late" if decision is None else str(decision))
        if decision is None:
            return Handled(recipient, (entry,), entry.id)
        log.info("%s answers a question about a role: %s", arrived.id, decision)
        told = tuple(self._letters(arrived, entry.id, asked, decision))
        return Handled(recipient, (entry, RoleAnswer(asked, decision, arrived.now, told)), entry.id)

    def _letters(self, arrived: Arrived, id: str, asked: RoleMailbox, decision: Decision) -> list[Acceptance]:
        letters = RoleLetters(self.writer)
        if decision in (Decision.YES, Decision.NO):
            return [letters.answered(asked, id, arrived.now, yes=decision is Decision.YES)]
        if decision is Decision.LEAVE:
            return []
        roles = [one.role for one in named(self.writer.settings) if one.address.lower() == asked.mailbox.lower()]
        return [letters.asked_again(asked, roles, id, arrived.now)]
