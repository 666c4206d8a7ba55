"""Confirmation requests to members ("did you write this?", "is this your address?"), and letters after the answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.notices import Notices, changes_told
from relay.letters.write import Letter, Writer
from relay.message.confirmation.read_answer import question_code
from relay.model import Route
from relay.policy.recipients import confirmation
from relay.states import EXCHANGING
from relay.store import Acceptance, OpenConfirmation, Part

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Questions:
    """Writes confirmation requests. Each has a code, and its own reply address."""

    notices: Notices

    @property
    def writer(self) -> Writer:
        """The writer of all letters."""
        return self.notices.writer

    def asking(self, route: Route, journal_id: str, token: str, now: datetime, days: int) -> Acceptance:
        """Ask the registered author whether the held letter is theirs. They have ``days`` days to answer."""
        values = {"name": route.recipient_persona.name, "id": journal_id, "days": days}
        to = route.author.addresses[0]
        return self._ask(Letter("is-it-yours", to, route.manner, values, route.pair_id, journal_id), token, now)

    def asking_about_address(
        self, route: Route, mailbox: str, journal_id: str, token: str, now: datetime
    ) -> Acceptance:
        """Ask the member at their proven ``mailbox`` whether a held letter from an unproven address is theirs."""
        values = {"name": route.recipient_persona.name, "id": journal_id}
        name, pair_id = "from-another-address", route.pair_id
        return self._ask(Letter(name, mailbox, route.manner, values, pair_id, journal_id), token, now)

    def asking_to_decide(
        self, route: Route, journal_id: str, token: str, now: datetime, values: Mapping[str, object]
    ) -> Acceptance:
        """Ask the author of a held letter whether to send it as it is.

        ``values``: what was found in it (``seen``, ``more``), and for how many ``days`` it is held.
        """
        values = {"name": route.recipient_persona.name, "id": journal_id, **values}
        to = route.author.addresses[0]
        return self._ask(Letter("decide", to, route.manner, values, route.pair_id, journal_id), token, now)

    def asking_about_word(
        self, route: Route, journal_id: str, token: str, now: datetime, *, command: str
    ) -> Acceptance:
        """Ask the author of a held letter whose only word is a ``command`` of the desk whether it is for the other
        member."""
        values = {"name": route.recipient_persona.name, "id": journal_id, "command": command}
        to = route.author.addresses[0]
        return self._ask(Letter("word-alone", to, route.manner, values, route.pair_id, journal_id), token, now)

    async def answered_yes(self, question: OpenConfirmation, answer_id: str, now: datetime) -> list[Acceptance]:
        """The letters after a yes: to a new address, that it is confirmed; to the author of a letter, that it was not
        sent because its pair is not active any more, or what was changed in it and may matter. Raises StoreError,
        StationeryError."""
        if question.address:
            sent = 0 if question.moves == "waits" else question.waiting
            values: dict[str, object] = {"sent": sent, "moves": question.moves}
            letters = [_letter("address-confirmed", question.address, question, answer_id, values)]
            if question.moves == "now":
                letters.append(_letter("letters-elsewhere", question.primary, question, "", {}))
            return [self.writer.write(letter, now) for letter in letters]
        entry = await self.notices.store.journal.show(question.journal_id)
        if entry is None:
            return []
        if question.pair.state not in EXCHANGING:
            names = ["closed-meanwhile"]
        else:
            names = [] if question.decides else changes_told(entry[0])
        notices = [await self.notices.about_letter(entry[0], name, now, letter_id=answer_id) for name in names]
        return [notice for notice in notices if notice is not None]

    async def answered_no(
        self, question: OpenConfirmation, answer_id: str, now: datetime, mail: bytes = b""
    ) -> list[Acceptance]:
        """The letters after a no: to the member, what happened then; to the operator, that the answer was no.

        After an author's decision about a letter of their own, only the author gets one. Raises StoreError,
        StationeryError.
        """
        if question.decides:
            entry = await self.notices.store.journal.show(question.journal_id)
            notice = entry and await self.notices.not_sent(entry[0], "no", now, letter_id=answer_id)
            return [notice] if notice else []
        to_member = self._tell("answered-no", question, answer_id, now)
        to_operator = await self._to_operator("no-answered", question, answer_id, mail, now)
        return [to_member] if to_operator is None else [to_member, to_operator]

    def asked_again(self, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance:
        """Ask again at the same mailbox, because the answer was neither yes nor no."""
        values = {"name": _partner(question), "alias": _alias(question), "about": about(question)}
        letter = _letter("asked-again", question.mailbox, question, answer_id, values)
        return self._ask(letter, question.token, now)

    def beside(self, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance:
        """Tell the author of a yes or no that the files, or the many words, which came with it went nowhere."""
        values = {"name": _partner(question), "alias": _alias(question)}
        return self.writer.write(_letter("beside-answer", question.mailbox, question, answer_id, values), now)

    def written_again(self, question: OpenConfirmation, letter_id: str, now: datetime, *, waits: bool) -> Acceptance:
        """Tell the author of a held letter that their answer was taken as its new version. ``waits``: that is held."""
        values = {"name": _partner(question), "waits": waits}
        return self.writer.write(_letter("written-again", question.mailbox, question, letter_id, values), now)

    async def left_to_coordinator(
        self, question: OpenConfirmation, answer_id: str, now: datetime, mail: bytes = b""
    ) -> list[Acceptance]:
        """The letters after a second unclear answer: to the member, that a coordinator decides; to the operator."""
        to_member = self._tell("left-to-coordinator", question, answer_id, now)
        to_operator = await self._to_operator("unclear-answer", question, answer_id, mail, now)
        return [to_member] if to_operator is None else [to_member, to_operator]

    def _ask(self, letter: Letter, token: str, now: datetime) -> Acceptance:
        """A letter with the code of the question with this ``token``, and its reply address."""
        values = {**letter.values, "code": question_code(token)}
        answer_to = confirmation(token, self.writer.settings.domain)
        return self.writer.write(replace(letter, values=values, answer_to=answer_to), now)

    def _tell(self, name: str, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance:
        values = {"about": about(question), "name": _partner(question), "id": question.journal_id}
        return self.writer.write(_letter(name, question.mailbox, question, answer_id, values), now)

    async def _to_operator(
        self, name: str, question: OpenConfirmation, answer_id: str, mail: bytes, now: datetime
    ) -> Acceptance | None:
        """A letter to the operator about a question, with the words of the answer. Who reads a mailbox that may be
        nobody's is told that the operator learns no more than the answer itself: those words are left out."""
        shown = b"" if question.address else mail
        values = {"about": about(question), "id": question.journal_id}
        part = Part(question.pair, question.side)
        return await self.notices.to_operator(name, part, answer_id, shown, now, **values)


def about(question: OpenConfirmation) -> str:
    """The name of the letter that asked: "confirm-address", "decide", "word-alone", "from-another-address" or
    "is-it-yours"."""
    if question.address:
        return "confirm-address"
    if question.decides:
        return "word-alone" if question.word_alone else "decide"
    return "from-another-address" if question.elsewhere else "is-it-yours"


def _letter(name: str, to: str, question: OpenConfirmation, answer_id: str, values: Mapping[str, object]) -> Letter:
    """A letter to the member who was asked, about their answer."""
    return Letter(name, to, question.pair.manner(question.side), values, question.pair.id, answer_id)


def _partner(question: OpenConfirmation) -> str:
    return question.pair.persona(question.side.other).name


def _alias(question: OpenConfirmation) -> str:
    return question.pair.persona(question.side.other).alias
