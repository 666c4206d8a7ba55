"""May this author write to this alias? The same work for every answer, so that time tells a stranger nothing."""

from __future__ import annotations

from collections.abc import Sequence

from relay.model import Identity, PairState, Persona, Route, Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hashes
from relay.store.people.identities import Owner, opened, owner_of, owner_of_mailbox
from relay.store.records import Foreign, NoSuchAlias
from relay.vault import Vault

Found = Route | NoSuchAlias | Foreign

# An alias that does not exist is answered with the first pair there is, and the answer then thrown away.
_BEHIND = """
SELECT asked.alias, coalesce(asked.side, 'mentor'), pair.id, pair.state,
    pair.language, mentor.language, mentee.language,
    mentor_name, mentor_alias, mentee_name, mentee_alias,
    mentor.number, mentor.sealed, mentee.number, mentee.sealed
FROM (SELECT 1) AS once
    LEFT JOIN alias AS asked ON asked.alias = ?
    JOIN pair ON pair.id = coalesce(asked.pair_id, (SELECT id FROM pair ORDER BY number LIMIT 1))
    JOIN member AS mentor ON mentor.number = pair.mentor
    JOIN member AS mentee ON mentee.number = pair.mentee
"""


def find(
    db: Database, vault: Vault, author: str, aliases: Sequence[str], mailbox: str = ""
) -> dict[str, tuple[Found, Route | None]]:
    """What each of ``aliases`` is to ``author``, a real address, who may also be known by ``mailbox``; and beside it
    the route that was looked at for that, whoever may use it: what else is done for a letter can then be done for every
    letter. None while there is no pair at all. Raises VaultError when a member does not open."""
    exact, near = owner_of(db, address_hashes(vault, author)), owner_of_mailbox(db, address_hashes(vault, mailbox))
    return {alias: _found(db, vault, exact or near, alias, as_registered=exact is not None) for alias in aliases}


def _found(
    db: Database, vault: Vault, writer: Owner | None, alias: str, *, as_registered: bool
) -> tuple[Found, Route | None]:
    asked = alias.lower().encode("utf-8", "replace").decode()
    row = db.execute(_BEHIND, (asked,)).fetchone()
    if row is None:  # there is no pair at all, and so nothing that time could tell
        return NoSuchAlias(), None
    hit, stands_for, pair_id, state, language, mentors, mentees = row[:7]
    personas = {Side.MENTOR: Persona(row[7], row[8]), Side.MENTEE: Persona(row[9], row[10])}
    numbers: dict[Side, int] = {Side.MENTOR: row[11], Side.MENTEE: row[13]}
    people: dict[Side, Identity] = {
        Side.MENTOR: opened(vault, row[11], row[12]),
        Side.MENTEE: opened(vault, row[13], row[14]),
    }
    recipient = Side(stands_for)
    side = recipient.other
    route = Route(
        pair_id=pair_id,
        pair_state=PairState(state),
        side=side,
        language=(mentors if side is Side.MENTOR else mentees) or language,
        author=people[side],
        author_persona=personas[side],
        recipient=people[recipient],
        recipient_persona=personas[recipient],
        address_proven=writer is not None and writer.proven,
        as_registered=as_registered,
    )
    if hit is None:
        return NoSuchAlias(), route
    return (route if writer is not None and numbers[side] == writer.number else Foreign()), route
