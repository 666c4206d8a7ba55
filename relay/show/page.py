"""Writes the page: both mailboxes, side by side, in the words of one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from relay.message.write.shown_mail import one_line
from relay.model import Side
from relay.show.letters import Letter
from relay.show.stage import Outcome, Stage
from relay.show.words import Words, languages, words_in

FOLDER = Path(__file__).parent
_SHOWN = 80  # characters of a subject in a sentence of ours


@dataclass(frozen=True, slots=True)
class Box:
    """One mailbox as the page shows it. ``name`` and ``address`` are the member's own, ``persona`` and ``partner`` the
    pseudonyms; ``subject`` and ``text`` stand in the form for a new letter."""

    side: Side
    name: str
    address: str
    persona: str
    partner: str
    letters: Sequence[Letter]
    subject: str = ""
    text: str = ""


def write_page(stage: Stage, words: Words, outcome: Outcome | None, token: str) -> bytes:
    """The page as HTML. ``outcome``: of the letter just sent, which the page tells; ``token``: for its forms."""
    arrived = outcome.letters if outcome is not None else ()
    return (
        _template()
        .render(
            words=words,
            page=words.page,
            languages=[words_in(tag) for tag in languages()],
            boxes=[_box(stage, side, words) for side in Side],
            said=_said(outcome, words) if outcome is not None else "",
            newest=next((one.number for one in arrived if one.relayed), 0),
            token=token,
        )
        .encode()
    )


def _box(stage: Stage, side: Side, words: Words) -> Box:
    person, letters = stage.people.person(side), stage.boxes[side]
    own, partner = stage.pair.persona(side).name, stage.pair.persona(side.other).name
    name = person.known_as[0]
    box = Box(side, name, person.address, own, partner, letters)
    if side is Side.MENTEE or any(one.sent for one in letters):
        return box
    values = {"persona": partner, "name": name, "address": person.address, "employer": person.known_as[-1]}
    text = fill(words.page["sample_text"].strip(), **values)
    return Box(side, name, person.address, own, partner, letters, words.page["sample_subject"], text)


def _said(outcome: Outcome, words: Words) -> str:
    """What came of a letter, in one sentence: it is shown and read out."""
    if outcome.refused is not None:
        return isolated(words.page["refused"], reply=str(outcome.refused))
    for one in outcome.letters:
        if one.relayed:
            return isolated(words.page["done"], subject=one_line(one.subject or "–", _SHOWN), n=len(one.removed))
    subject = outcome.letters[0].subject if outcome.letters else "–"
    return isolated(words.page["back"], subject=one_line(subject or "–", _SHOWN))


def fill(sentence: str, **values: object) -> str:
    """The sentence with each {name} replaced. Braces in the values stay as they are."""
    parts = sentence.split("{")
    filled = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled += f"{values[name]}{rest}"
    return filled


def isolated(sentence: str, **values: object) -> str:
    """The same, with each value isolated (U+2068, U+2069): its direction does not disturb the sentence's."""
    return fill(
        sentence,
        **{name: f"\N{FIRST STRONG ISOLATE}{value}\N{POP DIRECTIONAL ISOLATE}" for name, value in values.items()},
    )


@lru_cache
def _template() -> Template:
    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["fill"] = isolated
    return made.get_template("page.html")
