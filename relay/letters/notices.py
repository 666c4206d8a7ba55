"""Mail that relay writes about a letter: what did not arrive, who was not copied, and mail for the operator.

A notice names the other side only by pseudonym, repeats nothing of the letter, and has the null return path, so that
nothing ever answers it (RFC 3834 2, RFC 5321 4.5.5).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from relay.letters.templates import LetterTemplates, StationeryError
from relay.message.confirmation.read_answer import question_code
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.message.write.threads import new_message_id
from relay.model import (
    Attachment,
    Delivery,
    Envelope,
    Headers,
    JournalEntry,
    Message,
    NewDelivery,
    Pair,
    PairState,
    Route,
    Side,
)
from relay.outcomes import Failed
from relay.policy.recipients import confirmation
from relay.settings import Settings
from relay.store import Acceptance, OpenConfirmation, Store, StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notices:
    """Writes notices. ``signer`` signs them as ours; ``store`` tells whom a failed delivery belongs to."""

    settings: Settings
    store: Store
    templates: LetterTemplates
    signer: Signer

    def partly_relayed(self, route: Route, journal_id: str, now: datetime, missed: int, copied: int) -> Acceptance:
        """Tell the author that ``missed`` of the letter's own recipients did not get it, and that ``copied`` people
        named in To and Cc were not copied to."""
        subject, text = self._letter(
            "partly-relayed",
            route.language,
            name=route.recipient_persona.name,
            id=journal_id,
            missed=missed,
            copied=copied,
            **self._signed_by(),
        )
        return self._to(
            route.author.addresses[0], Message(subject, text), f"{journal_id}-n", now, pair_id=route.pair_id
        )

    async def undeliverable(self, letter_id: str, outcome: Failed, now: datetime) -> Acceptance | None:
        """Tell the author, kindly, that their letter did not arrive. None when nobody is left to be told."""
        try:
            return await self._undeliverable(letter_id, outcome, now)
        except StoreError as error:
            log.error("%s: its author could not be told: %s", letter_id, type(error).__name__)
            return None

    async def delayed(self, delivery: Delivery, now: datetime) -> Acceptance | None:
        """Tell the author, once, that their letter is late and still being tried. None when they know already."""
        try:
            entry = await self.store.journal.show(delivery.journal_id)
            told = await self.store.journal.show(f"{delivery.journal_id}-d")
            if entry is None or told is not None:
                return None
            days = duration(self.settings.delivery.give_up_after)
            return await self._about(entry[0], "delayed", f"{delivery.journal_id}-d", now, days=days)
        except StoreError as error:
            log.error("%s: its author could not be told: %s", delivery.journal_id, type(error).__name__)
            return None

    async def _undeliverable(self, letter_id: str, outcome: Failed, now: datetime) -> Acceptance | None:
        found = await self.store.journal.show(letter_id)
        if found is None:
            return None
        return await self._about(found[0], "undeliverable", f"{found[0].id}-f", now, why=why(outcome.status))

    async def _about(
        self, entry: JournalEntry, name: str, notice_id: str, now: datetime, **more: object
    ) -> Acceptance | None:
        """The letter ``name`` to the author of the letter in ``entry``."""
        if entry.pair_id is None or entry.side is None:
            return None
        pair = await self.store.directory.pair(entry.pair_id)
        identities = await self.store.directory.identities(entry.pair_id)
        if pair is None or identities is None:
            return None
        author = identities[0] if entry.side == "mentor" else identities[1]
        if not author.addresses:  # they were forgotten
            return None
        other = pair.persona(entry.side.other).name
        values: dict[str, object] = {"name": other, "id": entry.id, "sent_at": entry.accepted_at, **more}
        subject, text = self._letter(name, pair.language, **values, **self._signed_by())
        return self._to(author.addresses[0], Message(subject, text), notice_id, now, pair_id=entry.pair_id)

    def asking(self, route: Route, journal_id: str, token: str, now: datetime, days: int) -> Acceptance:
        """Ask the registered author whether the held letter is theirs; ``token`` is the question's."""
        values = {"name": route.recipient_persona.name, "id": journal_id, "days": days}
        message = self._message("is-it-yours", route.language, code=question_code(token), **values)
        to = route.author.addresses[0]
        return self._to(to, message, f"{journal_id}-q", now, pair_id=route.pair_id, answer_to=self._answers(token))

    def asking_about_address(
        self, route: Route, mailbox: str, journal_id: str, token: str, now: datetime
    ) -> Acceptance:
        """Ask the member at their proven ``mailbox`` whether a held letter from an unproven address is theirs."""
        values = {"name": route.recipient_persona.name, "id": journal_id}
        message = self._message("from-another-address", route.language, code=question_code(token), **values)
        id, answer_to = f"{journal_id}-q", self._answers(token)
        return self._to(mailbox, message, id, now, pair_id=route.pair_id, answer_to=answer_to)

    def not_taken(self, route: Route, mailbox: str, journal_id: str, why: str, now: datetime) -> Acceptance:
        """Tell the member at their proven ``mailbox`` that a letter from an unproven address was not taken, and
        ``why``: the words of the refusal that a proven member would have heard."""
        values = {"name": route.recipient_persona.name, "id": journal_id, "why": _sentence(why)}
        message = self._message("not-taken", route.language, **values)
        return self._to(mailbox, message, f"{journal_id}-q", now, pair_id=route.pair_id)

    def not_relayed(self, author: str, route: Route | None, journal_id: str, why: str, now: datetime) -> Acceptance:
        """Tell the proven ``author`` of a mail with several recipients that one of them was refused, and ``why``."""
        message = self._message("not-relayed", route.language if route else "en", id=journal_id, why=_sentence(why))
        pair_id = route.pair_id if route else None
        return self._to(author, message, f"{journal_id}-n", now, pair_id=pair_id)

    async def answered_yes(self, question: OpenConfirmation, answer_id: str, now: datetime) -> list[Acceptance]:
        """What follows a yes: a new address hears that it can be written from, and the author of a letter whose pair is
        closed by now that it was not sent."""
        if question.address:
            message = self._message("address-confirmed", question.pair.language, sent=question.waiting)
            return [self._to(question.address, message, f"{answer_id}-m", now, pair_id=question.pair.id)]
        if question.pair.state is PairState.ACTIVE:
            return []
        entry = await self.store.journal.show(question.journal_id)
        notice = None if entry is None else await self._about(entry[0], "closed-meanwhile", f"{answer_id}-m", now)
        return [] if notice is None else [notice]

    def answered_no(self, question: OpenConfirmation, answer_id: str, now: datetime) -> list[Acceptance]:
        """What follows a no: whoever said it hears what it did, and the operator that it was said."""
        values = {"about": _about(question), "name": self._partner(question), "id": question.journal_id}
        message = self._message("answered-no", question.pair.language, **values)
        word = self._to(question.mailbox, message, f"{answer_id}-m", now, pair_id=question.pair.id)
        operator = self._to_operator("no-answered", question, answer_id, now)
        return [word] if operator is None else [word, operator]

    def asked_again(self, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance:
        """Ask once more, kindly, where it was asked before: the answer could not be read as yes or no."""
        values = {"about": _about(question), "name": self._partner(question), "code": question_code(question.token)}
        message = self._message("asked-again", question.pair.language, **values)
        to, answer_to = question.mailbox, self._answers(question.token)
        return self._to(to, message, f"{answer_id}-q", now, pair_id=question.pair.id, answer_to=answer_to)

    def left_to_coordinator(self, question: OpenConfirmation, answer_id: str, now: datetime) -> list[Acceptance]:
        """Tell who was asked that a coordinator decides now, and the operator that somebody has to."""
        values = {"about": _about(question), "name": self._partner(question), "id": question.journal_id}
        message = self._message("left-to-coordinator", question.pair.language, **values)
        word = self._to(question.mailbox, message, f"{answer_id}-m", now, pair_id=question.pair.id)
        operator = self._to_operator("unclear-answer", question, answer_id, now)
        return [word] if operator is None else [word, operator]

    def _to_operator(self, name: str, question: OpenConfirmation, answer_id: str, now: datetime) -> Acceptance | None:
        """A word to the operator about a question; None, and a warning in the log, when no operator is set."""
        operator, pair = self.settings.programme.operator, question.pair
        if not operator:
            log.warning("%s: %s, and no programme.operator is set to be told", answer_id, name)
            return None
        member = {"name": pair.persona(question.side).name, "side": question.side.value, "pair": pair.id}
        subject, text = self._letter(name, "en", about=_about(question), id=question.journal_id, **member)
        return self._to(operator, Message(subject, text), f"{answer_id}-p", now, pair_id=pair.id)

    def _partner(self, question: OpenConfirmation) -> str:
        return question.pair.persona(question.side.other).name

    def _answers(self, token: str) -> str:
        return confirmation(token, self.settings.domain)

    def _message(self, name: str, language: str, /, **values: object) -> Message:
        return Message(*self._letter(name, language, **values, **self._signed_by()))

    async def not_passed_on(self, entry: JournalEntry, now: datetime) -> Acceptance | None:
        """Tell the author that a coordinator refused their held letter. None when nobody is left to be told."""
        return await self._about(entry, "not-passed-on", f"{entry.id}-r", now)

    async def held_back(self, entry: JournalEntry, now: datetime) -> Acceptance | None:
        """Tell the author that their letters wait because there are many. None when nobody is left to be told."""
        return await self._about(entry, "held-back", f"{entry.id}-h", now)

    async def to_operator(
        self,
        envelope: Envelope,
        journal_id: str,
        now: datetime,
        made: Callable[[Message, Headers], Awaitable[bytes]],
    ) -> Acceptance:
        """Mail for postmaster@ or abuse@ (RFC 2142), handed to the operator as a file, whatever it holds. ``made``
        composes and signs it; it may be large. An operator must be set."""
        subject, text = self._letter(
            "operator",
            "en",
            programme=self.settings.programme.name,
            domain=self.settings.domain,
            id=journal_id,
            peer=envelope.peer,
        )
        mail = Attachment(envelope.content, "application/octet-stream", "message.eml")
        headers = self._headers(self.settings.programme.operator, now)
        content = await made(Message(subject, text, None, (mail,)), headers)
        return _owed(headers.to_address, content, journal_id, now, pair_id=None, kind="operator")

    def suspended(self, pair: Pair, side: Side, notice_id: str, now: datetime) -> Acceptance | None:
        """Tell the operator that the member on ``side`` has no mailbox any more. None when no operator is set."""
        operator = self.settings.programme.operator
        if not operator:
            return None
        name, partner = pair.persona(side).name, pair.persona(side.other).name
        subject, text = self._letter("suspended", "en", name=name, side=side.value, pair=pair.id, partner=partner)
        return self._to(operator, Message(subject, text), notice_id, now, pair_id=pair.id)

    def _letter(self, name: str, language: str, /, **values: object) -> tuple[str, str]:
        """A letter in the operator's words, or in ours when theirs cannot be filled in: somebody must be told."""
        try:
            return self.templates.letter(name, language, **values)
        except StationeryError as error:
            log.error("%s", error)
            return LetterTemplates().letter(name, language, **values)

    def _signed_by(self) -> dict[str, str]:
        programme = self.settings.programme
        return {"programme": programme.name, "help": programme.help or f"postmaster@{self.settings.domain}"}

    def _to(
        self,
        address: str,
        message: Message,
        journal_id: str,
        now: datetime,
        *,
        pair_id: str | None,
        answer_to: str = "",
    ) -> Acceptance:
        headers = self._headers(address, now, answer_to)
        return _owed(address, self.signer.sign(compose(message, headers)), journal_id, now, pair_id=pair_id)

    def _headers(self, address: str, now: datetime, answer_to: str = "") -> Headers:
        """Of a notice; ``answer_to`` is the address of a question."""
        return Headers(
            from_name=self.settings.programme.name,
            from_address=answer_to or f"postmaster@{self.settings.domain}",
            to_address=address,
            message_id=new_message_id(secrets.token_hex(12), self.settings.domain),
            date=now.replace(microsecond=0),
            auto_submitted="auto-replied",
            reply_to=answer_to or None,
        )


def _owed(
    address: str, content: bytes, journal_id: str, now: datetime, *, pair_id: str | None, kind: str = "notice"
) -> Acceptance:
    """A finished notice, owed to one address."""
    delivery = NewDelivery(secrets.token_hex(8), journal_id, address, "", content, now, notice=True)
    entry = JournalEntry(journal_id, pair_id, None, kind, now, 0, len(content))
    return Acceptance(entry, None, (delivery,), keep=False)


def _about(question: OpenConfirmation) -> str:
    """Which question it is, by the letter that asked it."""
    if question.address:
        return "confirm-address"
    return "from-another-address" if question.elsewhere else "is-it-yours"


def _sentence(words: str) -> str:
    """The words of a reply as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."


def duration(seconds: float) -> str:
    """A time in round words: "3 days", "1 hour"."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = round(seconds / size)
        if count >= 1:
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "a minute"


_WHY = (
    (("5.1.",), "their mailbox could not be found any more"),
    (("5.2.2", "4.2.2"), "their mailbox is full"),
    (("5.3.4", "5.2.3"), "it is larger than their mailbox takes"),
    (("5.2.",), "their mailbox does not take mail at the moment"),
    (("5.7.",), "their mail server did not want it"),
    (("4.", "5.4.7"), "their mail server could not be reached for several days"),
    (("5.4.",), "their mail server could not be reached"),
)


def why(status: str) -> str:
    """A delivery status (RFC 3463) as the class of failure in plain words, which name no server and no address."""
    enhanced = status.rpartition(" ")[2]  # our own statuses have no reply code before it
    for starts, words in _WHY:
        if enhanced.startswith(starts):
            return words
    if status.startswith("4"):
        return "their mail server could not be reached for several days"
    return "their mail server refused it"
