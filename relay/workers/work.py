"""What a worker process does: one letter after the other through the pure middle, until its socket closes."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import signal
import socket
import struct
import sys
from dataclasses import dataclass

from relay.message.sign import Signer
from relay.model import RebuildOrder, Rebuilt, Removal
from relay.rebuild import rebuild
from relay.refusals import CannotAnonymise, HeldForCoordinator, Malformed, Refusal, StillIdentifying
from relay.workers.desk import Desk

HEAD = struct.Struct("!?Q")
"""Stands before each question and each answer: whether it lies on the desk, and its length in octets."""
_NICE = 3
"""When there are not cores enough, the server goes first: the letters it has to do with are a step further."""
_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind for kind in (CannotAnonymise, StillIdentifying, HeldForCoordinator, Malformed)
}


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """``count`` processes; ``deadline`` seconds a letter; ``memory`` octets of address space each; the domain and
    the (selector, PEM) keys that letters are signed with."""

    count: int
    deadline: float
    memory: int
    domain: str
    keys: tuple[tuple[str, str], ...]


def work(link: socket.socket, settings: WorkerSettings) -> None:
    """The life of one worker process."""
    be_silent()
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    # The terminal's Ctrl-C and systemd's TERM go to the group; the server decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (settings.memory, settings.memory))
    sys.setrecursionlimit(2000)
    signer = Signer(settings.domain, settings.keys)
    desk = Desk.find(link)
    with link.makefile("rwb") as stream:
        while len(head := stream.read(HEAD.size)) == HEAD.size:
            laid, length = HEAD.unpack(head)
            question = desk.take(length) if laid else stream.read(length)
            order: RebuildOrder = pickle.loads(question)  # noqa: S301 -- from our own server
            answer = _written(_answer(order, signer))
            # Only then the server has nothing else there, and asks nothing else before it has taken this.
            laid = laid and desk.put(answer)
            stream.write(HEAD.pack(laid, len(answer)) + (b"" if laid else answer))
            stream.flush()


def be_silent() -> None:
    """What a library, written in Python or not, says about a letter may quote it: nobody is to hear it. The parent
    tells when a worker is lost. RELAY_TRACEBACK=1 leaves it be, to search for a fault."""
    if not os.environ.get("RELAY_TRACEBACK"):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)


def asked(order: RebuildOrder) -> bytes:
    """A letter as it is sent to a worker."""
    return pickle.dumps(order, pickle.HIGHEST_PROTOCOL)


def answered(octets: bytes) -> Rebuilt:
    """A worker's answer; raises the Refusal that it is. The worker runs our code, but on a stranger's letter: what it
    may have become must not run code here, so the answer is JSON and octets."""
    line, _, content = octets.partition(b"\n")
    said = json.loads(line)
    if "refusal" in said:
        raise _REFUSALS[said["refusal"]](said["detail"])
    return Rebuilt(content, tuple(Removal(*removal) for removal in said["removals"]))


def _answer(order: RebuildOrder, signer: Signer) -> Rebuilt | Refusal:
    try:
        return rebuild(order, signer)
    except Refusal as refusal:
        return refusal
    except (MemoryError, RecursionError):
        return CannotAnonymise("this letter is too large or too deeply nested; please send it again as plain text")
    except Exception:  # this is a door: foreign octets come in, and only a refusal may go out
        return CannotAnonymise("this letter could not be understood; please send it again as plain text")


def _written(answer: Rebuilt | Refusal) -> bytes:
    """The answer as one line of JSON, and for a letter its content after it."""
    if isinstance(answer, Refusal):
        return json.dumps({"refusal": type(answer).__name__, "detail": answer.detail}).encode() + b"\n"
    removals = [[r.kind, r.count, r.detail] for r in answer.removals]
    return json.dumps({"removals": removals}).encode() + b"\n" + answer.content
