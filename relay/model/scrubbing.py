"""What scrubbers are told, and what they report."""

from __future__ import annotations

from dataclasses import dataclass

from relay.model.mail import Message
from relay.model.people import Identity, Persona
from relay.model.pickled import Pickled


@dataclass(frozen=True, slots=True)
class Removal:
    """Something removed from a letter, or replaced in it. ``kind``: a stable slug (see docs/what-we-remove.md);
    ``detail``: text that the author may see, never the removed text itself."""

    kind: str
    count: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that relay leaves in a letter, and that a person has to decide about before the letter is sent.

    ``kind``: "file" (a file that relay cannot read), "name" (a word that may be part of the author's name), "link" (a
    link that shows the owner of a shared file), or a kind of contact detail (relay.anonymise.contact.KINDS). ``words``:
    the author's own, shown to the author only; ``file``: the attached file they are in, "" for the letter itself;
    ``page``: the page of that file, 0 if it has none.
    """

    kind: str
    words: str = ""
    file: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Echo(Pickled):
    """A mention of the recipient in a letter as its author wrote it, with the words before and after it; without these,
    how often it was written."""

    before: str
    words: str
    behind: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Change(Pickled):
    """Something that relay changed in a letter, and changes back in the answer (relay.anonymise.way_back): ``arrived``
    as its recipient got it, ``written`` as its author wrote it."""

    kind: str
    arrived: str
    written: str


@dataclass(frozen=True, slots=True)
class Echoes(Pickled):
    """Parts of earlier letters that name their recipient, who may quote them or send them back: mentions in the text,
    normalised subjects (relay.anonymise.way_back.core), SHA-256 digests of files, and names of files. ``changes``:
    words of the author of those letters, who gets them back as they were. ``values``: texts that stand by themselves in
    those letters and their files, such as the words for a picture; ``sketches``: by what files that name their
    recipient are known again when they come back with changes (relay.anonymise.likeness)."""

    mentions: tuple[Echo, ...] = ()
    subjects: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    values: tuple[str, ...] = ()
    sketches: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.mentions, self.subjects, self.files, self.names, self.changes, self.values, self.sketches))


NO_ECHOES = Echoes()


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The result of a scrubber: the new message, what was removed, what a person has to decide, what may come back in
    an answer, and what recognises its words then (History)."""

    message: Message
    removals: tuple[Removal, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    echoes: Echoes = NO_ECHOES
    remembered: bytes = b""


@dataclass(frozen=True, slots=True)
class History(Pickled):
    """Earlier letters of a pair, as keyed hashes of their words. ``carried``: how much of them an answer quotes: "one"
    (the letter it answers) or "none"; ``key``: the key for the hashes of this letter; ``past``: (key, hashes) of
    earlier letters."""

    carried: str
    key: bytes
    past: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class ToConvert(Pickled):
    """A file that another program has to bring into a form that can be cleaned. ``kind`` names its form ("doc", "avi");
    ``filename`` is the author's, "" for none."""

    kind: str
    content: bytes
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Conversions(Pickled):
    """``kinds``: the forms that can be converted here; ``made``: for each file of this letter that was converted, its
    SHA-256 digest and the new file; None for a file that its converter could not convert."""

    kinds: frozenset[str] = frozenset()
    made: tuple[tuple[bytes, bytes | None], ...] = ()


NO_CONVERSIONS = Conversions()


@dataclass(frozen=True, slots=True)
class Known(Pickled):
    """The input of scrubbers: both identities and personas. ``contact``: what happens to the author's contact details
    ("allow", "redact", "ask", "coordinator" or "refuse"); ``unknown_files``: what happens to files that relay cannot
    read ("ask", "coordinator", "refuse" or "pass"); ``echoes``: what the recipient has written about the author, who
    may quote it; ``history``: what was relayed before, None when nothing is remembered; ``conversions``: what other
    programs can convert, and have converted."""

    author: Identity
    author_persona: Persona
    recipient: Identity
    recipient_persona: Persona
    contact: str = "allow"
    unknown_files: str = "ask"
    echoes: Echoes = NO_ECHOES
    history: History | None = None
    conversions: Conversions = NO_CONVERSIONS

    @property
    def names(self) -> tuple[str, ...]:
        """All names of both."""
        return tuple(name for one in (self.author, self.recipient) for name in (*one.known_as, *one.learned))
