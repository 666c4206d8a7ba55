"""Reads a letter after DATA: in chunks, in bounded memory, in linear time, ended by CRLF "." CRLF only.

A line end is CR LF (RFC 5321 2.3.8). A server that also ends a letter at LF "." LF lets a sender hide a second letter
inside the first (SMTP smuggling: CVE-2023-51764, -51765, -51766, CVE-2024-27305). So only those five octets end a
letter, and a letter with a bare CR or LF is refused, because the next server might read it differently.
"""

from __future__ import annotations

import io

from relay.refusals import Malformed, TooLarge, TooMuchAtOnce
from relay.smtp.line_ends import has_bare

_END = b"\r\n.\r\n"
_REACH = len(_END) - 1  # octets at the end of the input that may begin the end marker
_CONTEXT = 2  # octets before those, which show whether a dot begins a line
_HOPELESS = 8  # times the limit, after which reading on to the dot is not worth it

_NUL = "this letter holds a NUL octet; please send it again from an ordinary mail program, attachments as attachments"
_BARE = (
    "some lines of this letter do not end with CR LF, which could hide a second letter in it (RFC 5321 2.3.8); "
    "please send it again from an ordinary mail program"
)


class Body:
    """One letter as it arrives.

    ``limit`` is the largest accepted size, in octets without stuffed dots and end marker (RFC 1870 3). Pass chunks to
    ``feed`` until it returns what came after the end; then call ``content``. A letter that cannot be accepted is freed
    as soon as that is known, and the rest of it is read and dropped.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # getvalue() of a BytesIO returns its octets without copying them.
        self._content: io.BytesIO | None = io.BytesIO()
        # The last octets received: two that are already in the content, and those that may begin the end marker. Starts
        # as if a line had just ended, because a dot may stand on the very first line.
        self._tail = b"\r\n"
        self._received = self._size = 0
        self._bare = self._nul = self._dropped = False

    def feed(self, chunk: bytes) -> bytes | None:
        """Add a chunk. Returns None while the letter goes on, and what follows its end once that has come."""
        self._received += len(chunk)
        octets = self._tail + chunk
        # No dot is in base64: looking for one first is much faster than looking for the end.
        end = octets.find(_END) if b"." in octets else -1
        if end < 0:
            upto = max(_CONTEXT, len(octets) - _REACH)
            self._settle(octets, upto)
            self._tail = octets[upto - _CONTEXT :]
            return None
        self._settle(octets, max(_CONTEXT, end + 2))
        self._tail = b""
        return octets[end + len(_END) :]

    @property
    def held(self) -> int:
        """Octets in memory."""
        return self._size if self._content is not None else 0

    @property
    def hopeless(self) -> bool:
        """Whether it is so far over the limit that closing the connection is better than reading on."""
        return self._received > _HOPELESS * max(self._limit, 1 << 20)

    def drop(self) -> None:
        """Free the octets now, and keep no more. ``content`` then raises TooMuchAtOnce."""
        self._dropped = True
        self._content = None

    def content(self) -> bytes:
        """The letter, dots unstuffed (RFC 5321 4.5.2), which is then no longer kept here. Raises TooLarge, Malformed,
        or TooMuchAtOnce after ``drop``."""
        if self._size > self._limit:
            raise TooLarge
        if self._nul:
            raise Malformed(_NUL)
        if self._bare:
            raise Malformed(_BARE)
        if self._content is None:
            raise TooMuchAtOnce
        content, self._content = self._content.getvalue(), None
        return content

    def _settle(self, octets: bytes, upto: int) -> None:
        """Check and keep ``octets`` from the third up to ``upto``, which cannot be part of the end marker any more."""
        self._check(octets, upto)
        if b"." in octets and b"\r\n." in octets:
            octets = octets[:upto].replace(b"\r\n.", b"\r\n")  # never touches the first two: the dot is the third
            upto = len(octets)
        self._size += upto - _CONTEXT
        if self._nul or self._bare or self._size > self._limit:
            self._content = None
        if self._content is not None:
            self._content.write(memoryview(octets)[_CONTEXT:upto])

    def _check(self, octets: bytes, upto: int) -> None:
        """Look for NUL and for bare CR or LF. A CRLF split across chunks is counted where its LF is."""
        self._nul = self._nul or octets.find(b"\0", _CONTEXT, upto) >= 0
        self._bare = self._bare or has_bare(octets, _CONTEXT, upto)
