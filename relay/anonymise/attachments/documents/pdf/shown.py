"""Follows text operators to determine which text is shown where (ISO 32000-2 9.3, 9.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pikepdf import Array, Object, String

from relay.anonymise.attachments.documents.pdf.fonts import Font
from relay.refusals import CannotAnonymise

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MAX_SAVED = 200
MAX_FRAGMENTS = 400_000
MAX_TEXT = 4_000_000
"""Characters that one page or form may show: a hundred times a full page. A font may map one octet to many."""
_TOO_MUCH = "a PDF document shows more text on a page than can be made anonymous; please send a shorter document"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of shown text: the direction of its line, the line's position across that direction, the start and end of
    the piece along it, and the size of its letters. ``measured``: the end is known."""

    direction: tuple[float, float]
    across: float
    start: float
    end: float
    size: float
    text: str
    measured: bool


@dataclass(slots=True)
class Shown:
    """Interprets one content stream; ``font`` finds a font by its name in the resources. Raises CannotAnonymise when it
    shows more text than MAX_TEXT or more pieces than MAX_FRAGMENTS."""

    font: Callable[[str], Font]
    fragments: list[Fragment] = field(default_factory=list)
    _ctm: Matrix = _SAME
    _line: Matrix = _SAME
    _text: Matrix = _SAME
    _font: Font | None = None
    _size: float = 1.0
    _letter: float = 0.0
    _word: float = 0.0
    _scale: float = 1.0
    _leading: float = 0.0
    _left: int = MAX_TEXT
    _saved: list[tuple[Matrix, Font | None, float, float, float, float, float]] = field(default_factory=list)

    def follow(self, operator: str, operands: Iterable[Object]) -> None:
        """Interpret one instruction. Instructions with missing or invalid operands change nothing."""
        act = _ACTS.get(operator)
        if act is None:
            return
        values = list(operands)
        try:
            act(self, values)
        except (IndexError, TypeError, ValueError, ArithmeticError):
            return

    def _save(self, _: list[Object]) -> None:
        if len(self._saved) < _MAX_SAVED:
            self._saved.append(
                (self._ctm, self._font, self._size, self._letter, self._word, self._scale, self._leading)
            )

    def _restore(self, _: list[Object]) -> None:
        if self._saved:
            (self._ctm, self._font, self._size, self._letter, self._word, self._scale, self._leading) = (
                self._saved.pop()
            )

    def _transform(self, values: list[Object]) -> None:
        self._ctm = _times(_matrix(values), self._ctm)

    def _begin(self, _: list[Object]) -> None:
        self._line = self._text = _SAME

    def _choose(self, values: list[Object]) -> None:
        self._font, self._size = self.font(str(values[0])), float(values[1])

    def _place(self, values: list[Object]) -> None:
        self._line = self._text = _matrix(values)

    def _move(self, values: list[Object]) -> None:
        self._line = self._text = _times((1.0, 0.0, 0.0, 1.0, float(values[0]), float(values[1])), self._line)

    def _move_leading(self, values: list[Object]) -> None:
        self._leading = -float(values[1])
        self._move(values)

    def _next_line(self, _: list[Object]) -> None:
        self._line = self._text = _times((1.0, 0.0, 0.0, 1.0, 0.0, -self._leading), self._line)

    def _set_letter(self, values: list[Object]) -> None:
        self._letter = float(values[0])

    def _set_word(self, values: list[Object]) -> None:
        self._word = float(values[0])

    def _set_scale(self, values: list[Object]) -> None:
        self._scale = float(values[0]) / 100

    def _set_leading(self, values: list[Object]) -> None:
        self._leading = float(values[0])

    def _show(self, values: list[Object]) -> None:
        self._string(bytes(values[0]))

    def _show_next(self, values: list[Object]) -> None:
        self._next_line([])
        self._string(bytes(values[-1]))

    def _show_spaced(self, values: list[Object]) -> None:
        self._word, self._letter = float(values[0]), float(values[1])
        self._show_next(values)

    def _show_many(self, values: list[Object]) -> None:
        for item in values[0] if isinstance(values[0], Array) else ():
            if isinstance(item, String):
                self._string(bytes(item))
            else:
                self._advance(-float(item) / 1000 * self._size * self._scale)

    def _string(self, octets: bytes) -> None:
        font = self._font or self.font("")
        if len(octets) * font.longest > self._left or len(self.fragments) >= MAX_FRAGMENTS:
            raise CannotAnonymise(_TOO_MUCH)
        text, width = font.decode(octets)
        self._left -= max(len(octets), len(text))
        spaces = octets.count(b" ")
        length = (width * self._size + len(text) * self._letter + spaces * self._word) * self._scale
        a, b, c, d, x, y = _times(self._text, self._ctm)
        stretch = (a * a + b * b) ** 0.5 or 1.0
        way = (round(a / stretch, 2), round(b / stretch, 2))
        start = x * way[0] + y * way[1]
        across = y * way[0] - x * way[1]
        size = abs(self._size) * ((c * c + d * d) ** 0.5 or stretch)
        self.fragments.append(Fragment(way, across, start, start + length * stretch, size, text, font.measured))
        self._advance(length)

    def _advance(self, length: float) -> None:
        self._text = _times((1.0, 0.0, 0.0, 1.0, length, 0.0), self._text)


def _matrix(values: list[Object]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in values)
    return a, b, c, d, e, f


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


_ACTS = {
    "q": Shown._save, "Q": Shown._restore, "cm": Shown._transform, "BT": Shown._begin, "Tf": Shown._choose,
    "Tm": Shown._place, "Td": Shown._move, "TD": Shown._move_leading, "T*": Shown._next_line,
    "Tc": Shown._set_letter, "Tw": Shown._set_word, "Tz": Shown._set_scale, "TL": Shown._set_leading,
    "Tj": Shown._show, "'": Shown._show_next, '"': Shown._show_spaced, "TJ": Shown._show_many,
}  # fmt: skip


def text_orders(fragments: list[Fragment]) -> tuple[str, ...]:
    """The text in drawing order, in page order, and joined without gaps where gaps cannot be measured."""
    sorted_ones = sorted(fragments, key=lambda f: (f.direction, -round(f.across / max(f.size * 0.4, 0.1)), f.start))
    found = [_joined(fragments, " "), _joined(sorted_ones, " ")]
    if not all(fragment.measured for fragment in fragments):
        found += [_joined(fragments, ""), _joined(sorted_ones, "")]
    return tuple(dict.fromkeys(found))


def _joined(fragments: list[Fragment], unmeasured: str) -> str:
    out: list[str] = []
    before: Fragment | None = None
    for fragment in fragments:
        if before is not None:
            out.append(_between(before, fragment, unmeasured))
        out.append(fragment.text)
        before = fragment
    return "".join(out)


def _between(before: Fragment, after: Fragment, unmeasured: str) -> str:
    size = max(before.size, after.size, 0.1)
    if before.direction != after.direction or abs(before.across - after.across) > 0.45 * size:
        return "\n"
    gap = (after.start - before.end) / size
    if not before.measured:
        return "\n" if after.start < before.start else unmeasured
    if gap < -0.6 or gap > 6:
        return "\n"
    return " " if gap > 0.16 else ""
