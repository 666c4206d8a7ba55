"""Counts the cells that show one string of a workbook: each string is stored once (ECMA-376-1, 18.4.9).

Who types their own name into a workbook that comes back, and in which its reader had written it, adds a cell and no
string: relay cannot tell which cell is new, and what is replaced in one is replaced in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from relay.anonymise.attachments.documents.ooxml.parts import Part
from relay.anonymise.attachments.documents.xml_trees import local, parsed
from relay.anonymise.identities import Redactor
from relay.anonymise.returned_files import FileEchoes
from relay.refusals import CannotAnonymise

_APART = "\n\n"
_MOST_SHOWN = 1000
"""Cells of one string that are counted."""
_ADDED = (
    "a workbook that comes back to who sent it shows your name in more cells than before; please take it out of those "
    "that you filled in"
)


def refuse_more_cells(parts: Sequence[Part], redactor: Redactor) -> None:
    """Note how many cells show each string that names the reader. Raises CannotAnonymise when a workbook that comes
    back shows the author's name in more of them than the one that was sent."""
    table = next((part for part in parts if part.kind == "sharedStrings"), None)
    files = redactor.of_letter(FileEchoes)
    if table is None:
        return
    strings = ["".join(map(str, one.itertext())) for one in parsed(table.content) if local(one.tag) == "si"]
    with files.as_a_whole(redactor):
        once = _APART.join(strings)
        if not (redactor.find(once) or redactor.find_reader(once)):
            return
        shown = Counter(_shown(parts))
        naming = [at for at, one in enumerate(strings) if shown[at] > 1 and _names(one, redactor)]
        every = _APART.join((once, *(strings[at] for at in naming for _ in range(min(shown[at], _MOST_SHOWN) - 1))))
        found, all_found = redactor.find(once), redactor.find(every)
        files.note(every, redactor)
        if files.is_returned and len(files.without_returned(every, all_found, redactor)) > len(
            files.without_returned(once, found, redactor)
        ):
            raise CannotAnonymise(_ADDED)


def _names(string: str, redactor: Redactor) -> bool:
    return bool(redactor.find(string) or redactor.find_reader(string))


def _shown(parts: Sequence[Part]) -> Iterator[int]:
    """The number of the string in each cell."""
    for part in parts:
        if part.kind == "worksheet":
            for cell in parsed(part.content).iter("*"):
                if local(cell.tag) == "c" and cell.get("t") == "s":
                    value = next((one.text or "" for one in cell if local(one.tag) == "v"), "")
                    if value.strip().isdecimal():
                        yield int(value)
