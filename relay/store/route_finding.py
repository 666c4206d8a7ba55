"""Finds the route from an author to an alias. The work is the same for every result, so that timing reveals nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relay.model import Identity, PairState, Persona, Route, Side
from relay.states import NOT_BEGUN
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hashes
from relay.store.people.identities import Owner, ask_owner, ask_owner_of_mailbox, one_owner, opened
from relay.store.people.manners import read_manner
from relay.store.records import Foreign, NoSuchAlias
from relay.vault import Vault

Found = Route | NoSuchAlias | Foreign

# For an alias that does not exist the first pair is read, and the result discarded.
_ROUTE = """
SELECT asked.alias, coalesce(asked.side, 'mentor'), pair.id, pair.state,
    coalesce(nullif(mentor.language, ''), pair.language) || ' ' || mentor.time_zone || ' ' || mentor.discreet,
    coalesce(nullif(mentee.language, ''), pair.language) || ' ' || mentee.time_zone || ' ' || mentee.discreet,
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
    """For each of ``aliases``: the route from ``author`` (a real address, who may also be known by ``mailbox``),
    NoSuchAlias or Foreign; and the route that was examined for that, also when ``author`` may not use it, so that the
    caller can do the same further work for every letter. The examined route is None only while there is no pair. Raises
    VaultError when a member cannot be decrypted."""
    registered = ask_owner(db, address_hashes(vault, author))
    spelled = ask_owner_of_mailbox(db, address_hashes(vault, mailbox))
    asked = [(alias, db.execute(_ROUTE, (alias.lower().encode("utf-8", "replace").decode(),))) for alias in aliases]
    exact, near = one_owner(registered), one_owner(spelled)
    return {
        alias: _found(vault, exact or near, row.fetchone(), as_registered=exact is not None) for alias, row in asked
    }


def _found(
    vault: Vault, writer: Owner | None, row: Sequence[Any] | None, *, as_registered: bool
) -> tuple[Found, Route | None]:
    if row is None:  # there is no pair, so timing reveals nothing
        return NoSuchAlias(), None
    hit, stands_for, pair_id, state, mentors, mentees = row[:6]
    personas = {Side.MENTOR: Persona(row[6], row[7]), Side.MENTEE: Persona(row[8], row[9])}
    numbers: dict[Side, int] = {Side.MENTOR: row[10], Side.MENTEE: row[12]}
    people: dict[Side, Identity] = {
        Side.MENTOR: opened(vault, row[10], row[11]),
        Side.MENTEE: opened(vault, row[12], row[13]),
    }
    recipient = Side(stands_for)
    side = recipient.other
    route = Route(
        pair_id=pair_id,
        pair_state=PairState(state),
        side=side,
        manner=read_manner(mentors if side is Side.MENTOR else mentees),
        author=people[side],
        author_persona=personas[side],
        recipient=people[recipient],
        recipient_persona=personas[recipient],
        address_proven=writer is not None and writer.proven,
        as_registered=as_registered,
    )
    if hit is None or route.pair_state in NOT_BEGUN:
        return NoSuchAlias(), route
    return (route if writer is not None and numbers[side] == writer.number else Foreign()), route
