"""The folding of text, under its former name: see names/fold.py."""

from __future__ import annotations

from relay.anonymise.names.fold import Folded, fold, letters, letters_at, skeleton_of

__all__ = ["Folded", "fold", "letters", "letters_at", "skeleton_of"]
