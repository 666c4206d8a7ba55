"""Letters between the operator and somebody else: what they wrote to the operator, and what the operator answers.

Both write to an address of ours that is the conversation's alone, so each reads the other's words as a letter of relay,
and an ordinary answer finds its way. The operator reads a letter as it came; the other side reads what rebuild_answer
makes of the operator's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.write import Letter, Writer
from relay.message.write.shown_mail import PLACE, put
from relay.message.write.threads import mapped
from relay.model import AnswerOrder, Attachment, Envelope, Headers, Known, Manner, Message, Passed, RoutingHeaders
from relay.policy.recipients import conversation, new_token, return_path
from relay.store import FROM_OPERATOR, TO_OPERATOR, Acceptance, Conversation, Part, Turn

Show = Callable[[Message, Headers, bytes, str], Awaitable[Passed]]
"""Composes and signs a mail that shows another one (raw octets) in its places; the last is the subject so far."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A mail of a conversation as it arrived: its journal id, its header, when it came; ``key`` tells it from others
    (LetterKey.written)."""

    envelope: Envelope
    routing_headers: RoutingHeaders
    id: str
    now: datetime
    key: tuple[str, ...] = ()


def about_member(writer: Writer, letter: Letter, part: Part | None, now: datetime, *, role: str = "") -> Acceptance:
    """A letter to the operator, or a person with a ``role`` in their place, about the member who has ``part``, to whom
    an answer goes. None: an answer reaches nobody, and the operator hears that. Raises StationeryError."""
    token, letter = _with_address(writer, letter)
    message, sender = writer.message(letter)
    headers = writer.headers(letter, sender, now)
    turn = _first(token, part, headers.message_id, message.subject, role=role)
    return replace(writer.owed(letter, writer.signed(message, headers), now), turn=turn)


async def showing_mail(
    writer: Writer,
    letter: Letter,
    part: Part,
    mail: bytes,
    now: datetime,
    *,
    show: Show | None,
    role: str = "",
    whole: bool = False,
) -> Acceptance:
    """The same, with the words of the member's ``mail`` (raw octets) in the letter's place ``said``. Without ``show``,
    as for a command, or without a mail, they are left out. ``whole``: all of the mail is a file of the
    letter. Raises StationeryError, TryLater."""
    token, letter = _with_address(writer, replace(letter, values={**letter.values, "said": PLACE if mail else ""}))
    message, sender = writer.message(letter)
    headers = writer.headers(letter, sender, now)
    if whole and mail:
        message = replace(message, attachments=(_file(mail),))
    if show is None or not mail:
        content = writer.signed(put(message, "", "", quoted=True), headers)
    else:
        content = (await show(message, headers, mail, "")).content
    turn = _first(token, part, headers.message_id, message.subject, role=role)
    return replace(writer.owed(letter, content, now), turn=turn)


def _with_address(writer: Writer, letter: Letter) -> tuple[str, Letter]:
    """A new token, and the letter from the address of the conversation that it begins."""
    token = new_token()
    return token, replace(letter, answer_to=conversation(token, writer.settings.domain))


def _first(token: str, part: Part | None, relay_id: str, shown_subject: str, *, role: str) -> Turn:
    """A conversation that begins with a letter of relay's own: the member does not know it yet."""
    pair_id, side = (part.pair.id, part.side) if part is not None else (None, None)
    known = Turn(token, pair_id, side, "", "", shown_subject, by_operator=False, relay_id=relay_id)
    return replace(known, role=role)


def _file(mail: bytes) -> Attachment:
    return Attachment(mail, "application/octet-stream", "message.eml")


