"""Letters that a person has to decide about before they are sent (relay.model.Doubt).

The finished letter is held, encrypted, and its author is asked by letter; the answer releases or deletes it
(handlers/confirmation.py). Where the settings leave the decision to the coordinator, it waits for ``relay held``. The
SMTP reply is that of any accepted letter.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from relay.anonymise.removal_kinds import CONTACT
from relay.letters.notices import Notices
from relay.letters.questions import Questions
from relay.letters.write import Letter
from relay.model import Doubt, Route
from relay.policy.recipients import new_token
from relay.settings import ProgrammeSettings
from relay.store import ANSWER_WITHIN, AUTHOR_DECIDES, COORDINATOR_DECIDES, Acceptance, ConfirmationRequest, Part

log = logging.getLogger(__name__)

MAX_SHOWN = 5
"""At most this many doubts are listed in a letter; the others are counted."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A finished letter, and what a person has to decide before it is sent."""

    letter: Acceptance
    doubts: tuple[Doubt, ...]


async def held_with_letters(
    undecided: Undecided, route: Route, notices: Notices, now: datetime
) -> tuple[Acceptance, ...]:
    """The held letter and our letters about it: the question to its author; or, where the coordinator decides, a notice
    to the author and one to the operator. The caller accepts all of them in one transaction."""
    if _by_coordinator(undecided.doubts, notices.writer.settings.programme):
        return await _for_coordinator(undecided, route, notices, now)
    token, mailbox = new_token(), route.author.addresses[0]
    letter = undecided.letter
    question = ConfirmationRequest(token, letter.deliveries[0].id, now + ANSWER_WITHIN, mailbox=mailbox)
    values = {**shown(undecided), "days": ANSWER_WITHIN.days}
    asking = Questions(notices).asking_to_decide(route, letter.entry.id, token, now, values)
    log.info("%s held (%s): its author is asked", letter.entry.id, AUTHOR_DECIDES)
    return replace(_held(letter, AUTHOR_DECIDES), question=question), asking


def shown(undecided: Undecided) -> dict[str, object]:
    """The doubts as values of a letter: ``seen``, and ``more``, how many others there are."""
    seen = [asdict(doubt) for doubt in undecided.doubts[:MAX_SHOWN]]
    return {"seen": seen, "more": max(0, len(undecided.doubts) - MAX_SHOWN)}


def _by_coordinator(doubts: Sequence[Doubt], programme: ProgrammeSettings) -> bool:
    """Whether the settings leave any of ``doubts`` to the coordinator."""
    kinds = {doubt.kind for doubt in doubts}
    contact = programme.contact == "coordinator" and not kinds.isdisjoint(CONTACT)
    return contact or (programme.unknown_files == "coordinator" and "file" in kinds)


async def _for_coordinator(
    undecided: Undecided, route: Route, notices: Notices, now: datetime
) -> tuple[Acceptance, ...]:
    letter, writer = undecided.letter, notices.writer
    id, pair_id, seen = letter.entry.id, route.pair_id, shown(undecided)
    values = {"name": route.recipient_persona.name, "id": id, "sent_at": letter.entry.accepted_at, **seen}
    told = Letter("waits-for-coordinator", route.author.addresses[0], route.manner, values, pair_id, id)
    log.info("%s held (%s)", id, COORDINATOR_DECIDES)
    pair = await notices.store.directory.pair(pair_id)
    mail = None
    if pair is not None:
        part, content = Part(pair, route.side), letter.deliveries[0].content
        mail = await notices.to_operator("held-for-coordinator", part, id, content, now, id=id, **seen)
    held = _held(letter, COORDINATOR_DECIDES), writer.write(told, now)
    return held if mail is None else (*held, mail)


def _held(letter: Acceptance, why: str) -> Acceptance:
    return replace(letter, deliveries=tuple(replace(delivery, held=why) for delivery in letter.deliveries))
