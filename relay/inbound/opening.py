"""What is opened of a letter, in disposable processes: members' letters in their pool, everybody else's in another."""

from __future__ import annotations

from dataclasses import dataclass

from relay.message.confirmation.read_answer import ReadAnswer
from relay.model import Headers, Message, RebuildOrder, Rebuilt
from relay.outcomes import Returned
from relay.refusals import CannotAnonymise
from relay.workers.orders import ComposeOrder, ReadAnswerOrder, RecognizeOrder
from relay.workers.pool import Workers


@dataclass(frozen=True, slots=True)
class Opening:
    """``members`` opens the letters of proven authors. ``strangers`` opens one letter at a time, at low priority, and
    so never keeps a member's letter waiting."""

    members: Workers
    strangers: Workers

    async def rebuild(self, order: RebuildOrder) -> Rebuilt | Returned:
        """The letter that will leave, or the machine's mail that it is. Raises Refusal."""
        return await self.members.rebuild(order)

    async def rebuild_for_stranger(self, order: RebuildOrder) -> Rebuilt | Returned:
        """The same, for a letter that was refused."""
        return await self.strangers.rebuild(order)

    async def recognise(self, content: bytes, null_sender: bool) -> Returned | None:
        """Which machine's mail ``content`` is; None for a person's, or when it cannot be opened. Raises TryLater."""
        try:
            return await self.strangers.run(RecognizeOrder(content, null_sender))
        except CannotAnonymise:
            return None

    async def answer(self, content: bytes, code: str) -> Returned | ReadAnswer:
        """What an answer to the question with ``code`` says, or which machine's mail it is. Raises Refusal. Whoever
        knows the address of a question is no stranger."""
        return await self.members.run(ReadAnswerOrder(content, code))

    async def compose(self, message: Message, headers: Headers, shown: bytes) -> bytes:
        """A mail of our own that holds a stranger's, composed and signed, with the words of ``shown`` below ours unless
        it cannot be opened. Raises Refusal."""
        try:
            return await self.strangers.run(ComposeOrder(message, headers, shown))
        except CannotAnonymise:
            return await self.strangers.run(ComposeOrder(message, headers))
