"""Reading a letter after DATA: in chunks, in bounded memory, in linear time, ended by CRLF "." CRLF and nothing else.

A line end is CR LF (RFC 5321 2.3.8). A server that also ends a letter at LF "." LF lets a sender hide a second letter
inside the first (SMTP smuggling: CVE-2023-51764, -51765, -51766, CVE-2024-27305). Here nothing but the five octets
ends a letter, and a letter with a lone CR or LF is refused: the next server might read it otherwise than we did.
"""

from __future__ import annotations

from relay.refusals import Malformed, TooLarge

_END = b"\r\n.\r\n"
_REACH = len(_END) - 1  # octets at the end of what came so far that may begin the end
_HOPELESS = 8  # times the limit, after which reading on to the dot is not worth it

_NUL = "this letter holds a NUL octet; please send it again from an ordinary mail program, attachments as attachments"
_BARE = (
    "some lines of this letter do not end with CR LF, which could hide a second letter in it (RFC 5321 2.3.8); "
    "please send it again from an ordinary mail program"
)


class Body:
    """One letter as it arrives.

    ``limit`` is the largest letter taken, in octets without stuffed dots and without the end (RFC 1870 3).
    Feed it chunks until ``feed`` returns what came after the end; then ask for ``content``.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # At worst every third octet is a stuffed dot (lines of a single dot), so a letter of the limit's size may
        # take four thirds of it on the wire; the exact size is known when the dots are out.
        self._most = limit + limit // 3 + _REACH + 2
        self._held = bytearray(b"\r\n")  # as if a line had just ended: a dot may stand on the very first line
        self._checked = 2
        self._received = 0
        self._flawed = False
        self._nul = False
        self._too_large = False

    def feed(self, chunk: bytes) -> bytes | None:
        """Take a chunk. Returns None while the letter goes on, and what follows the end once it has come."""
        self._received += len(chunk)
        begin = max(0, len(self._held) - _REACH)
        self._held += chunk
        end = self._held.find(_END, begin)
        if end < 0:
            self._check(len(self._held) - _REACH)
            self._bound()
            return None
        rest = bytes(self._held[end + len(_END) :])
        self._check(end + 2)
        del self._held[end + 2 :]
        return rest

    @property
    def hopeless(self) -> bool:
        """So far over the limit that hanging up is kinder than listening on."""
        return self._received > _HOPELESS * max(self._limit, 1 << 20)

    def content(self) -> bytes:
        """The letter, dots unstuffed (RFC 5321 4.5.2). Raises TooLarge or Malformed."""
        if self._too_large:
            raise TooLarge
        if self._nul:
            raise Malformed(_NUL)
        if self._flawed:
            raise Malformed(_BARE)
        held, self._held = self._held, bytearray()
        if held.find(b"\r\n.") >= 0:
            held = held.replace(b"\r\n.", b"\r\n")
        del held[:2]
        if len(held) > self._limit:
            raise TooLarge
        return bytes(held)

    def _check(self, upto: int) -> None:
        """Look for NUL and lone CR or LF in what cannot be part of the end any more, a chunk at a time: so no single
        step keeps the other conversations waiting."""
        if upto <= self._checked:
            return
        held, begin = self._held, self._checked
        self._checked = upto
        if self._too_large:
            return
        self._nul = self._nul or held.find(b"\0", begin, upto) >= 0
        if self._flawed:
            return
        # A pair may lie across the border: count it where its LF is.
        pairs = held.count(b"\r\n", begin - 1, upto)
        newlines = held.count(b"\n", begin, upto)
        returns = held.count(b"\r", begin - 1, upto - 1)
        self._flawed = newlines != pairs or returns != pairs

    def _bound(self) -> None:
        if len(self._held) > self._most:
            self._too_large = True
        if self._too_large:
            del self._held[:-_REACH]
            self._checked = 0
