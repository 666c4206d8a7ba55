"""Which Authentication-Results the mail server before relay wrote itself, and not somebody who writes like it.

A server puts its trace fields above everything it was given (RFC 5321 4.4, RFC 8601 5): what stands above its Received
is its own. In a large network several servers add a Received after the one at the border, so there the border's own
Received is where trust ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relay.authentication.authentication_results import Results, read_results, without_comments
from relay.authentication.dmarc import Organisation

_MOST_FIELDS, _MOST_OCTETS = 20, 32 * 1024  # limits for all fields of the upstream server together
_LONGEST_RECEIVED = 4096  # octets
_TENANT = "x-ms-exchange-crosstenant-id"

_MICROSOFT = frozenset(("outlook.com", "office365.com", "office365.us", "outlook.cn", "office365.cn"))
"""Domains of the servers of Exchange Online, of which one letter may pass several."""

Fields = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Border:
    """Where mail enters the network of the server before relay. ``received_by``: the host name in "by" of its Received,
    or the domain of these hosts; "" for the topmost Received. ``tenant``: the id of the one customer of Microsoft 365
    whose mail is believed; "" for everybody who reaches relay. Both in lower case."""

    received_by: str = ""
    tenant: str = ""


def trusted_results(fields: Fields, server: str, border: Border, organisation: Organisation) -> Results | None:
    """The results that ``server`` (an authserv-id, lower case) found: all fields of its name above the border's
    Received, because OpenDMARC and OpenDKIM write one each. Without such a field the topmost one without a name, as
    Microsoft 365 writes it. None when there are none, when no Received ends them, when one cannot be parsed (it may be
    the failure), or when the letter comes through another tenant. ``fields``: the header fields with name and value."""
    end = _end(fields, border, organisation)
    words = [field for name, field in fields[:end] if name == "authentication-results"]
    if len(words) > _MOST_FIELDS or sum(map(len, words)) > _MOST_OCTETS or not _of_tenant(fields, border.tenant):
        return None
    read = [read_results(word.partition(b":")[2].decode("utf-8", "replace")) for word in words]
    found = [one for one in read if one is not None and one.server == server and server]
    if None in read:
        return None
    if found:
        return Results(server, tuple(method_result for one in found for method_result in one.method_results))
    return next((one for one in read if one is not None and not one.server), None)


def _end(fields: Fields, border: Border, organisation: Organisation) -> int:
    """The index of the border's Received; 0 when there is none. Every Received above it must be of the same network:
    else the letter came another way, and a Received below may say anything."""
    received = [at for at, (name, _) in enumerate(fields) if name == "received"]
    if not received:
        return 0
    if not border.received_by:
        return received[0]
    own = organisation(border.received_by)
    network = _MICROSOFT if own in _MICROSOFT else frozenset({own})
    for at in received:
        host = _by(fields[at][1])
        if host == border.received_by or host.endswith(f".{border.received_by}"):
            return at
        if organisation(host) not in network:
            break
    return 0


def _by(field: bytes) -> str:
    """The host that wrote a Received, lower case (RFC 5321 4.4: "from" and its name, then "by"); "" where it is not in
    its place. What a client said of itself is one word behind "from", or in a comment."""
    text = without_comments(field[:_LONGEST_RECEIVED].partition(b":")[2].decode("latin-1"))
    words = (text or "").split()
    at = 2 if words[:1] and words[0].lower() == "from" else 0
    return words[at + 1].rstrip(".;").lower() if len(words) > at + 1 and words[at].lower() == "by" else ""


def _of_tenant(fields: Fields, tenant: str) -> bool:
    """Whether Microsoft 365 says once, and only once, that the letter passed this tenant."""
    if not tenant:
        return True
    told = [field.partition(b":")[2].strip().lower() for name, field in fields if name == _TENANT]
    return told == [tenant.encode("ascii", "replace")]
