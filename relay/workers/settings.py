"""What a pool of workers is like."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """``count`` processes with ``memory`` octets of address space each.

    A job may take ``deadline`` seconds by the clock and ``cpu_deadline`` seconds of processor time (0: no such bound).
    ``niceness`` (nice(2)): when there are not cores enough, the server goes first. After ``idle`` seconds without a job
    the processes end, and are started again for the next one; with 0 they are started at once and stay. Letters are
    signed for ``domain`` with the (selector, PEM) ``keys``.
    """

    count: int
    deadline: float
    memory: int
    domain: str
    keys: tuple[tuple[str, str], ...]
    niceness: int = 3
    cpu_deadline: float = 0.0
    idle: float = 0.0

    def for_strangers(self) -> WorkerSettings:
        """For what is opened behind a refusal: one process that gives way to all others, works 2 s on a letter, and
        costs nothing while nobody needs it.

        The two seconds are processor time, because on a busy machine so low a priority waits long for its turn.
        """
        return replace(self, count=1, niceness=10, cpu_deadline=2.0, idle=300.0)
