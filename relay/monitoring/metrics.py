"""Counts and times of one run, in Prometheus' terms; wraps the doors, so that no story knows of it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from relay import __version__
from relay.model import Envelope, RebuildOrder, Rebuilt
from relay.outcomes import Outcome, Returned, Sent
from relay.refusals import Refusal

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STATES = ("queued", "sending", "held")
_ASKED_BY = ("tls", "sts", "dane")  # what a status begins with when a connection was not protected as it must be


class Send(Protocol):
    """The door out, as smtp.send gives it."""

    async def __call__(self, *, recipient: str, return_path: str, content: bytes) -> Outcome: ...


class Metrics:
    """One registry a run. Labels are class names, kinds and states: a closed list, whatever strangers send."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        Gauge("relay_build_info", "The version that runs.", ["version"], registry=self.registry).labels(__version__)
        self._letters = self._counter("relay_letters", "Letters decided at the dot.", "answer")
        self._removed = self._counter("relay_removals", "What was taken out of letters.", "kind")
        self._tries = self._counter("relay_delivery_tries", "Tries to deliver.", "outcome")
        self._taken = self._counter("relay_deliveries", "What the next server took, by what protected it.", "tls")
        self._held_back = self._counter(
            "relay_unprotected", "Tries that ended unsent for want of protection, by what asked for it.", "asked_by"
        )
        self._accept = self._histogram("relay_accept_seconds", "From the dot to its answer.")
        self._rebuild = self._histogram("relay_rebuild_seconds", "A letter through the workers, waiting included.")
        self._send = self._histogram("relay_send_seconds", "One try to deliver.")
        self._queue = Gauge("relay_queue", "Deliveries still owed.", ["state"], registry=self.registry)
        self._oldest = Gauge(
            "relay_queue_oldest_seconds", "Age of the oldest delivery still owed.", ["state"], registry=self.registry
        )

    def accepting(self, accept: Callable[[Envelope], Awaitable[str]]) -> Callable[[Envelope], Awaitable[str]]:
        """The same, counted by answer and timed."""

        async def measured(envelope: Envelope) -> str:
            begun, answer = time.perf_counter(), "error"
            try:
                said = await accept(envelope)
                answer = "accepted"
                return said
            except Refusal as refusal:
                answer = type(refusal).__name__
                raise
            finally:
                self._letters.labels(answer).inc()
                self._accept.observe(time.perf_counter() - begun)

        return measured

    def rebuilding(
        self, rebuild: Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]
    ) -> Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]:
        """The same, timed, its removals counted by kind."""

        async def measured(order: RebuildOrder) -> Rebuilt | Returned:
            begun = time.perf_counter()
            rebuilt = await rebuild(order)
            self._rebuild.observe(time.perf_counter() - begun)
            for removal in rebuilt.removals if isinstance(rebuilt, Rebuilt) else ():
                self._removed.labels(removal.kind).inc(removal.count)
            return rebuilt

        return measured

    def sending(self, send: Send) -> Send:
        """The same, counted by outcome and timed."""

        async def measured(*, recipient: str, return_path: str, content: bytes) -> Outcome:
            begun = time.perf_counter()
            outcome = await send(recipient=recipient, return_path=return_path, content=content)
            self._tries.labels(type(outcome).__name__.lower()).inc()
            self._send.observe(time.perf_counter() - begun)
            if isinstance(outcome, Sent):
                self._taken.labels(outcome.tls or "none").inc()
            elif outcome.status.partition(" ")[0] in _ASKED_BY:
                self._held_back.labels(outcome.status.partition(" ")[0]).inc()
            return outcome

        return measured

    def page(self, queue: dict[str, tuple[int, float]]) -> bytes:
        """Everything as text (Prometheus exposition format 0.0.4). ``queue``: state → (how many, seconds of the
        oldest)."""
        for state in _STATES:
            count, seconds = queue.get(state, (0, 0.0))
            self._queue.labels(state).set(count)
            self._oldest.labels(state).set(seconds)
        return generate_latest(self.registry)

    def _counter(self, name: str, says: str, label: str) -> Counter:
        return Counter(name, says, [label], registry=self.registry)

    def _histogram(self, name: str, says: str) -> Histogram:
        return Histogram(name, says, buckets=_SECONDS, registry=self.registry)
