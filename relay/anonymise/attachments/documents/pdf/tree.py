"""Walks all reachable objects of a PDF and keeps what the grammar allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeGuard

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.pdf.actions import cleaned_action, cleaned_annotation
from relay.anonymise.attachments.documents.pdf.destinations import cleaned_destination, cleaned_destinations
from relay.anonymise.attachments.documents.pdf.drawing import Reader
from relay.anonymise.attachments.documents.pdf.grammar import GRAMMAR
from relay.anonymise.attachments.documents.pdf.values import Value, font_name, language, octets, plain, words
from relay.anonymise.identities import replaced
from relay.anonymise.passages import passages
from relay.refusals import CannotAnonymise

MAX_OBJECTS = 200_000
TOO_MUCH = "a PDF document holds more than can be made anonymous; please send a shorter document"
_DRAWN = frozenset(("graphic", "glyph"))


@dataclass(slots=True)
class Tree:
    """One walk through one document. Afterwards ``drawings`` are the content streams (with their resources),
    ``pictures`` and ``profiles`` the streams of that kind, and ``dropped`` counts the removed keys and objects."""

    pdf: Pdf
    cleaning: Cleaning
    reader: Reader
    pages: frozenset[tuple[int, int]] = frozenset()
    drawings: list[tuple[Stream, Object | None]] = field(default_factory=list)
    pictures: list[Stream] = field(default_factory=list)
    profiles: list[Stream] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    dropped: int = 0
    _seen: set[tuple[tuple[int, int], str]] = field(default_factory=set)
    _annotations: dict[tuple[int, int], bool] = field(default_factory=dict)
    _waiting: list[tuple[Object, str]] = field(default_factory=list)
    _count: int = 0
    _items: int = 0

    def clean(self) -> None:
        """Clean everything reachable from the catalogue, pages first. Raises CannotAnonymise when it exceeds the
        limits."""
        self.pages = frozenset(page.obj.objgen for page in self.pdf.pages)
        for page in self.pdf.pages:
            self._later(page.obj, "page")
        self._work()
        self._later(self.pdf.Root, "catalog")
        self._work()

    def text(self, written: str) -> str:
        """A text without identities, each counted."""
        found = passages(written, self.cleaning.redactor)
        self.cleaning.tally.add("attached-text", len(found))
        return replaced(written, found)

    def _later(self, thing: Object, kind: str) -> None:
        if thing.is_indirect:
            if (thing.objgen, kind) in self._seen:
                return
            self._seen.add((thing.objgen, kind))
        self._waiting.append((thing, kind))

    def _work(self) -> None:
        while self._waiting:
            self._count += 1
            if self._count > MAX_OBJECTS:
                raise CannotAnonymise(TOO_MUCH)
            thing, kind = self._waiting.pop()
            if isinstance(thing, Stream):
                self._note(thing, kind)
            self._prune(thing, kind)

    def _prune(self, thing: Object, kind: str) -> None:
        rules = GRAMMAR[kind]
        chosen = rules.get("*")
        keys = tuple(thing.keys())
        if len(keys) > MAX_OBJECTS:
            raise CannotAnonymise(TOO_MUCH)
        for key in keys:
            rule = rules.get(key, chosen)
            if key == "/Length" and isinstance(thing, Stream):
                continue
            old = thing[key]
            new = None if rule is None or (chosen and self.names_author(key)) else self._value(old, rule)
            if new is None:
                self.dropped += 1
                del thing[key]
            elif new is not old:
                thing[key] = new

    def names_author(self, key: str) -> bool:
        """Whether a name (7.3.5) contains an identity."""
        return bool(self.cleaning.redactor.find(key[1:]))

    def _value(self, value: Value, rule: str) -> Value:
        """The new value in place of ``value``; None when it is removed."""
        special = _SPECIAL.get(rule)
        if special is not None:
            return special(self, value)
        if isinstance(value, Array):
            return self._list(value, rule)
        if isinstance(value, Dictionary | Stream):
            return self._thing(value, rule)
        if isinstance(value, String):
            # In drawing objects a string is data such as a table of colours; elsewhere it is text.
            return value if rule in _DRAWN else words(self, value)
        return value

    def _list(self, value: Array, rule: str) -> Value:
        if value.is_indirect:
            if (value.objgen, "[" + rule) in self._seen:
                return value
            self._seen.add((value.objgen, "[" + rule))
        self.count_items(len(value))
        items = list(value)
        if rule == "graphic" and len(items) > 1 and items[0] == Name.ICCBased and isinstance(items[1], Stream):
            self.profiles.append(items[1])
        news = [self._value(item, rule) for item in items]
        if any(new is not old for new, old in zip(news, items, strict=True)):
            value[:] = [new for new in news if new is not None]
        return value

    def _thing(self, value: Object, rule: str) -> Value:
        if rule == "annotation" and not self.keeps(value):
            return None
        if rule == "page" and not (value.objgen in self.pages or "/Kids" in value):
            return None
        if "*" in GRAMMAR[rule] and isinstance(value, Stream):
            # These are dictionaries with keys of the document's choice; a stream is invalid.
            return None
        self._later(value, rule)
        return value

    def keeps(self, annotation: Object) -> bool:
        """Whether this annotation or form field stays. It is prepared when first met."""
        if not annotation.is_indirect:
            return cleaned_annotation(annotation, self)
        known = self._annotations.get(annotation.objgen)
        if known is None:
            # Annotations that refer to each other in a circle stay.
            self._annotations[annotation.objgen] = True
            known = self._annotations[annotation.objgen] = cleaned_annotation(annotation, self)
        return known

    def _note(self, stream: Stream, kind: str) -> None:
        for key in ("/F", "/FFilter", "/FDecodeParms"):
            if key in stream:
                # The content of such a stream is in an external file.
                raise CannotAnonymise(TOO_MUCH)
        self.streams.append(stream)
        if kind == "graphic" and stream.get("/Subtype") == Name.Image:
            self.pictures.append(stream)
        elif kind == "glyph" or (
            kind == "graphic" and (stream.get("/Subtype") == Name.Form or stream.get("/PatternType") == 1)
        ):
            self.drawings.append((stream, stream.get("/Resources")))

    def action(self, value: Value) -> Value:
        """A link to a place in this document or to the web; None for every other action."""
        return cleaned_action(value, self) if isinstance(value, Dictionary) else None

    def opening(self, value: Value) -> Value:
        """The page that is shown when the document is opened; every other action would happen unasked."""
        if not isinstance(value, Dictionary):
            return cleaned_destination(self, value)
        return self.action(value) if value.get("/S") == Name.GoTo else None

    def appearance(self, value: Value) -> Value:
        """The appearance of an annotation: one drawing, or one for each of its states (12.5.5)."""
        return self._thing(value, "graphic" if isinstance(value, Stream) else "states") if _is_thing(value) else None

    def own_page(self, value: Value) -> Value:
        """A page of this document; None for an object outside of the page tree."""
        return value if isinstance(value, Dictionary) and value.objgen in self.pages else None

    def page_content(self, value: Value) -> Value:
        """The content streams of a page are cleaned with the page; here only their dictionaries are."""
        for stream in value if isinstance(value, Array) else (value,):
            if isinstance(stream, Stream):
                self._later(stream, "page content")
        return value

    def structure_object(self, value: Value) -> Value:
        """An annotation or drawing that a structure element refers to."""
        if isinstance(value, Stream):
            return self._thing(value, "graphic")
        return value if isinstance(value, Dictionary) and self._annotations.get(value.objgen) else None

    def count_items(self, number: int) -> None:
        """Count ``number`` more items of lists. Raises CannotAnonymise when it exceeds the limits."""
        self._items += number
        if self._items > MAX_OBJECTS * 10:
            raise CannotAnonymise(TOO_MUCH)


def _is_thing(value: Value) -> TypeGuard[Object]:
    return isinstance(value, Dictionary | Stream)


_SPECIAL = {
    "drawing or states": Tree.appearance,
    "plain": plain,
    "octets": octets,
    "language": language,
    "font name": font_name,
    "text": words,
    "destination": cleaned_destination,
    "action": Tree.action,
    "opening": Tree.opening,
    "own page": Tree.own_page,
    "page content": Tree.page_content,
    "structure object": Tree.structure_object,
    "destination names": cleaned_destinations,
}
