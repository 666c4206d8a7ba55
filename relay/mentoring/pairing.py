"""A pair begins, rests, goes on and ends."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from relay.letters.welcome import Welcome
from relay.mentoring.pseudonyms import new_name, new_pair_id, words_of
from relay.mentoring.validation import Checker, Request
from relay.model import NewPair, Pair, PairState, Persona, Side
from relay.policy.recipients import new_alias
from relay.states import MoveError
from relay.store import Store


class PairingError(Exception):
    """What was asked cannot be done with this pair; the words say why, and what can."""


async def create_pair(
    request: Request, store: Store, domain: str, welcome: Welcome | None, now: datetime, *, who: str = ""
) -> Pair:
    """Make one pair, open at once. ``welcome`` writes to both; None writes to nobody. That ``who`` did is recorded.

    Raises RequestError when something about the people is wrong, PairingError when they are a pair already or a name
    is taken, StoreError when the store cannot take it.
    """
    clean = Checker(domain).checked(request)
    directory = store.directory
    if found := await directory.existing([clean.key]):
        pair = found[clean.key]
        raise PairingError(f"these two are a pair already: {pair.id} ({pair.state}); relay pair show {pair.id}")
    taken = await directory.taken()
    if clashes := name_clashes(clean, taken):
        raise PairingError("; ".join(clashes))
    pair_id = new_pair_id(())
    while await directory.pair(pair_id) is not None:
        pair_id = new_pair_id(())
    new = new_pair(clean, pair_id, domain, set(taken), now)
    letters = welcome.letters(new, now) if welcome is not None else []
    await directory.add_pairs([new], letters, who=who)
    return opened(new)


async def pair_of(pair_id: str, store: Store) -> Pair:
    """The pair of that id, in whatever case it is written. Raises PairingError when there is none, StoreError."""
    pair = await store.directory.pair(pair_id.strip().lower())
    if pair is None:
        raise PairingError(f"there is no pair {pair_id}; relay pair list shows them all")
    return pair


async def change_state(pair_id: str, state: PairState, store: Store, now: datetime, *, who: str = "") -> Pair:
    """Pause, resume or end a pair; that ``who`` did is recorded. Asking for what is already so changes nothing. Raises
    PairingError, StoreError."""
    pair = await pair_of(pair_id, store)
    try:
        changed = await store.directory.set_state(pair.id, state, now, who=who)
    except MoveError as error:
        raise PairingError(str(error)) from error
    if changed is None:
        raise PairingError(f"there is no pair {pair.id} any more")
    return changed


def new_pair(request: Request, pair_id: str, domain: str, taken: set[str], now: datetime) -> NewPair:
    """The pair a checked request asks for, with names drawn where none is wished; they are added to ``taken``."""
    avoid = words_of((request.mentor.identity, request.mentee.identity))
    personas = []
    for side in Side:
        name = request.person(side).name or new_name(taken, avoid)
        taken.add(name.lower())
        personas.append(Persona(name, new_alias(name, domain)))
    return NewPair(
        id=pair_id,
        mentor=personas[0],
        mentee=personas[1],
        mentor_identity=request.mentor.identity,
        mentee_identity=request.mentee.identity,
        cohort=request.cohort,
        language=request.language,
        created_at=now,
        mentor_language=request.mentor.language,
        mentee_language=request.mentee.language,
    )


def name_clashes(request: Request, taken: Collection[str]) -> list[str]:
    """The wished-for names that somebody has already, one sentence each."""
    return [
        f"{side} name {request.person(side).name} is taken; choose another, or leave it out and one is drawn"
        for side in Side
        if request.person(side).name.lower() in taken
    ]


def opened(new: NewPair) -> Pair:
    """A new pair as it stands once it is in the directory."""
    own = (new.mentor_language, new.mentee_language)
    return Pair(new.id, PairState.ACTIVE, new.mentor, new.mentee, new.cohort, new.language, new.created_at, *own)
