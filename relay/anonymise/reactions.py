"""A reaction arrives as one line: the emoji, without the name and program of its author.

Gmail and RFC 9078 mark a reaction; Outlook writes "NAME reacted to your message:" above a quotation, in the language of
its user, with the emoji as a picture or its name in brackets. Telephones write "Liked “…”" or "Reacted 👍 to “…”".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.anonymise.any_case import holds_any
from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.message.read.html_to_text import html_to_text
from relay.message.read.reactions import is_emoji
from relay.model import Message, Scrubbed

_PICTURE = re.compile(r"<img\b[^>]{0,500}?reactions?/([a-z-]{2,20})[\w.-]{0,20}\.(?:png|svg|gif)", re.IGNORECASE)
_NAMED = re.compile(r"\[([a-z-]{2,20})\]", re.IGNORECASE)
# What the telephones of Apple and Google write in place of a reaction that a program cannot show.
_TAPBACK = re.compile(
    r"(?P<before>[^“„«\"「『\n]{0,60}?)\s*(?P<quote>[“„«\"「『][^\n]{1,400}[”“»\"」』])(?P<after>[^“”„«»\"「」『』\n]{0,30})\Z"
)
_OPENING = frozenset("“„«「『")
_CLOSING = frozenset('”“»"」』')
_QUOTES = _OPENING | _CLOSING
_LONGEST_END = 31
_PAGE = 20_000  # characters
_LONGEST = 200  # characters of the line
_PREFIX = re.compile(r"^[^:：]{2,40}[:：]\s*")  # "Reaction to:", in the language of its user
_BELOW = re.compile(r"(?:[_\-–—=]{3,}|>|\*?[^\W\d_][\w \-]{0,25}\*?\s?[:：])")
"""What stands below it: a rule, a quotation, or the fields of the quoted letter."""


class _Words(NamedTuple):
    """The words of reactions.toml. ``lines``: Outlook's, the longest first; ``pictures``: emoji by name; ``marks``:
    emoji by what stands before and behind the words that a reaction is about, ``quoting`` those with quotation marks of
    their own; ``things``: emoji by whole lines ("loved an image"); ``beside``: what else may stand beside an emoji."""

    lines: tuple[str, ...]
    pictures: Mapping[str, str]
    marks: Mapping[tuple[str, str], str]
    quoting: Mapping[tuple[str, str], str]
    things: Mapping[str, str]
    beside: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = tomllib.loads(files(__package__).joinpath("reactions.toml").read_text("utf-8"))
    lines = {phrase.casefold().rstrip(".") for phrases in table["outlook"].values() for phrase in phrases}
    marks: dict[tuple[str, str], str] = {}
    things: dict[str, str] = {}
    for mark, languages in table["marks"].items():
        for phrase in (phrase for phrases in languages.values() for phrase in phrases):
            before, _, after = phrase.casefold().replace("'", "’").partition("*")
            marks[before.strip(), after.strip()] = mark
        for code, phrases in languages.items():
            for thing in table["things"].get(code, ()):
                whole = (phrase.casefold().replace("'", "’").replace("*", thing) for phrase in phrases)
                things.update((" ".join(line.split()), mark) for line in whole)
    quoting = {around: mark for around, mark in marks.items() if not _QUOTES.isdisjoint("".join(around))}
    beside = frozenset(table["beside"]["words"].casefold().split())
    return _Words(tuple(sorted(lines, key=len, reverse=True)), table["pictures"], marks, quoting, things, beside)


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _words()


def scrub_reaction(message: Message, redactor: Redactor) -> Scrubbed:
    """One line in the place of everything else of a reaction; other letters are unchanged."""
    line, emoji = (message.reaction, message.reaction) if message.reaction else _of_program(message, redactor)
    if not line:
        return Scrubbed(message)
    tally = Tally()
    tally.add("reaction")
    outlooks = not message.reaction and (emoji or line.startswith(redactor.known.author_persona.name))
    subject = _PREFIX.sub("Re: ", message.subject, count=1) if outlooks else message.subject
    pictures = tuple(one for one in message.attachments if not one.media_type.startswith("image/"))
    return Scrubbed(
        replace(message, subject=subject, text=f"{line}\n", html=None, attachments=pictures, reaction=emoji),
        tally.removals(),
    )


def _of_program(message: Message, redactor: Redactor) -> tuple[str, str]:
    """The line of a reaction that a program wrote as words, and its emoji, if known; both "" for other letters. Only
    the first lines are read."""
    html = message.html or ""
    text = (message.text or "").strip() or (html_to_text(html[:_PAGE]) if _hints(html[:_PAGE]) else "")
    lines = [line.strip() for line in text[:2000].splitlines() if line.strip()]
    shown = ""
    while lines and (len(lines[0]) < 4 or lines[0].startswith("[") or is_emoji(lines[0])):
        named = _NAMED.match(lines[0])
        shown = shown or _shown(named[0] if named else lines[0])  # the picture's text
        lines[:1] = [lines[0][named.end() :].strip()] if named and named.end() < len(lines[0]) else []
    if not lines or (len(lines) > 1 and not _BELOW.match(lines[1])):
        return "", ""
    if not shown and not _CLOSING.isdisjoint(lines[0][-_LONGEST_END:]) and (line := _tapback(lines[0])):
        return line, ""
    if len(lines[0]) > _LONGEST:
        return "", ""
    if not shown and (mark := _words().things.get(" ".join(lines[0].casefold().replace("'", "’").split()))):
        return mark, ""
    said = lines[0].rstrip(" .:：")
    low = said.casefold()
    phrase = next((one for one in _words().lines if low.endswith(one) or low.startswith(one)), None)
    if phrase is None:
        return "", ""
    words = said[-len(phrase) :] if low.endswith(phrase) else said[: len(phrase)]
    found = _PICTURE.search(html)
    emoji = (_words().pictures.get(found[1].lower(), "") if found else "") or shown
    return f"{emoji} {redactor.known.author_persona.name} {words}".strip(), emoji


def _shown(line: str) -> str:
    """The emoji that a line shows or names: "👍", "[like]"."""
    named = _NAMED.fullmatch(line)
    return _words().pictures.get(named[1].lower(), "") if named else line if is_emoji(line) else ""


def _tapback(line: str) -> str:
    """An emoji and the words it is about, for a line that has nothing but these and the words of a telephone."""
    low = line.replace("'", "’").casefold()
    for (before, after), emoji in _words().quoting.items():
        about = line[len(before) : len(line) - len(after)].strip()
        if low.startswith(before) and low.endswith(after) and about[:1] in _OPENING and about[-1:] in _CLOSING:
            return f"{emoji} {about}"
    found = _TAPBACK.match(line)
    if found is None:
        return ""
    around = [found[key].replace("'", "’").casefold().strip() for key in ("before", "after")]
    mark = _words().marks.get((around[0], around[1]))
    if mark and not found["quote"].startswith('"'):
        return f"{mark} {found['quote']}"
    words = f"{found['before']} {found['after']}".replace("(a)", "").split()
    signs = [word for word in words if is_emoji(word)]
    others = [word.casefold() for word in words if not is_emoji(word)]
    told = len(signs) == 1 and bool(others) and all(word in _words().beside for word in others)
    return f"{signs[0]} {found['quote']}" if told else ""


def _hints(html: str) -> bool:
    low = html.casefold()
    return holds_any(low, _words().lines)
