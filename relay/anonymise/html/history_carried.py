"""Leaves out what the reader of an answer has already, as far as programme.history says so.

Only quotations at the end of a letter are left out, and older ones within a quotation, when every word and picture in
them was relayed in this pair before. A quotation with answers below it stays. One with answers between its lines stays
too, whether or not anything marks the quoted ones, and mail programs must not fold it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from relay.anonymise.history.relayed import Recall, remembered, words_of
from relay.anonymise.html.blocks import Block, Nest, Paragraph, pieces, written
from relay.anonymise.html.canonical_html import canonical_blocks
from relay.anonymise.html.from_text import text_blocks, too_long
from relay.anonymise.html.quotation_form import HISTORY, in_one_form, unfolded
from relay.anonymise.html.quotation_heads import Heads
from relay.anonymise.html.visible import visible
from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.message.read.html_to_text import well_formed_to_text
from relay.model import Attachment, History, Message, Scrubbed

KIND = "history"

_CITED = re.compile(r'\bsrc="cid:([^"]*)"')


def scrub_history(message: Message, redactor: Redactor) -> Scrubbed:
    """The letter, which is in canonical form, without quotations of what the reader has already. Whatever is not
    certain to be known to the reader stays."""
    history = redactor.known.history
    if history is None or message.html is None or "<blockquote" not in message.html:
        return Scrubbed(message)
    cutting = _Cutting(history, Heads.of_letter(message, redactor), message.attachments)
    html = written(cutting.carried(canonical_blocks(message.html)))
    if not cutting.count:
        return Scrubbed(message if html == message.html else replace(message, html=html))
    text = message.text
    if text is not None and text.strip() == well_formed_to_text(message.html).strip():
        text = well_formed_to_text(html)
    elif text is not None and not too_long(text):
        text = well_formed_to_text(written(cutting.carried(text_blocks(text))))
    gone = {*_CITED.findall(message.html)} - {*_CITED.findall(html)}
    left = tuple([one for one in message.attachments if one.content_id not in gone])
    tally = Tally()
    tally.add(KIND, cutting.count)
    return Scrubbed(replace(message, html=html, text=text, attachments=left), tally.removals())


def to_remember(message: Message, redactor: Redactor) -> bytes:
    """What recognises the words and pictures of a finished letter when they come back; b"" when nothing is
    remembered."""
    history = redactor.known.history
    if history is None:
        return b""
    html = message.html if message.html is not None else written(text_blocks(message.text or ""))
    heads = Heads.of_letter(message, redactor)
    pictures = [one.content for one in message.attachments if one.content_id]
    return remembered(_words_apart(html, heads), pictures, history.key)


def _words_apart(html: str, heads: Heads) -> Iterator[list[str]]:
    """The words of a page: those between two lines of relay's follow one another without a gap."""
    words: list[str] = []
    for line in visible(html).split("\n"):
        if heads.is_line(line):
            yield words
            words = []
        else:
            words += words_of(line)
    yield words


class _Cutting:
    """Cuts one letter; ``count`` are the quotations that were left out. A history that stays is folded only if every
    word of it is known, so that no answer is folded away."""

    def __init__(self, history: History, heads: Heads, attachments: Sequence[Attachment]) -> None:
        self.count = 0
        self._carried, self._recall, self._heads = history.carried, Recall(history), heads
        self._pictures = {one.content_id: one.content for one in attachments if one.content_id}

    def carried(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """The blocks of a letter without what the reader has already."""
        before, self.count = self.count, 0
        formed = in_one_form(blocks, self._heads, answered=False)
        out = [one for block in formed for one in self._of_letter(block)]
        self.count = max(before, self.count)
        return tuple(out)

    def _of_letter(self, block: Block) -> tuple[Block, ...]:
        if not isinstance(block, Nest):
            return (block,)
        if block.head == HISTORY:
            line, quotation = block.inner
            known = self._known(quotation)
            if known and self._carried == "none":
                self.count += 1
                return ()
            if not known:
                return (*unfolded(line), *(self._without_older(one) for one in unfolded(quotation)))
            return (replace(block, inner=(line, self._without_older(quotation))),)
        return (self._without_older(block),) if block.tag == "blockquote" else (block,)

    def _without_older(self, quotation: Block) -> Block:
        """The quotation without the known ones at its end, below lines of relay's."""
        if not isinstance(quotation, Nest):
            return quotation
        inner = list(quotation.inner)
        while len(inner) > 2 and self._is_line(inner[-2]) and _quotes(inner[-1]) and self._known(inner[-1]):
            del inner[-2:]
            self.count += 1
        if inner and _quotes(inner[-1]):
            inner[-1] = self._without_older(inner[-1])
        return replace(quotation, inner=tuple(inner))

    def _known(self, quotation: Block) -> bool:
        """Whether the reader has every word and every picture of it."""
        cited = [found for piece in pieces((quotation,)) for found in _CITED.findall(piece.markup)]
        if not all(one in self._pictures and self._recall.shown(self._pictures[one]) for one in cited):
            return False
        return all(self._recall.relayed(words) for words in _words_apart(written((quotation,)), self._heads))

    def _is_line(self, block: Block) -> bool:
        return isinstance(block, Paragraph) and self._heads.is_line("".join(piece.text for piece in pieces((block,))))


def _quotes(block: Block) -> bool:
    return isinstance(block, Nest) and block.tag == "blockquote"
