"""People with a role beside the members: who decides about a pair, and who hears what a member reports.

They are named in relay.toml and proven by their answer to a question (relay roles ask). Nobody gets letters about a
pair of which they are a member themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from relay.model import Pair
from relay.settings import Settings
from relay.store import RoleMailbox, Store

COORDINATOR, CONTACT, DEPUTY, OPERATOR = "coordinator", "contact", "deputy", "operator"
"""Roles that a person may have."""
ROLES = (COORDINATOR, CONTACT, DEPUTY, OPERATOR)


@dataclass(frozen=True, slots=True)
class Named:
    """A person named in the settings. ``setting`` names them, ``cohort`` is "" for all; ``asked`` is None when they
    were never asked."""

    role: str
    address: str
    setting: str
    cohort: str = ""
    asked: RoleMailbox | None = None

    @property
    def proven(self) -> bool:
        """Whether they have confirmed that they are that."""
        return self.asked is not None and self.asked.proven


@dataclass(frozen=True, slots=True)
class Safeguarding:
    """Who hears what a member reports, in this order, and what the member is told. ``contact`` and ``deputy`` are
    addresses, "" when nobody is named who has confirmed it; names are "" when none is given. ``answer_within``:
    seconds."""

    contact: str
    deputy: str
    contact_name: str
    deputy_name: str
    answer_within: float
    helplines: str
    hours: str


@dataclass(frozen=True, slots=True)
class Roles:
    """The people with a role."""

    settings: Settings
    store: Store

    async def all(self) -> list[Named]:
        """Everybody whom the settings name, with what is known of their mailbox."""
        wanted = named(self.settings)
        asked = await self.store.role_mailboxes.of(one.address for one in wanted)
        return [Named(one.role, one.address, one.setting, one.cohort, asked.get(one.address)) for one in wanted]

    async def coordinator_of(self, pair: Pair | None) -> str:
        """The address of who decides about a pair: the coordinator of its cohort, else the programme's; the operator
        while neither has confirmed it, or when they are a member of the pair themselves. "" for nobody."""
        cohort = pair.cohort if pair is not None else ""
        known = [one for one in await self.all() if one.role == COORDINATOR and one.proven]
        own = [one.address for one in known if one.cohort and one.cohort == cohort]
        others = [one.address for one in known if not one.cohort]
        return next(iter(await self._not_of(pair, (*own, *others))), self.settings.programme.operator)

    async def holder(self, role: str, pair: Pair) -> str:
        """The address of the person with ``role`` for a pair; the operator's when there is none. "" for nobody."""
        if role == COORDINATOR:
            return await self.coordinator_of(pair)
        safe = await self.safeguarding(pair)
        found = {CONTACT: safe.contact, DEPUTY: safe.deputy}.get(role, "")
        return found or self.settings.programme.operator

    async def hearing(self, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
        """Who hears what a member of ``pairs`` reports, first first: role and address. Nobody who is a member of one of
        them, and nobody twice."""
        known = {one.role: one.address for one in await self.all() if one.proven}
        asked = [(CONTACT, known.get(CONTACT, "")), (DEPUTY, known.get(DEPUTY, ""))]
        asked.append((OPERATOR, self.settings.programme.operator))
        found: dict[str, str] = {}
        for role, address in asked:
            free = [bool(await self._not_of(pair, [address])) for pair in pairs] if address else [False]
            if all(free) and address.lower() not in found:
                found[address.lower()] = role
        addresses = {address.lower(): address for _, address in asked}
        return [(role, addresses[key]) for key, role in found.items()]

    async def safeguarding(self, pair: Pair | None = None) -> Safeguarding:
        """Who hears what a member of ``pair`` reports. Whoever is a member of it is left out."""
        known = {one.role: one.address for one in await self.all() if one.proven and one.role in (CONTACT, DEPUTY)}
        free = await self._not_of(pair, known.values())
        contact, deputy = (address if (address := known.get(role, "")) in free else "" for role in (CONTACT, DEPUTY))
        given = self.settings.safeguarding
        names = (given.contact_name if contact else "", given.deputy_name if deputy else "")
        return Safeguarding(contact, deputy, *names, given.answer_within, given.helplines, given.hours)

    async def _not_of(self, pair: Pair | None, addresses: Iterable[str]) -> list[str]:
        """Those of ``addresses`` that are no member's of ``pair``."""
        found = []
        for address in addresses:
            member = await self.store.members.having(address) if pair is not None else None
            if member is None or pair is None or all(part.pair.id != pair.id for part in member.parts):
                found.append(address)
        return found


def named(settings: Settings) -> list[Named]:
    """Everybody whom the settings name."""
    programme, safe = settings.programme, settings.safeguarding
    cohorts = (one.partition(": ") for one in programme.coordinators)
    found = [
        Named(COORDINATOR, programme.coordinator, "programme.coordinator"),
        *(Named(COORDINATOR, address, "programme.coordinators", cohort) for cohort, _, address in cohorts),
        Named(CONTACT, safe.contact, "safeguarding.contact"),
        Named(DEPUTY, safe.deputy, "safeguarding.deputy"),
    ]
    return [one for one in found if one.address]
