"""Takes out of a text what its reader once wrote of the author and now gets back (relay.model.Echo)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

import regex

from relay.anonymise.leak_check.letters_alone import letters
from relay.anonymise.likeness import is_text_like
from relay.message.read.html_tokens import unescape
from relay.model import Echo

_ELEMENTS = (
    "a abbr b bdi bdo blockquote body br caption center cite code col colgroup dd del dfn div dl dt em figcaption"
    " figure font h1 h2 h3 h4 h5 h6 head hr html i img ins kbd li mark meta ol p pre q rp rt ruby s samp small"
    " span strike strong sub sup table tbody td tfoot th thead title tr tt u ul var wbr"
)
_TAG = regex.compile(rf"</?(?:{'|'.join(_ELEMENTS.split())})(?:[\s/][^<>]{{0,500}})?>|&nbsp;", regex.IGNORECASE)
"""Plain text, too, has words in angle brackets: links, and the names of files."""
_SOFT_BREAK = regex.compile(r"=\r?\n")
_QUOTED_PRINTABLE = regex.compile(r"(?:=[0-9A-F]{2})+")
_BEGINS, _ENDS = "\ue000", "\ue001"
_TAGS = regex.compile(r"(<blockquote\b[^<>]{0,500}>)|</blockquote\b", regex.IGNORECASE)
_QUOTE_OR_ALT = regex.compile(r"</?blockquote\b|<img\b[^<>]{0,2000}?\salt=\"([^\"<>]{0,400})\"", regex.IGNORECASE)
_EDGE = regex.compile(rf"[{_BEGINS}{_ENDS}]|^[ \t\xa0]*(?:(?:\p{{L}}{{1,15}})?>[> \t]*)?(?=[^\s>])", regex.MULTILINE)
"""Where a quotation may begin or end: a sign of ``with_edges``, and the beginning of each line that says something."""
_MAILTO = regex.compile(r"mailto:([^\s\"'<>?]{1,320})", regex.IGNORECASE)
_TARGET = regex.compile(r"(?<==[\"'])https?://[^\s\"'<>]{1,2000}(?=[\"'])", regex.IGNORECASE)
"""The target of a link in a page's source."""
_CUT_TAG = regex.compile(r"\A[^<>]{0,300}\"[ \t]*>")
"""The rest of a tag, with which a piece of a page begins."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_CONTEXT = 2
"""Words before and behind a mention that must be the same where nothing shows a quotation."""
_NEAREST, _FEW = 3, 2
"""Words on each side of a mention in a quotation, and how many of them all were near it when it was written."""
_REACH = 200
"""Letters of a quotation on each side of a mention that are looked at."""
_SEEN = 12
"""Words on each side among which those are looked for."""


def with_edges(page: str) -> str:
    """A page with a sign where each quotation begins and ends, which stays when only its text is looked at."""
    return _TAGS.sub(lambda tag: f"{tag[1]} {_BEGINS}" if tag[1] else f"{_ENDS} {tag[0]}", page)


def without_alts(page: str, values: Sequence[str], *, everywhere: bool) -> tuple[str, list[str]]:
    """A page without the words for pictures in quotations that its reader wrote (``values``), and these words."""
    if not values or " alt=" not in page:
        return page, []
    depth, known, found, pieces, done = int(everywhere), frozenset(values), list[str](), list[str](), 0
    for tag in _QUOTE_OR_ALT.finditer(page):
        if tag[1] is None:
            depth += -1 if tag[0][1] == "/" else 1
        elif depth > 0 and unescape(tag[1]) in known:
            found.append(unescape(tag[1]))
            pieces.append(page[done : tag.start(1)])
            done = tag.end(1)
    return "".join((*pieces, page[done:])), found


class Mentions:
    """What the reader wrote of the author. It is read when it is asked for: few letters hold any of it."""

    def __init__(self, mentions: Sequence[Echo], sketches: Sequence[str] = ()) -> None:
        self._all, self._sketches = mentions, sketches

    def __bool__(self) -> bool:
        return bool(self._all)

    @cached_property
    def addresses(self) -> str:
        """The addresses among them."""
        return " ".join(one.words.lower() for one in self._all if "@" in one.words)

    @cached_property
    def written(self) -> dict[str, _Around]:
        """For the letters of each mention, those around it wherever it was written."""
        sides: dict[str, set[tuple[str, str]]] = {}
        for one in self._all:
            around = _joined(_last(one.before)), _joined(_first(one.behind))
            sides.setdefault(_joined(one.words), set()).add(around)
        return {letters: _Around(those) for letters, those in sides.items()}

    @cached_property
    def parts(self) -> Counter[str]:
        """The words of all mentions, and how often each was written."""
        parts: Counter[str] = Counter()
        for one in self._all:
            for word in _WORD.findall(one.words):
                parts[_plain(word)] += one.times
        return parts

    @cached_property
    def _beside(self) -> set[str]:
        """Words that were written near any of them."""
        near = " ".join(f"{one.before} {one.behind}" for one in self._all)
        return {word.casefold() for word in _WORD.findall(near)}

    def explain(self, beside: Sequence[str]) -> bool:
        """Whether a mention that stands beside these words in a quotation is one that was written."""
        known = sum(word.casefold() in self._beside for word in beside)
        return known >= min(_FEW, len(beside)) and 2 * known >= len(beside)

    def are_in(self, quotation: str) -> bool:
        """Whether a quotation is like a letter that holds some of them, whatever was put between its words."""
        return is_text_like(quotation, self._sketches)


class _Around:
    """The letters before and behind one mention, wherever it was written. Looked up in the same time however many there
    are."""

    def __init__(self, sides: set[tuple[str, str]]) -> None:
        self._alone = ("", "") in sides
        self._before, self._behind = ({one for one in those if one} for those in zip(*sides, strict=True))
        self._above, self._below = ({len(one) for one in those} for those in (self._before, self._behind))
        self._sides = sides

    def same(self, whole: str, at: int, end: int, above: str | None, below: str | None) -> tuple[bool, bool]:
        """Whether [at, end) may be it, by the letters on one side, and whether it is a copy, by those on both;
        ``above`` and ``below`` are all that the quotation holds there (None outside of one): a part of what was
        written."""
        before = any(whole[max(0, at - length) : at] in self._before for length in self._above)
        behind = any(whole[end : end + length] in self._behind for length in self._below)
        cut = above in self._ends, below in self._beginnings
        copy = (before or cut[0]) and (behind or cut[1]) and (before or behind or bool(above or below))
        return before or behind or all(cut) or (self._alone and above is not None), copy

    @cached_property
    def _ends(self) -> set[str]:
        return {one[at:] for one, _ in self._sides for at in range(len(one) + 1)}

    @cached_property
    def _beginnings(self) -> set[str]:
        return {one[:at] for _, one in self._sides for at in range(len(one) + 1)}


def echoes_blanked(text: str, mentions: Mentions, *, everywhere: bool = False) -> str:
    """The text with a blank in place of each mention that has the same letters before or behind it as when it was
    written; in a quotation also of each that stands between words that were written near it, as when somebody left out
    some. But for copies, which have the same on both sides, as often as it was written. ``everywhere``: the whole text
    is a quotation. Linear in the text for each mention."""
    text = _SOFT_BREAK.sub("", text)  # quoted-printable may break a line inside of an address
    text = _QUOTED_PRINTABLE.sub(
        lambda codes: bytes.fromhex(codes[0].replace("=", "")).decode("utf-8", "replace"), text
    )
    if "mailto:" in text and mentions.addresses:
        # Without the targets of links that relay made of a mention, or of a part that a wrapped line left.
        text = _MAILTO.sub(lambda link: "" if link[1].lower() in mentions.addresses else link[0], text)
    if text.startswith("BEGIN:VCALENDAR"):
        text = text.replace("\r\n ", "")  # long lines of an entry are folded (RFC 5545 3.1)
    if "\\n" in text:
        text = text.replace("\\n", "  ")  # and their line ends are written so (3.3.11)
    if "://" in text and "<" in text:
        text = _TARGET.sub(lambda link: echoes_blanked(link[0], mentions), text)
    if "blockquote" in text:
        text = with_edges(_CUT_TAG.sub(f" {_BEGINS}", text))
    # Tags stand between the words of a page's source.
    words = list(_WORD.finditer(_TAG.sub(lambda tag: " " * len(tag[0]), text)))
    plain = [_plain(word[0]) for word in words]
    starts = list(accumulate(map(len, plain), initial=0))
    number, whole = {start: at for at, start in enumerate(starts)}, "".join(plain)
    quotations = _Quotations(text, words, starts, everywhere=everywhere)
    copies: list[tuple[int, int]] = []
    changed: list[tuple[int, int]] = [
        (at, at + 1) for at in _among_their_own(words, plain, starts, quotations, mentions)
    ]
    for target, around in mentions.written.items():
        for start, end, copy in _places(whole, target, around, quotations):
            if start in number and end in number:
                (copies if copy else changed).append((number[start], number[end]))
    kept = _often(copies, changed, plain, lambda at: quotations.around(starts[at], starts[at + 1]), mentions.parts)
    return _blanked(text, [(words[first].start(), words[last - 1].end()) for first, last in (*copies, *kept)])


def _often(
    copies: Sequence[tuple[int, int]],
    changed: Sequence[tuple[int, int]],
    plain: Sequence[str],
    quotation: Callable[[int], tuple[int, int] | None],
    written: Mapping[str, int],
) -> Iterator[tuple[int, int]]:
    """Of the ranges of words that stand with changes those whose words, with the copies of the same quotation, are
    there as often as they were written. Where they are more, somebody added some, and none of them is left out."""
    done = {at for first, last in copies for at in range(first, last)}
    others = {at for first, last in changed for at in range(first, last)} - done
    counts = Counter((quotation(at), plain[at]) for at in (*done, *others))
    for first, last in changed:
        if all(
            counts[quotation(at), plain[at]] <= written.get(plain[at], 0) for at in range(first, last) if at in others
        ):
            yield first, last


def _last(words: str) -> str:
    return " ".join(words.split()[-_CONTEXT:])


def _first(words: str) -> str:
    return " ".join(words.split()[:_CONTEXT])


def _among_their_own(
    words: Sequence[regex.Match[str]],
    plain: Sequence[str],
    starts: Sequence[int],
    quotations: _Quotations,
    mentions: Mentions,
) -> Iterator[int]:
    """The numbers of the words in quotations that are words of mentions, among words that were written near them."""
    alike: dict[tuple[int, int], bool] = {}
    for at, word in enumerate(plain):
        if word not in mentions.parts:
            continue
        quotation = quotations.around(starts[at], starts[at + 1])
        first, last = (bisect_left(starts, edge) for edge in quotation or (0, starts[-1]))
        if (first, last) not in alike:
            alike[first, last] = mentions.are_in(" ".join(word[0] for word in words[first:last]))
        if quotation is not None and alike[first, last]:
            yield at
            continue
        above = [n for n in range(max(first, at - _SEEN), at) if plain[n] not in mentions.parts][-_NEAREST:]
        below = [n for n in range(at + 1, min(last, at + 1 + _SEEN)) if plain[n] not in mentions.parts][:_NEAREST]
        sides = [[words[n][0] for n in side] for side in (above, below)]
        if (
            mentions.explain([*sides[0], *sides[1]])
            if quotation
            else alike[first, last] and all(map(mentions.explain, sides))
        ):
            yield at


class _Quotations:
    """The quotations in a text or in the source of a page, as ranges of letters."""

    def __init__(
        self, text: str, words: Sequence[regex.Match[str]], starts: Sequence[int], *, everywhere: bool
    ) -> None:
        if everywhere:
            self._edges, self._inside = [0, starts[-1]], [True]
            return
        begins = [word.start() for word in words]
        edges, inside = [0], [False]
        signs = [edge[0] for edge in _EDGE.finditer(text) if edge[0] in (_BEGINS, _ENDS)]
        # A piece of a page may begin inside of a quotation.
        depth, marks = int(signs[:1] == [_ENDS]), 0
        inside[0] = depth > 0
        for edge in _EDGE.finditer(text):
            before = depth, marks
            if edge[0] in (_BEGINS, _ENDS):
                depth = max(0, depth + (1 if edge[0] == _BEGINS else -1))
            else:
                marks = edge[0].count(">")
            if before != (depth, marks):
                edges.append(starts[bisect_left(begins, edge.end())])
                inside.append(depth + marks > 0)
        self._edges, self._inside = [*edges, starts[-1]], inside

    def around(self, start: int, end: int) -> tuple[int, int] | None:
        """The one quotation that [start, end) is in; None when it is in none."""
        at = bisect_right(self._edges, start, hi=len(self._inside)) - 1
        within = self._inside[at] and end <= self._edges[at + 1]
        return (self._edges[at], self._edges[at + 1]) if within else None


def _places(whole: str, target: str, around: _Around, quotations: _Quotations) -> Iterator[tuple[int, int, bool]]:
    """Where the letters of a mention occur, with those before or behind it in one of the places where it was written
    (``around``), and whether it is a copy."""
    at = whole.find(target) if target else -1
    while at >= 0:
        end = at + len(target)
        quotation = quotations.around(at, end)
        above, below = None, None
        if quotation is not None:
            above = whole[max(quotation[0], at - _REACH) : at]
            below = whole[end : min(quotation[1], end + _REACH)]
        same, copy = around.same(whole, at, end, above, below)
        if same:
            yield at, end, copy
        at = whole.find(target, at + 1)


@lru_cache(maxsize=4096)
def _joined(part: str) -> str:
    return "".join(_plain(word) for word in _WORD.findall(part))


def _plain(word: str) -> str:
    """The letters of a word as they are compared; a number as it is."""
    return letters(word) or word


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    out: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            out += (text[done:start], " ")
        done = max(done, end)  # a longer mention may begin where a shorter one does
    return "".join((*out, text[done:]))
