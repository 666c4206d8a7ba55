"""Compares what is in DNS with the record that relay needs: MX, SPF, DKIM, DMARC."""

from __future__ import annotations

from collections.abc import Sequence

from relay.authentication.spf import Spf, check_spf
from relay.authentication.tags import tags
from relay.dns.cache import Answers
from relay.dns.resolver import DnsTrouble
from relay.operations.dns_records import Record
from relay.operations.findings import Finding, fine, warn, wrong
from relay.settings import Settings

_ROOT = ("", ".", "@")
"""The host of the null MX, with and without its dot."""
_UNKNOWN = (Spf.NONE, Spf.TEMPERROR)


class SpfResults:
    """Evaluates SPF records of relay's domain as others do (RFC 7208)."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._answers = settings, Answers(settings.dns)

    async def of(self, name: str) -> Spf:
        """The worst result for the addresses of relay's host. With a smarthost, whose addresses are not known, only
        PERMERROR says anything, and any other is PASS."""
        hostname = self._settings.hostname
        try:
            addresses = [*await self._answers.addresses(hostname, v6=False)]
            addresses += await self._answers.addresses(hostname, v6=True)
        except DnsTrouble:
            return Spf.TEMPERROR
        found = [(await check_spf(self._answers, one, f"postmaster@{name}", hostname))[0] for one in addresses]
        if Spf.PERMERROR in found:
            return Spf.PERMERROR
        if self._settings.delivery.smarthost is not None:
            return Spf.PASS
        return next((one for one in found if one is not Spf.PASS), Spf.PASS if found else Spf.TEMPERROR)


def compare_mx(record: Record, found: Sequence[str]) -> Finding:
    """``found``: "PREFERENCE HOST" for each record."""
    if any(value.partition(" ")[2] in _ROOT for value in found):
        return wrong(
            f"{record.label} says that this domain takes no mail (null MX, RFC 7505)",
            f"delete it, and publish: {record.zone_line}",
        )
    if record.value not in found:
        return _absent(record, found)
    if others := sorted(value for value in found if value != record.value):
        return warn(
            f"{record.label} also names {', '.join(others)}: letters that come there do not reach relay, or without "
            "proof of who wrote them",
            f"let relay be the only one, unless intended: {record.zone_line}",
        )
    return fine(f"{record.label} is correct")


async def compare_spf(record: Record, found: Sequence[str], results: SpfResults | None) -> Finding:
    """Other records of the name may have other uses."""
    ours = [value for value in found if value.lower().split(" ")[0] == "v=spf1"]
    if len(ours) > 1:
        return _several(record, ours, "SPF", "RFC 7208 4.5")
    if ours in ([record.value], []):
        return fine(f"{record.label} is correct") if ours else _absent(record, ours)
    result = await results.of(record.name) if results is not None else Spf.TEMPERROR
    if result is Spf.PERMERROR:
        return wrong(
            f"{record.label} cannot be used by others: it has a mistake, or needs more than 10 queries (RFC 7208 "
            f"4.6.4): {ours[0]}",
            f"publish: {record.zone_line}",
        )
    if result is not Spf.PASS and result not in _UNKNOWN:
        return wrong(
            f"{record.label} does not permit this server to send ({result}): {ours[0]}",
            f"add mx to it, or publish: {record.zone_line}",
        )
    return _differs(record, ours[0])


def compare_dkim(record: Record, found: Sequence[str]) -> Finding:
    """Every record of the name counts as a key (RFC 6376 3.6.2.2)."""
    if len(found) > 1:
        return _several(record, found, "DKIM", "RFC 6376 3.6.2.2")
    needed, there = _key(record.value), _key(found[0]) if found else ""
    if record.value in found or there == needed:
        return fine(f"{record.label} is correct")
    if there and needed.startswith(there):
        return wrong(
            f"{record.label} is cut off: {len(there)} of {len(needed)} characters of the key are there",
            f"enter the value as several strings of at most 255 characters: {record.zone_line}",
        )
    if there:
        return wrong(
            f"{record.label} is another key, an old one or another relay's: nobody can verify what this relay signs",
            f"publish: {record.zone_line}",
        )
    return _absent(record, found)


def _key(record: str) -> str:
    """The letters of a DKIM record's key."""
    return (tags(record) or {}).get("p", "").replace(" ", "")


def compare_dmarc(record: Record, found: Sequence[str]) -> Finding:
    """A policy that keeps others from writing in the domain's name is correct, whatever else the record says (RFC 7489
    6.3): such as where reports go."""
    ours = [value for value in found if value.lower().replace(" ", "").startswith("v=dmarc1")]
    if len(ours) > 1:
        return _several(record, ours, "DMARC", "RFC 7489 6.6.3")
    if not ours:
        return _absent(record, found)
    read = {name.lower(): value for name, value in (tags(ours[0]) or {}).items()}
    policy = read.get("p", "").lower()
    if read.get("v") != "DMARC1" or policy not in ("none", "quarantine", "reject"):
        return wrong(
            f"{record.label} has a mistake, so others ignore it: {ours[0]}",
            f"publish: {record.zone_line}",
        )
    strict = policy != "none" and read.get("pct", "100") == "100"
    return fine(f"{record.label} is correct") if strict else _differs(record, ours[0])


def _several(record: Record, found: Sequence[str], kind: str, section: str) -> Finding:
    return wrong(
        f"{record.label} has {len(found)} {kind} records, so others ignore all of them ({section})",
        f"keep only: {record.zone_line}",
    )


def _differs(record: Record, value: str) -> Finding:
    return warn(f"{record.label} differs from what relay needs: {value}", f"unless intended: {record.zone_line}")


def _absent(record: Record, found: Sequence[str]) -> Finding:
    is_there = f"is not correct: {found[0]}" if found else "is missing"
    return wrong(f"{record.label} {is_there}", f"publish: {record.zone_line}")
