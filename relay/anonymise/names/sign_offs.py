"""Finds the places where a letter is signed: behind a closing formula, on the line below it, or on the last line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from relay.anonymise.names.contexts import is_closing
from relay.anonymise.names.fold import skeleton_of

_LONGEST_LINE = 80
_MOST_BLANK = 3
_FEW_WORDS = 3
_MARKS = " \t*_()"
_COMMAS = ",،，、"
_QUOTED = (">", "|")


@dataclass(frozen=True, slots=True)
class SignOff:
    """Short ``words`` that begin at ``start`` of the text and may sign it: a line without the marks beside it, or what
    follows a comma in one (``before``). ``above`` is the line above; ``last``: it is the author's last line."""

    start: int
    words: str
    before: str
    above: str
    last: bool

    @property
    def below_closing(self) -> bool:
        """Whether they follow a closing formula."""
        return is_closing(skeleton_of(self.before or self.above))

    @property
    def ends_letter(self) -> bool:
        """Whether they are the last line, below a line of words."""
        return self.last and not self.before and len(self.above.split()) >= _FEW_WORDS


def sign_offs(text: str, longest: int, may_sign: Callable[[str], object]) -> Iterator[SignOff]:
    """The places of at most ``longest`` characters, outside of quotations, whose words ``may_sign``: a quick test that
    most words fail. Linear."""
    lines = text.split("\n")
    last = -1
    at = 0
    for number, line in enumerate(lines):
        size = len(line)
        short, comma = 0 < size <= longest, 0
        if size <= _LONGEST_LINE:
            tail = line[-longest:]
            comma = (tail.rfind(",") if tail.isascii() else max(map(tail.rfind, _COMMAS))) + 1
        if (short or comma) and not line.startswith(_QUOTED):
            for begin in ((0,) if short else ()) + ((size - len(tail) + comma,) if comma else ()):
                words = line[begin:].lstrip(_MARKS)
                if words and len(words) <= longest and may_sign(words):
                    last = _last_own(lines) if last < 0 else last
                    start = at + size - len(words)
                    yield SignOff(start, words.rstrip(_MARKS), line[:begin], _above(lines, number), number == last)
        at += size + 1


def _above(lines: Sequence[str], number: int) -> str:
    """The next line above that is not blank."""
    for line in reversed(lines[max(0, number - _MOST_BLANK) : number]):
        if line.strip():
            return line
    return ""


def _last_own(lines: Sequence[str]) -> int:
    """The number of the last line that is neither blank nor quoted."""
    numbers = range(len(lines) - 1, -1, -1)
    return next((at for at in numbers if lines[at].strip() and not lines[at].startswith(_QUOTED)), 0)
