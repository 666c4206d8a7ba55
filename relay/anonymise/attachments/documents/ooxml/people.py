"""Replaces all authors of changes and comments in an Office document by a neutral one, and removes times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from relay.anonymise.attachments.documents.xml_trees import attributes, elements, local, namespace

AUTHOR, INITIALS = "Author", "A"
_SOME_TIME = "2000-01-01T00:00:00Z"
_NO_ID = "00000000"

# Attributes that are always removed: editing sessions, times, accounts. (rsidR, rsidRPr, rsidP … number sessions, too.)
_GONE = frozenset(
    str.split("""
        textId dt dT dateUtc refreshedDate refreshedDateIso securityDescriptor lastGuid codeName documentId
    """)
)
_NEUTRAL = {"refreshedBy": AUTHOR, "lastModifiedBy": AUTHOR, "userName": AUTHOR, "user": AUTHOR, "initials": INITIALS}
# Elements that describe a person, and their attributes.
_PEOPLE = frozenset({"author", "cmAuthor", "person"})
_OF_PEOPLE = {
    "name": AUTHOR, "displayName": AUTHOR, "initials": INITIALS, "userId": AUTHOR, "providerId": "None",
}  # fmt: skip
# Frequent elements without people.
_CELLS = frozenset({"c", "v", "f"})
_GUID = re.compile(r"\{[0-9A-Fa-f-]{36}\}")
_ID_NAMES = frozenset(str.split("id parentId personId authorId"))


@dataclass(slots=True)
class Numbers:
    """New sequential identifiers that link parts; the old ones would match other copies of the document."""

    _known: dict[str, int] = field(default_factory=dict)

    def guid(self, old: str) -> str:
        """The new GUID for an old one."""
        return f"{{00000000-0000-0000-0000-{self._of(old.upper()):012X}}}"

    def paragraph(self, old: str) -> str:
        """The new paragraph id for an old one ([MS-DOCX] 2.5.4.1: below 80000000)."""
        return old if old == _NO_ID else f"{self._of(old.upper()):08X}"

    def _of(self, old: str) -> int:
        return self._known.setdefault(old, len(self._known) + 1)


def neutral_people(root: etree._Element, kind: str, numbers: Numbers) -> int:
    """Change the tree of one part (``kind``: the relationship that leads to it). Returns how many marks were
    removed."""
    count = 0
    of_people = kind in {"comments", "threadedComment", "person", "authors", "commentAuthors"}
    for element in elements(root):
        if local(element.tag) in _CELLS:
            continue
        for name, value in attributes(element):
            clean = _attribute(element, name, value, of_people, numbers)
            if clean is None:
                del element.attrib[name]
            elif clean != value:
                element.set(name, clean)
            count += clean != value
    if kind == "comments" and local(root.tag) == "comments":
        count += _sheet_authors(root, numbers)
    return count


def _attribute(element: etree._Element, name: str, value: str, of_people: bool, numbers: Numbers) -> str | None:
    """The new value of an attribute; None: it is removed."""
    word, tag = local(name), local(element.tag)
    if word in _GONE or word.startswith("rsid") or (word == "uid" and "/revision" in namespace(name)):
        return None
    if word == "date" and any(local(other) == "author" for other, _ in attributes(element)):
        return None
    if word in ("paraId", "paraIdParent"):
        return numbers.paragraph(value)
    if of_people and word in _ID_NAMES and _GUID.fullmatch(value):
        return numbers.guid(value)
    if of_people and word == "created":
        return _SOME_TIME
    return AUTHOR if word == "author" and namespace(name) else _words(tag, word, value)


def _words(tag: str, word: str, value: str) -> str:
    if tag == "scenario" and word == "comment":
        # "Created by ... on ...", in the language of the program.
        return ""
    return _OF_PEOPLE.get(word, value) if tag in _PEOPLE else _NEUTRAL.get(word, value)


def _sheet_authors(root: etree._Element, numbers: Numbers) -> int:
    """Neutralise the authors of cell comments, which are in a list and often begin the comment, too."""
    authors: list[str] = []
    count = 0
    for element in elements(root):
        if local(element.tag) == "author":
            old = element.text or ""
            authors.append(old)
            thread = _GUID.search(old) if old.startswith("tc=") else None
            element.text = f"tc={numbers.guid(thread[0])}" if thread else AUTHOR
            count += 1
        elif local(element.tag) == "comment":
            _signed(element, authors)
    return count


def _signed(comment: etree._Element, authors: list[str]) -> None:
    """Neutralise the author's name with which Excel begins a comment."""
    number = comment.get("authorId", "")
    author = authors[int(number)] if number.isdecimal() and int(number[:6]) < len(authors) else ""
    first = next((each for each in comment.iter() if local(each.tag) == "t" and (each.text or "").strip()), None)
    if author and first is not None and (first.text or "").lstrip().startswith(author + ":"):
        first.text = (first.text or "").lstrip().replace(author, AUTHOR, 1)
