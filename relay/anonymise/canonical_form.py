"""Brings text and HTML of every letter into canonical form, so that they do not show which mail program wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from relay.anonymise.any_case import holds_any
from relay.anonymise.echoes import TextsApart
from relay.anonymise.html.blocks import Block, written
from relay.anonymise.html.canonical_html import canonical_blocks
from relay.anonymise.html.from_text import text_blocks, too_long
from relay.anonymise.html.page import Page
from relay.anonymise.html.quotation_form import in_one_form
from relay.anonymise.html.quotation_heads import Heads
from relay.anonymise.html.regions import Picture
from relay.anonymise.html.typed_lists import with_lists
from relay.anonymise.html.visible import visible
from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.passages import passages
from relay.anonymise.tally import Tally
from relay.anonymise.unwrap import unwrapped
from relay.message.read.html_to_text import well_formed_to_text
from relay.message.read.same_words import says_all
from relay.model import Message, Scrubbed

_LINK = re.compile(r"\b(?:https?://|mailto:)[^\s<>]+|\[(?:cid|image|Bild):[^\]\n]{0,200}\]")
_LINK_SIGNS = ("http", "mailto:", "[")


def scrub_form(message: Message, redactor: Redactor) -> Scrubbed:
    """Canonical HTML and plain text, with quotations in one form. HTML is generated from the text where there is none.
    Plain text with the same content as the HTML is generated from the HTML, because programs write lists and bold words
    in plain text in different ways. Nothing visible is removed but the header blocks above quotations."""
    if message.html is None:
        return _of_text(message, redactor)
    tally = Tally()
    heads = Heads.of_letter(message, redactor)
    html, made = _formed(_uniform(message, redactor, tally), heads)
    counted = Tally()
    if message.text is not None and not _says_all(made, message.text):
        own = _own_text(message.text, heads)
        if not _says_all(made, own):
            redactor.of_letter(TextsApart).differ = True
            made, counted = own, tally
    text = _redacted(_ended_like(message.text, made), redactor, counted)
    return Scrubbed(replace(message, html=html or None, text=text), tally.removals())


def _of_text(message: Message, redactor: Redactor) -> Scrubbed:
    """A letter that came as text alone."""
    text, tally = message.text, Tally()
    if not text or too_long(text):
        text = text and _redacted(unwrapped(text), redactor, tally)
        return Scrubbed(replace(message, text=text), tally.removals())
    heads = Heads.of_letter(message, redactor)
    html, made = _formed(text_blocks(text), heads)
    # Lines have been joined; an identity may show that did not before.
    found = passages(made, redactor)
    if found:
        tally.found(found)
        html, made = _formed(text_blocks(replaced(made, found)), heads)
    return Scrubbed(replace(message, html=html or None, text=_ended_like(text, made)), tally.removals())


def _formed(blocks: Sequence[Block], heads: Heads) -> tuple[str, str]:
    """The HTML and the text of these blocks, with their lists and quotations in one form."""
    html = written(in_one_form(with_lists(blocks), heads))
    return html, well_formed_to_text(html)


def _own_text(text: str, heads: Heads) -> str:
    """The text itself, with its quotations in the same form; as it is where it has none."""
    if too_long(text) or (">" not in text and not heads.may_stand_in(text)):
        return unwrapped(text)
    blocks = text_blocks(text)
    return _formed(blocks, heads)[1] if in_one_form(blocks, heads) != blocks else unwrapped(text)


def _ended_like(text: str | None, made: str) -> str:
    return made if text is None or text.endswith("\n") else made.rstrip("\n")


def _uniform(message: Message, redactor: Redactor, tally: Tally) -> tuple[Block, ...]:
    blocks = canonical_blocks(message.html or "")
    html = written(blocks)
    # Lines and spaces have changed; an identity may show that did not before.
    if not passages(visible(html), redactor):
        return blocks
    pictures = {
        attachment.content_id: Picture(attachment.content_id)
        for attachment in message.attachments
        if attachment.content_id
    }
    return canonical_blocks(Page(redactor, tally, pictures).rebuilt(html))


def _redacted(text: str, redactor: Redactor, tally: Tally) -> str:
    found = passages(text, redactor)
    tally.found(found)
    return replaced(text, found)


def _says_all(made: str, written: str) -> bool:
    """Whether all words of ``written`` occur in ``made``, in order; link targets and picture names are ignored."""
    if "[" not in made and made.split() == written.split():
        return True  # equal apart from blanks, as in most letters
    return says_all(_without_links(made), _without_links(written))


def _without_links(text: str) -> str:
    return _LINK.sub(" ", text) if holds_any(text, _LINK_SIGNS) else text
