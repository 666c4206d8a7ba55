"""The two worker pools that open letters: one for members' letters, one for everybody else's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from relay.message.confirmation.read_answer import ReadAnswer
from relay.model import AnswerOrder, Conversions, DmarcReport, Headers, Message, Passed, RebuildOrder, Rebuilt
from relay.outcomes import Returned
from relay.refusals import CannotAnonymise, Malformed
from relay.workers.converters.convert import Converters
from relay.workers.malware_scanner import MalwareScanner
from relay.workers.orders import PassOnOrder, ReadAnswerOrder, ReadDmarcOrder, RecognizeOrder, ShowOrder
from relay.workers.pool import Workers

Ordered = TypeVar("Ordered", RebuildOrder, AnswerOrder)


@dataclass(frozen=True, slots=True)
class WorkerPools:
    """``members`` opens the letters of proven authors. ``strangers`` opens one letter at a time at low priority, so
    that it never delays a member's letter. ``converters`` converts files in letters of proven authors only. ``scanner``
    sees every letter that may be relayed, as it arrived."""

    members: Workers
    strangers: Workers
    converters: Converters
    scanner: MalwareScanner

    async def rebuild(self, order: RebuildOrder) -> Rebuilt | Returned:
        """The letter that will leave, or Returned for automatic mail. Raises Refusal."""
        await self.scanner.check(order.content)
        return await self.converters.with_conversions(lambda made: self.members.rebuild(_converted(order, made)))

    async def rebuild_for_stranger(self, order: RebuildOrder) -> Rebuilt | Returned:
        """The same, for a letter that was refused."""
        await self.scanner.check(order.content)
        return await self.strangers.rebuild(order)

    async def recognise(self, content: bytes, null_sender: bool) -> Returned | None:
        """What kind of automatic mail ``content`` is; None for a person's, or when it cannot be read. Raises
        TryLater."""
        try:
            return await self.strangers.run(RecognizeOrder(content, null_sender))
        except CannotAnonymise:
            return None

    async def read_dmarc_report(self, content: bytes) -> DmarcReport | None:
        """The DMARC aggregate report in a mail; None when there is none that can be read. Raises TryLater."""
        try:
            return await self.strangers.run(ReadDmarcOrder(content))
        except (CannotAnonymise, Malformed):
            return None

    async def answer(self, content: bytes, code: str) -> Returned | ReadAnswer:
        """Read an answer to the confirmation request with ``code``; Returned for automatic mail. Raises Refusal. Runs
        in the members' pool: only the member knows the reply address."""
        return await self.members.run(ReadAnswerOrder(content, code))

    async def answer_of_stranger(self, content: bytes, code: str) -> Returned | ReadAnswer:
        """The same, for mail whose author is not proven. Raises Refusal."""
        return await self.strangers.run(ReadAnswerOrder(content, code))

    async def show(self, message: Message, headers: Headers, shown: bytes, known_subject: str) -> Passed:
        """Compose and sign a mail of our own that quotes the text of a stranger's mail, ``shown`` (octets), unless that
        cannot be read. ``known_subject``: the conversation's subject so far. Raises Refusal."""
        try:
            return await self.strangers.run(ShowOrder(message, headers, shown, known_subject))
        except (CannotAnonymise, Malformed):
            return await self.strangers.run(ShowOrder(message, headers, known_subject=known_subject))

    async def pass_on(self, order: AnswerOrder) -> Passed | Returned:
        """The letter of the programme with the text of an operator's answer; Returned for automatic mail. Raises
        Refusal."""
        await self.scanner.check(order.content)
        return await self.converters.with_conversions(
            lambda made: self.members.run(PassOnOrder(_converted(order, made)))
        )


def _converted(order: Ordered, made: Conversions) -> Ordered:
    """The same order, with what converters made of its letter's files."""
    if made == order.known.conversions:
        return order
    return replace(order, known=replace(order.known, conversions=made))
