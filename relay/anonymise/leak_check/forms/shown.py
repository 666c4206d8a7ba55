"""Proves that a finished letter shows nothing that the received one hid: titles, comments, scripts, style sheets,
drawings, hidden elements and signature blocks.

It compares words. A word is only hidden when it stands in no visible place of the received letter; those places are
taken generously (attributes count), so that a letter is never refused for what its author wrote to be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html import unescape

from relay.anonymise.history.our_lines import LINES
from relay.anonymise.leak_check.forms.reading import need
from relay.anonymise.signature_blocks.formulas import CLOSINGS, GREETINGS
from relay.model import Message

# One pass; a quoted ">" ends a tag early, and what follows it counts as visible.
_TOKEN = re.compile(r"<!--((?>(?:[^-]|-(?!->))*))(-->)?|<(/?)([A-Za-z][^\s/<>]*)([^<>]*)>|[^<]+|<")
# HTML, 4.2, 4.11, 4.12: elements whose content is not text of the page.
_UNSHOWN = frozenset(str.split("title script style template noscript svg select textarea iframe object xml"))
_OFFICE = ("o:document", "o:office", "w:word", "w:latent")
# Elements that are always closed by their own end tag, so that their content ends there.
_CLOSED = frozenset(str.split("div span table font a b strong em i u center section article blockquote pre"))
_HIDDEN = re.compile(
    r"\shidden(?=[\s=/]|$)|(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?:font-size|max-height|opacity)\s*:\s*0(?![.\d]*[1-9]))",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"(?:class|id|name|data-smartmail)\s*=\s*[\"']?[^\"'>]*signature", re.IGNORECASE)
# Apple Mail marks the line above a signature, which then reaches to the next quotation.
_SIGNED_BELOW = re.compile(r"id\s*=\s*[\"']?lineBreakAtBeginningOfSignature", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_SHORTEST = 4
_SENTENCE = re.compile(r"\w[)\"'”’»]?[.!?](?=\s|$)|[。！？؟।]")
_MOST_OF_SIGNATURE = 60  # pieces
_FEWEST_WORDS, _FEWEST_UNSPACED = 5, 12
_BETWEEN = {sign: " " for sign in range(128) if not (chr(sign).isalnum() or chr(sign) == "_")}
_TAG = re.compile(r"<[^>]*>")
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)  # RFC 3676 4.3
_MOST = 4_000_000


def prove_shown(received: Message, text: str, html: str, names: tuple[str, ...]) -> None:
    """``text`` and ``html`` are the finished letter's, ``names`` are those that relay writes. Raises NotOurForm when it
    shows a word that was hidden in the received letter."""
    if not received.html or len(received.html) > _MOST:
        return
    visible, hidden = _parts_of(received.html)
    found = _words(*hidden) if hidden else set()
    found &= _words(text, _TAG.sub(" ", html)) if found else set()
    if not found:
        return
    above = _SIGNATURE.split(received.text or "", maxsplit=1)[0]
    told = _words(received.subject, above, *visible, *names)
    need(found <= told | _of_relay(), "a word that was hidden")


@cache
def _of_relay() -> frozenset[str]:
    """The words of relay's own lines, and of closing formulas: it keeps one that a program took into its signature."""
    return frozenset(_words(*LINES.values(), *CLOSINGS))


def _words(*texts: str) -> set[str]:
    """The words of some length, in lower case. Those in ASCII are found without a pattern, ten times as fast."""
    pieces = set(unescape("\n".join(texts)).lower().split())
    beyond = [piece for piece in pieces if not piece.isascii()]
    words = set(" ".join(pieces.difference(beyond)).translate(_BETWEEN).split())
    words.update(_WORD.findall(" ".join(beyond)))
    return {word for word in words if len(word) >= _SHORTEST}


@dataclass(slots=True)
class _Pieces:
    """The pieces of text of a page. ``pending`` are those in the hidden element ``name``, which has been opened
    ``depth`` times and is hidden only as a signature if ``marked``; ``quoted`` counts open quotations; ``signed``: a
    signature has begun above."""

    visible: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    name: str = ""
    depth: int = 0
    marked: bool = False
    quoted: int = 0
    signed: bool = False

    def text(self, words: str) -> None:
        """Text between tags."""
        where = self.pending if self.depth else self.hidden if self.signed else self.visible
        where.append(words)

    def tag(self, name: str, attributes: str, *, end: bool) -> None:
        """A tag. The attributes of one that is shown count as visible."""
        if self.depth:
            self.pending.append(" ")
            self.depth += (-1 if end else 1) if name == self.name else 0
            if not self.depth:
                self._close()
            return
        if name == "blockquote":
            self.quoted += -1 if end else 1
            self.signed = False
        if not end and _hides(name, attributes, quoted=self.quoted > 0):
            self.name, self.depth = name, 1
            self.marked = _SIGNED.search(attributes) is not None and not _HIDDEN.search(attributes)
            return
        self.signed = self.signed or (not self.quoted and _SIGNED_BELOW.search(attributes) is not None)
        self.visible.append(f" {attributes} ")

    def _close(self) -> None:
        """The end of a hidden element. What somebody wrote into their signature block was written to be read."""
        pieces, self.pending = self.pending, []
        if not self.marked or not any(map(_is_written, pieces)):
            self.hidden += pieces
        elif _is_letter(pieces):
            self.visible += pieces
        else:
            for piece in pieces:
                (self.visible if _is_written(piece) else self.hidden).append(piece)


def _is_letter(pieces: list[str]) -> bool:
    """Whether the text of a signature block is a letter: it has several sentences, a greeting, a closing formula below
    something else, or too many pieces."""
    several = [piece.strip().casefold() for piece in pieces if not piece.isspace()]
    if len(several) > _MOST_OF_SIGNATURE or sum(len(_SENTENCE.findall(piece)) for piece in several) > 1:
        return True
    formulas = (piece.rstrip(" ,.!") in CLOSINGS for piece in several[1:])
    return any(formulas) or any(piece.startswith((">", *GREETINGS)) for piece in several)


def _is_written(piece: str) -> bool:
    """Whether a piece of text may be a sentence, rather than a name, rank, employer or address."""
    words = piece.split()
    if len(words) < _FEWEST_WORDS:
        ends = _SENTENCE.search(piece) is not None
        return (ends and len(words) > 2) or (not piece.isascii() and (ends or len(piece) > _FEWEST_UNSPACED))
    return sum(not word[0].isupper() for word in words) >= _FEWEST_WORDS - 1


def _parts_of(html: str) -> tuple[list[str], list[str]]:
    """The visible and the hidden pieces of text. What lies in a comment or hidden element
    that does not end counts as visible."""
    pieces = _Pieces()
    for token in _TOKEN.finditer(html):
        if token[1] is not None:
            (pieces.hidden if token[2] else pieces.visible).append(token[1])
        elif token[4]:
            pieces.tag(token[4].lower(), token[5], end=bool(token[3]))
        else:
            pieces.text(token[0])
    return [*pieces.visible, *pieces.pending], pieces.hidden


def _hides(tag: str, attributes: str, *, quoted: bool) -> bool:
    if attributes.endswith("/") or (tag == "object" and not attributes.strip()):
        return False  # a bare object holds what is shown
    if tag in _UNSHOWN or tag.startswith(_OFFICE):
        return True
    return tag in _CLOSED and bool(_HIDDEN.search(attributes) or (not quoted and _SIGNED.search(attributes)))
