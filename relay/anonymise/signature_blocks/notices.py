"""Finds notices of firms at the end of a letter, and banners of gateways at its beginning and end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.anonymise.appended import notices
from relay.anonymise.appended.program_lines import is_program_line
from relay.anonymise.appended.service_lines import holds_place, is_service_line, may_hold_service_line
from relay.anonymise.appended.stamps import is_stamp
from relay.anonymise.appended.tickets import is_ticket_line
from relay.anonymise.appended.tokens import Words, words_of
from relay.anonymise.appended.tool_lines import is_tool_line
from relay.anonymise.pronouns import speaks_of_oneself
from relay.anonymise.signature_blocks.marks import has_employer
from relay.anonymise.signature_blocks.rows import Line
from relay.anonymise.signature_blocks.words_of_lines import MAX_LINE

_MOST_REMEMBERED = 1000
_MOST_LINES = 60
_MOST_STARTS = 12
_MOST_OF_TAIL = 3
_MOST_ABOVE = 8
_MOST_BANNERS = 6
_MOST_OF_LIST = 10
# Mailman, Google Groups, Sympa, groups.io, ezmlm, LISTSERV.
_LEAVES = re.compile(
    r"[\w.]\+(?:unsubscribe|owner)@|[\w.]-(?:leave|unsubscribe|request)@|unsubscribe[+-][\w.=+-]{1,60}@"
    r"|groups\.google\.com/d/|/mailman3?/(?:listinfo|lists|postorius)/|/sympa/(?:signoff|sigrequest|info)/|groups\.io/g/"
    r"|[?&]SUBED1=",
    re.IGNORECASE,
)
_WRAPPED = 50
_ENDS = tuple(".!?。！？։।:")
# Firms write "NB", and no "P.S."
_POSTSCRIPT = re.compile(r"\W{0,3}(?:p\.? ?p?\.? ?s\b|p\.? ?d\.|п\.? ?с\b|附言|追伸|추신|נ\.ב)", re.IGNORECASE)
_ASKS_OR_CALLS = ("?", "？", "؟", "՞", "!", "！")


class Notices:
    """Caches which paragraphs of one letter are notices or banners, because most occur in several of its texts.

    ``may_notice``, ``may_banner``, ``may_service``: whether the words of its texts allow any; False is certain.
    """

    def __init__(self) -> None:
        self.may_notice = self.may_banner = self.may_service = False
        self._words = Words(set(), unspaced=False)
        self._notices: dict[tuple[str, bool], bool] = {}
        self._banners: dict[str, bool] = {}
        self._footers: dict[str, bool] = {}

    def read(self, text: str) -> None:
        """Test the words of a text of the letter, before its paragraphs. Most letters have those of no notice."""
        if len(text) > notices.MOST_READ:  # a paragraph may end within a word
            self.may_notice = self.may_banner = self.may_service = True
            return
        words = words_of(text)
        if not words.distinct <= self._words.distinct:
            words = Words(words.distinct | self._words.distinct, words.unspaced or self._words.unspaced)
            self.may_notice = self.may_notice or notices.may_hold_notice(words)
            self.may_banner = self.may_banner or notices.may_hold_banner(words)
            self.may_service = self.may_service or may_hold_service_line(words)
            self._words = words
        self.may_service = self.may_service or holds_place(text)

    def is_notice(self, words: str, *, ruled: bool) -> bool:
        """See notices.is_notice."""
        if len(self._notices) >= _MOST_REMEMBERED:
            self._notices.clear()
        if (words, ruled) not in self._notices:
            self._notices[words, ruled] = notices.is_notice(words, ruled=ruled)
        return self._notices[words, ruled]

    def is_banner(self, words: str) -> bool:
        """See notices.is_banner."""
        if len(self._banners) >= _MOST_REMEMBERED:
            self._banners.clear()
        if words not in self._banners:
            self._banners[words] = notices.is_banner(words)
        return self._banners[words]

    def is_footer(self, words: str) -> bool:
        """See footers.is_footer_line; for a line of a text that was read, or several joined."""
        if len(self._footers) >= _MOST_REMEMBERED:
            self._footers.clear()
        if words not in self._footers:
            self._footers[words] = (
                is_program_line(words)
                or is_stamp(words)
                or is_tool_line(words)
                or is_ticket_line(words)
                or (self.may_service and is_service_line(words))
            )
        return self._footers[words]


def is_disclaimer(paragraph: Sequence[Line], cache: Notices, *, ruled: bool = False) -> bool:
    """Whether the whole paragraph is a legal notice. ``ruled``: it stands below a rule, where less is enough."""
    if not any(_octets(line.words) >= 40 for line in paragraph):
        return False  # every such notice has long lines
    if _POSTSCRIPT.match(paragraph[0].words):
        return False
    words = _joined(paragraph[-_MOST_LINES:])
    return _octets(words) >= 40 and cache.is_notice(words, ruled=ruled)


def disclaimer_at_end(body: Sequence[Line], end: int, cache: Notices) -> int | None:
    """The first line of the notice that ends before ``end``, with its heading; None when there is none."""
    if not cache.may_notice:
        return None
    first = _paragraph(body, end)
    begin = _begin(body, first, end, cache)
    above = _trimmed(body, first)
    if begin is None and 0 < above < first:
        # A line with the firm's name and number may stand below the notice.
        highest = _paragraph(body, above)
        if notices.may_be_notice(_joined(body[highest:above])) and _is_tail(body[first:end]):
            begin = _begin(body, highest, above, cache)
    if begin is None or is_announced(body, begin):
        return None
    above = _trimmed(body, begin)
    heading = above > 0 and _paragraph(body, above) == above - 1 and notices.is_heading(body[above - 1].words)
    return above - 1 if heading else begin


def is_announced(body: Sequence[Line], begin: int) -> bool:
    """Whether somebody announces what begins at ``begin`` as a text to look at: "Please translate this for me:"."""
    at = _trimmed(body, begin)
    return at > 0 and body[at - 1].words.endswith((":", "：")) and speaks_of_oneself(body[at - 1].words)


def list_footer_at_end(body: Sequence[Line], end: int) -> int | None:
    """The first line of what a mailing list put below a rule at the end, whatever its language: one of the lines has an
    address or a page at which one leaves a list. None when there is none."""
    first = end
    while first > max(0, end - _MOST_OF_LIST) and body[first - 1].words:
        facts = body[first - 1].facts
        if facts.is_rule or facts.delimits:
            return first if any(_LEAVES.search(line.words[:MAX_LINE]) for line in body[first:end]) else None
        first -= 1
    return None


def banner_at_end(body: Sequence[Line], end: int, cache: Notices) -> int | None:
    """The first line of the banner that ends before ``end``; None when there is none."""
    if not cache.may_banner:
        return None
    first = _paragraph(body, end)
    return first if cache.is_banner(_joined(body[first:end])) and not is_announced(body, first) else None


def end_of_banners(body: Sequence[Line], start: int, cache: Notices) -> int:
    """The line below the banners and labels at the beginning of a letter, from ``start`` on; ``start`` without any."""
    at = start
    for _ in range(_MOST_BANNERS):
        first = _past_blanks(body, at)
        below = _below_banner(body, first, cache)
        if below == first:
            break
        at = below
    return at


def _below_banner(body: Sequence[Line], first: int, cache: Notices) -> int:
    """The line below one banner or label that begins at ``first``, with its own heading and what follows it."""
    if first == len(body):
        return first
    if body[first].facts.is_label or _is_line_above(body, first, cache):
        return first + 1 + body[first].facts.is_rule
    last = _paragraph_end(body, first) if cache.may_banner or cache.may_notice else first
    if last < len(body) and _is_notice_above(body[first:last], cache):
        return last
    if not cache.may_banner:
        return first
    headed = first
    if last - first == 1 and notices.of_banner(body[first].words) and not cache.is_banner(body[first].words):
        headed = _past_blanks(body, last)  # "CAUTION", alone in its block
        last = _paragraph_end(body, headed)
    if not cache.is_banner(_joined(body[first:last])):
        return first
    last = _last_line(body, first, last, headed, cache)
    following = _past_blanks(body, last)
    while following < len(body) and _paragraph_end(body, following) == following + 1:
        if not (notices.of_banner(body[following].words) or body[following].facts.is_rule):
            break
        last, following = following + 1, _past_blanks(body, following + 1)
    return last


def _is_line_above(body: Sequence[Line], at: int, cache: Notices) -> bool:
    """Whether a program put a line of its own above the letter: "Please type your reply above this line"."""
    if at + 1 < len(body) and body[at].facts.is_rule:
        at += 1
    return at + 1 < len(body) and not body[at + 1].words and cache.is_footer(body[at].words)


def _is_notice_above(paragraph: Sequence[Line], cache: Notices) -> bool:
    """Whether a firm's notice stands above a letter: a paragraph of its own that begins like one."""
    if not cache.may_notice or not 0 < len(paragraph) <= _MOST_ABOVE:
        return False
    return notices.leads(paragraph[0].words) and is_disclaimer(paragraph, cache)