@dataclass(frozen=True, slots=True)
class ConversationLetters:
    """Writes them. ``show`` runs in a worker: the mail is a stranger's, and may be large."""

    writer: Writer
    show: Show

    def begun(self, part: Part | None, mailbox: str) -> Conversation:
        """A conversation of the operator's that begins now, with the member who has ``part``, or with nobody of ours.
        ``mailbox``: where they wrote from, "" when nobody can be answered."""
        return Conversation(new_token(), part, mailbox, "", "", ())

    async def to_operator(
        self, arriving: Arriving, talk: Conversation, *, proven: bool, others: tuple[Part, ...] = (), desk: str = ""
    ) -> Acceptance:
        """The mail for the operator that shows what arrived, and has all of it as a file. ``proven``: the author is;
        ``others``: what else they are; ``desk``: the address of who takes the operator's place, "" for nobody. An
        operator must be set."""
        settings, part = self.writer.settings, talk.part
        values: dict[str, object] = {"domain": settings.domain, "id": arriving.id, "subject": PLACE, "said": PLACE}
        values |= {"name": "", "side": "", "pair": "", "others": "", "proven": proven, "answered": bool(talk.mailbox)}
        if part is not None:
            values |= {"name": part.pair.persona(part.side).name, "side": part.side.value, "pair": part.pair.id}
            values["others"] = ", ".join(one.pair.id for one in others if one != part)
        letter = self._letter(TO_OPERATOR, desk or settings.programme.operator, values, arriving, talk)
        if proven:
            letter = replace(letter, return_path=return_path(new_token(), settings.domain))
        message, headers = self._begun(letter, arriving, talk, by_operator=False)
        message = replace(message, attachments=(_file(arriving.envelope.content),))
        shown = await self.show(message, headers, arriving.envelope.content, talk.subject)
        line = message.subject.replace(PLACE, shown.subject)
        talk = replace(talk, subject=shown.subject, shown_subject=line)
        return self._owed(letter, shown, arriving, talk, headers, by_operator=False)

    def order(
        self, arriving: Arriving, talk: Conversation, to: str, known: Known, partners: tuple[Known, ...]
    ) -> AnswerOrder:
        """What makes the operator's answer a letter of the programme to the address ``to``. ``known`` is whoever
        answers, by the names in their header; their addresses are in that header, too."""
        letter = self._answer(arriving, talk, to)
        message, headers = self._begun(letter, arriving, talk, by_operator=True)
        if self.writer.discreet(letter):  # the subject may name the programme, whoever wrote it first
            message = replace(message, subject=headers.from_name)
        told = arriving.routing_headers
        hidden = (self.writer.settings.programme.operator, *told.authors, *told.reply_to, told.message_id or "")
        return AnswerOrder(
            arriving.envelope.content,
            message,
            headers,
            known,
            hidden=tuple(one for one in dict.fromkeys(hidden) if one and self._is_hidden(one)),
            partners=partners,
            ours=(talk.token,),
            subject=talk.subject,
            shown_subject=talk.shown_subject,
            no_subject=headers.from_name,
        )

    def passed_on(
        self, arriving: Arriving, talk: Conversation, to: str, order: AnswerOrder, passed: Passed
    ) -> Acceptance:
        """The letter of the programme, owed to ``to``. A report about it comes back to us: the operator is told."""
        talk = replace(talk, subject=passed.subject)
        letter = self._answer(arriving, talk, to)
        return self._owed(letter, passed, arriving, talk, order.headers, by_operator=True)

    def _answer(self, arriving: Arriving, talk: Conversation, to: str) -> Letter:
        letter = self._letter(FROM_OPERATOR, to, {"subject": PLACE, "said": PLACE}, arriving, talk)
        return replace(letter, return_path=return_path(new_token(), self.writer.settings.domain))

    def _letter(
        self, name: str, to: str, values: Mapping[str, object], arriving: Arriving, talk: Conversation
    ) -> Letter:
        part, manner = talk.part, Manner(self.writer.settings.programme.language)
        pair_id, side = (part.pair.id, part.side) if part is not None else (None, None)
        if part is not None and name == FROM_OPERATOR:
            manner = part.pair.manner(part.side)
        answer_to = conversation(talk.token, self.writer.settings.domain)
        letter = Letter(name, to, manner, values, pair_id, about=arriving.id, answer_to=answer_to)
        return replace(letter, side=side, kind=name)

    def _begun(
        self, letter: Letter, arriving: Arriving, talk: Conversation, *, by_operator: bool
    ) -> tuple[Message, Headers]:
        """The letter without the words that arrived, and its header, in the reader's thread."""
        message, sender = self.writer.message(letter)
        headers = self.writer.headers(letter, sender, arriving.now)
        parent, references = mapped(arriving.routing_headers, talk.known_ids(by_operator=by_operator))
        # A person wrote the operator's; what relay hands to the operator must not be answered by a machine.
        automatic = None if by_operator else headers.auto_submitted
        return message, replace(headers, in_reply_to=parent, references=references, auto_submitted=automatic)

    def _owed(
        self,
        letter: Letter,
        passed: Passed,
        arriving: Arriving,
        talk: Conversation,
        headers: Headers,
        *,
        by_operator: bool,
    ) -> Acceptance:
        owed = self.writer.owed(letter, passed.content, arriving.now)
        removed: dict[str, int] = {}
        for removal in passed.removals:
            removed[removal.kind] = removed.get(removal.kind, 0) + removal.count
        turn = Turn(
            talk.token,
            letter.pair_id,
            letter.side,
            talk.mailbox,
            talk.subject,
            talk.shown_subject,
            by_operator,
            headers.message_id,
            arriving.routing_headers.message_id,
            talk.role,
        )
        # The role of who wrote an answer: they hear when it does not arrive.
        reason = talk.role if by_operator else ""
        entry = replace(owed.entry, size_in=len(arriving.envelope.content), removed=removed, reason=reason)
        # Who wrote it hears when it does not arrive: the operator, and whoever is proven.
        deliveries = tuple(replace(one, notice=not letter.return_path) for one in owed.deliveries)
        written = tuple(f"{talk.token} {one}" for one in arriving.key)
        return replace(owed, entry=entry, deliveries=deliveries, turn=turn, written=written)

    def _is_hidden(self, word: str) -> bool:
        """Whether an address of the operator's is to be kept from others: not the one where members find help."""
        return word.lower() not in self.writer.settings.programme.help.lower()
