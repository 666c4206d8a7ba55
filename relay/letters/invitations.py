"""Letters about an invitation to a pair: the invitation, its reminder, and what follows from the answers.

None of them names the other member, or says what the other one answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from relay.letters.notices import Notices
from relay.letters.welcome import Welcome
from relay.letters.write import Letter, Writer
from relay.message.confirmation.read_answer import question_code
from relay.model import Manner, NewPair, Pair, Side
from relay.policy.recipients import invitation, new_token, return_path
from relay.states import EXCHANGING, RESTING
from relay.store import Acceptance, Consent, Invitation, Invited, Part

_VERSION_DIGITS = 12


@dataclass(frozen=True, slots=True)
class InvitationWriter:
    """Writes invitations and reminders. A second invitation has the same token, so that an answer to either counts."""

    writer: Writer

    def invite(
        self, pair: Pair | NewPair, side: Side, mailbox: str, now: datetime, *, token: str = "", asks: str = ""
    ) -> tuple[Invitation, Acceptance]:
        """The invitation of the member on ``side``, or of their guardian (``asks``), at ``mailbox``, and its letter.
        Raises StationeryError."""
        settings = self.writer.settings.invitations
        token, name = token or new_token(), "guardian-invitation" if asks else "invitation"
        letter = self._addressed(name, pair, side, mailbox, token=token, seconds=settings.expire_after)
        message, sender = self.writer.message(letter)
        text = message.text or ""
        headers = self.writer.headers(letter, sender, now)
        owed = self.writer.owed(letter, self.writer.signed(message, headers), now)
        remind_after = settings.remind_after
        invited = Invitation(
            pair.id,
            side,
            token,
            mailbox,
            text,
            self.version(pair.language_of(side), name),
            now,
            now + timedelta(seconds=remind_after) if remind_after else None,
            now + timedelta(seconds=settings.expire_after),
            asks,
        )
        return invited, owed

    def remind(self, invited: Invited, now: datetime) -> Acceptance:
        """The reminder of an invitation that was not answered. Raises StationeryError."""
        left = (invited.expires_at - now).total_seconds()
        name, again = ("guardian-invitation", "reminder") if invited.asks else ("invitation-reminder", "")
        letter = self._addressed(
            name, invited.pair, invited.side, invited.mailbox, token=invited.token, seconds=left, again=again
        )
        return self.writer.write(letter, now)

    def partner_invited(self, pair: NewPair, side: Side, mailbox: str, token: str, now: datetime) -> Acceptance:
        """Tell a member whose consent is kept that somebody else is asked now. The token is that of the copied
        invitation, so that they can still say no. Raises StationeryError."""
        return self.writer.write(self._addressed("partner-invited", pair, side, mailbox, token=token, seconds=0.0), now)

    def unclear(self, invited: Invited, answer_id: str, now: datetime) -> Acceptance:
        """Ask a guardian again, because the answer was neither yes nor no. Raises StationeryError."""
        letter = self._addressed(
            "guardian-invitation",
            invited.pair,
            invited.side,
            invited.mailbox,
            token=invited.token,
            seconds=(invited.expires_at - now).total_seconds(),
            again="unclear",
        )
        return self.writer.write(replace(letter, about=answer_id, at_once=True), now)

    def version(self, language: str, name: str = "invitation") -> str:
        """Identifies the wording of the invitation in a language: the first digits of the SHA-256 of its text with
        sample values for what is personal. Raises StationeryError."""
        values = self._values(Side.MENTEE, "ABC234", 0.0)
        message, _ = self.writer.message(Letter(name, "", Manner(language, discreet=False), values))
        return hashlib.sha256((message.text or "").encode()).hexdigest()[:_VERSION_DIGITS]

    def _addressed(
        self,
        name: str,
        pair: Pair | NewPair,
        side: Side,
        mailbox: str,
        *,
        token: str,
        seconds: float,
        again: str = "",
    ) -> Letter:
        """A letter that can be answered for ``seconds``. It has a return path, so that relay learns of an address that
        does not exist."""
        domain = self.writer.settings.domain
        return Letter(
            name,
            mailbox,
            pair.manner(side),
            {**self._values(side, question_code(token), seconds), "again": again},
            pair.id,
            answer_to=invitation(token, domain),
            return_path=return_path(new_token(), domain),
            side=side.other,  # in the journal, the side that a letter comes from
            kind="invitation",
        )

    def _values(self, side: Side, code: str, seconds: float) -> Mapping[str, object]:
        settings = self.writer.settings
        return {
            "code": code,
            "role": str(side),
            "again": "",
            "seconds": seconds,
            "kept": settings.store.content == "kept",
            "kept_for": settings.retention.letters,
        }


@dataclass(frozen=True, slots=True)
class InvitationLetters:
    """Writes the letters that follow from an answer, or from none."""

    notices: Notices

    @property
    def writer(self) -> Writer:
        """The writer of all letters."""
        return self.notices.writer

    def accepted(self, invited: Invited, answer_id: str, now: datetime) -> list[Acceptance]:
        """After a yes: thanks, and once all have agreed the welcome letters to both members. Raises StationeryError."""
        if not invited.last or invited.answer is Consent.YES:
            return [self._thanks(invited, answer_id, now)]
        mailboxes = {one.side: one.mailbox for one in invited.others if not one.asks}
        if invited.asks:
            return [self._thanks(invited, answer_id, now), *Welcome(self.writer).to_both(invited.pair, mailboxes, now)]
        mailboxes[invited.side] = invited.mailbox
        return Welcome(self.writer).to_both(invited.pair, mailboxes, now, awake=invited.side)

    def _thanks(self, invited: Invited, answer_id: str, now: datetime) -> Acceptance:
        if invited.asks:
            return self._tell("guardian-answered", invited, answer_id, now, answer="yes")
        own_name = invited.pair.persona(invited.side).name
        return self._tell("invitation-accepted", invited, answer_id, now, own_name=own_name)

    def name_not_used(self, invited: Invited, answer_id: str, now: datetime) -> Acceptance:
        """The pen name that they chose cannot be used, whatever the reason is. Raises StationeryError."""
        own_name = invited.pair.persona(invited.side).name
        return self._tell("name-not-used", invited, answer_id, now, own_name=own_name)

    def which_clock(self, invited: Invited, answer_id: str, now: datetime) -> list[Acceptance]:
        """Ask a member where their clock is, unless somebody has said it. Raises StationeryError."""
        if invited.pair.manner(invited.side).time_zone or self.writer.settings.programme.time_zone:
            return []
        answer_to = invitation(invited.token, self.writer.settings.domain)
        letter = self._letter("which-clock", invited, answer_id)
        return [self.writer.write(replace(letter, answer_to=answer_to), now)]

    def clock_noted(self, invited: Invited, answer_id: str, zone: str, now: datetime) -> Acceptance:
        """Thanks for the answer to that: the time zone, and the time it is there. Raises StationeryError."""
        letter = self._letter("clock-noted", invited, answer_id, zone=zone, at=now)
        return self.writer.write(replace(letter, manner=replace(letter.manner, time_zone=zone)), now)

    async def declined(self, invited: Invited, answer_id: str, now: datetime) -> list[Acceptance]:
        """After a no: to the member, that nothing more comes; to the other one, if they had agreed; to the operator.
        Raises StationeryError."""
        if invited.asks:
            own = self._tell("guardian-answered", invited, answer_id, now, answer="no")
        else:
            own = self._tell("invitation-declined", invited, answer_id, now)
        told = [own, *self.not_begun(invited, now)]
        to_operator = await self._to_operator("invitation-no", invited, answer_id, b"", now)
        return [*told, *([to_operator] if to_operator else [])]

    def not_begun(self, invited: Invited, now: datetime) -> list[Acceptance]:
        """To all others who had agreed to a pair that does not begin. It does not say why. Raises StationeryError."""
        letters = [
            Letter("not-begun", one.mailbox, invited.pair.manner(one.side), {}, invited.pair.id, side=one.side.other)
            for one in invited.others
            if one.answer is Consent.YES
        ]
        return [self.writer.write(letter, now) for letter in letters]

    async def expired(self, invited: Invited, now: datetime) -> list[Acceptance]:
        """After an invitation expired: to the other member, if they had agreed, and to the operator. Raises
        StationeryError."""
        to_operator = await self._to_operator("invitation-expired", invited, "", b"", now)
        return [*self.not_begun(invited, now), *([to_operator] if to_operator else [])]

    def over(self, invited: Invited, answer_id: str, now: datetime) -> Acceptance:
        """To the author of an answer that comes after the pair has begun, or when the invitation is over. Raises
        StationeryError."""
        if invited.asks:
            return self._tell("guardian-answered", invited, answer_id, now, answer="over")
        begun = invited.pair.state in (*EXCHANGING, *RESTING)
        return self._tell("invitation-over", invited, answer_id, now, begun=begun)

    def asked_again(self, invited: Invited, answer_id: str, now: datetime) -> Acceptance:
        """Ask again, because the answer was neither yes nor no. Raises StationeryError."""
        if invited.asks:
            return InvitationWriter(self.writer).unclear(invited, answer_id, now)
        letter = self._letter("invitation-again", invited, answer_id, code=question_code(invited.token))
        answer_to = invitation(invited.token, self.writer.settings.domain)
        return self.writer.write(replace(letter, answer_to=answer_to), now)

    async def left_to_coordinator(
        self, invited: Invited, answer_id: str, now: datetime, mail: bytes
    ) -> list[Acceptance]:
        """After words that are neither yes nor no: to the member, that a person reads them; to the operator, with the
        words. Raises StationeryError."""
        told = self._tell("invitation-read", invited, answer_id, now)
        to_operator = await self._to_operator("invitation-words", invited, answer_id, mail, now)
        return [told, *([to_operator] if to_operator else [])]

    def _tell(self, name: str, invited: Invited, answer_id: str, now: datetime, /, **values: object) -> Acceptance:
        return self.writer.write(self._letter(name, invited, answer_id, **values), now)

    def _letter(self, name: str, invited: Invited, answer_id: str, /, **values: object) -> Letter:
        manner = invited.pair.manner(invited.side)
        return Letter(name, invited.mailbox, manner, values, invited.pair.id, answer_id, side=invited.side.other)

    async def _to_operator(
        self, name: str, invited: Invited, answer_id: str, mail: bytes, now: datetime
    ) -> Acceptance | None:
        part = Part(invited.pair, invited.side)
        if invited.asks:
            answer = {"invitation-no": "no", "invitation-expired": "late"}.get(name, "words")
            return await self.notices.about_guardian(part, answer, answer_id, mail, now)
        values: Mapping[str, object] = {"agreed": invited.partner is Consent.YES}
        return await self.notices.to_operator(name, part, answer_id, mail, now, **values)