def _last_line(body: Sequence[Line], first: int, last: int, headed: int, cache: Notices) -> int:
    """Where a banner ends that may be followed by the letter without a blank line: behind the sentence that completes
    it, and lines that have such words, too."""
    end = next(
        (end for end in range(headed + 1, last) if cache.is_banner(_joined(body[first:end]))),
        last,
    )
    while end < last:
        line = body[end - 1].words
        unfinished = not line.endswith(_ENDS) and (len(line) >= _WRAPPED or body[end].words[:1].islower())
        if not (
            unfinished
            or cache.is_banner(_joined(body[first:headed]) + " " + body[end].words)
            or notices.advises(body[end].words)
        ):
            break
        end += 1
    return end


def _begin(body: Sequence[Line], first: int, end: int, cache: Notices) -> int | None:
    """The first line of a notice within a paragraph, which may begin with the letter's own last lines."""
    ruled = _is_ruled(body, first)
    if not is_disclaimer(body[first:end], cache, ruled=ruled):
        return None
    for begin in range(first, min(end, first + _MOST_STARTS)):
        if notices.leads(body[begin].words) and is_disclaimer(body[begin:end], cache, ruled=ruled):
            return _above_firm(body, first, begin)
    return first


def _above_firm(body: Sequence[Line], first: int, begin: int) -> int:
    """The first of the lines with a firm's name directly above a notice."""
    while begin > first and (has_employer(body[begin - 1].words) or notices.of_firm(body[begin - 1].words)):
        begin -= 1
    return begin


