"""What a cleaner gets besides the file: the identities, the tally, and the way into files inside of files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_DEPTH = 4
MAX_UNPACKED = 200 * 1024 * 1024
MAX_FILES = 2000

_TOO_DEEP = "an attachment holds files within files too deep to be made anonymous; please send them one by one"
_TOO_MUCH = "an attachment unpacks to more than can be made anonymous; please send fewer or smaller files"
_LEFT_OUT = "an attachment holds a key, signature or contact card that cannot be passed on; please leave it out"


class LeftOut(Exception):  # noqa: N818 -- a decision about a file, not a fault
    """Raised by a cleaner when nothing of a file may stay and the letter is whole without it."""


@dataclass(slots=True)
class Room:
    """How much may still be unpacked from the attachments of one letter, all of them together."""

    octets: int = MAX_UNPACKED
    files: int = MAX_FILES

    def take(self, octets: int) -> None:
        """Count one more unpacked file. Raises CannotAnonymise when there is no room for it."""
        self.octets -= octets
        self.files -= 1
        if self.octets < 0 or self.files < 0:
            raise CannotAnonymise(_TOO_MUCH)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """The cleaning of one file. ``each`` cleans a file of any family; ``depth`` counts the files around this one."""

    redactor: Redactor
    tally: Tally
    each: Callable[[Attachment, Cleaning], Attachment]
    depth: int = 0
    room: Room = field(default_factory=Room)

    def inside(self, attachment: Attachment) -> Attachment:
        """Clean a file that lies in this one: a picture in a document, a member of an archive. Raises CannotAnonymise
        when it cannot be cleaned, must be left out, lies too deep, or there is no more room."""
        cleaned = self.inside_or_none(attachment)
        if cleaned is None:
            raise CannotAnonymise(_LEFT_OUT)
        return cleaned

    def inside_or_none(self, attachment: Attachment) -> Attachment | None:
        """The same, for what is whole without the file: None when it must be left out."""
        within = self.deeper()
        self.room.take(len(attachment.content))
        try:
            return self.each(attachment, within)
        except LeftOut:
            return None

    def deeper(self) -> Cleaning:
        """The cleaning of what lies in this file. Raises CannotAnonymise when that is too deep."""
        if self.depth >= MAX_DEPTH:
            raise CannotAnonymise(_TOO_DEEP)
        return replace(self, depth=self.depth + 1)


Cleaner = Callable[[Attachment, Cleaning], Attachment]
