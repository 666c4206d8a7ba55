"""Writes a member's copy as one page that any browser shows without a network, and prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from relay.letters.document_words import DocumentWords
from relay.mentoring.member_copy.contents import Contents, CopiedLetter, CopiedPair
from relay.mentoring.member_copy.told import Told
from relay.settings import Settings
from relay.store import Consent, ConsentShown

_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_STYLE = """
body{font:1em/1.5 sans-serif;max-width:44em;margin:2em auto;padding:0 1em;color:#222;background:#fff}
h1{font-size:1.5em}h2{font-size:1.2em;border-bottom:1px solid #bbb;margin-top:2em}h3{font-size:1em;margin:1.5em 0 .2em}
.note{color:#555;margin:.2em 0}
.words{white-space:pre-wrap;overflow-wrap:anywhere;border-inline-start:3px solid #bbb;padding-inline-start:.7em}
dt{font-weight:bold;margin-top:.5em}dd{margin:0}
@media print{body{margin:0;max-width:none}h3{break-after:avoid}a{color:inherit;text-decoration:none}}
"""


class Page:
    """Writes the page of one archive. ``part`` and ``parts``: which of how many this is."""

    def __init__(self, contents: Contents, words: DocumentWords, settings: Settings) -> None:
        self._contents, self._words, self._settings = contents, words, settings
        self._help = settings.programme.help or f"postmaster@{settings.domain}"

    def pieces(self, letters: Sequence[CopiedLetter], part: int = 1, parts: int = 1) -> Iterator[str]:
        """The page as HTML, in pieces. All but the letters is in the first part only."""
        say = self._words.say
        head = f'<meta charset="utf-8">{_VIEWPORT}<title>{_text(say("title"))}</title><style>{_STYLE}</style>'
        tag = f'<html lang="{escape(self._words.language)}" dir="{self._words.direction}">'
        yield f"<!doctype html>{tag}<head>{head}</head><body>\n"
        yield from (f"{line}\n" for line in self._body(letters, part, parts))
        yield "</body></html>\n"

    def _body(self, letters: Sequence[CopiedLetter], part: int, parts: int) -> Iterator[str]:
        say = self._words.say
        yield f"<h1>{_text(say('title'))}</h1>"
        yield self._note("made", date=self._words.day(self._contents.made_at))
        if parts > 1:
            yield self._note("part", n=part, count=parts)
        if part == 1:
            yield self._paragraph("intro", programme=self._settings.programme.name)
            yield from self._you()
        for pair in self._contents.pairs:
            own = [one for one in letters if one.pair_id == pair.part.pair.id]
            if part == 1 or own:
                yield from self._pair(pair, own, first=part == 1)
        if part == 1:
            yield from self._happened(self._contents.told)
            yield from self._not_here()

    def _you(self) -> Iterable[str]:
        member, say = self._contents.member, self._words.say
        yield f"<h2>{_text(say('you'))}</h2><dl>"
        yield f"<dt>{_text(say('addresses'))}</dt>"
        for one in member.addresses:
            notes = ["" if one.proven else say("unproven"), say("suspended") if one.suspended_since else ""]
            said = ", ".join(note for note in notes if note)
            yield f"<dd>{_text(one.address)}{_text(f' ({said})') if said else ''}</dd>"
        yield f"<dt>{_text(say('names'))}</dt>"
        yield from (f"<dd>{_text(name)}</dd>" for name in member.known_as or (say("none"),))
        language = self._words.language_name(self._contents.manner.language)
        yield f"<dt>{_text(say('language'))}</dt><dd>{_text(language)}</dd>"
        zone = self._contents.manner.time_zone or self._settings.programme.time_zone
        yield f"<dt>{_text(say('time_zone'))}</dt><dd>{_text(zone)}</dd></dl>"

    def _pair(self, pair: CopiedPair, letters: Sequence[CopiedLetter], *, first: bool) -> Iterable[str]:
        say, part = self._words.say, pair.part
        own, other = part.pair.persona(part.side), part.pair.persona(part.side.other)
        yield f"<h2>{_text(say('exchange', own=own.name, partner=other.name))}</h2>"
        if first:
            yield self._paragraph(f"role_{part.side.value}")
            yield self._note("begun", date=self._words.day(part.pair.created_at))
            yield f'<p class="note">{_text(self._words.event("state", state=self._words.state(pair.state)))}</p>'
            if pair.cohort:
                yield f'<p class="note">{_text(say("group"))}: {_text(pair.cohort)}</p>'
            for consent in pair.consents:
                yield from self._consent(consent)
        yield f"<h3>{_text(say('letters'))}</h3>"
        for letter in letters:
            yield from self._letter(letter)
        if not letters:
            yield self._note("no_letters" if self._settings.store.content == "kept" else "not_kept")

    def _consent(self, consent: ConsentShown) -> Iterable[str]:
        say = self._words.say
        yield f"<h3>{_text(say('consent'))}</h3>"
        yield self._note("asked", date=self._words.day(consent.sent_at))
        yield f'<div class="words" dir="auto">{_text(consent.text)}</div>'
        if consent.answered_at is None:
            yield self._note("no_answer")
        else:
            name = "said_yes" if consent.answer is Consent.YES else "said_no"
            yield self._note(name, date=self._words.day(consent.answered_at))

    def _letter(self, letter: CopiedLetter) -> Iterable[str]:
        say = self._words.say
        heading = f"{say('from_you' if letter.mine else 'to_you')} · {self._words.day(letter.at)}"
        yield f"<h3>{_text(heading)}</h3>"
        if letter.state != "delivered":
            yield self._note(letter.state)
        yield f'<p dir="auto"><b>{_text(letter.subject or say("subject_unknown"))}</b></p>'
        yield f'<div class="words" dir="auto">{_text(letter.text.strip())}</div>'
        if letter.files:
            listed = ", ".join(name for name, _ in letter.files)
            yield f'<p class="note">{_text(say("files"))}: <span dir="auto">{_text(listed)}</span></p>'
        if letter.calendar:
            yield self._note("calendar")
        if letter.whole:
            name = f'<a href="{escape(letter.name)}">{escape(letter.name)}</a>'
            yield f'<p class="note">{_text(say("whole")).replace("{name}", name)}</p>'
        else:
            yield self._note("too_large", help=self._help)

    def _happened(self, told: Sequence[Told]) -> Iterable[str]:
        yield f"<h2>{_text(self._words.say('happened'))}</h2><ul>"
        for one in told:
            yield f"<li>{_text(f'{self._words.day(one.at)}: {in_words(one, self._words)}')}</li>"
        yield "</ul>"

    def _not_here(self) -> Iterable[str]:
        kept = self._settings.retention
        values = {"letters": self._words.days(kept.letters), "events": self._words.days(kept.events)}
        yield f"<h2>{_text(self._words.say('not_here'))}</h2>"
        yield self._paragraph("not_here_text", help=self._help, **values)

    def _note(self, name: str, **values: object) -> str:
        return f'<p class="note">{_text(self._words.say(name, **values))}</p>'

    def _paragraph(self, name: str, **values: object) -> str:
        return f"<p>{_text(self._words.say(name, **values))}</p>"


def in_words(one: Told, words: DocumentWords) -> str:
    """What happened, as a sentence with an operator's name and reason where they are told."""
    state = words.state(one.state) if one.state else ""
    said = words.event(one.name, state=state, command=words.command(one.command))
    by = " – ".join(part for part in (one.who, one.why) if part)
    return f"{said} ({by})" if by else said


def _text(words: str) -> str:
    return escape(words, quote=False)