def _is_tail(paragraph: Sequence[Line]) -> bool:
    """Whether these lines below a notice belong to it: firm, number, contact; not a question about it."""
    return len(paragraph) <= _MOST_OF_TAIL and all(
        not line.facts.is_prose
        and not line.words.endswith(_ASKS_OR_CALLS)
        and (has_employer(line.words) or line.facts.contacts > 0 or notices.of_firm(line.words))
        for line in paragraph
    )


def _is_ruled(body: Sequence[Line], begin: int) -> bool:
    """Whether there is a rule above."""
    above = _trimmed(body, begin)
    return above > 0 and body[above - 1].facts.is_rule


def _paragraph(body: Sequence[Line], end: int) -> int:
    """The first line of the paragraph that ends before ``end``."""
    first = end
    while first > max(0, end - _MOST_LINES) and body[first - 1].words and not body[first - 1].facts.is_rule:
        first -= 1
    return first


def _paragraph_end(body: Sequence[Line], first: int) -> int:
    end = first
    while end < min(len(body), first + _MOST_STARTS) and body[end].words and not body[end].facts.is_rule:
        end += 1
    return end


def _trimmed(body: Sequence[Line], end: int) -> int:
    while end > 0 and not body[end - 1].words:
        end -= 1
    return end


def _past_blanks(body: Sequence[Line], start: int) -> int:
    while start < len(body) and not body[start].words:
        start += 1
    return start


def _joined(lines: Sequence[Line]) -> str:
    return " ".join([line.words for line in lines])[: notices.MOST_READ]


def _octets(words: str) -> int:
    """The size in UTF-8: a Chinese notice has fewer characters, not fewer octets."""
    return len(words) if words.isascii() else len(words.encode())
