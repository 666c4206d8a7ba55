"""The context of a cleaner: identities, tally, limits, a way to clean files inside of files; and its exceptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from relay.anonymise.attachments.beside import Beside
from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

MAX_DEPTH = 4
MAX_UNPACKED = 200 * 1024 * 1024
MAX_FILES = 2000

_TOO_DEEP = "an attachment holds files within files too deep to be made anonymous; please send them one by one"
_TOO_MUCH = "an attachment unpacks to more than can be made anonymous; please send fewer or smaller files"
ACTS = "a file that opens, runs or fetches something by itself cannot be passed on; please "
_LEFT_OUT = "an attachment holds a key, signature or contact card that cannot be passed on; please leave it out"


class LeftOut(Exception):  # noqa: N818 -- a decision about a file, not a fault
    """Raised by a cleaner when the whole file is dropped and the letter is complete without it."""


class ActsByItself(CannotAnonymise):
    """The file opens, runs or fetches something by itself: a program, shortcut, script, playlist or query."""

    words = f"{ACTS}write what matters into the letter"


@dataclass(slots=True)
class Room:
    """What may still be unpacked from all attachments of one letter together."""

    octets: int = MAX_UNPACKED
    files: int = MAX_FILES

    def take(self, octets: int) -> None:
        """Count one more unpacked file. Raises CannotAnonymise when it exceeds the limits."""
        self.octets -= octets
        self.files -= 1
        if self.octets < 0 or self.files < 0:
            raise CannotAnonymise(_TOO_MUCH)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """The cleaning of one file. ``each`` cleans a file of any family, ``scrub_mail`` runs all scrubbers over an
    attached mail; ``depth`` is the nesting level of this file; ``beside`` are the files of the archive it is in."""

    redactor: Redactor
    tally: Tally
    each: Callable[[Attachment, Cleaning], Attachment]
    scrub_mail: Callable[[Message, Cleaning], Message]
    depth: int = 0
    room: Room = field(default_factory=Room)
    beside: Beside = field(default_factory=Beside)

    def inside(self, attachment: Attachment) -> Attachment:
        """Clean a file inside of this one: a picture in a document, a member of an archive. Raises CannotAnonymise when
        it cannot be cleaned, must be left out, is nested too deeply, or exceeds the limits."""
        cleaned = self.inside_or_none(attachment)
        if cleaned is None:
            raise CannotAnonymise(_LEFT_OUT)
        return cleaned

    def inside_or_none(self, attachment: Attachment, beside: Beside | None = None) -> Attachment | None:
        """The same, for a container that is complete without the file: None when it is left out. ``beside``: the files
        of the container to which a web page may refer."""
        within = replace(self.deeper(), beside=beside or Beside())
        self.room.take(len(attachment.content))
        try:
            return self.each(attachment, within)
        except LeftOut:
            return None

    def deeper(self) -> Cleaning:
        """The context for files inside of this one. Raises CannotAnonymise when they are nested too deeply."""
        if self.depth >= MAX_DEPTH:
            raise CannotAnonymise(_TOO_DEEP)
        return replace(self, depth=self.depth + 1)


Cleaner = Callable[[Attachment, Cleaning], Attachment]


class BrokenPicture(Exception):  # noqa: N818 -- an invalid picture is no error of ours
    """The octets are not a valid picture of the expected format."""


class BrokenRecording(Exception):  # noqa: N818 -- an invalid recording is no error of ours
    """The octets are not a valid recording or film of the expected format."""
