"""Settings of a pool of workers."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """``count`` processes with ``memory`` octets of address space each.

    A job may take ``deadline`` seconds of wall-clock time and ``cpu_deadline`` seconds of processor time (0: no limit).
    ``niceness`` (nice(2)) gives the server priority over workers. After ``idle`` seconds without a job the processes
    end and are started again for the next one; with 0 they are started at once and stay. Letters are signed for
    ``domain`` with the (selector, PEM) ``keys``; mail of the programme's with ``programme_keys``, or if there are none
    with the same. ``templates``: the home's templates, whose languages are understood too; they need not exist.
    """

    count: int
    deadline: float
    memory: int
    domain: str
    keys: tuple[tuple[str, str], ...]
    niceness: int = 3
    cpu_deadline: float = 0.0
    idle: float = 0.0
    programme_keys: tuple[tuple[str, str], ...] = ()
    templates: str = ""

    def for_strangers(self) -> WorkerSettings:
        """For refused letters and automatic mail: one process of low priority, 2 s per letter, stopped while unused.

        The two seconds are processor time, because a process of such low priority may wait long on a busy machine.
        """
        return replace(self, count=1, niceness=10, cpu_deadline=2.0, idle=300.0)
