"""Letters to the people who hear what a member reports: the contact first, then the deputy, then the operator.

Each begins a conversation: an answer goes to the member who reported. None of these letters waits for the morning.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from relay.letters.conversations import Show, showing_mail
from relay.letters.write import Letter, Writer
from relay.model import Manner
from relay.roles import Roles
from relay.states import OVER
from relay.store import Acceptance, Authorship, Part, Report, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody hears of a report: ``parts`` of the member in the pairs that it is about, several while they have
    not said which; ``mail``: raw octets; ``id``: its journal id; ``others``: their parts in all pairs."""

    parts: Sequence[Part]
    author: Authorship
    reported_at: datetime
    mail: bytes
    others: Sequence[Part]
    id: str = ""


@dataclass(frozen=True, slots=True)
class ReportLetters:
    """Writes them. ``show`` puts a member's words into a letter, in a worker."""

    store: Store
    writer: Writer
    show: Show | None

    async def hearing(self, parts: Sequence[Part]) -> list[tuple[str, str]]:
        """Who hears of a report about these pairs, first first: role and address. Raises StoreError."""
        return await Roles(self.writer.settings, self.store).hearing([part.pair for part in parts])

    async def report(self, about: Reported, now: datetime, *, after: str = "") -> tuple[str, Acceptance] | None:
        """The letter to the one who hears next, ``after`` the person with that role; and their role. None, with a
        warning in the log, when there is nobody. Raises StoreError, StationeryError, TryLater."""
        hearing = await self.hearing(about.parts)
        roles = [role for role, _ in hearing]
        place = roles.index(after) + 1 if after in roles else 0
        if place >= len(hearing):
            log.warning("pair %s: nobody is left to be told of a report", about.parts[0].pair.id)
            return None
        role, to = hearing[place]
        safe = self.writer.settings.safeguarding
        values: dict[str, object] = {
            "proven": about.author is not Authorship.UNPROVEN,
            "denied": about.author is Authorship.DENIED,
            "pairs": [f"{part.pair.id} ({part.pair.persona(part.side.other).name})" for part in about.parts],
            "stopped": any(part.pair.state not in OVER for part in about.parts),
            "late": bool(after),
            "waited": max(60.0, (now - about.reported_at).total_seconds()),
            "within": safe.answer_within,
            "next": place + 1 < len(hearing),
        }
        return role, await self._letter("report", (role, to), about, now, values)

    async def more(
        self, report: Report, about: Reported, why: str, now: datetime, *, name: str = ""
    ) -> list[Acceptance]:
        """Tell whoever was told of a report what was written or decided after it. Raises StoreError, StationeryError,
        TryLater."""
        hearing = dict(await self.hearing(about.parts))
        told = [(report.told, hearing[report.told])] if report.told in hearing else list(hearing.items())[:1]
        values = {"why": why, "proven": about.author is not Authorship.UNPROVEN, "meant": name}
        return [await self._letter("report-more", one, about, now, values) for one in told]

    async def _letter(
        self, name: str, person: tuple[str, str], about: Reported, now: datetime, values: dict[str, object]
    ) -> Acceptance:
        role, to = person
        part = about.parts[0]
        pair, known = part.pair, {one.pair.id for one in about.parts}
        values |= {"name": pair.persona(part.side).name, "side": part.side.value, "pair": pair.id}
        values |= {"partner": pair.persona(part.side.other).name, "file": bool(about.mail)}
        values["others"] = ", ".join(
            f"{one.pair.id} ({one.pair.state})" for one in about.others if one.pair.id not in known
        )
        letter = Letter(name, to, Manner(self.writer.settings.programme.language), values, pair.id, about.id)
        return await showing_mail(self.writer, letter, part, about.mail, now, show=self.show, role=role, whole=True)
