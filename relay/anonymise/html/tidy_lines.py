"""Writes a line of a paragraph in one way: its spaces, indentation, looks and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from relay.anonymise.html.blocks import Line, Piece
from relay.anonymise.html.inline_style import Look

_BLANKS = " \t\n\r\f\xa0"
_BLANK = frozenset(_BLANKS)
_SPACES = re.compile(f"[{_BLANKS}]+")
_COLLAPSED = re.compile(r"[ \t\n\r\f]+")
_OTHER_SPACE = re.compile(f"[{_BLANKS[1:]}]")
_NARROWEST_INDENT, _NARROWEST_GAP = 2, 3  # columns; narrower ones are habits of programs and typists
# Addresses that some programs turn into links while one writes.
_ADDRESS = re.compile(
    r"https?://[^\s<>\"]{1,1500}(?<![.,;:!?)\]'\u201d\u2019])"
    r"|(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}(?![\w-])"
)


def tidy_paragraph(lines: Sequence[Line]) -> list[Line]:
    """The lines of a paragraph, normalised. Where one is indented, so is another by a single space: they draw
    something. So are lines of a patch."""
    several = [tidy_line(line) for line in lines]
    if len(lines) > 1 and any(line and line[0].text.startswith(("\xa0", "@@ -")) for line in several):
        return [tidy_line(line, narrowest=1) for line in lines]
    return several


def tidy_line(line: Line, narrowest: int = _NARROWEST_INDENT) -> Line:
    """Normalise a line: one space between words, none at the edges; a space has the look common to its neighbours;
    neighbours with the same look are joined; addresses become links. Indentation and wide gaps, as in code, stay."""
    indent, words = _indent(line, narrowest), _words(line)
    if not indent or not words:
        return words
    begin = "\xa0" * indent
    first = words[0]
    if first.markup or first.look != Look():
        return (Piece(begin, Look()), *words)
    return (first._replace(text=begin + first.text), *words[1:])


def _indent(line: Line, narrowest: int) -> int:
    """The columns that the line is indented by; 0 for fewer than ``narrowest``, and for none that a page shows."""
    begin: list[str] = []
    for piece in line:
        rest = piece.text.lstrip(_BLANKS)
        begin.append(piece.text[: len(piece.text) - len(rest)])
        if rest or piece.markup:
            break
    blanks = "".join(begin)
    columns = _columns(blanks) if "\xa0" in blanks else 0
    return columns if columns >= narrowest else 0


def _columns(blanks: str) -> int:
    """How wide a page shows a run of blanks, of which some are no-break spaces."""
    return len(_COLLAPSED.sub(" ", blanks)) if "\xa0" in blanks else 1


def _words(line: Line) -> Line:
    out: list[Piece] = []
    space = False
    for piece in line:
        if piece.markup:
            out += _gap_before(out, piece) if space else []
            out.append(piece)
            space = False
            continue
        if not piece.look.href:
            words = piece.text.strip(_BLANKS)
            space = space or piece.text[:1] in _BLANK
            if words:
                out += _gap_before(out, piece) if space else []
                out.append(Piece(_spaced(words), piece.look))
                space = piece.text[-1] in _BLANK
            continue
        # Spaces in a link do not get the look of its words.
        for number, word in enumerate(_SPACES.split(piece.text)):
            space = space or number > 0
            if not word:
                continue
            part = Piece(word, piece.look)
            out += _gap_before(out, part) if space else []
            out.append(part)
            space = False
    linked = [part for piece in (_joined(out) if len(out) > 1 else out) for part in _linked(piece)]
    if _links(linked) > _links(out):
        return _words(tuple(linked))  # for the spaces next to the new links
    for at in range(1, len(linked) - 1):
        before, after = linked[at - 1].look, linked[at + 1].look
        if linked[at].text == " " and before.href and before.href == after.href:
            linked[at] = Piece(" ", before.common(after))  # two adjacent links to one target are joined
    return tuple(linked)


def _links(line: Iterable[Piece]) -> int:
    return sum(1 for piece in line if piece.look.href)


def _spaced(text: str) -> str:
    """One space between words, or a wide gap of no-break spaces; most texts have no more than one."""
    return _SPACES.sub(_gap, text) if "  " in text or _OTHER_SPACE.search(text) else text


def _gap(blanks: re.Match[str]) -> str:
    columns = _columns(blanks[0])
    return "\xa0" * columns if columns >= _NARROWEST_GAP else " "


def _gap_before(out: list[Piece], following: Piece) -> list[Piece]:
    if not out:
        return []
    look = out[-1].look.common(following.look)
    if out[-1].look.href or following.look.href:
        # A link has its own colour and underline, so those of the space next to it do not show.
        look = look._replace(colour="", underlined=False)
    return [Piece(" ", look)]


def _joined(line: list[Piece]) -> list[Piece]:
    out: list[Piece] = []
    run: list[str] = []
    look = Look()
    for piece in line:
        if run and (piece.markup or piece.look != look):
            out.append(Piece("".join(run), look))
            run = []
        if piece.markup:
            out.append(piece)
        else:
            run.append(piece.text)
            look = piece.look
    if run:
        out.append(Piece("".join(run), look))
    return out


def _linked(piece: Piece) -> list[Piece]:
    if piece.markup or piece.look.href or not ("://" in piece.text or "@" in piece.text):
        return [piece]
    out: list[Piece] = []
    at = 0
    for found in _ADDRESS.finditer(piece.text):
        out += _beside_links(piece, piece.text[at : found.start()])
        href = found[0] if "://" in found[0] else f"mailto:{found[0]}"
        out.append(Piece(found[0], piece.look._replace(href=href)))
        at = found.end()
    return [*out, *_beside_links(piece, piece.text[at:])] if out else [piece]


def _beside_links(piece: Piece, text: str) -> list[Piece]:
    """Text next to a link on one side or both: a space next to the link gets the look of such spaces."""
    space = Piece(" ", piece.look._replace(colour="", underlined=False))
    out = [space] if text.startswith(" ") else []
    if text.strip(" "):
        out.append(piece._replace(text=text.strip(" ")))
    return [*out, space] if text.endswith(" ") and text != " " else out
