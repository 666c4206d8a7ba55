"""Creates, pauses, resumes and ends a pair."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from relay.letters.member_letters import MemberLetters
from relay.mentoring.audit import line
from relay.mentoring.beginning import Beginning
from relay.mentoring.pseudonyms import new_name, new_pair_id, words_of
from relay.mentoring.validation import Checker, Request
from relay.model import NewPair, Pair, PairState, Persona, Side
from relay.policy.recipients import new_alias
from relay.states import EXCHANGING, RESTING, MoveError
from relay.store import Acceptance, Part, Store


class PairingError(Exception):
    """A request about a pair cannot be carried out. The text says why and what to do."""


async def create_pair(
    request: Request,
    store: Store,
    domain: str,
    beginning: Beginning,
    now: datetime,
    *,
    who: str = "",
    under_18: str = "refused",
) -> Pair:
    """Create one pair; ``beginning`` says whether it is invited or active. ``who`` is recorded; ``under_18`` is
    programme.under_18.

    Raises RequestError when the request has errors, PairingError when the two are a pair already or a name is taken,
    StoreError.
    """
    clean = Checker(domain, under_18=under_18).checked(request)
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
    letters, invitations = beginning.of([new], now)
    await directory.add_pairs([new], letters, invitations=invitations, who=who)
    return made_pair(new, beginning.state)


async def pair_of(pair_id: str, store: Store) -> Pair:
    """The pair with that id, in upper or lower case. Raises PairingError when there is none, StoreError."""
    pair = await store.directory.pair(pair_id.strip().lower())
    if pair is None:
        raise PairingError(f"there is no pair {pair_id}; relay pair list shows all pairs")
    return pair


async def change_state(
    pair_id: str,
    state: PairState,
    store: Store,
    now: datetime,
    *,
    who: str = "",
    why: str = "",
    letters: MemberLetters | None = None,
) -> Pair:
    """Move a pair to ``state``; ``who`` and ``why`` are recorded. A pair that is in that state already is not changed.
    When ``letters`` are given, both members are told that it ends, or that it goes on after a report.

    Raises PairingError when the state machine (relay.states) does not allow it, or a decision about a reported pair has
    no reason, StoreError, StationeryError.
    """
    pair = await pair_of(pair_id, store)
    if pair.state is PairState.REPORTED and who and not line(why):
        raise PairingError(f"pair {pair.id} is reported: give with --reason why you decide so; it is recorded")
    try:
        words = await _words(pair, state, letters, store, now) if letters else []
        changed = await store.directory.set_state(pair.id, state, now, who=who, why=line(why), letters=words)
    except MoveError as error:
        raise PairingError(str(error)) from error
    if changed is None:
        raise PairingError(f"pair {pair.id} does not exist any more")
    return changed


async def _words(pair: Pair, state: PairState, letters: MemberLetters, store: Store, now: datetime) -> list[Acceptance]:
    """The letters that tell both members that their pair has ended, or that it goes on after a report; none for a pair
    that had not begun."""
    goes_on = state is PairState.ACTIVE and pair.state is PairState.REPORTED
    begun = pair.state in EXCHANGING or (pair.state in RESTING and await store.reports.begun(pair.id))
    if not begun or not (goes_on or state is PairState.ENDED):
        return []
    name, values = ("exchange-rests", {"rests": False}) if goes_on else ("pair-ended", {})
    identities = await store.directory.identities(pair.id) or ()
    return [
        letters.letter(name, Part(pair, side), identity.addresses[0], now, name=pair.persona(side.other).name, **values)
        for side, identity in zip(Side, identities, strict=False)
        if identity.addresses
    ]


def new_pair(request: Request, pair_id: str, domain: str, taken: set[str], now: datetime) -> NewPair:
    """The pair for a checked request. Draws a pseudonym for a person without one, and adds both to ``taken``."""
    avoid = words_of(request.identities)
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
        mentor_manner=request.mentor.manner,
        mentee_manner=request.mentee.manner,
        guardian=request.mentee.guardian,
    )


def name_clashes(request: Request, taken: Collection[str]) -> list[str]:
    """A message for each chosen pseudonym that is in ``taken`` (lower case)."""
    return [
        f"{side} name {request.person(side).name} is taken; choose another, or leave it out to get a random one"
        for side in Side
        if request.person(side).name.lower() in taken
    ]


def made_pair(new: NewPair, state: PairState) -> Pair:
    """A new pair as the directory returns it, in ``state``."""
    own = (new.mentor_manner, new.mentee_manner)
    return Pair(new.id, state, new.mentor, new.mentee, new.cohort, new.language, new.created_at, *own)
