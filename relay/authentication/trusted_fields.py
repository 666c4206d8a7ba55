"""Finds the Authentication-Results that the mail server before relay wrote itself; others may be forged.

A server adds its trace fields above all existing ones (RFC 5321 4.4, RFC 8601 5), so the fields above its Received are
its own. In a large network further servers add a Received after the border, the server that received the letter from
outside; there all fields above the border's Received are trusted.
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
"""Domains of the servers of Exchange Online; one letter may pass servers of several of them."""

Fields = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Border:
    """The server, or servers, where mail enters the network before relay. ``received_by``: the host name, or domain, in
    the "by" clause of its Received; "" for the topmost Received. ``tenant``: the id of the Microsoft 365 customer whose
    mail is accepted; "" for no check. Both in lower case."""

    received_by: str = ""
    tenant: str = ""


def trusted_results(fields: Fields, server: str, border: Border, organisation: Organisation) -> Results | None:
    """The results of ``server`` (an authserv-id, lower case).

    They are all fields with that authserv-id above the border's Received, because OpenDMARC and OpenDKIM write one
    each; without such a field, the topmost one without an authserv-id, as Microsoft 365 writes it. None when there is
    no such field, no Received of the border, a field that cannot be parsed (it may hold the failure), or another
    tenant. ``fields`` are the header fields: names, and octets of the whole field.
    """
    end = _end(fields, border, organisation)
    raw = [field for name, field in fields[:end] if name == "authentication-results"]
    if len(raw) > _MOST_FIELDS or sum(map(len, raw)) > _MOST_OCTETS or not _of_tenant(fields, border.tenant):
        return None
    read = [read_results(field.partition(b":")[2].decode("utf-8", "replace")) for field in raw]
    found = [one for one in read if one is not None and one.server == server and server]
    if None in read:
        return None
    if found:
        return Results(server, tuple(method_result for one in found for method_result in one.method_results))
    return next((one for one in read if one is not None and not one.server), None)


def _end(fields: Fields, border: Border, organisation: Organisation) -> int:
    """The index of the border's Received; 0 when there is none. Every Received above it must be of the same network:
    otherwise the letter came from elsewhere, and the Received fields below may be forged."""
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
    """The host in the "by" clause of a Received, lower case (RFC 5321 4.4); "" when the field does not begin with "by",
    or with "from", one word and "by". Other places may hold text that the client chose."""
    text = without_comments(field[:_LONGEST_RECEIVED].partition(b":")[2].decode("latin-1"))
    words = (text or "").split()
    at = 2 if words[:1] and words[0].lower() == "from" else 0
    return words[at + 1].rstrip(".;").lower() if len(words) > at + 1 and words[at].lower() == "by" else ""


def _of_tenant(fields: Fields, tenant: str) -> bool:
    """Whether the letter has exactly one X-MS-Exchange-CrossTenant-Id, and it is ``tenant``; True for ""."""
    if not tenant:
        return True
    found = [field.partition(b":")[2].strip().lower() for name, field in fields if name == _TENANT]
    return found == [tenant.encode("ascii", "replace")]
