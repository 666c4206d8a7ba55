"""Finds the addresses that a script names by what was sent before: reply addresses of relay's letters, return paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from relay.message.confirmation.read_answer import question_code
from relay.model import PairState, Side
from relay.policy.recipients import Confirmation, Conversation, DeskReply, InvitationReply, classify
from relay.rehearsal.record import Record
from relay.rehearsal.script import LAST_CONVERSATION, LAST_QUESTION, Letter
from relay.roles import named
from relay.settings import Settings
from relay.store import Consent, Store


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one rehearsal. ``record`` has what was sent so far."""

    settings: Settings
    store: Store
    record: Record
    clock: Callable[[], datetime]

    async def of(self, written: Letter) -> tuple[str, str]:
        """The address that a letter goes to, and the code of the newest open question to its sender ("" for none).
        Raises ValueError when there is no such address."""
        question = await self._question(written.sender)
        if written.to == LAST_CONVERSATION or (written.to == LAST_QUESTION and self._is_operator(written.sender)):
            return self._conversation(written.sender), ""
        if written.to == LAST_QUESTION:
            if question is None and any(one.address.lower() == written.sender.lower() for one in named(self.settings)):
                return self._conversation(written.sender), ""
            if question is None:
                raise ValueError(f"there is no open question to {written.sender}")
            return question
        if not written.to.startswith("alias:"):
            return written.to, question[1] if question else ""
        _, pair_id, side = written.to.split(":")
        pair = await self.store.directory.pair(pair_id)
        if pair is None:
            raise ValueError(f"there is no pair {pair_id}")
        return pair.persona(Side(side)).alias, question[1] if question else ""

    def _is_operator(self, address: str) -> bool:
        """Whether this is the operator, whom relay asks by conversations alone."""
        return address.lower() == self.settings.programme.operator.lower()

    def _conversation(self, sender: str) -> str:
        """The reply address of the newest letter to ``sender`` in a conversation with the operator."""
        for sent in reversed(self.record.sent):
            kind = classify(_reply_to(sent.content))
            if sent.recipient.lower() == sender.lower() and isinstance(kind, Conversation):
                return kind.address
        raise ValueError(f"no letter of a conversation with the operator was sent to {sender}")

    async def _question(self, asked: str) -> tuple[str, str] | None:
        """The reply address and code of the newest open question sent to ``asked``."""
        for sent in reversed(self.record.sent):
            if sent.recipient.lower() != asked.lower():
                continue
            kind = classify(_reply_to(sent.content))
            if isinstance(kind, Confirmation | InvitationReply | DeskReply) and await self._is_open(kind):
                return kind.address, question_code(kind.token)
        return None

    async def _is_open(self, asked: Confirmation | InvitationReply | DeskReply) -> bool:
        if isinstance(asked, Confirmation):
            now = self.clock()
            found = await self.store.questions.find(asked.token, now)
            return found is not None or await self.store.role_mailboxes.find(asked.token, now) is not None
        if isinstance(asked, DeskReply):
            return await self.store.desk_questions.find(asked.token, self.clock()) is not None
        invited = await self.store.invitations.find(asked.token)
        return invited is not None and invited.answer is Consent.OPEN and invited.pair.state is PairState.INVITED

    def return_path(self, recipient: str) -> str:
        """The return path of the newest letter to ``recipient`` (lower case). Raises ValueError when there is none."""
        for sent in reversed(self.record.sent):
            if sent.recipient.lower() == recipient and sent.return_path:
                return sent.return_path
        raise ValueError(f"no letter with a return path was sent to {recipient}")


def _reply_to(content: bytes) -> str:
    """The one address in the Reply-To of a letter from relay, "" when there is none."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"reply-to:"):
            return line.partition(b":")[2].strip().decode("ascii", "replace").rpartition("<")[2].rstrip(">")
    return ""
