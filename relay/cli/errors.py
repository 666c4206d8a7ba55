"""What the operator is told about an exception, and its exit code."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path

from relay.holds import HoldError
from relay.home import HomeError
from relay.letters.words import StationeryError
from relay.mentoring.enrolment import EnrolError
from relay.mentoring.members import MemberError
from relay.mentoring.pairing import PairingError
from relay.mentoring.validation import RequestError
from relay.operations.quickstart.machine import StepError
from relay.ownership import as_owner
from relay.rehearsal.script import ScriptError
from relay.settings_file import SettingsError
from relay.smtp.server.tls import TlsFault
from relay.states import MoveError
from relay.store import StoreBusyOrFull, StoreError

FAILED, TRY_AGAIN = 1, 75  # EX_TEMPFAIL of sysexits.h


def explained(error: Exception) -> tuple[list[str], int]:
    """The lines to print for an exception, and the exit code: 75 when trying again may help, else 1."""
    if isinstance(error, SettingsError):
        return error.errors, FAILED
    if isinstance(error, RequestError | EnrolError | ScriptError):
        return error.faults, FAILED
    if isinstance(error, StoreBusyOrFull):
        return [str(error)], TRY_AGAIN
    expected = (
        HoldError
        | HomeError
        | MemberError
        | MoveError
        | PairingError
        | StationeryError
        | StepError
        | StoreError
        | TlsFault
    )
    if isinstance(error, expected):
        return [str(error)], FAILED
    return _of_the_system(error) if isinstance(error, OSError) else ([_unexpected(error)], FAILED)


def _of_the_system(error: OSError) -> tuple[list[str], int]:
    """The line for an error of the operating system."""
    place = f"{error.filename}: " if error.filename else ""
    if isinstance(error, PermissionError) and error.filename:
        remedy = as_owner(Path(os.fsdecode(error.filename)))
        return [f"{place}you may not read or write it; {remedy}"], FAILED
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return [f"{place}the disk is full; free some space there, then try again"], TRY_AGAIN
    return [f"{place}{error.strerror or error}"], FAILED


def _unexpected(error: Exception) -> str:
    """A bug: its type and place, but not its text, which may hold an address."""
    if os.environ.get("RELAY_TRACEBACK"):
        traceback.print_exception(error)
    return f"internal error ({kind_and_place(error)}); set RELAY_TRACEBACK=1 to see the traceback"


def kind_and_place(error: BaseException) -> str:
    """The type of an exception and the line that raised it, "KeyError at accept.py:99", without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"  # noqa: PTH119 -- only the last part of a name, no file is meant
    return f"{type(error).__name__} at {place}"
