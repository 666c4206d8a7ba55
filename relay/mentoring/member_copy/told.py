"""Which events a member is told in their copy, and who read their letters (who@).

Only what is listed here is told, so a new kind of event is not told before somebody has thought about it. Nothing is
told about the other member: not their letters before they arrived, not that they reported something or said no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from relay.anonymise.leak_check.letters_alone import letters
from relay.mentoring.member_copy.partner import Partner, kept_back
from relay.model import Event, EventKind, PairState, Side
from relay.store import REPORTED, Member

_OWN = frozenset(
    {
        EventKind.INVITED,
        EventKind.CONSENTED,
        EventKind.DECLINED,
        EventKind.RELAYED,
        EventKind.SENT,
        EventKind.REFUSED,
        EventKind.HELD,
        EventKind.RELEASED,
        EventKind.BOUNCED,
        EventKind.NUDGED,
        EventKind.COMMAND,
        EventKind.REPORTED,
        EventKind.FORGET_ASKED,
        EventKind.ADDRESS_ADDED,
        EventKind.ADDRESS_PROVEN,
        EventKind.ADDRESS_WITHDRAWN,
        EventKind.ADDRESS_PRIMARY,
        EventKind.NAMES_CHANGED,
        EventKind.AWAY,
        EventKind.LANGUAGE,
    }
)
"""Told when they are about this member."""
_LOOKS = frozenset({EventKind.READ, EventKind.REVEALED, EventKind.EXPORTED})
_NEUTRAL = {
    PairState.REPORTED: PairState.PAUSED,
    PairState.DECLINED: PairState.ENDED,
    PairState.EXPIRED: PairState.ENDED,
}
_OF_THE_OTHER = {
    Side.MENTOR: ("mentor", "mentora", "مرشد", "مرشدة", "मेंटर", "mshauri"),
    Side.MENTEE: ("mentee", "mentoree", "mentorado", "mentorada", "mentoré", "mentorée", "مسترشد", "मेंटी", "mshauriwa"),
}
"""What an operator may call somebody by their side."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened, as this member may know it. ``name``: its sentence in copy.toml; ``state``: the name of
    a state; ``who`` and ``why``: of an operator who read or looked."""

    at: datetime
    name: str
    pair_id: str | None
    state: str = ""
    command: str = ""
    letter: str = ""
    who: str = ""
    why: str = ""


def told(
    events: Iterable[Event], member: Member, partners: Sequence[Partner], delivered: Collection[str]
) -> list[Told]:
    """What of ``events`` the member is told, oldest first. ``delivered``: the ids of letters to them that arrived."""
    sides = {part.pair.id: part.side for part in member.parts}
    found: list[Told] = []
    events = _without_reasons(list(events), sides)
    stopped = {one.journal_id for one in events if one.facts.get("reason") == REPORTED}
    for event in events:
        if event.kind in (EventKind.HELD, EventKind.RELEASED) and event.journal_id in stopped:
            continue  # it would tell that the pair was reported
        if event.kind in _LOOKS:
            found += _look(event, member, sides, partners, delivered)
        elif event.kind is EventKind.STATE:
            found += _state(event, member, sides)
        elif event.kind is EventKind.EXPIRED and event.pair_id in sides:
            found.append(Told(event.at, "expired", event.pair_id))
        elif event.kind in _OWN and _about(event, member, sides):
            words = {"command": event.facts.get("command", ""), "letter": event.facts.get("letter", "")}
            found.append(Told(event.at, event.kind.value, event.pair_id, **words))
    return _once(found)


def looks(
    events: Iterable[Event], member: Member, partners: Sequence[Partner], delivered: Collection[str]
) -> list[Told]:
    """Who read letters of the member or to them, or looked at who they are, oldest first."""
    sides = {part.pair.id: part.side for part in member.parts}
    known = _without_reasons(list(events), sides)
    return _once([one for event in known for one in _look(event, member, sides, partners, delivered)])


def _without_reasons(events: list[Event], sides: dict[str, Side]) -> list[Event]:
    """The events; without any reason when the other member of a pair has reported something, whatever was decided:
    the reasons of those who looked into it may tell."""
    reported = any(
        one.kind is EventKind.REPORTED and one.pair_id in sides and one.side is not sides[one.pair_id] for one in events
    )
    return [replace(one, why="") for one in events] if reported else events


def _once(found: Sequence[Told]) -> list[Told]:
    """Each once: a look at a member of several pairs is an event of each of them."""
    first: dict[Told, Told] = {}
    for one in found:
        first.setdefault(replace(one, pair_id=None), one)
    return list(first.values())


def neutral(state: PairState, *, own_report: bool) -> PairState:
    """The state of a pair as a member may know it: not that the other one reported something or said no."""
    return state if own_report else _NEUTRAL.get(state, state)


def _about(event: Event, member: Member, sides: dict[str, Side]) -> bool:
    """Whether an event is about this member, and not about the other one or about both."""
    if event.member is not None:
        return event.member == member.number
    return event.pair_id is not None and event.side is not None and sides.get(event.pair_id) is event.side


def _state(event: Event, member: Member, sides: dict[str, Side]) -> Iterator[Told]:
    to = event.facts.get("to", "")
    if event.member is not None:
        if event.member == member.number and to != "forgotten":
            yield Told(event.at, "member", None, state=to)
    elif event.side is None and event.pair_id in sides and to in list(PairState):
        yield Told(event.at, "state", event.pair_id, state=neutral(PairState(to), own_report=False))


def _look(
    event: Event, member: Member, sides: dict[str, Side], partners: Sequence[Partner], delivered: Collection[str]
) -> Iterator[Told]:
    """What the member is told of a reading. A reason is told when it is about this member alone and names nobody."""
    name = ""
    about = _about(event, member, sides)
    of_pair = event.pair_id in sides
    if event.kind is EventKind.READ and event.pair_id is None:
        name = "read-all"
    elif event.kind is EventKind.READ and about:
        name = "read-own"
    elif event.kind is EventKind.READ and of_pair and event.journal_id in delivered:
        name = "read-theirs"
    elif event.kind is EventKind.REVEALED and about:
        name = "revealed"
    elif event.kind is EventKind.EXPORTED and about:
        name = "exported-mail" if event.facts.get("for") == "member" else "exported-own"
    elif event.kind is EventKind.EXPORTED and of_pair and event.facts.get("for") != "member":
        name = "exported-theirs"
    if not name:
        return
    shown = Told(event.at, name, event.pair_id, who=kept_back(partners, event.who))
    if about:
        shown = replace(shown, why=_reason(event, partners))
    yield shown


def _reason(event: Event, partners: Sequence[Partner]) -> str:
    """The reason of an operator, unless it says anything about the other member or may warn of a report."""
    if not event.why or any(one.pair.state is PairState.REPORTED for one in partners):
        return ""
    words = letters(event.why)
    for partner in partners:
        other = partner.pair.persona(partner.side.other)
        called = (other.name, other.alias, *other.name.split(), *_OF_THE_OTHER[partner.side.other])
        if any(letters(one) in words for one in called if letters(one)):
            return ""
    return kept_back(partners, event.why)
