"""The welcome letters: how each member of a new pair learns where to write and what the other will see."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from relay.letters.templates import LetterTemplates
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.message.write.threads import new_message_id
from relay.model import Headers, JournalEntry, Message, NewDelivery, NewPair, Side
from relay.policy.recipients import new_token, random_letters, return_path
from relay.settings import Settings
from relay.store import Acceptance


@dataclass(frozen=True, slots=True)
class Welcome:
    """Writes and signs welcome letters."""

    settings: Settings
    templates: LetterTemplates
    signer: Signer

    def letters(self, pair: NewPair, now: datetime) -> list[Acceptance]:
        """One letter to each of the two, ready to be promised to them. Raises StationeryError."""
        return [self._letter(pair, side, now) for side in Side]

    def _letter(self, pair: NewPair, to: Side, now: datetime) -> Acceptance:
        """It comes from the partner's alias, so that the member can just press Reply."""
        own, partner = (pair.mentor, pair.mentee) if to is Side.MENTOR else (pair.mentee, pair.mentor)
        identity = pair.mentor_identity if to is Side.MENTOR else pair.mentee_identity
        subject, body = self.templates.letter(
            "welcome",
            pair.language,
            programme=self.settings.programme.name,
            help=self.settings.programme.help or f"postmaster@{self.settings.domain}",
            own_name=own.name,
            own_alias=own.alias,
            partner_name=partner.name,
            partner_alias=partner.alias,
            role=str(to),
            partner_role=str(to.other),
            kept=self.settings.store.content == "kept",
            max_size=f"{self.settings.smtp.max_message_size // 1024**2} MiB",
        )
        headers = Headers(
            from_name=partner.name,
            from_address=partner.alias,
            to_address=identity.addresses[0],
            message_id=new_message_id(secrets.token_hex(12), self.settings.domain),
            date=now.replace(microsecond=0),
            auto_submitted="auto-generated",  # RFC 3834 5: vacation programs then keep quiet
        )
        content = self.signer.sign(compose(Message(subject=subject, text=body), headers))
        return self._promise(pair, to, content, identity.addresses[0], now)

    def _promise(self, pair: NewPair, to: Side, content: bytes, recipient: str, now: datetime) -> Acceptance:
        journal_id = random_letters(13)
        entry = JournalEntry(
            id=journal_id,
            pair_id=pair.id,
            side=to.other,  # as with a letter: the side it comes from
            kind="welcome",
            accepted_at=now,
            size_in=0,
            size_out=len(content),
        )
        delivery = NewDelivery(
            id=random_letters(13),
            journal_id=journal_id,
            recipient=recipient,
            return_path=return_path(new_token(), self.settings.domain),
            content=content,
            due_at=now,
            notice=True,
        )
        return Acceptance(entry=entry, link=None, deliveries=(delivery,), keep=False)
