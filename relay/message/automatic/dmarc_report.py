"""Reads DMARC aggregate reports (RFC 7489 7.2, appendix C): XML, packed with gzip or as ZIP, in a mail.

Only counts are read. The addresses that mail came from (source_ip), and the domains in the results, are never looked
at, so they are stored nowhere.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat  # a document type declaration, and with it every entity, is refused

from relay.message.read.entities import Entity
from relay.message.read.entities import read as read_entities
from relay.message.read.transfer import decode_transfer
from relay.model import DmarcReport
from relay.refusals import Refusal

MOST_OCTETS = 10 * 1024 * 1024
"""Of the XML, unpacked. Large receivers' reports about large domains have 1 MiB."""
_DEPTH = 20
_RECORDS = 100_000
_WORD = 256  # characters of one value
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_TIME = re.compile(r"\d{1,11}", re.ASCII)
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, LookupError, OSError, EOFError)


def read_dmarc_report(content: bytes) -> DmarcReport | None:
    """The report in a mail (raw octets); None when there is none that can be read, within the limits."""
    try:
        leaves = list(_leaves(read_entities(content)))
        for leaf in leaves:
            xml = _unpacked(decode_transfer(leaf.octets, leaf.encoding))
            if xml and (report := _parsed(xml)) is not None:
                return report
    except Refusal:
        return None
    return None


def _leaves(entity: Entity) -> Iterator[Entity]:
    for child in entity.children:
        yield from _leaves(child)
    if not entity.children:
        yield entity


def _unpacked(octets: bytes) -> bytes:
    """The XML in a part, whatever its media type says; b"" when it is none, or too large."""
    try:
        if octets.startswith(b"\x1f\x8b"):
            xml = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(octets, MOST_OCTETS + 1)
        elif octets.startswith(b"PK\x03\x04"):
            xml = _of_zip(octets)
        else:
            xml = octets
    except _UNREADABLE:
        return b""
    begins = xml[:64].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<")
    return xml if begins and len(xml) <= MOST_OCTETS else b""


def _of_zip(octets: bytes) -> bytes:
    """The one file of a ZIP, and one octet more than MOST_OCTETS at most."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        members = archive.infolist()
        if len(members) != 1 or members[0].compress_type not in _ZIP_METHODS:
            return b""
        with archive.open(members[0]) as file:
            return file.read(MOST_OCTETS + 1)


class _NoReportError(ValueError):
    pass


@dataclass(slots=True)
class _Reader:
    """Collects what is wanted while expat parses. ``_path``: the open elements."""

    values: dict[str, str] = field(default_factory=dict)
    counts: dict[tuple[bool, bool], int] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _text: str = ""
    _row: dict[str, str] = field(default_factory=dict)
    _records: int = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        self._path.append(name.rpartition(" ")[2])  # DMARC 2 has a namespace
        self._text = ""
        if len(self._path) > _DEPTH or self._path[0] != "feedback":
            raise _NoReportError

    def text(self, words: str) -> None:
        if len(self._text) < _WORD:
            self._text += words[:_WORD]

    def end(self, _: str) -> None:
        path = "/".join(self._path[1:])
        if path in ("report_metadata/report_id", "policy_published/domain") or path.startswith(
            "report_metadata/date_range/"
        ):
            self.values[self._path[-1]] = self._text.strip()
        elif path in ("record/row/count", "record/row/policy_evaluated/dkim", "record/row/policy_evaluated/spf"):
            self._row[self._path[-1]] = self._text.strip().lower()
        elif path == "record":
            self._add()
        self._path.pop()
        self._text = ""

    def _add(self) -> None:
        self._records += 1
        count = self._row.get("count", "")
        if self._records > _RECORDS or not _COUNT.fullmatch(count):
            raise _NoReportError
        which = self._row.get("dkim") == "pass", self._row.get("spf") == "pass"
        self.counts[which] = self.counts.get(which, 0) + int(count)
        self._row = {}


def _refuse(*_: object) -> None:
    raise _NoReportError


def _parsed(xml: bytes) -> DmarcReport | None:
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):
        return None
    values, counts = reader.values, reader.counts
    times = values.get("begin", ""), values.get("end", "")
    if not values.get("report_id") or not all(map(_TIME.fullmatch, times)):
        return None
    return DmarcReport(
        report_id=values["report_id"],
        domain=values.get("domain", "").lower().rstrip("."),
        begins_at=int(times[0]),
        ends_at=int(times[1]),
        both=counts.get((True, True), 0),
        dkim_only=counts.get((True, False), 0),
        spf_only=counts.get((False, True), 0),
        neither=counts.get((False, False), 0),
    )
