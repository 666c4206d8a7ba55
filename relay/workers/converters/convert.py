"""Converts the files of letters, a few at a time, and gives each letter what was made of its files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

from relay.model import Conversions, ToConvert
from relay.refusals import CannotAnonymise, NeedsConversion, TryLater
from relay.settings import AttachmentSettings
from relay.workers.converters.programs import PROGRAMS, program_for
from relay.workers.converters.sandbox import Ending, Limits, run, works

log = logging.getLogger(__name__)

_MAX_RESULT = 200 * 1024 * 1024
_RUNS = 2
"""Runs that may die over one file. The first may have died of another cause, such as lack of memory."""
_WAITING = 20
"""Letters that may wait for each converter; more are put off. Their servers try again."""
_SLOW = (
    "a file of this letter took too long to convert, or grew too large; please save it in a newer form (.docx, .xlsx, "
    ".pptx, .mp4) and attach it anew"
)

R = TypeVar("R")


@dataclass(slots=True)
class Converters:
    """Converts files within the limits of the settings. Call ``open`` first: until then, and where no sandbox can be
    made, nothing is converted."""

    settings: AttachmentSettings
    kinds: frozenset[str] = frozenset()
    _slots: asyncio.Semaphore = field(init=False)
    _letters: int = 0

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.settings.converters)

    async def open(self) -> None:
        """Find out what can be converted here."""
        programs = [program for program in PROGRAMS if program.found]
        if self.settings.convert == "never" or not programs:
            return
        if not await works():
            log.warning("files are not converted: no sandbox can be made (see relay check)")
            return
        self.kinds = frozenset(kind for program in programs for kind in program.kinds)

    async def with_conversions(self, attempt: Callable[[Conversions], Awaitable[R]]) -> R:
        """The result of ``attempt``, which may need conversions: then they are made, and it is repeated with them.
        Raises TryLater when a converter has gone or too many letters wait for one; CannotAnonymise for a file that
        takes too long; and what ``attempt`` raises."""
        conversions = Conversions(self.kinds)
        try:
            return await attempt(conversions)
        except NeedsConversion as needed:
            files = needed.files
        if self._letters >= self.settings.converters * _WAITING:
            log.error("a letter deferred: too many letters wait for a converter")
            raise TryLater
        self._letters += 1
        try:
            made = [(sha256(file.content).digest(), await self._converted(file)) for file in files]
        finally:
            self._letters -= 1
        # A file in a converted one may not need a converter again: then the letter is refused.
        return await attempt(Conversions(frozenset(), tuple(made)))

    async def _converted(self, file: ToConvert) -> bytes | None:
        """What was made of a file; None when its program could not read it."""
        program = program_for(file) if file.kind in self.kinds else None
        if program is None:
            return None
        limits = Limits(self.settings.converter_deadline, self.settings.converter_memory, _MAX_RESULT)
        async with self._slots:
            for _ in range(_RUNS):
                try:
                    ending, made = await run(program.script(file.kind), file.content, limits)
                except OSError as error:
                    log.error("a letter deferred: no converter could be started: %s", error.strerror)
                    raise TryLater from error
                if ending is not Ending.DIED:
                    break
        if ending is Ending.NEVER_BEGAN:
            log.error("a letter deferred: no sandbox for a converter could be made")
            raise TryLater
        if ending in (Ending.LATE, Ending.TOO_LARGE):
            log.warning("%s took too long over a file, or made too much of it; the letter is refused", program.name)
            raise CannotAnonymise(_SLOW, file.filename)
        if ending is not Ending.MADE:
            log.warning("%s could not convert a file; the letter is refused", program.name)
        return made or None
