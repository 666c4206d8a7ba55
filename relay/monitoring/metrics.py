"""Prometheus metrics of one run. They wrap the callables of server and deliverer, which do not depend on them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from relay import __version__
from relay.anonymise.removal_kinds import KINDS
from relay.model import Envelope, RebuildOrder, Rebuilt
from relay.outcomes import Deferred, Failed, Outcome, Returned, Sent
from relay.refusals import Permanent, Refusal, Stranger, Transient

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STATES = ("queued", "sending", "held")
_OUTCOMES = tuple(kind.__name__.lower() for kind in (Sent, Deferred, Failed))
_ASKED_BY = ("tls", "sts", "dane")  # first words of a status that says that TLS was missing or wrong
_TLS = ("none", "opportunistic", "encrypted", "verified", "sts", "dane-ee", "dane-ta")


@dataclass(frozen=True, slots=True)
class Readings:
    """What the gauges show. ``queue``: state to the number of deliveries, and the age of the oldest in seconds;
    ``suspended``: members; ``late_jobs``: jobs that are due and do not run; ``free_octets``: on the home's disk."""

    queue: dict[str, tuple[int, float]]
    suspended: int
    late_jobs: int
    free_octets: int


class Send(Protocol):
    """Sends one letter, as smtp.client.send does."""

    async def __call__(self, *, recipient: str, return_path: str, content: bytes) -> Outcome: ...


class _ByValue(dict[str, Counter]):
    """A counter for each value of the one label of ``counter``, because finding it there takes longer than counting."""

    def __init__(self, counter: Counter, values: Iterable[str]) -> None:
        super().__init__((value, counter.labels(value)) for value in values)
        self._counter = counter

    def __missing__(self, value: str) -> Counter:
        self[value] = found = self._counter.labels(value)
        return found


class Metrics:
    """The metrics of one run. Label values are names of classes, kinds and states, so strangers cannot add any."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        Gauge("relay_build_info", "Version of the running relay.", ["version"], registry=self.registry).labels(
            __version__
        ).set(1)
        self._letters = self._counter("relay_letters", "Letters received, by reply.", "answer", _replies())
        self._removed = self._counter("relay_removals", "Removals from letters, by kind.", "kind", KINDS)
        self._tries = self._counter("relay_delivery_tries", "Delivery tries, by outcome.", "outcome", _OUTCOMES)
        self._taken = self._counter("relay_deliveries", "Letters that the next server accepted, by TLS.", "tls", _TLS)
        self._held_back = self._counter(
            "relay_unprotected", "Tries not sent because TLS was missing or wrong, by policy.", "asked_by", _ASKED_BY
        )
        self._accept = self._histogram("relay_accept_seconds", "Time from the final dot to the reply.")
        self._rebuild = self._histogram(
            "relay_rebuild_seconds", "Time to rebuild a letter in a worker, including waiting."
        )
        self._send = self._histogram("relay_send_seconds", "Time of one delivery try.")
        self._queue = Gauge("relay_queue", "Deliveries in the queue, by state.", ["state"], registry=self.registry)
        self._oldest = Gauge(
            "relay_queue_oldest_seconds", "Age of the oldest delivery, by state.", ["state"], registry=self.registry
        )
        self._suspended = self._gauge("relay_members_suspended", "Members whose mailbox does not exist any more.")
        self._late = self._gauge("relay_jobs_late", "Jobs that have been due for ten minutes and do not run.")
        self._free = self._gauge("relay_disk_free_bytes", "Free space on the disk of the home folder.")
        self._certificate = self._gauge(
            "relay_certificate_end_seconds", "When the TLS certificate in use expires (Unix time); 0: there is none."
        )

    def accepting(self, accept: Callable[[Envelope], Awaitable[str]]) -> Callable[[Envelope], Awaitable[str]]:
        """Wraps ``accept``: counts letters by reply, and measures the time."""

        async def measured(envelope: Envelope) -> str:
            begun, reply = time.perf_counter(), "error"
            try:
                said = await accept(envelope)
                reply = "accepted"
                return said
            except Refusal as refusal:
                reply = type(refusal).__name__
                raise
            finally:
                self._letters[reply].inc()
                self._accept.observe(time.perf_counter() - begun)

        return measured

    def rebuilding(
        self, rebuild: Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]
    ) -> Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]:
        """Wraps ``rebuild``: measures the time, and counts removals by kind."""

        async def measured(order: RebuildOrder) -> Rebuilt | Returned:
            begun = time.perf_counter()
            rebuilt = await rebuild(order)
            self._rebuild.observe(time.perf_counter() - begun)
            for removal in rebuilt.removals if isinstance(rebuilt, Rebuilt) else ():
                self._removed[removal.kind].inc(removal.count)
            return rebuilt

        return measured

    def sending(self, send: Send) -> Send:
        """Wraps ``send``: counts tries by outcome, and measures the time."""

        async def measured(*, recipient: str, return_path: str, content: bytes) -> Outcome:
            begun = time.perf_counter()
            outcome = await send(recipient=recipient, return_path=return_path, content=content)
            self._tries[type(outcome).__name__.lower()].inc()
            self._send.observe(time.perf_counter() - begun)
            if isinstance(outcome, Sent):
                self._taken[outcome.tls or "none"].inc()
            elif outcome.status.partition(" ")[0] in _ASKED_BY:
                self._held_back[outcome.status.partition(" ")[0]].inc()
            return outcome

        return measured

    def certificate_ends(self, at: datetime | None) -> None:
        """The certificate that relay offers from now on expires ``at``. None: it offers none, which shows as 0."""
        self._certificate.set(at.timestamp() if at else 0)

    def page(self, readings: Readings) -> bytes:
        """All metrics as text (Prometheus exposition format 0.0.4)."""
        for state in _STATES:
            count, seconds = readings.queue.get(state, (0, 0.0))
            self._queue.labels(state).set(count)
            self._oldest.labels(state).set(seconds)
        self._suspended.set(readings.suspended)
        self._late.set(readings.late_jobs)
        self._free.set(readings.free_octets)
        return generate_latest(self.registry)

    def _counter(self, name: str, documentation: str, label: str, values: Iterable[str]) -> _ByValue:
        """A counter that begins with 0 for each of ``values``: rate() and increase() miss the first count of a series
        that begins with 1."""
        return _ByValue(Counter(name, documentation, [label], registry=self.registry), values)

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(name, documentation, registry=self.registry)

    def _histogram(self, name: str, documentation: str) -> Histogram:
        return Histogram(name, documentation, buckets=_SECONDS, registry=self.registry)


def _replies() -> Iterator[str]:
    """The values of relay_letters_total: accepted, error, and the name of every refusal."""
    yield from ("accepted", "error")
    families: list[type[Refusal]] = [Refusal]
    while families:
        for refusal in families.pop().__subclasses__():
            families.append(refusal)
            if refusal not in (Permanent, Transient, Stranger):
                yield refusal.__name__
