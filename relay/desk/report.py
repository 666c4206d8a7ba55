"""REPORT: the letters of a pair stop at once, and a person hears why.

It does not wait for anything: not for a proof of who wrote it, and not for the answer to which pair is meant. Who is in
several pairs and names none gets no letter from any partner until they say which; the others then go on.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from relay.desk.named import named_part
from relay.desk.request import ANSWER_WITHIN, Desk, Outcome, Request, open_parts
from relay.letters.report_letters import Reported, ReportLetters
from relay.letters.write import Letter
from relay.message.confirmation.answer_line import folded_words
from relay.message.confirmation.read_answer import question_code
from relay.message.desk.read_command import REPORT
from relay.policy.recipients import desk as desk_address
from relay.policy.recipients import desk_reply, new_token
from relay.roles import CONTACT, DEPUTY
from relay.states import EXCHANGING, OVER
from relay.store import (
    About,
    Acceptance,
    AuthorAnswered,
    Authorship,
    Change,
    Decision,
    DeskQuestion,
    PairNamed,
    PairsReported,
    Part,
    QuestionAsked,
    Report,
)

log = logging.getLogger(__name__)


async def report(desk: Desk, request: Request) -> Outcome:
    """Stop the letters of the pair that is meant, or of all that may be, and tell who is to hear of it. What follows
    while a report stands is told, too, and changes nothing but that it may say who wrote it, or which pair is meant."""
    standing = await desk.store.reports.by(request.member.number)
    named = _named(request)
    known = {part.pair.id for one in standing for part in one.parts}
    if standing and (named is None or named.pair.id in known):
        return await _more(desk, request, standing, named)
    parts = [named] if named is not None else open_parts(request.member) or request.member.parts[-1:]
    return await _first(desk, request, parts)


async def answered(desk: Desk, request: Request, question: DeskQuestion, decision: Decision | None) -> Outcome | None:
    """What follows an answer to the question whose report it was, or which pair is meant. Its words are told as well.
    None when no report stands: it was not believed, and the answer is like any other."""
    standing = await desk.store.reports.by(request.member.number)
    if not standing:
        return None
    part, number = standing[-1].parts[0], request.member.number
    changes: list[Change] = []
    name, meant = "", part
    if question.about is About.PAIR and decision is Decision.YES and request.part is not None:
        why, meant = "named", request.part
        name = meant.pair.persona(meant.side.other).name
        changes.append(PairNamed(meant, number, request.now))
    elif question.about is About.AUTHOR and decision in (Decision.YES, Decision.NO):
        why = "yes" if decision is Decision.YES else "no"
        author = Authorship.CONFIRMED if decision is Decision.YES else Authorship.DENIED
        changes.append(AuthorAnswered(part, number, author, request.now))
    else:
        why = "unclear"
    letters = await _told(desk, request, standing[-1], why, name=name)
    if decision is Decision.ASK_AGAIN:
        return Outcome((_letter(desk, request, standing[-1].parts, question, again=True), *letters), tuple(changes))
    unsure = next((one.parts for one in standing if len(one.parts) > 1), ())
    if why == "yes" and unsure:
        asked, change = _question(request, About.PAIR, unsure)
        letter = _letter(desk, request, unsure, asked, again=True)
        return Outcome((letter, *letters), (*changes, change))
    request = replace(request, part=meant)
    said = desk.tell("report-answered", request, why=why, name=meant.pair.persona(meant.side.other).name)
    others = await _go_on(desk, request, standing) if why == "named" else []
    return Outcome((said, *others, *letters), tuple(changes))


async def left_while_reported(desk: Desk, request: Request) -> list[Acceptance]:
    """Tell who has heard of a report that a member of the pair, reporting or not, wants to leave."""
    reports = await desk.store.reports.about(request.first.pair.id)
    about = Reported([request.first], Authorship.PROVEN, request.now, b"", request.member.parts, request.id)
    return await _letters(desk).more(reports[-1], about, "left", request.now) if reports else []


async def _first(desk: Desk, request: Request, parts: Sequence[Part]) -> Outcome:
    """A report that nobody has heard of yet."""
    author = Authorship.PROVEN if request.proven else Authorship.UNPROVEN
    about = Reported(parts, author, request.now, request.content, request.member.parts, request.id)
    letters = _letters(desk)
    told = await letters.report(about, request.now)
    within = desk.settings.safeguarding.answer_within
    later = told is not None and within > 0 and len(await letters.hearing(parts)) > 1
    reported = PairsReported(
        *(request.member.number, parts, author, request.now),
        told=told[0] if told is not None else "",
        again_at=request.now + timedelta(seconds=within) if later else None,
        mail=request.content if later else b"",
    )
    changes: list[Change] = [reported]
    question = None
    if not request.proven or len(parts) > 1:
        question, change = _question(request, About.PAIR if request.proven else About.AUTHOR, parts)
        changes.append(change)
    answer = _letter(desk, request, parts, question, told=told[0] if told is not None else "")
    partners = [one for part in parts for one in await _rests(desk, request, part)]
    log.warning("%s: a report is taken", request.id)
    return Outcome((answer, *partners, *([told[1]] if told is not None else [])), tuple(changes))


async def _more(desk: Desk, request: Request, standing: Sequence[Report], named: Part | None) -> Outcome:
    """Something more about a report that stands."""
    number, now = request.member.number, request.now
    changes: list[Change] = []
    if request.proven and any(one.author is Authorship.UNPROVEN for one in standing):
        changes.append(AuthorAnswered(standing[-1].parts[0], number, Authorship.CONFIRMED, now))
    unsure = [one for one in standing if len(one.parts) > 1]
    if (
        request.proven
        and named is not None
        and any(named.pair.id == part.pair.id for one in unsure for part in one.parts)
    ):
        changes.append(PairNamed(named, number, now))
        name = named.pair.persona(named.side.other).name
        request = replace(request, part=named)
        letters = [desk.tell("report-answered", request, why="named", name=name)]
        letters += await _go_on(desk, request, standing)
        return Outcome((*letters, *await _told(desk, request, standing[-1], "named", name=name)), tuple(changes))
    return Outcome(tuple(await _told(desk, request, standing[-1], "more")), tuple(changes))


def _named(request: Request) -> Part | None:
    """The part that a report names: by the name of the other member or a number, and nothing else in the line; or the
    one that the letter was about which it answers."""
    words = folded_words(request.argument)
    found = named_part(list(request.member.parts), request.argument) if words else None
    if found is not None and any(word.isdecimal() for word in words):
        listed = open_parts(request.member)
        found = named_part(listed, request.argument) if len(words) == 1 else None
    return found or request.part


def _question(request: Request, about: About, parts: Sequence[Part]) -> tuple[DeskQuestion, QuestionAsked]:
    whose = (parts[0].pair.id, parts[0].side) if len(parts) == 1 else ("", None)
    asked = DeskQuestion(
        secrets.token_hex(8), new_token(), request.member.number, request.mailbox, about, REPORT, "", *whose
    )
    return asked, QuestionAsked(asked, request.now + ANSWER_WITHIN)


def _letter(
    desk: Desk,
    request: Request,
    parts: Sequence[Part],
    question: DeskQuestion | None,
    *,
    told: str = "",
    again: bool = False,
) -> Acceptance:
    """The letter to who reported something: who reads it, what happens now, and what is still to be asked."""
    safe, domain = desk.settings.safeguarding, desk.settings.domain
    part = parts[0]
    choices = [one.pair.persona(one.side.other).name for one in open_parts(request.member)]
    values = {
        "asks": question.about.value if question is not None else "",
        "code": question_code(question.token) if question is not None else "",
        "again": again,
        "name": part.pair.persona(part.side.other).name if len(parts) == 1 else "",
        "names": choices,
        "stopped": any(one.pair.state not in OVER for one in parts),
        "heard": bool(told) or again,
        "person": {CONTACT: safe.contact_name, DEPUTY: safe.deputy_name}.get(told, ""),
        "within": safe.answer_within,
        "helplines": safe.helplines,
        "hours": safe.hours,
    }
    manner = part.pair.manner(part.side)
    answer_to = desk_reply(question.token, domain) if question is not None else ""
    written = Letter(
        *("report-taken", request.mailbox, manner, values, part.pair.id, request.id),
        answer_to=answer_to,
        reply_to="" if answer_to else desk_address(REPORT, domain),
        side=part.side.other,
        at_once=True,
    )
    return desk.writer.write(written, request.now)


async def _rests(desk: Desk, request: Request, part: Part) -> list[Acceptance]:
    """Tell the other member what they are told of a pause, if they write letters now."""
    if part.pair.state not in EXCHANGING:
        return []
    return await desk.tell_partner("exchange-rests", _about(request, part), rests=True)


async def _go_on(desk: Desk, request: Request, standing: Sequence[Report]) -> list[Acceptance]:
    """Tell the other members of pairs that were not meant that they go on."""
    meant = request.first.pair.id
    stopped = [one.parts for one in standing if any(part.pair.id == meant for part in one.parts)]
    found: list[Acceptance] = []
    for part in (part for parts in stopped for part in parts if part.pair.id != meant):
        stands = [one for one in await desk.store.reports.about(part.pair.id) if one.member != request.member.number]
        if not stands and await desk.store.reports.before(part.pair.id) in EXCHANGING:
            found += await desk.tell_partner("exchange-rests", _about(request, part), rests=False)
    return found


def _about(request: Request, part: Part) -> Request:
    """The request as one about ``part``, whose letters have ids of their own."""
    return replace(request, part=part, id=f"{request.id}-{part.pair.id}")


async def _told(desk: Desk, request: Request, report: Report, why: str, *, name: str = "") -> list[Acceptance]:
    """Tell who has heard of a report what its author wrote after it."""
    author = Authorship.PROVEN if request.proven else Authorship.UNPROVEN
    about = Reported(report.parts, author, request.now, request.content, request.member.parts, request.id)
    return await _letters(desk).more(report, about, why, request.now, name=name)


def _letters(desk: Desk) -> ReportLetters:
    return ReportLetters(desk.store, desk.writer, desk.notices.show)
