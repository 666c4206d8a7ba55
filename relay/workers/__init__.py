"""Runs the pure middle in disposable processes, with a deadline and a memory limit.

Hostile mail can make any parser slow, deep or hungry. So no letter is opened in the server's own process: a worker that
misses its deadline or dies is replaced, its letter is refused, and every other letter goes on.
"""

from relay.workers.jobs import ComposeOrder, RecognizeOrder
from relay.workers.pool import Workers
from relay.workers.process import WorkerSettings

__all__ = ["ComposeOrder", "RecognizeOrder", "WorkerSettings", "Workers"]
