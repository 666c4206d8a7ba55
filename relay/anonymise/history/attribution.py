"""Finds attributions, the lines in which mail programs say whom they quote: "On 3 Feb 2026, Jane <jane@…> wrote:"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from relay.anonymise.history.candidate import Attribution, Candidate
from relay.anonymise.history.lines import UNSEEN_MARKS, Line, Lines
from relay.anonymise.history.tokens import Kind, Token, tokens
from relay.message.clock import SEPARATORS

# A colon at the end of a line, or after an address or a time with the quoted words on the same line; Zoho's dashes; the
# reference of Outlook Express; the dash of Gmail's Burmese. Amharic and Khmer have colons of their own.
_END = re.compile(
    r"[^\n]{2}(?:[:：﹕፦፡៖][^\w\n]{0,12}|[^\s\-] -{3,8}[ \t]{0,4}|သည်[ \t]?[-–—]"
    r"|(?P<message>\sin (?:message|article) \S{5,200}:?)"
    rf"|<[^\s<>]{{3,200}}>,? [^\n]{{3,200}} writes|\d[{SEPARATORS}]\d\d [^\n]{{2,200}} wrote)$"
    r"|(?P<inline>@[^\s<>@]{1,100}[>)\]]{1,2}(?:[^:：\n@<>]{0,40}|[^\n@<>]{0,80}?\d\d[ \w.)]{0,8})[:：])(?=[ \t]+\S)",
    re.MULTILINE,
)
# Every such end contains one of these; other lines are skipped.
_SIGN = re.compile("[:：﹕፦፡៖]|---")
_COLON = re.compile("[:：﹕፦፡៖]")
_DASHED = re.compile(r"[-–—‐]{3}")
_RULED = re.compile(r"[-–—‐]{3,8}[ \t]*\Z")
_TELLING = re.compile(r"[\d@]")
_MOST_LINES = 4


def attributions(lines: Lines) -> Iterator[Attribution]:
    """Every attribution of a text, in order. Linear in the text."""
    met: dict[str, tuple[Kind, str]] = {}
    lowest, inline = 0, -1
    for end in _ends(lines.text):
        last = lines[lines.at(end.start())]
        if last.number < lowest or (end["inline"] and last.number == inline):
            continue
        inline = last.number
        stop = end.start("message") if end["message"] else end.end() if end["inline"] else last.end
        found = _ending_at(lines, last, met, lowest, stop)
        if end["inline"] and not (found and found.certain):
            continue
        if found is not None:
            yield _whole(lines, found, end.end() if end["message"] or end["inline"] else last.end)
        # No attribution continues after a line that could have ended one.
        lowest = last.number + 1


def _ends(text: str) -> Iterator[re.Match[str]]:
    """Every match of _END, searched only in lines that may hold one."""
    if "in message " in text or "in article " in text or " writes\n" in text or " wrote\n" in text:
        yield from _END.finditer(text)  # one that begins on the line above
        return
    done = 0
    for sign in (_SIGN if "---" in text else _COLON).finditer(text):
        if sign.start() >= done:
            start, stop = text.rfind("\n", 0, sign.start()) + 1, text.find("\n", sign.start())
            done = stop if stop >= 0 else len(text)
            yield from _END.finditer(text, start, done)


def _whole(lines: Lines, found: Attribution, end: int) -> Attribution:
    """The attribution extended to the beginning of its line if only punctuation precedes, with its colon, and with the
    direction marks around it, which come in pairs."""
    text = lines.text
    body = lines[lines.at(found.start)].body
    start = found.start if any(sign.isalnum() for sign in text[body : found.start]) else body
    while start > 0 and text[start - 1] in UNSEEN_MARKS:
        start -= 1
    while end < len(text) and text[end] in UNSEEN_MARKS:
        end += 1
    return replace(found, start=start, end=end)


def _ending_at(lines: Lines, last: Line, met: dict[str, tuple[Kind, str]], lowest: int, end: int) -> Attribution | None:
    """The attribution whose last line this is: the shortest that begins with a date, else that begins with a name."""
    quoted = _quotation_after(lines, last)
    top = max(lowest, last.number - _MOST_LINES + 1, 0)
    ruled = _RULED.search(lines.text, last.body, last.end) is not None
    if not (quoted or ruled or _TELLING.search(lines.text, lines[top].start, end)):
        return None
    best: Attribution | None = None
    lacks_name = False
    line = last
    several: list[Token] = []
    for _ in range(_MOST_LINES):
        if line.blank or line.number < lowest:
            break
        several = [*tokens(lines.text, line.body, min(line.end, end), met), *several]
        enclosed = ruled and _DASHED.match(lines.text, line.body) is not None
        candidate = Candidate(lines.text, several, quoted, last.depth, ruled=enclosed)
        if candidate.settled or (candidate.dated_first and candidate.accepted()):
            return candidate.attribution()
        if (best is None or (lacks_name and _begins_name(lines, line))) and candidate.accepted():
            best, lacks_name = candidate.attribution(), candidate.addressed_first
        if line.number == 0:
            break
        line = lines[line.number - 1]
    return best


def _begins_name(lines: Lines, line: Line) -> bool:
    """Whether a name may begin on this line and continue on the next: it is short, no sentence, and nothing is
    above."""
    above = lines[line.number - 1] if line.number else None
    return (
        (above is None or above.blank or above.depth != line.depth)
        and line.end - line.body <= 60
        and lines.text[line.end - 1] not in ".,;:!?،。，"
    )


def _quotation_after(lines: Lines, last: Line) -> int:
    """How many lines below a deeper quotation begins; 0 when none does."""
    after = lines.words_after(last.number, 4)
    return after.number - last.number if after is not None and after.depth > last.depth else 0
