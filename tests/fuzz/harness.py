"""What a harness is: one reader of foreign octets, what it may raise, and how long it may take."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relay.model import Attachment, Identity, Known, Persona
from relay.refusals import Refusal

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("jane@real.example", "jane.whitcombe@mail.example", "omar@home.example")
# With more letters on either side it is another address, whoever has that.
_ANY = "|".join(map(re.escape, SECRETS))
SECRET = re.compile(rf"(?<![\w.+%-])(?:{_ANY})(?![\w-])(?!\.\w)", re.IGNORECASE)
KNOWN = Known(
    Identity(SECRETS[:2], ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example"),
    Identity(SECRETS[2:], ("Omar Haddad",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example"),
)


@dataclass(frozen=True, slots=True)
class Harness:
    """``run`` gives octets to a reader and asserts what must hold of the answer. Whatever is not in ``may`` is a find,
    and so is more than ``seconds``. ``seeds`` are octets to begin with; ``asks`` is "module:function", whose first
    argument in all other tests is a seed, too; ``longest`` the octets of one input."""

    name: str
    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...] = ()
    asks: tuple[str, ...] = ()
    may: tuple[type[BaseException], ...] = (Refusal,)
    seconds: float = 2.0
    longest: int = 16_384


@dataclass(frozen=True, slots=True)
class Find:
    """Something that must not be: ``kind`` names what was raised and where, and so tells one fault from another."""

    kind: str
    told: str


def look(harness: Harness, octets: bytes) -> Find | None:
    """Give one input to a harness."""
    begun = time.process_time()
    try:
        harness.run(octets)
    except harness.may:
        pass
    except Exception as error:  # whatever else it is, it is what we look for
        return Find(_kind(error), traceback.format_exc())
    took = time.process_time() - begun
    return Find("slow", f"{took:.1f} s") if took > harness.seconds else None


def _kind(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/relay/" in frame.filename] or list(frames)
    if isinstance(error, RecursionError):
        ours = ours[:20]  # where it ends is chance
    return f"{type(error).__name__}-{Path(ours[-1].filename).stem}-{ours[-1].lineno}"


def text_of(octets: bytes) -> str:
    """Octets as the text a reader would be given."""
    return octets.decode("utf-8", "replace")


def octets_of(argument: object) -> bytes | None:
    """The octets in what a function was called with in a test; None when it is of no use as a seed."""
    if isinstance(argument, Attachment):
        argument = argument.content
    if isinstance(argument, str):
        argument = argument.encode("utf-8", "surrogateescape")
    if isinstance(argument, list | tuple) and all(isinstance(item, str) for item in argument):
        argument = "\n".join(argument).encode("utf-8", "surrogateescape")
    return bytes(argument) if isinstance(argument, bytes | bytearray) else None


def letters() -> list[bytes]:
    """The letters that lie in this project."""
    folders = (ROOT / "scripts" / "letters", ROOT / "tests" / "letters")
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.eml"))]
