"""Writes one of relay's own letters: subject, text and HTML in the reader's language, signed, for one address.

Every letter has a neutral subject and display name. It names the other member only by pseudonym, and repeats nothing of
a member's letter except, to its author, the name of a file and the author's own words.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from relay.letters.catalogue import catalogue
from relay.letters.html_twin import html_twin
from relay.letters.templates import Filled, LetterTemplates
from relay.letters.words import StationeryError
from relay.message.desk.read_command import HELP
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.message.write.threads import message_id_of, new_message_id
from relay.model import Headers, JournalEntry, Message, NewDelivery, Side
from relay.policy.recipients import desk, random_letters
from relay.settings import Settings
from relay.store import Acceptance

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to write: ``name`` in the catalogue, with its ``values``, to the address ``to`` in ``language``.

    ``about`` is the id of the letter or answer that it is about; its own id is derived from that, so that it is not
    sent twice. ``answer_to`` is the reply address of a question, and also its From address. ``reply_to`` is the
    Reply-To of other letters. ``return_path`` is null ("") unless relay must learn that it did not arrive (RFC 3834 2,
    RFC 5321 4.5.5). ``pair_id``, ``side`` and ``kind`` are for the journal.
    """

    name: str
    to: str
    language: str
    values: Mapping[str, object] = field(default_factory=dict)
    pair_id: str | None = None
    about: str = ""
    answer_to: str = ""
    reply_to: str = ""
    return_path: str = ""
    side: Side | None = None
    kind: str = "notice"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes letters.

    With ``strict`` a broken template of the operator raises an error: for commands, whose operator can correct it.
    Without, the error is logged and the shipped template is used, because the letter must be sent.
    """

    settings: Settings
    templates: LetterTemplates
    signer: Signer
    strict: bool = False

    def write(self, letter: Letter, now: datetime) -> Acceptance:
        """The finished letter, for store.accept. Raises StationeryError when its template cannot be filled in."""
        message, sender = self.message(letter)
        return self.owed(letter, self.signed(message, self.headers(letter, sender, now)), now)

    def signed(self, message: Message, headers: Headers) -> bytes:
        """The exact octets of the letter, signed."""
        return self.signer.sign(compose(message, headers))

    def message(self, letter: Letter) -> tuple[Message, str]:
        """The letter's subject, text and HTML, and its display name. Raises StationeryError."""
        filled, sender = self._filled(letter)
        return Message(filled.subject, filled.text, html_twin(filled.text, filled.language)), sender

    def headers(self, letter: Letter, sender: str, now: datetime) -> Headers:
        """The letter's header fields. Auto-Submitted keeps vacation programs from answering (RFC 3834 5)."""
        return Headers(
            from_name=sender,
            from_address=letter.answer_to or f"postmaster@{self.settings.domain}",
            to_address=letter.to,
            message_id=new_message_id(secrets.token_hex(12), self.settings.domain),
            date=now.replace(microsecond=0),
            auto_submitted="auto-replied" if letter.about else "auto-generated",
            reply_to=letter.answer_to or letter.reply_to or self._desk(letter) or None,
            shortest=True,
            unsubscribe=self._unsubscribe(letter),
        )

    def owed(self, letter: Letter, content: bytes, now: datetime) -> Acceptance:
        """A finished letter as a delivery to its address, with its journal entry."""
        mark = catalogue()[letter.name].mark
        journal_id = f"{letter.about}-{mark}" if letter.about and mark else letter.about or random_letters(13)
        delivery = NewDelivery(random_letters(13), journal_id, letter.to, letter.return_path, content, now, notice=True)
        entry = JournalEntry(journal_id, letter.pair_id, letter.side, letter.kind, now, 0, len(content))
        known = message_id_of(content) if catalogue()[letter.name].to == "member" else ""
        return Acceptance(entry, None, (delivery,), keep=False, name=letter.name, message_id=known)

    def _desk(self, letter: Letter) -> str:
        """Where an answer to a letter that asks nothing goes: a command in it is understood there."""
        return desk(HELP, self.settings.domain) if catalogue()[letter.name].to == "member" else ""

    def _unsubscribe(self, letter: Letter) -> str:
        """The address for List-Unsubscribe, which large providers require of unsolicited mail.

        It is programme.help, or else postmaster@, so that a person reads it. "" for the letters that carry none by the
        catalogue.
        """
        programme = self.settings.programme
        if not catalogue()[letter.name].unsubscribe:
            return ""
        if "@" in programme.help and " " not in programme.help:
            return programme.help
        return f"postmaster@{self.settings.domain}" if programme.operator else ""

    def _filled(self, letter: Letter) -> tuple[Filled, str]:
        """The filled-in letter and its display name."""
        programme = self.settings.programme
        help = programme.help or f"postmaster@{self.settings.domain}"
        known = {"programme": programme.name, "help": help, **letter.values}
        try:
            return _from(self.templates, letter, known)
        except StationeryError as error:
            if self.strict:
                raise
            log.error("%s", error)
            return _from(LetterTemplates(fallback=programme.language), letter, known)


def _from(templates: LetterTemplates, letter: Letter, values: Mapping[str, object]) -> tuple[Filled, str]:
    filled = templates.letter(letter.name, letter.language, **values)
    return filled, templates.words(filled.language).sender
