"""Tells whether a file is another one with changes in it, by the words of both.

What is remembered of a file is a sketch: the smallest hashes of its pairs of neighbouring words (bottom-k, Broder).
Two files of which one was made from the other have many of these pairs in common, whatever program wrote them.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

_KEPT = 200
"""Hashes of one sketch: 1.6 KB."""
_COMMON = 3
_SHARE = 0.3
"""How many pairs two files have in common, and which part of those of the smaller one, when they are alike. Files by
different people have hardly any pairs in common but of the commonest words."""
_MOST_OCTETS = 8_000_000
_MOST_WORDS = 200_000
_MOST_PAGES = 60
_WORD = regex.compile(r"[^\W\d_]+")
_TAG = regex.compile(r"<[^<>]*>")
_CONTROL_WORD = regex.compile(r"\\[a-z]{1,32}-?\d{0,10} ?")  # of RTF
_TEXT_PARTS = (".xml", ".xhtml", ".html", ".htm", ".txt", ".csv", ".md", ".json", ".svg")
_OF_EVERY_DOCUMENT = regex.compile(
    r"docProps/|_rels/|META-INF/|\[Content_Types\]|.*\b(?:theme\d*|settings|styles|meta|fontTable|webSettings)\.xml"
)
"""Parts of a document that say the same in others by the same program."""


def sketch(content: bytes, counts: Mapping[str, int]) -> str:
    """What is remembered of a file: its smallest hashes, in hexadecimal, and how often it holds each of the words
    ``counts``, which do not count for its likeness. "" for a file without words that can be read."""
    return _written(_texts(content), counts)


def text_sketch(text: str, counts: Mapping[str, int]) -> str:
    """The same of a text."""
    return _written((text,), counts)


def _written(texts: Iterable[str], counts: Mapping[str, int]) -> str:
    hashes = "".join(f"{one:08x}" for one in _smallest(texts, frozenset(counts)))
    return ";".join((hashes, *(f"{word}={count}" for word, count in counts.items()))) if hashes else ""


def counts_of(content: bytes, sketches: Iterable[str]) -> dict[str, int] | None:
    """How often each word was in the file from which this one was made, of which one of these is the sketch; None when
    it was made from none of them."""
    alike = _alike_ones(_texts(content), sketches)
    if not alike:
        return None
    counts: dict[str, int] = {}
    for word, _, count in (one.partition("=") for rest in alike for one in rest):
        counts[word] = max(counts.get(word, 0), int(count))
    return counts


def is_text_like(text: str, sketches: Iterable[str]) -> bool:
    """Whether a text is like one of those of which these are the sketches, or a part of one."""
    return bool(_alike_ones((text,), sketches))


class _Sketches(NamedTuple):
    """Sketches as they are compared: the hashes and the counts of each, those that have a hash, and all words that are
    counted."""

    hashes: list[list[int]]
    counts: list[list[str]]
    having: dict[int, list[int]]
    counted: frozenset[str]


@lru_cache(maxsize=32)
def _read(sketches: tuple[str, ...]) -> _Sketches:
    """Cached for the quotations of one letter, which may be many."""
    written = [one.split(";") for one in sketches]
    hashes = [[int(one[0][at : at + 8], 16) for at in range(0, len(one[0]), 8)] for one in written]
    having: dict[int, list[int]] = {}
    for number, several in enumerate(hashes):
        for each in several:
            having.setdefault(each, []).append(number)
    counts = [one[1:] for one in written]
    return _Sketches(hashes, counts, having, frozenset(one.partition("=")[0] for those in counts for one in those))


def _alike_ones(texts: Iterable[str], sketches: Iterable[str]) -> list[list[str]]:
    """The counts in the sketches of what is like these texts."""
    known = _read(tuple(sketches))
    mine = _smallest(texts, known.counted) if known.hashes else []
    common = Counter(number for one in mine for number in known.having.get(one, ()))
    several = (number for number, count in common.items() if count >= _COMMON)
    return [known.counts[number] for number in several if _alike(mine, known.hashes[number])]


def _alike(one: list[int], other: list[int]) -> bool:
    # A full sketch says nothing of hashes beyond its last.
    ends = [each[-1] for each in (one, other) if len(each) == _KEPT]
    first, second = ({each for each in those if not ends or each <= min(ends)} for those in (one, other))
    common = len(first & second)
    return common >= _COMMON and common >= _SHARE * min(len(first), len(second))


def _smallest(texts: Iterable[str], without: frozenset[str]) -> list[int]:
    words = [word for text in texts for word in _WORD.findall(text.casefold()) if word not in without][:_MOST_WORDS]
    pairs = set(map(" ".join, pairwise(words)))
    return sorted({zlib.crc32(pair.encode()) for pair in pairs})[:_KEPT]


def _texts(content: bytes) -> Iterator[str]:
    """The words that a file shows, roughly."""
    if content[:4] == b"PK\3\4":
        yield from _parts(content)
    elif b"%PDF" in content[:1024]:
        yield from _pages(content)
    else:
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        yield _shown(content[:_MOST_OCTETS].decode("utf-16" if wide else "utf-8", "replace"))


def _shown(text: str) -> str:
    if text.startswith("{\\rtf"):
        return _CONTROL_WORD.sub(" ", text)
    return _TAG.sub(" ", text) if "<" in text and ">" in text else text


def _parts(content: bytes) -> Iterator[str]:
    left = _MOST_OCTETS
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in sorted(archive.namelist()):
                if not part.lower().endswith(_TEXT_PARTS) or _OF_EVERY_DOCUMENT.match(part) or left <= 0:
                    continue
                with archive.open(part) as file:
                    octets = file.read(left)
                left -= len(octets)
                yield _shown(octets.decode("utf-8", "replace"))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return


def _pages(content: bytes) -> Iterator[str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            page = document[number]
            text = page.get_textpage()
            yield text.get_text_range()
            text.close()
            page.close()
    except pypdfium2.PdfiumError:
        return
    finally:
        document.close()
