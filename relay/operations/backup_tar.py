"""Reads the tar of a backup, which may hold only regular files with names of backup_layout.

It is read here and not by tarfile, whose extraction filter came with Python 3.11.4, while Debian 12 ships 3.11.2. This
reader knows no links, devices, absolute names or sparse files, so none can be extracted.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from relay.operations.backup_layout import DATABASE, LARGEST, UnfitError, check_name

_BLOCK = 512
_CHUNK = 1024 * 1024
_LONGEST_EXTENSION = 8192  # octets of a pax header: a path and a size


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file in a backup. ``content`` yields its octets in chunks of at most 1 MiB."""

    name: str
    size: int
    content: Iterator[bytes]


def members(tar: BinaryIO) -> Iterator[Member]:
    """The members of a tar. Read the content of each before you ask for the next.

    Raises UnfitError for anything that a backup does not hold.
    """
    status = os.fstat(tar.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise UnfitError("it is no file")
    extension: dict[str, str] = {}
    while (block := tar.read(_BLOCK)).strip(b"\0"):
        name, size, kind = _header(block)
        name, size = extension.get("path", name), _number(extension.get("size", str(size)), 10)
        if size > status.st_size - tar.tell():
            raise UnfitError("it is cut short")
        if kind == b"x" and not extension:
            extension = _extension(tar, size)
            continue
        if kind not in (b"0", b"\0"):
            raise UnfitError("it holds something other than files: a link, a folder or a device")
        check_name(name)
        if size > LARGEST and name != DATABASE:
            raise UnfitError(f"{name} in it is too large")
        extension = {}
        yield Member(name, size, _content(tar, size))
    if len(block) < _BLOCK:
        raise UnfitError("it is cut short")


def _header(block: bytes) -> tuple[str, int, bytes]:
    """Name, size and type flag in a header block (POSIX.1-2017, pax, "ustar Interchange Format")."""
    blanked = block[:148] + b" " * 8 + block[156:]
    magic, prefix = block[257:263], block[345:500]
    if len(block) < _BLOCK or magic != b"ustar\0" or sum(blanked) != _octal(block[148:156]) or prefix.strip(b"\0"):
        raise UnfitError("it is no backup of relay, or is damaged")
    return block[:100].rstrip(b"\0").decode("ascii", "replace"), _octal(block[124:136]), block[156:157]


def _extension(tar: BinaryIO, size: int) -> dict[str, str]:
    """The records of a pax header. In a backup these are only paths and sizes that do not fit into a ustar header."""
    if size > _LONGEST_EXTENSION:
        raise UnfitError("it has a header that relay does not write: it was altered or is damaged")
    rest, records = b"".join(_content(tar, size)), {}
    while rest:
        length = _number(rest.partition(b" ")[0].decode("ascii", "replace"), 10)
        key, equals, value = rest[:length].partition(b" ")[2].removesuffix(b"\n").partition(b"=")
        if not equals or not 0 < length <= len(rest) or key not in (b"path", b"size"):
            raise UnfitError("it has a header that relay does not write: it was altered or is damaged")
        records[key.decode()] = value.decode("utf-8", "replace")
        rest = rest[length:]
    return records


def _content(tar: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield ``size`` octets in chunks, then skip the zeros that fill the last block."""
    left = size
    while left:
        chunk = tar.read(min(left, _CHUNK))
        if not chunk:
            raise UnfitError("it is cut short")
        left -= len(chunk)
        yield chunk
    tar.read(-size % _BLOCK)


def _octal(number: bytes) -> int:
    return _number(number.strip(b"\0 ").decode("ascii", "replace"), 8)


def _number(digits: str, base: int) -> int:
    if not digits.isascii() or not digits.isdigit() or len(digits) > 16:
        raise UnfitError("it has a header that relay does not write: it was altered or is damaged")
    try:
        return int(digits, base)
    except ValueError:
        raise UnfitError("it has a header that relay does not write: it was altered or is damaged") from None
