"""Walks all reachable objects of a PDF and keeps what the grammar allows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeGuard

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.pdf.actions import cleaned_action, cleaned_annotation
from relay.anonymise.attachments.documents.pdf.drawing import Reader
from relay.anonymise.attachments.documents.pdf.grammar import GRAMMAR
from relay.anonymise.attachments.regions import tag_without_region
from relay.anonymise.identities import replaced
from relay.anonymise.passages import passages
from relay.refusals import CannotAnonymise

MAX_OBJECTS = 200_000
TOO_MUCH = "a PDF document holds more than can be made anonymous; please send a shorter document"
_PLAIN_DEPTH = 6
# Word boundaries in a font's name: "JaneWhitcombe-Regular".
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+")
_DRAWN = frozenset(("graphic", "glyph"))

Value = Object | int | float | bool | None


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

    def text(self, words: str) -> str:
        """A text without identities, each counted."""
        found = passages(words, self.cleaning.redactor)
        self.cleaning.tally.add("attached-text", len(found))
        return replaced(words, found)

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
            new = None if rule is None or (chosen and self._names(key)) else self._value(old, rule)
            if new is None:
                self.dropped += 1
                del thing[key]
            elif new is not old:
                thing[key] = new

    def _names(self, key: str) -> bool:
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
            return value if rule in _DRAWN else self.words(value)
        return value

    def plain(self, value: Value) -> Value:
        """Numbers, names and booleans, and lists of them; None for anything else."""
        return value if _is_plain(value) else None

    def _list(self, value: Array, rule: str) -> Value:
        if value.is_indirect:
            if (value.objgen, "[" + rule) in self._seen:
                return value
            self._seen.add((value.objgen, "[" + rule))
        self._items += len(value)
        if self._items > MAX_OBJECTS * 10:
            raise CannotAnonymise(TOO_MUCH)
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

    def font_name(self, value: Value) -> Value:
        """A font's name; a neutral one if it contains an identity, as that of a handwriting font."""
        if not isinstance(value, Name):
            return None
        # Names need not be UTF-8: many fonts use their country's charset.
        words = _JOINT.sub(" ", value.unparse().decode("latin-1"))
        return Name("/Font") if self.cleaning.redactor.find(words) else value

    def language(self, value: Value) -> Value:
        """A language (14.9.2) without its region; None for what is no language."""
        tag = tag_without_region(str(value)) if isinstance(value, String) else ""
        return String(tag) if tag else None

    def octets(self, value: Value) -> Value:
        """A string for programs; None when it contains an identity."""
        if isinstance(value, Array):
            return Array([new for item in value if (new := self.octets(item)) is not None])
        if isinstance(value, String):
            return None if self.cleaning.redactor.find(str(value)) else value
        return self.plain(value)

    def words(self, value: Value) -> Value:
        """A text for people, without identities."""
        if isinstance(value, String):
            words = str(value)
            clean = self.text(words)
            return value if clean == words else String(clean)
        if isinstance(value, Stream):
            content = value.read_bytes()
            self.cleaning.room.take(len(content))
            return String(self.text(str(String(content))))
        if isinstance(value, Array):
            return Array([new for item in value if (new := self.words(item)) is not None])
        return self.plain(value)

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

    def destination(self, value: Value) -> Value:
        """A place in this document (12.3.2); None for anything else."""
        if isinstance(value, Dictionary):
            value = value.get("/D")
        if isinstance(value, String):
            words = str(value)
            found = self.cleaning.redactor.find(words)
            return String(replaced(words, found)) if found else value
        if isinstance(value, Name):
            return None if self._names(str(value)) else value
        if isinstance(value, Array) and len(value) > 0:
            items: list[Value] = list(value)
            page, rest = items[0], items[1:]
            if isinstance(page, int) or (isinstance(page, Dictionary) and page.objgen in self.pages):
                return value if all(_is_plain(item) for item in rest) else None
        return None

    def action(self, value: Value) -> Value:
        """A link to a place in this document or to the web; None for every other action."""
        return cleaned_action(value, self) if isinstance(value, Dictionary) else None

    def opening(self, value: Value) -> Value:
        """The page that is shown when the document is opened; every other action would happen unasked."""
        if not isinstance(value, Dictionary):
            return self.destination(value)
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

    def destination_names(self, value: Value) -> Value:
        """The name tree of destinations (7.9.6), rewritten as one sorted list."""
        places: dict[bytes, Value] = {}
        waiting, seen = [value], {(0, 0)}
        while waiting:
            node = waiting.pop()
            if not isinstance(node, Dictionary) or (node.is_indirect and node.objgen in seen):
                continue
            seen.add(node.objgen)
            kids, names = node.get("/Kids"), node.get("/Names")
            waiting.extend(kids if isinstance(kids, Array) else ())
            items = list(names) if isinstance(names, Array) else []
            self._items += len(items)
            if self._items > MAX_OBJECTS * 10:
                raise CannotAnonymise(TOO_MUCH)
            for name, place in zip(items[::2], items[1::2], strict=False):
                clean, at = self.destination(name), self.destination(place)
                if isinstance(clean, String) and at is not None:
                    places[bytes(clean)] = at
        pairs = [part for name in sorted(places) for part in (String(name), places[name])]
        return Dictionary(Names=Array(pairs)) if pairs else None


def _is_plain(value: Value, depth: int = 0) -> bool:
    if isinstance(value, Array):
        return depth < _PLAIN_DEPTH and all(_is_plain(item, depth + 1) for item in value)
    return not isinstance(value, String | Dictionary | Stream)


def _is_thing(value: Value) -> TypeGuard[Object]:
    return isinstance(value, Dictionary | Stream)


_SPECIAL = {
    "drawing or states": Tree.appearance,
    "plain": Tree.plain,
    "octets": Tree.octets,
    "language": Tree.language,
    "font name": Tree.font_name,
    "text": Tree.words,
    "destination": Tree.destination,
    "action": Tree.action,
    "opening": Tree.opening,
    "own page": Tree.own_page,
    "page content": Tree.page_content,
    "structure object": Tree.structure_object,
    "destination names": Tree.destination_names,
}
