"""Letters to people with a role (relay/roles.py): are you that, and thanks for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.write import Letter, Writer
from relay.message.confirmation.read_answer import question_code
from relay.model import Manner
from relay.policy.recipients import confirmation, new_token, return_path
from relay.store import ROLE_ANSWER_WITHIN, Acceptance, RoleMailbox


@dataclass(frozen=True, slots=True)
class RoleLetters:
    """Writes these letters, in the programme's language."""

    writer: Writer

    def question(self, address: str, roles: Sequence[str], now: datetime) -> tuple[RoleMailbox, Acceptance]:
        """Ask whether ``address`` is that of a person with these roles. Raises StationeryError."""
        asked = RoleMailbox(new_token(), address, 1, now, now + ROLE_ANSWER_WITHIN)
        return asked, self._question(asked, roles, now, "")

    def asked_again(self, asked: RoleMailbox, roles: Sequence[str], answer_id: str, now: datetime) -> Acceptance:
        """Ask once more, after an answer that was neither yes nor no. Raises StationeryError."""
        return self._question(asked, roles, now, answer_id)

    def answered(self, asked: RoleMailbox, answer_id: str, now: datetime, *, yes: bool) -> Acceptance:
        """Thanks for a yes or a no. Raises StationeryError."""
        return self.writer.write(
            Letter("role-answered", asked.mailbox, self._manner, {"yes": yes}, about=answer_id), now
        )

    def _question(self, asked: RoleMailbox, roles: Sequence[str], now: datetime, about: str) -> Acceptance:
        domain, left = self.writer.settings.domain, (asked.expires_at - now).total_seconds()
        values = {"code": question_code(asked.token), "roles": list(roles), "seconds": left}
        letter = Letter("confirm-role", asked.mailbox, self._manner, values, about=about)
        # With a return path, so that relay log shows when the address does not exist.
        letter = replace(
            letter, answer_to=confirmation(asked.token, domain), return_path=return_path(new_token(), domain)
        )
        return self.writer.write(letter, now)

    @property
    def _manner(self) -> Manner:
        return Manner(self.writer.settings.programme.language)
