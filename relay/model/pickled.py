"""Objects that are sent to workers."""

from __future__ import annotations

from typing import Any, Self


class Pickled:
    """Base of frozen dataclasses with slots that are pickled for each letter: as their class and its values.

    Otherwise dataclasses lists the fields anew for each object, which takes as long as the rest of pickling.
    """

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), tuple([getattr(self, name) for name in self.__slots__])
