"""Compares two lists of times with the Mann-Whitney U test, and measures the size of the difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import NormalDist, median


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two lists of times.

    ``p``: the p-value, two-sided. ``above``: the probability that a value of the first list is larger than one of the
    second (0.5: no difference). ``apart``: the second median minus the first, in seconds.
    """

    p: float
    above: float
    apart: float

    @property
    def tells(self) -> bool:
        """Whether an observer could tell the lists apart: significant, large enough, and above network jitter (0.25
        ms)."""
        return self.p < 0.0001 and abs(self.above - 0.5) > 0.1 and abs(self.apart) > 0.00025


def difference(one: Sequence[float], other: Sequence[float]) -> Difference:
    """Compare two lists (H. B. Mann, D. R. Whitney, 1947; normal approximation, ties shared)."""
    n, m = len(one), len(other)
    tagged = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks, at, tied = 0.0, 1, 0
    for _, some in groupby(tagged, key=lambda pair: pair[0]):
        same = list(some)
        ranks += (at + (len(same) - 1) / 2) * sum(first for _, first in same)
        at += len(same)
        tied += len(same) ** 3 - len(same)
    u = ranks - n * (n + 1) / 2
    spread = math.sqrt(n * m / 12 * ((n + m + 1) - tied / ((n + m) * (n + m - 1))))
    z = (u - n * m / 2) / spread if spread else 0.0
    return Difference(2 * NormalDist().cdf(-abs(z)), u / (n * m), median(other) - median(one))
