"""LANG: the language of all that relay says to a member from now on."""

from __future__ import annotations

from dataclasses import replace

from relay.desk.request import Desk, Outcome, Request
from relay.letters.language_named import language_named, own_name
from relay.model import Pair, Side
from relay.store import LanguageChosen


async def lang(desk: Desk, request: Request) -> Outcome:
    """Set the language, and say so in it. Where there are no letters in it, list the languages that there are."""
    languages = desk.writer.templates.languages()
    tag = language_named(request.argument, languages)
    if not tag:
        known = [{"name": own_name(one), "tag": one} for one in languages]
        return Outcome((desk.ask("desk-languages", "lang", request, known=known, unknown=bool(request.argument)),))
    told = desk.tell("desk-language", _in_language(request, tag))
    return Outcome((told,), (LanguageChosen(request.member.number, tag, request.now),))


def _in_language(request: Request, tag: str) -> Request:
    """The same request by a member whom relay writes to in the language ``tag``."""
    part = request.first
    return replace(request, part=replace(part, pair=_spoken(part.pair, part.side, tag)))


def _spoken(pair: Pair, side: Side, tag: str) -> Pair:
    if side is Side.MENTOR:
        return replace(pair, mentor_manner=replace(pair.mentor_manner, language=tag))
    return replace(pair, mentee_manner=replace(pair.mentee_manner, language=tag))
