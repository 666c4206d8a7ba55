"""Brings text and HTML of every letter into canonical form, so that they do not show which mail program wrote them."""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.any_case import holds_any
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
    tally = Tally()
    text = message.text
    if message.html is None:
        text = text and _redacted(unwrapped(text), redactor, tally)
        if not text or too_long(text):
            return Scrubbed(replace(message, text=text), tally.removals())
        blocks = with_lists(text_blocks(text))
    else:
        blocks = with_lists(_uniform(message, redactor, tally))
    heads = Heads.of_letter(message, redactor)
    html = written(in_one_form(blocks, heads))
    made = well_formed_to_text(html)
    if text is not None and not _says_all(made, text):
        text = _redacted(unwrapped(text), redactor, tally) if message.html is not None else text
        made = _with_quotations_formed(text, made, heads)
    if text is None or text.endswith("\n"):
        text = _redacted(made, redactor, Tally())
    else:
        text = _redacted(made.rstrip("\n"), redactor, Tally())
    return Scrubbed(replace(message, html=html or None, text=text), tally.removals())


def _with_quotations_formed(text: str, made: str, heads: Heads) -> str:
    """``made`` if it says all that ``text`` says; else the text itself, with its quotations in the same form."""
    if too_long(text):
        return text
    blocks = with_lists(text_blocks(text))
    formed = in_one_form(blocks, heads)
    own = well_formed_to_text(written(formed))
    if _says_all(made, own):
        return made
    return own if formed != blocks else text


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
