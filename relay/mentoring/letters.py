"""Letters of the programme to one member: about their addresses, and about the end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from relay.letters.templates import LetterTemplates
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.message.write.threads import new_message_id
from relay.model import Headers, JournalEntry, Message, NewDelivery, Pair
from relay.policy.recipients import random_letters
from relay.settings import Settings
from relay.store import Acceptance


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes and signs them. Each names the other side by pseudonym at most, and has the null return path."""

    settings: Settings
    templates: LetterTemplates
    signer: Signer

    def letter(
        self, name: str, pair: Pair, to: str, now: datetime, /, *, answer_to: str = "", **values: object
    ) -> Acceptance:
        """The letter ``name`` of templates/, in the language of ``pair``, for the address ``to``; answers go to
        ``answer_to``, or else to postmaster. Raises StationeryError."""
        programme, domain = self.settings.programme, self.settings.domain
        help = programme.help or f"postmaster@{domain}"
        subject, body = self.templates.letter(name, pair.language, programme=programme.name, help=help, **values)
        headers = Headers(
            from_name=programme.name,
            from_address=answer_to or f"postmaster@{domain}",
            to_address=to,
            message_id=new_message_id(secrets.token_hex(12), domain),
            date=now.replace(microsecond=0),
            auto_submitted="auto-generated",  # RFC 3834 5: vacation programs then keep quiet
            reply_to=answer_to or None,
        )
        content = self.signer.sign(compose(Message(subject, body), headers))
        journal_id = random_letters(13)
        delivery = NewDelivery(random_letters(13), journal_id, to, "", content, now, notice=True)
        entry = JournalEntry(journal_id, pair.id, None, "notice", now, 0, len(content))
        return Acceptance(entry, None, (delivery,), keep=False, name=name)
