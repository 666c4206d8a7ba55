"""Letters that ask a member something, and what is said to their answer: did you write this, is this your address?"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.notices import Notices
from relay.letters.write import Letter, Writer
from relay.message.confirmation.read_answer import question_code
from relay.model import Route
from relay.policy.recipients import confirmation
from relay.states import EXCHANGING
from relay.store import Acceptance, OpenConfirmation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Questions:
    """Writes questions. Each has a code, and an address of its own that answers go to."""

    notices: Notices

    @property
    def writer(self) -> Writer:
        """What all letters are written with."""
        return self.notices.writer

    def asking(self, route: Route, journal_id: str, token: str, now: datetime, days: int) -> Acceptance:
        """Ask the registered author whether the held letter is theirs; ``token`` is the question's."""
        values = {"name": route.recipient_persona.name, "id": journal_id, "days": days}
        to = route.author.addresses[0]
        return self._ask(Letter("is-it-yours", to, route.language, values, route.pair_id, journal_id), token, now)

    def asking_about_address(
        self, route: Route, mailbox: str, journal_id: str, token: str, now: datetime
    ) -> Acceptance:
        """Ask the member at their proven ``mailbox`` whether a held letter from an unproven address is theirs."""
        values = {"name": route.recipient_persona.name, "id": journal_id}
        name, pair_id = "from-another-address", route.pair_id
        return self._ask(Letter(name, mailbox, route.language, values, pair_id, journal_id), token, now)

    def asking_to_decide(
        self, route: Route, journal_id: str, token: str, now: datetime, values: Mapping[str, object]
    ) -> Acceptance:
        """Ask the author of a held letter whether it may go as it is; ``values`` say what was seen in it (seen, more)
        and how many days it is held (days)."""
        values = {"name": route.recipient_persona.name, "id": journal_id, **values}
        to = route.author.addresses[0]
        return self._ask(Letter("decide", to, route.language, values, route.pair_id, journal_id), token, now)

    async def answered_yes(self, question: OpenConfirmation, answer_id: str, now: datetime) -> list[Acceptance]:
        """What follows a yes: a new address hears that it can be written from, and the author of a letter whose pair is
        closed by now that it was not sent."""
        if question.address:
            values: dict[str, object] = {"sent": question.waiting}
            letter = _letter("address-confirmed", question.address, question, answer_id, values)
            return [self.writer.write(letter, now)]
        if question.pair.state in EXCHANGING:
            return []
        entry = await self.notices.store.journal.show(question.journal_id)
        if entry is None:
            return []
        notice = await self.notices.about_letter(entry[0], "closed-meanwhile", now, letter_id=answer_id)
        return [] if notice is None else [notice]

    async def answered_no(self, question: OpenConfirmation, answer_id: str, now: datetime) -> list[Acceptance]:
        """What follows a no: whoever said it hears what it did, and the operator that it was said, unless it was an
        author's decision about a letter of their own."""
        if question.decides:
            entry = await self.notices.store.journal.show(question.journal_id)
            notice = entry and await self.notices.not_sent(entry[0], "no", now, letter_id=answer_id)
            return [notice] if notice else []
        word = self._tell("answered-no", question, answer_id, now)
        operator = self._to_operator("no-answered", question, answer_id, now)
        return [word] if operator is None else [word, operator]

    def asked_again(self, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance:
        """Ask once more, kindly, where it was asked before: the answer could not be read as yes or no."""
        values = {"name": _partner(question), "about": about(question)}
        letter = _letter("asked-again", question.mailbox, question, answer_id, values)
        return self._ask(letter, question.token, now)

    def left_to_coordinator(self, question: OpenConfirmation, answer_id: str, now: datetime) -> list[Acceptance]:
        """Tell who was asked that a coordinator decides now, and the operator that somebody has to."""
        word = self._tell("left-to-coordinator", question, answer_id, now)
        operator = self._to_operator("unclear-answer", question, answer_id, now)
        return [word] if operator is None else [word, operator]

    def _ask(self, letter: Letter, token: str, now: datetime) -> Acceptance:
        """A letter with the code of the question ``token``, and the address that answers to it go to."""
        values = {**letter.values, "code": question_code(token)}
        answer_to = confirmation(token, self.writer.settings.domain)
        return self.writer.write(replace(letter, values=values, answer_to=answer_to), now)

    def _tell(self, name: str, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance:
        values = {"about": about(question), "name": _partner(question), "id": question.journal_id}
        return self.writer.write(_letter(name, question.mailbox, question, answer_id, values), now)

    def _to_operator(self, name: str, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance | None:
        """A word to the operator about a question; None, and a warning in the log, when no operator is set."""
        programme, pair = self.writer.settings.programme, question.pair
        if not programme.operator:
            log.warning("%s: %s, and no programme.operator is set to be told", answer_id, name)
            return None
        member = {"name": pair.persona(question.side).name, "side": question.side.value, "pair": pair.id}
        values = {**member, "about": about(question), "id": question.journal_id}
        to, language = programme.operator, programme.language
        return self.writer.write(Letter(name, to, language, values, pair.id, answer_id), now)


def about(question: OpenConfirmation) -> str:
    """Which question it is, by the letter that asked it."""
    if question.address:
        return "confirm-address"
    if question.decides:
        return "decide"
    return "from-another-address" if question.elsewhere else "is-it-yours"


def _letter(name: str, to: str, question: OpenConfirmation, answer_id: str, values: Mapping[str, object]) -> Letter:
    """A letter to the member who was asked, about their answer."""
    return Letter(name, to, question.pair.language_of(question.side), values, question.pair.id, answer_id)


def _partner(question: OpenConfirmation) -> str:
    return question.pair.persona(question.side.other).name
