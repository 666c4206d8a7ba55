"""The log of relay serve: one line a record, with its level, and without letter text or addresses."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import TextIO

import click

from relay.cli.errors import kind_and_place

_LINE = "%(levelname)s %(name)s: %(message)s"
_LINE_WITH_TIME = f"%(asctime)s {_LINE}"
_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""Level to syslog priority (RFC 5424 6.2.1)."""


class SafeFormatter(logging.Formatter):
    """The message of a library and the text of an exception may hold letter text or an address. Of an exception only
    its type and place are logged, and a library's message is replaced."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        from_relay = record.name.partition(".")[0] == "relay"
        if from_relay and not (record.exc_info or record.stack_info):
            return super().format(record)
        safe = logging.makeLogRecord(record.__dict__)
        if not from_relay:
            safe.msg, safe.args = "something went wrong", None
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            safe.msg, safe.args = f"{safe.getMessage()} ({kind_and_place(error)})", None
        safe.exc_info = safe.exc_text = safe.stack_info = None
        return super().format(safe)


class _JournalFormatter(SafeFormatter):
    """For systemd's journal: the line begins with its priority (sd-daemon(3)), which the journal takes off."""

    def format(self, record: logging.LogRecord) -> str:
        return f"<{_PRIORITY.get(record.levelno, 5)}>{super().format(record)}"


def formatter(environ: Mapping[str, str], stream: TextIO) -> logging.Formatter:
    """The formatter for lines on ``stream``. The journal adds the time itself; elsewhere the line gets it here.

    JOURNAL_STREAM is the device and inode of the journal's socket (systemd.exec(5)). A program started by a service
    inherits it, though its output may go elsewhere.
    """
    try:
        status = os.fstat(stream.fileno())
    except OSError:  # no file
        return SafeFormatter(_LINE_WITH_TIME)
    journal = environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
    return _JournalFormatter(_LINE) if journal else SafeFormatter(_LINE_WITH_TIME)


def _leave_out_what_no_line_shows() -> None:
    """Thread, process and line of code of each message: looking for them takes as long as the rest of it
    (docs.python.org/3/howto/logging.html#optimization)."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None


def log_error(environ: Mapping[str, str], words: str) -> None:
    """Print ``words`` like an error of the log, also before there is a log. They hold no address."""
    record = logging.LogRecord("relay", logging.ERROR, "", 0, "%s", (words,), None)
    click.echo(formatter(environ, sys.stderr).format(record), err=True)


def log_to_stderr(environ: Mapping[str, str]) -> None:
    """Log relay's messages from INFO on to standard error, and those of libraries from ERROR on."""
    _leave_out_what_no_line_shows()
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(environ, sys.stderr))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("relay").setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.ERROR)
