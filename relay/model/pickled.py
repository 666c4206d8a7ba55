"""Objects that are sent to workers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from pickle import PickleBuffer
from typing import Any, Self, SupportsIndex

_SENT = 5  # the protocol of what is sent; a copy is made with a lower one


class Pickled:
    """Base of frozen dataclasses with slots that are pickled for each letter: as their class and its values.

    Otherwise dataclasses lists the fields anew for each object, which takes as long as the rest of pickling.
    """

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        kind = type(self)
        return kind, _values_of(kind)(self)  # type: ignore[arg-type]  # a class is hashable


@cache
def _values_of(kind: type[Pickled]) -> Callable[[object], tuple[Any, ...]]:
    """What takes the values of an object of this kind."""
    names = kind.__slots__
    if len(names) == 1:  # attrgetter of one name makes no tuple
        return lambda one: (getattr(one, names[0]),)
    return attrgetter(*names)


class PickledBesideLetter(Pickled):
    """Base of those whose first value is the octets of a letter: these are passed beside the pickle, and not copied
    (PEP 574)."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[type[Self], tuple[Any, ...]]:
        kind, (letter, *others) = self.__reduce__()
        return kind, (PickleBuffer(letter) if int(protocol) >= _SENT else letter, *others)
