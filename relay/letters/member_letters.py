"""Letters of the programme to one member: about their addresses, and about the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relay.letters.write import Letter, Writer
from relay.message.confirmation.read_answer import question_code
from relay.policy.recipients import confirmation
from relay.settings import Settings
from relay.store import Acceptance, Part


@dataclass(frozen=True, slots=True)
class MemberLetters:
    """Writes them."""

    writer: Writer

    @property
    def settings(self) -> Settings:
        """The settings that letters are written by."""
        return self.writer.settings

    def letter(self, name: str, part: Part, to: str, now: datetime, /, **values: object) -> Acceptance:
        """The letter ``name`` for a member with a part in a pair, at the address ``to``. Raises StationeryError."""
        return self.writer.write(Letter(name, to, part.pair.language_of(part.side), values, part.pair.id), now)

    def question(self, name: str, part: Part, to: str, now: datetime, /, *, token: str, **values: object) -> Acceptance:
        """The same for a letter that asks something; ``token`` is the question's."""
        values |= {"code": question_code(token)}
        answer_to = confirmation(token, self.settings.domain)
        language = part.pair.language_of(part.side)
        return self.writer.write(Letter(name, to, language, values, part.pair.id, answer_to=answer_to), now)
