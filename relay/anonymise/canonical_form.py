"""Gives every letter one form, so that it does not tell which mail program it was written with."""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.any_case import holds_any
from relay.anonymise.html.canonical_html import canonical
from relay.anonymise.html.page import Page
from relay.anonymise.html.regions import Picture
from relay.anonymise.html.visible import visible
from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.passages import passages
from relay.anonymise.tally import Tally
from relay.anonymise.unwrap import unwrapped
from relay.message.read.html_to_text import well_formed_to_text
from relay.model import Message, Scrubbed

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"\b(?:https?://|mailto:)[^\s<>]+|\[(?:cid|image|Bild):[^\]\n]{0,200}\]")
_LINK_SIGNS = ("http", "mailto:", "[")


def scrub_form(message: Message, redactor: Redactor) -> Scrubbed:
    """HTML in one dialect, plain text in one form. Where the plain text says no more than the HTML, it is made from it:
    every program has its own way to write a list or a bold word without HTML. Nothing a reader sees is taken away."""
    tally = Tally()
    if message.html is None:
        text = message.text and _redacted(unwrapped(message.text), redactor, tally)
        return Scrubbed(replace(message, text=text), tally.removals())
    html = _uniform(message, redactor, tally)
    made = well_formed_to_text(html)
    if message.text is None or _says_all(made, message.text):
        ended = message.text is None or message.text.endswith("\n")
        text = _redacted(made if ended else made.rstrip("\n"), redactor, Tally())
    else:
        text = _redacted(unwrapped(message.text), redactor, tally)
    return Scrubbed(replace(message, html=html or None, text=text), tally.removals())


def _uniform(message: Message, redactor: Redactor, tally: Tally) -> str:
    html = canonical(message.html or "")
    # Lines and spaces are others now; an identity may show that did not before.
    if not passages(visible(html), redactor):
        return html
    pictures = {
        attachment.content_id: Picture(attachment.content_id)
        for attachment in message.attachments
        if attachment.content_id
    }
    return canonical(Page(redactor, tally, pictures).rebuilt(html))


def _redacted(text: str, redactor: Redactor, tally: Tally) -> str:
    found = passages(text, redactor)
    tally.found(found)
    return replaced(text, found)


def _says_all(made: str, written: str) -> bool:
    """Do all words of ``written`` stand in ``made``, in their order? Targets of links and names of pictures aside."""
    if "[" not in made and made.split() == written.split():
        return True  # but for the blanks they are the same, as most letters are
    words = iter(_WORD.findall(_without_links(made)))
    return all(word[0] in words for word in _WORD.finditer(_without_links(written)))


def _without_links(text: str) -> str:
    return _LINK.sub(" ", text) if holds_any(text, _LINK_SIGNS) else text
