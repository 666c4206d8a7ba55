"""Writes a page of letters in many languages, each before and after, with removed and inserted words marked."""

from __future__ import annotations

import email
import email.policy
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape
from pathlib import Path

import regex
from lab.languages import AUTHOR, Letter, after, before, letters

from relay.anonymise.names.lexicon import CONTINUOUS
from relay.model import Message

# A token is a pseudonym, a word with its combining marks, or, in a script without blanks, one letter.
_TOKEN = regex.compile(rf"{AUTHOR.name}|{CONTINUOUS.pattern}\p{{M}}*|[\p{{L}}\p{{M}}\p{{N}}]+|\X")

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>relay: twenty languages</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body { font: 14px/1.5 system-ui, "Noto Sans", sans-serif; max-width: 110rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #222; background: #fff; }
h1 { font-weight: 600; } h2 { margin: 2.5rem 0 .3rem; font-size: 1.15rem; } .known { color: #555; margin: 0 0 .6rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
article { border: 1px solid #ccc; border-radius: 6px; padding: .8rem 1rem; min-width: 0; }
article h3 { margin: 0 0 .5rem; font-size: .95rem; }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; } p.field { color: #555; }
article div { margin-top: .7rem; }
del { background: #fbd5d5; text-decoration: none; border-radius: 3px; }
ins { background: #cdeccf; text-decoration: none; border-radius: 3px; }
@media (max-width: 50rem) { .pair { grid-template-columns: 1fr; } }
</style></head><body>
<h1>Letters in twenty languages, before and after</h1>
<p class="known">Left: as the author wrote it, with <del>what relay removed</del> marked. Right: as its reader sees it,
with <ins>what relay inserted</ins> marked. The people are made up; the letters went through relay.</p>
"""


def page() -> str:
    """The page as HTML."""
    return _PAGE + "\n".join(map(section, letters())) + "\n</body></html>\n"


def section(letter: Letter) -> str:
    """One letter, before and after side by side."""
    known = " · ".join(f'<bdi lang="{letter.code}">{escape(name)}</bdi>' for name in letter.known_as)
    was, became = before(letter), after(letter)
    author = str(email.message_from_bytes(letter.content, policy=email.policy.default)["From"])
    first = side("Before", letter.code, author, was, became, "del")
    second = side("After", letter.code, f"{AUTHOR.name} <{AUTHOR.alias}>", became, was, "ins")
    return (
        f'<section><h2>{escape(letter.language)}</h2><p class="known">registered: {known}</p>'
        f'<div class="pair">{first}{second}</div></section>'
    )


def side(title: str, code: str, author: str, shown: Message, other: Message, tag: str) -> str:
    """One version of a letter. What only this one has, and not ``other``, is inside of ``tag``."""
    paragraphs = "\n".join(_paragraphs(shown.text or "", other.text or "", tag))
    return (
        f'<article><h3>{title}</h3><p class="field">From: <{tag}><bdi>{escape(author)}</bdi></{tag}></p>'
        f'<p class="field" dir="auto">{_marked(shown.subject, other.subject, tag)}</p>'
        f'<div lang="{code}" dir="auto">{paragraphs}</div></article>'
    )


def _paragraphs(text: str, other: str, tag: str) -> Iterator[str]:
    """Each line as a paragraph. The direction is set for all together, so that a pseudonym alone on a line of an Arabic
    letter is on the right side."""
    for line in _marked(text.rstrip("\n"), other.rstrip("\n"), tag).split("\n"):
        yield f"<p>{line or '&nbsp;'}</p>"


def _marked(text: str, other: str, tag: str) -> str:
    """The text as HTML, with what ``other`` does not have inside of ``tag``. No element crosses a line end."""
    tokens = _TOKEN.findall(text)
    out: list[str] = []
    for kind, start, end, _, _ in SequenceMatcher(None, tokens, _TOKEN.findall(other), autojunk=False).get_opcodes():
        for number, piece in enumerate("".join(tokens[start:end]).split("\n")):
            written = escape(piece)
            out += ("\n" if number else "", written if kind == "equal" or not piece else f"<{tag}>{written}</{tag}>")
    return "".join(out)


def main() -> int:
    """Write the page to the file on the command line."""
    Path(sys.argv[1]).write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
