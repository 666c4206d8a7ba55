"""Who in a programme may read letters, by the settings."""

from __future__ import annotations

from enum import StrEnum

from relay.settings import Settings


class Role(StrEnum):
    """A role in the programme. Whoever administers the machine is an operator."""

    OPERATOR = "operator"
    COORDINATOR = "coordinator"
    SAFEGUARDING = "safeguarding"


def roles(settings: Settings) -> frozenset[Role]:
    """The roles that the settings name."""
    found = {Role.OPERATOR}
    return frozenset(found)
