"""The gallery: an HTML page of letters, each with its samples, and the languages side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from relay.letters.catalogue import Entry, Values
from relay.letters.html_twin import article
from relay.letters.language import name_of
from relay.letters.templates import LetterTemplates

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>relay: letters</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body { font: 14px/1.5 system-ui, "Noto Sans", sans-serif; margin: 2rem auto; padding: 0 1rem; color: #222; }
h1 { font-weight: 600; } h2 { margin: 2.5rem 0 .3rem; font-size: 1.15rem; } .when { color: #555; margin: 0 0 .6rem; }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; margin-bottom: 1rem; }
section section { border: 1px solid #ccc; border-radius: 6px; padding: .8rem 1rem; min-width: 0; }
section section { overflow-wrap: anywhere; }
h3 { margin: 0; font-size: .8rem; font-weight: 400; color: #555; } h4 { margin: .4rem 0; font-size: 1rem; }
.draft { color: #a40; }
</style></head><body>
<h1>Letters that relay writes</h1>
"""


def page(entries: Iterable[Entry], languages: Sequence[str], templates: LetterTemplates) -> str:
    """The page as HTML: ``entries`` with all their samples, in each of ``languages``. Raises StationeryError."""
    return _PAGE + "\n".join(_entry(entry, languages, templates) for entry in entries) + "\n</body></html>\n"


def _entry(entry: Entry, languages: Sequence[str], templates: LetterTemplates) -> str:
    rows = (
        '<div class="row">' + "\n".join(_letter(entry, sample, one, templates) for one in languages) + "</div>"
        for sample in entry.samples
    )
    return (
        f'<section><h2 id="{escape(entry.name)}">{escape(entry.name)}</h2>'
        f'<p class="when">To a {escape(entry.to)}. {escape(entry.when)}</p>' + "\n".join(rows) + "</section>"
    )


def _letter(entry: Entry, sample: Values, language: str, templates: LetterTemplates) -> str:
    filled = templates.letter(entry.name, language, **sample)
    words = templates.words(filled.language)
    draft = ' <span class="draft">draft</span>' if words.draft else ""
    subject = f'<h4 lang="{escape(filled.language)}" dir="auto">{escape(filled.subject)}</h4>'
    head = f"<h3>{escape(name_of(filled.language))}{draft} · <bdi>{escape(words.sender)}</bdi></h3>"
    return f"<section>{head}{subject}{article(filled.text, filled.language)}</section>"
