"""Writes one of relay's own letters: subject, text and HTML in the reader's language, signed, for one address.

Every letter has a neutral subject and display name. It names the other member only by pseudonym, and repeats nothing of
a member's letter except, to its author, the name of a file and the author's own words.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from relay.letters.catalogue import catalogue
from relay.letters.html_twin import html_twin
from relay.letters.templates import Filled, LetterTemplates
from relay.letters.time_zones import zone_of
from relay.letters.words import StationeryError, Words
from relay.message.desk.read_command import HELP
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.message.write.threads import message_id_of, new_message_id
from relay.model import Headers, JournalEntry, Manner, Message, NewDelivery, Side
from relay.policy.quiet_hours import QuietHours
from relay.policy.recipients import desk, random_letters
from relay.settings import ProgrammeSettings, Settings
from relay.store import Acceptance

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to write: ``name`` in the catalogue, with its ``values``, to the address ``to`` in this ``manner``.

    ``about`` is the id of the letter or answer that it is about; its own id is derived from that, so that it is not
    sent twice. ``answer_to`` is the reply address of a question, and also its From address. ``reply_to`` is the
    Reply-To of other letters. ``at_once``: the quiet hours do not hold, because it answers what its reader has just
    done. ``return_path`` is null ("") unless relay must learn that it did not arrive (RFC 3834 2,
    RFC 5321 4.5.5). ``pair_id``, ``side`` and ``kind`` are for the journal.
    """

    name: str
    to: str
    manner: Manner
    values: Mapping[str, object] = field(default_factory=dict)
    pair_id: str | None = None
    about: str = ""
    answer_to: str = ""
    reply_to: str = ""
    return_path: str = ""
    side: Side | None = None
    kind: str = "notice"
    at_once: bool = False


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
        filled, words = self._filled(letter)
        text = f"{words.preview}\n\n{filled.text}" if self.discreet(letter) else filled.text
        return Message(filled.subject, text, html_twin(text, filled.language)), words.sender

    def headers(self, letter: Letter, sender: str, now: datetime) -> Headers:
        """The letter's header fields. Auto-Submitted keeps vacation programs from answering (RFC 3834 5)."""
        return Headers(
            from_name=sender,
            from_address=letter.answer_to or self._desk(letter) or f"postmaster@{self.settings.domain}",
            to_address=letter.to,
            message_id=new_message_id(secrets.token_hex(12), self.settings.domain),
            date=self.leaves_at(letter, now).replace(microsecond=0),
            auto_submitted="auto-replied" if letter.about else "auto-generated",
            reply_to=letter.answer_to or letter.reply_to or self._desk(letter) or None,
            shortest=True,
            unsubscribe=self._unsubscribe(letter),
        )

    def owed(self, letter: Letter, content: bytes, now: datetime) -> Acceptance:
        """A finished letter as a delivery to its address, with its journal entry."""
        mark = catalogue()[letter.name].mark
        journal_id = f"{letter.about}-{mark}" if letter.about and mark else letter.about or random_letters(13)
        due_at = self.leaves_at(letter, now)
        delivery = NewDelivery(
            random_letters(13), journal_id, letter.to, letter.return_path, content, due_at, notice=True
        )
        entry = JournalEntry(journal_id, letter.pair_id, letter.side, letter.kind, now, 0, len(content))
        known = message_id_of(content) if catalogue()[letter.name].to == "member" else ""
        code = str(letter.values.get("code", "")) if letter.answer_to else ""
        written = Acceptance(entry, None, (delivery,), keep=False, name=letter.name, message_id=known)
        return replace(written, code=code, answer_to=letter.answer_to) if code else written

    def _desk(self, letter: Letter) -> str:
        """Where an answer to a letter that asks nothing goes: a command in it is understood there. It is also the
        sender, for programs that ignore Reply-To. "" for letters to the operator."""
        return desk(HELP, self.settings.domain) if catalogue()[letter.name].to == "member" else ""

    def leaves_at(self, letter: Letter, now: datetime) -> datetime:
        """When the letter leaves: now, or when the quiet hours of its reader end."""
        hours = QuietHours.of(self.settings.programme.quiet_hours)
        if hours is None or letter.at_once or not catalogue()[letter.name].waits:
            return now
        return hours.may_go_at(now, self._zone(letter))

    def discreet(self, letter: Letter) -> bool:
        """Whether the letter must not show at a glance what it is about."""
        wanted = letter.manner.discreet
        wanted = self.settings.programme.discreet if wanted is None else wanted
        return wanted and catalogue()[letter.name].to == "member"

    def _zone(self, letter: Letter) -> tzinfo:
        return zone_of(letter.manner.time_zone or self.settings.programme.time_zone or "UTC")

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

    def _filled(self, letter: Letter) -> tuple[Filled, Words]:
        """The filled-in letter, and the words of its language."""
        programme = self.settings.programme
        # help@ is the desk, which sends a list of commands: whoever looks for help is to find a person.
        person = programme.help if programme.help.lower() != desk(HELP, self.settings.domain) else ""
        help = person or f"postmaster@{self.settings.domain}"
        known = {"programme": programme.name, "help": help, **letter.values}
        zone = self._zone(letter)
        try:
            known["programme"] = self._programme(letter.manner.language)
            filled, words = _from(self.templates, letter, zone, known)
            shown = (filled.subject, words.sender, words.preview)
            if not self.discreet(letter) or not _names(str(known["programme"]), *shown):
                return filled, words
            log.warning("%s: the shipped letter is sent, because the home's names the programme", letter.name)
        except StationeryError as error:
            if self.strict:
                raise
            log.error("%s", error)
        return _from(LetterTemplates(fallback=programme.language), letter, zone, known)

    def _programme(self, language: str) -> str:
        """The programme's name, or what it is called in ``language`` as long as it has none. Raises StationeryError."""
        name = self.settings.programme.name
        unnamed = name == ProgrammeSettings().name
        return (unnamed and self.templates.words(self.templates.language_for(language)).programme) or name


def _from(
    templates: LetterTemplates, letter: Letter, zone: tzinfo, values: Mapping[str, object]
) -> tuple[Filled, Words]:
    filled = templates.letter(letter.name, letter.manner.language, zone, **values)
    return filled, templates.words(filled.language)


def _names(programme: str, *shown: str) -> bool:
    """Whether the name of the programme is in one of the texts that a glance at a mail shows."""
    return any(programme.casefold() in text.casefold() for text in shown)
