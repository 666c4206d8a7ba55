"""Letters from the programme to one member, about their addresses and about the end of a pair."""

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
    """Writes letters to members."""

    writer: Writer

    @property
    def settings(self) -> Settings:
        """The settings of the writer."""
        return self.writer.settings

    def letter(self, name: str, part: Part, to: str, now: datetime, /, **values: object) -> Acceptance:
        """The letter ``name`` to the address ``to`` of the member on a side of a pair. Raises StationeryError."""
        return self.writer.write(Letter(name, to, part.pair.manner(part.side), values, part.pair.id), now)

    def question(self, name: str, part: Part, to: str, now: datetime, /, *, token: str, **values: object) -> Acceptance:
        """The same for a letter that asks a question with this ``token``. Raises StationeryError."""
        values |= {"code": question_code(token)}
        answer_to = confirmation(token, self.settings.domain)
        manner = part.pair.manner(part.side)
        return self.writer.write(Letter(name, to, manner, values, part.pair.id, answer_to=answer_to), now)
