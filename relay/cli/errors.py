"""What a fault is called to an operator's face, and which exit code it has."""

from __future__ import annotations

import os
import traceback

from relay.holds import HoldError
from relay.home import HomeError
from relay.letters.templates import StationeryError
from relay.mentoring.enrolment import EnrolError
from relay.mentoring.members import MemberError
from relay.mentoring.pairing import PairingError
from relay.mentoring.validation import RequestError
from relay.rehearsal.script import ScriptError
from relay.settings_file import SettingsError
from relay.smtp.server.tls import TlsFault
from relay.states import MoveError
from relay.store import StoreBusyOrFull, StoreError

FAILED, TRY_AGAIN = 1, 75  # EX_TEMPFAIL of sysexits.h


def explained(error: Exception) -> tuple[list[str], int]:
    """Lines for the operator, and the exit code."""
    if isinstance(error, SettingsError):
        return error.errors, FAILED
    if isinstance(error, RequestError | EnrolError | ScriptError):
        return error.faults, FAILED
    if isinstance(error, StoreBusyOrFull):
        return [str(error)], TRY_AGAIN
    said = HoldError | HomeError | MemberError | MoveError | PairingError | StationeryError | StoreError | TlsFault
    if isinstance(error, said):
        return [str(error)], FAILED
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return [f"{place}{error.strerror or error}"], FAILED
    return [_unforeseen(error)], FAILED


def _unforeseen(error: Exception) -> str:
    """A fault of ours: where it happened, but not its words, which may hold an address."""
    if os.environ.get("RELAY_TRACEBACK"):
        traceback.print_exception(error)
    return f"something went wrong inside relay ({kind_and_place(error)}); RELAY_TRACEBACK=1 shows all of it"


def kind_and_place(error: BaseException) -> str:
    """What an exception is and where it came from: "KeyError at accept.py:99". Not its words."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"  # noqa: PTH119 -- in a trace, not a path
    return f"{type(error).__name__} at {place}"
