"""Decodes the target that a wrapped link carries, and makes sure that it is a safe address of the web.

A target that is not http or https, or has anything else before its host (RFC 3986 3.2.1), counts as unknown: whoever
writes a link to a letter could otherwise smuggle one past what looks only at the outside.
"""

from __future__ import annotations

import binascii
import json
import re
import zlib
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote

import idna

from relay.anonymise.links.services import Carrier

LONGEST = 8192
"""Characters of a link that is read; the longest that programs open."""

_TARGET = re.compile(r"(https?):/{1,3}([^/?#\\@\s]+?)(:\d{1,5})?([/?#].*)?\Z", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?"
)
_ADDRESS = re.compile(r"\[[0-9a-f:.]{2,45}\]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SAFE = "%/:?#[]@!$&'()*+,;=~"
# "http" with its colon or slash percent-encoded, perhaps several times.
_ENCODED = re.compile(r"https?(?:%(?:25){0,4}3a|:/{0,2}%(?:25){0,4}2f)", re.IGNORECASE)
_MOST = 60  # parameters that are tried
# Where a page leads later, or what it shows: no target of a gateway.
_WAYS_BACK = frozenset(
    str.split(
        "redirect_uri return_to returnto return_url returnurl next continue callback ref referrer referer src image"
    )
)
_LEFTOVER = re.compile(r"\A3D(?=https?(?::|%))", re.IGNORECASE)
_RUN = re.compile(r"\*(?:\*([A-Za-z0-9_-]))?")
_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_HYPHENS = str.maketrans("-_", "%/")


def carried_target(carrier: Carrier, host: str, rest: str, query: Mapping[str, str]) -> str | None:
    """The safe target that a link to ``host`` carries: ``rest`` is everything behind it, ``query`` its parameters,
    names in lower case, values as written. None when there is none."""
    if carrier.host is not None:
        within = carrier.host.fullmatch(host)
        target = _within_host(within["target"]) if within else ""
        return safe_target(f"https://{target}{rest}") if "." in target else None
    if carrier.rest is not None:
        found = carrier.rest.match(rest)
        groups = found.groupdict() if found else {}
        return _target(carrier, groups.get("target") or "", groups.get("bytes") or "")
    if carrier.query == "*":
        values = [value for name, value in query.items() if name not in _WAYS_BACK][:_MOST]
    else:
        values = [query.get(carrier.query, "")]
    targets = (_target(carrier, unquote(_LEFTOVER.sub("", value)), "") for value in values)
    return next((target for target in targets if target), None)


def _within_host(label: str) -> str:
    """A host as proxies write it into one label: "-" for ".", "--" for "-"."""
    return label if "." in label else "-".join(part.replace("-", ".") for part in label.split("--"))


def _target(carrier: Carrier, value: str, replaced: str) -> str | None:
    """The target in a value; ``replaced`` are the octets that Proofpoint 3 took out of it."""
    for name in carrier.decodings:
        decoded = _asterisks(value, replaced) if name == "asterisks" else _decode(name, value)
        if decoded is None or len(decoded) > LONGEST:
            return None
        value = decoded
    return safe_target(value) if value else None


def safe_target(text: str) -> str | None:
    """The text as an address of the web with safe characters only; None when it is none."""
    # Of character references only this one: "&reg" and its like are the beginnings of parameters.
    text = text.strip().replace("&amp;", "&")
    for _ in range(4):
        if not _ENCODED.match(text):
            break
        text = unquote(text)
    parts = _TARGET.match(text)
    if parts is None or len(text) > LONGEST or _CONTROLS.search(text):
        return None
    host = _safe_host(parts[2])
    if host is None:
        return None
    return f"{parts[1].lower()}://{host}{parts[3] or ''}{quote(parts[4] or '', safe=_SAFE)}"


def _safe_host(host: str) -> str | None:
    """The host in ASCII (RFC 5890 2.3.2.1), as written where it is; None when it is none."""
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    low = host.lower()
    return host if _HOST.fullmatch(low) or _ADDRESS.fullmatch(low) else None


def _decode(name: str, value: str) -> str | None:
    """One decoding by its name in services.toml; None when the value is not so encoded."""
    key = name.partition(":")[2]
    return _json(value, key) if key else _DECODINGS[name](value)


def _hyphens(value: str) -> str:
    """Proofpoint 2: "-" for "%" and "_" for "/"."""
    return unquote(value.translate(_HYPHENS))


def _asterisks(value: str, replaced: str) -> str | None:
    """Proofpoint 3: "*" stands for one replaced character, "**X" for as many octets as the place of X in the alphabet
    says, beginning with two. The octets that were replaced follow the link, as base64."""
    octets = _octets(replaced) if replaced else b""
    if octets is None:
        return None
    out: list[bytes] = []
    at = taken = 0
    for run in _RUN.finditer(value):
        out.append(value[at : run.start()].encode())
        at = run.end()
        count = _LENGTHS.index(run[1]) + 2 if run[1] else _width(octets[taken : taken + 1])
        if taken + count > len(octets):
            return None
        out.append(octets[taken : taken + count])
        taken += count
    out.append(value[at:].encode())
    return _text(b"".join(out))


def _width(first: bytes) -> int:
    """The octets of the UTF-8 character that begins with ``first`` (RFC 3629 3)."""
    lead = first[0] if first else 0
    return 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


def _base64(value: str) -> str | None:
    octets = _octets(value)
    return None if octets is None else octets.decode("latin-1") if octets[:1] == b"x" else _text(octets)


def _inflate(value: str) -> str | None:
    try:
        return _text(zlib.decompressobj().decompress(value.encode("latin-1"), LONGEST))
    except (zlib.error, UnicodeError):
        return None


def _json(value: str, key: str) -> str | None:
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return None
    found = read.get(key) if isinstance(read, dict) else None
    return found if isinstance(found, str) else None


def _octets(value: str) -> bytes | None:
    letters = value.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return binascii.a2b_base64(letters + "=" * (-len(letters) % 4), strict_mode=True)
    except ValueError:
        return None


def _text(octets: bytes) -> str | None:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return None


_DECODINGS: dict[str, Callable[[str], str | None]] = {
    "hyphens": _hyphens,
    "base64": _base64,
    "inflate": _inflate,
    "bare": lambda value: f"https://{unquote(value)}" if "://" not in value else None,
    "marked": lambda value: value[2:] if value[2:] else None,
}
