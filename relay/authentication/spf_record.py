"""SPF records: grammar and macros (RFC 7208 4.6, 5, 6, 7). Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MACRO = r"%\{([slodiphcrtvSLODIPHCRTV])([0-9]{0,3})(r?)([.+,/_=-]*)\}"
_MACRO_STRING = re.compile(rf"(?:{_MACRO}|%[%_-]|[!-$&-~])*", re.IGNORECASE)
_MACROS = re.compile(rf"{_MACRO}|%([%_-])", re.IGNORECASE)
_LAST_MACRO = re.compile(r"%\{[^{}]*\}\Z")
_TOP_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", re.ASCII)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.ASCII)
_MECHANISM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9._-]*)(?:(:)(.*?))?(/[0-9]+)?(//[0-9]+)?", re.ASCII)
_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
_TRUNCATED = 253
_LONGEST = 8192  # octets of a record; usual ones fit into one packet
_USUAL = 1024  # octets of a record that is remembered in parsed form


class NotSpfError(ValueError):
    """The record breaks the grammar: a permanent error of its domain (RFC 7208 4.6)."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One term that may match. ``domain`` None: the domain being checked; ``network`` is set for ip4 and ip6."""

    qualifier: str
    name: str
    domain: str | None = None
    prefix4: int = 32
    prefix6: int = 128
    network: Network | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The terms after v=spf1, in order."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str | None = None


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record, valid or not (RFC 7208 4.5)."""
    return text.lower() == "v=spf1" or text[:7].lower() == "v=spf1 "


def read_record(text: str) -> Record:
    """Parse a record. Raises NotSpfError; the whole record must be valid, even after ``all``."""
    if len(text) > _LONGEST:
        raise NotSpfError
    return _read_usual(text) if len(text) <= _USUAL else _read(text)


def _read(text: str) -> Record:
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text.split(" ")[1:]:
        if not term:
            continue
        if modifier := _MODIFIER.fullmatch(term):
            name, value = modifier[1].lower(), modifier[2]
            if name in ("redirect", "exp"):
                if name in modifiers:
                    raise NotSpfError
                modifiers[name] = _domain_spec(value)
            elif not _MACRO_STRING.fullmatch(value):
                raise NotSpfError
            continue
        mechanisms.append(_mechanism(term))
    return Record(tuple(mechanisms), modifiers.get("redirect"))


_read_usual = lru_cache(maxsize=128)(_read)  # large providers' records come with most letters


def _mechanism(term: str) -> Mechanism:
    match = _MECHANISM.fullmatch(term)
    if match is None:
        raise NotSpfError
    qualifier, name, given = match[1] or "+", match[2].lower(), match[4] if match[3] else None
    four, six = match[5], match[6]
    if name in ("ip4", "ip6"):
        if given is None or six:
            raise NotSpfError
        return Mechanism(qualifier, name, network=_network(name, given, four))
    if name == "all" and given is None and not (four or six):
        return Mechanism(qualifier, name)
    if name in ("include", "exists") and given is not None:
        # Their domain may hold a slash, and no prefix length may follow it.
        return Mechanism(qualifier, name, _domain_spec(given + (four or "") + (six or "")))
    if name == "ptr":
        return Mechanism(qualifier, name, None if given is None and not (four or six) else _domain_spec(_rest(match)))
    if name in ("a", "mx"):
        domain = None if given is None else _domain_spec(given)
        return Mechanism(qualifier, name, domain, _prefix(four, 1, 32), _prefix(six, 2, 128))
    raise NotSpfError


def _rest(match: re.Match[str]) -> str:
    return (match[4] or "") + (match[5] or "") + (match[6] or "")


def _network(name: str, address: str, prefix: str | None) -> Network:
    try:
        if name == "ip4":
            return ipaddress.IPv4Network((ipaddress.IPv4Address(address), _prefix(prefix, 1, 32)), strict=False)
        return ipaddress.IPv6Network((ipaddress.IPv6Address(address), _prefix(prefix, 1, 128)), strict=False)
    except ValueError:
        raise NotSpfError from None


def _prefix(written: str | None, slashes: int, most: int) -> int:
    """The number after one or two slashes; ``most`` when there is none."""
    if written is None:
        return most
    digits = written[slashes:]
    if not _PREFIX.fullmatch(digits) or int(digits) > most:
        raise NotSpfError
    return int(digits)


def _domain_spec(text: str) -> str:
    if not _MACRO_STRING.fullmatch(text) or not _ends_well(text):
        raise NotSpfError
    for macro in _MACROS.finditer(text):
        # c, r and t are for explanations, which we never send; keeping zero labels is invalid.
        if (macro[1] or "").lower() in ("c", "r", "t") or (macro[2] and int(macro[2]) == 0):
            raise NotSpfError
    return text


def _ends_well(text: str) -> bool:
    """domain-end: a macro, or a dot and a label that is not a number (RFC 7208 7.1)."""
    if _LAST_MACRO.search(text):
        return True
    _, dot, label = text.removesuffix(".").rpartition(".")
    return bool(dot and _TOP_LABEL.fullmatch(label) and not label.isdigit())


def expanded(spec: str, values: Mapping[str, str]) -> str:
    """A domain-spec with its macros expanded (RFC 7208 7). ``values`` maps lower-case letters. When the name is too
    long, labels are dropped from the left."""
    name = _MACROS.sub(lambda macro: _filled(macro, values), spec).rstrip(".")
    return name if len(name) <= _TRUNCATED else name[-_TRUNCATED - 1 :].partition(".")[2]


def _filled(macro: re.Match[str], values: Mapping[str, str]) -> str:
    if macro[5]:
        return {"%": "%", "_": " ", "-": "%20"}[macro[5]]
    letter, digits, reverse, delimiters = macro[1], macro[2], macro[3], macro[4]
    parts = re.split(f"[{re.escape(delimiters or '.')}]", values[letter.lower()])
    if reverse:
        parts.reverse()
    if digits:
        parts = parts[-int(digits) :]
    text = ".".join(parts)
    return _escaped(text) if letter.isupper() else text


def _escaped(text: str) -> str:
    """Percent-encoded (RFC 3986 2.3)."""
    return "".join(
        chr(octet) if chr(octet).isalnum() or chr(octet) in "-._~" else f"%{octet:02X}" for octet in text.encode()
    )
