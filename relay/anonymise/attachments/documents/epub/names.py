"""New names for the files, identifiers and classes of an e-book, the same in all its files."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from urllib.parse import unquote

from relay.anonymise.identities import Redactor


@dataclass(slots=True)
class Names:
    """Paths are within the container (EPUB 3.3, 4.2.5)."""

    redactor: Redactor
    _files: dict[str, str] = field(default_factory=dict)
    _identifiers: dict[str, str] = field(default_factory=dict)
    _classes: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, new: str) -> None:
        """The file ``path`` is kept, as ``new`` (relative to the new package document)."""
        self._files[path.lower()] = new

    def of(self, path: str) -> str:
        """The new name of a kept file; "" for one that is left out."""
        return self._files.get(path.lower(), "")

    def link(self, target: str, base: str) -> str | None:
        """A reference in the file ``base`` to another file of the book, or a place in one, as it must be written in the
        new book. None when the target is no file of it, or left out."""
        place, _, fragment = target.strip().partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(place))) if place else base
        new = self.of(path)
        if not new:
            return None
        relative = posixpath.relpath(new, posixpath.dirname(self.of(base)) or ".") if place else ""
        return relative + (f"#{self.identifier(fragment)}" if fragment else "")

    def identifier(self, name: str) -> str:
        """The neutral identifier for a name."""
        return self._identifiers.setdefault(unquote(name), f"i{len(self._identifiers) + 1}")

    def class_name(self, name: str) -> str:
        """The neutral class for a name."""
        return self._classes.setdefault(name, f"c{len(self._classes) + 1}")
