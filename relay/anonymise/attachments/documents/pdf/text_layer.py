"""Writes the words of a page that became a picture over it, invisibly, so that it can be searched and read aloud.

The letters have no shapes: a Type 3 font with empty glyphs, and a map to Unicode (ISO 32000-2 9.6.4, 9.10.3). They are
shown in text rendering mode 3, which draws nothing (9.3.6).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pikepdf import Array, Dictionary, Name, Object, Pdf

Box = tuple[float, float, float, float]
"""Left, bottom, right, top of a letter, in points of the page as it is shown."""

_WIDTH = 500
_CODES = 255
"""Letters of one font: code 0 is not used."""
_MOST_ENTRIES = 100
"""Entries of one section of a character map (Adobe Technical Note 5411)."""
_WIDEST_GAP = 3.0
"""Heights of a letter between two of one run."""


class Run(NamedTuple):
    """Letters side by side, and the box around them."""

    words: str
    box: Box


def runs_of(letters: Iterable[tuple[str, Box | None]]) -> list[Run]:
    """The letters of a page in the order of reading, as runs along its lines. A letter without a box is a blank or the
    end of a line; "" ends a run."""
    found: list[Run] = []
    words, around = "", None
    for letter, box in letters:
        shown = letter if letter == " " or unicodedata.category(letter or "\0")[0] != "C" else ""
        if shown and around is not None and (box is None or _goes_on(around, box)):
            words += shown
            around = around if box is None else _joined(around, box)
            continue
        if around is not None and words.strip():
            found.append(Run(words, around))
        words, around = (shown, box) if shown and box else ("", None)
    if around is not None and words.strip():
        found.append(Run(words, around))
    return found


def _goes_on(around: Box, box: Box) -> bool:
    height = max(box[3] - box[1], around[3] - around[1], 0.1)
    level = abs((box[1] + box[3]) - (around[1] + around[3])) < height
    return level and around[0] < box[2] and -0.5 * height < box[0] - around[2] < _WIDEST_GAP * height


def _joined(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def text_layer(pdf: Pdf, runs: Sequence[Run]) -> tuple[Dictionary, bytes]:
    """(fonts by their names, instructions) that show the runs invisibly."""
    letters = dict.fromkeys("".join(run.words for run in runs))
    places = {letter: divmod(at, _CODES) for at, letter in enumerate(letters)}
    several = list(letters)
    fonts = Dictionary()
    for number, start in enumerate(range(0, len(several), _CODES)):
        fonts[f"/T{number}"] = _font(pdf, several[start : start + _CODES])
    return fonts, b"\n".join(_shown(run, places) for run in runs)


def _shown(run: Run, places: dict[str, tuple[int, int]]) -> bytes:
    left, bottom, right, top = run.box
    height = max(top - bottom, 0.1)
    scale = 100 * max(right - left, 0.1) / (len(run.words) * height * _WIDTH / 1000)
    out = [f"BT 3 Tr {scale:.2f} Tz 1 0 0 1 {left:.2f} {bottom:.2f} Tm"]
    codes, font = "", -1
    for letter in run.words:
        number, code = places[letter]
        if number != font and codes:
            out.append(f"<{codes}> Tj")
            codes = ""
        if number != font:
            out.append(f"/T{number} {height:.2f} Tf")
            font = number
        codes += f"{code + 1:02X}"
    return " ".join((*out, f"<{codes}> Tj ET")).encode("ascii")


def _font(pdf: Pdf, letters: Sequence[str]) -> Object:
    names = [Name(f"/g{code}") for code in range(1, len(letters) + 1)]
    empty = pdf.make_stream(f"{_WIDTH} 0 d0".encode())
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, _WIDTH, 1000]),
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary({str(name): empty for name in names}),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([1, *names])),
            FirstChar=1,
            LastChar=len(letters),
            Widths=Array([_WIDTH] * len(letters)),
            Resources=Dictionary(),
            ToUnicode=pdf.make_stream(_map(letters)),
        )
    )


def _map(letters: Sequence[str]) -> bytes:
    """The character map of codes 1 and up to the letters."""
    entries = [f"<{code:02X}> <{letter.encode('utf-16-be').hex().upper()}>" for code, letter in enumerate(letters, 1)]
    sections = [entries[at : at + _MOST_ENTRIES] for at in range(0, len(entries), _MOST_ENTRIES)]
    body = "\n".join(f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar" for some in sections)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Letters def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <FF> endcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")
