"""A text in the forms in which names and addresses are searched in it."""

from __future__ import annotations

from functools import cached_property

from relay.anonymise.mailboxes import Undisguised, undisguise
from relay.anonymise.names.fold import Folded, fold, letters
from relay.anonymise.names.lookalikes import OddWords, odd_words
from relay.anonymise.names.vocabulary import Codes


class SearchText:
    """A text folded, and its letters; its other forms are computed on first use. ``text_languages`` holds what was told
    of its languages."""

    def __init__(self, text: str) -> None:
        self.folded: Folded = fold(text)
        self.letters = letters(self.folded.text)
        self.text_languages: tuple[Codes | None] | None = None

    @cached_property
    def undisguised(self) -> Undisguised:
        """The skeleton with every disguised "@" and "." replaced."""
        return undisguise(self.folded.text)

    @cached_property
    def odd_words(self) -> OddWords:
        """What looks odd in the text."""
        return odd_words(self.folded.original)
