"""One value of relay.toml: words such as "25 MiB" or "host:25" become numbers, seconds and addresses."""

from __future__ import annotations

import difflib
import ipaddress
import re
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin

from relay.settings import Address, AtLeast, Choice

_SIZES = {"": 1, "b": 1, "kib": 1024, "mib": 1024**2, "gib": 1024**3, "kb": 1000, "mb": 1000**2, "gb": 1000**3}
_DURATIONS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
LANGUAGE_TAG = re.compile(r"(?:[A-Za-z]{2,8}|[xi])(-[A-Za-z0-9]{1,8}){0,9}")
"""The form of a BCP 47 tag (RFC 5646 2.1), whatever language it names."""
_ZONE_NAME = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2}|UTC", re.IGNORECASE)
_HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\s*[-–]\s*((?:[01]\d|2[0-3]):[0-5]\d)")
_EXAMPLES = {
    "host name": '"forwarder.example"',
    "language": '"en", "ar"',
    "cohort mailbox": '"spring: anna@example.org"',
}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


class WrongValueError(Exception):
    """The value is none of this kind; the words end the sentence "KEY must be …"."""


def read_value(kind: Any, value: Any) -> Any:
    """``value``, as TOML or JSON gave it, as the type that a settings field of annotation ``kind`` holds.

    Raises WrongValueError.
    """
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise WrongValueError(f"a list, such as [{_example(get_args(kind)[0])}]")
        return tuple(read_value(get_args(kind)[0], item) for item in value)
    if Address in get_args(kind):  # Address | None
        return None if value == "" else _address(value)
    if kind is Address:
        return _address(value)
    if kind is bool:
        return _truth(value)
    if get_origin(kind) is Annotated:
        return _annotated(kind.__metadata__[0], value)
    if not isinstance(value, str):
        raise WrongValueError('words in quotes, such as "…"')
    return value


def host_name(value: object) -> str:
    """A domain or host name as lower-case ASCII with A-labels (RFC 5890), with at least one dot.

    Special-use names such as relay.test are names like any other here: whoever tries relay out needs them.
    Raises WrongValueError.
    """
    wrong = WrongValueError('a host name with a dot in it, such as "relay.example.org"')
    if not isinstance(value, str):
        raise wrong
    name = value.strip().rstrip(".").lower()
    if not name.isascii():
        import idna

        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError) as error:
            raise wrong from error
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise wrong
    return name


class UnfitAddressError(ValueError):
    """Mail cannot be sent to the address; the words say why, and do not repeat it."""


def mail_address(address: str) -> str:
    """An address as mail is sent to it: the part before the @ as it is written, the domain as lower-case A-labels.

    email-validator judges it, without asking DNS. Trials live in .test and documentation in .example, so these pass;
    .local, .onion, .invalid and their like do not (RFC 6761). Before the @ only a dot-string in ASCII, at most 64
    octets (RFC 5321 4.1.2, 4.5.3.1.1): not every server takes others. Raises UnfitAddressError.
    """
    from email_validator import EmailNotValidError, validate_email

    local = address.rpartition("@")[0]
    if not local.isascii():
        raise UnfitAddressError(
            "it has letters before the @-sign that are not plain ASCII, and not every mail server takes them"
        )
    if len(local) > 64:
        raise UnfitAddressError("it has more than 64 characters before the @-sign")
    try:
        judged = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise UnfitAddressError(_reason(str(error))) from None
    if "." not in judged.ascii_domain:  # "test" alone
        raise UnfitAddressError("the part after the @-sign should have a period")
    return f"{judged.ascii_local_part}@{judged.ascii_domain}"


def _reason(words: str) -> str:
    """email-validator's words, without what follows a colon or stands in brackets: that may repeat the address."""
    words = re.split(r" ?[:(]", words, maxsplit=1)[0].strip().rstrip(".")
    return words[:1].lower() + words[1:]


def _annotated(mark: object, value: object) -> object:
    if isinstance(mark, AtLeast):
        return _whole(value, mark.least)
    if isinstance(mark, Choice):
        return _one_of(value, mark)
    if mark == "size":
        return int(_measure(value, _SIZES, '"25 MiB"'))
    if mark == "size limit":
        return 0 if value in (0, "0") else int(_measure(value, _SIZES, '"25 MiB"'))
    if mark in ("language", "duration"):
        return _language(value) if mark == "language" else _measure(value, _DURATIONS, '"60s", "5m" or "3d"')
    return "" if value == "" else _READ[str(mark)](value)


def _language(value: object) -> str:
    if not isinstance(value, str) or not LANGUAGE_TAG.fullmatch(value):
        raise WrongValueError('a list of language tags, such as ["en", "ar", "pt-BR"]')
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("true or false, without quotes")
    return value


def time_zone(value: object) -> str:
    """The IANA name of a time zone, in any case, as it is written there. Raises WrongValueError."""
    wrong = WrongValueError('a time zone by its IANA name, such as "Africa/Nairobi" or "UTC"')
    if not isinstance(value, str) or not _ZONE_NAME.fullmatch(value.strip()):
        raise wrong
    name = value.strip()
    try:
        return zoneinfo.ZoneInfo(name).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = {one.lower(): one for one in zoneinfo.available_timezones() if _ZONE_NAME.fullmatch(one)}
    if name.lower() in known:
        return known[name.lower()]
    city = name.rpartition("/")[2].lower()
    near = [one for low, one in known.items() if low.endswith(f"/{city}")]
    near = near or [known[one] for one in difflib.get_close_matches(name.lower(), known, 1)]
    raise WrongValueError(f'{wrong}; did you mean "{near[0]}"?') if near else wrong


def _hours(value: object) -> str:
    """ "21:00-07:00"."""
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or match[1] == match[2]:
        raise WrongValueError('a time of day from and to, such as "21:00-07:00", or "" for none')
    return f"{match[1]}-{match[2]}"


def _whole(value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise WrongValueError(f"a whole number, {least} or more, such as 20")
    return value


def _one_of(value: object, choice: Choice) -> object:
    for before, now in choice.renamed:
        if value == before:
            raise WrongValueError(f'"{now}", as "{before}" is called now')
    if value not in choice.words:
        raise WrongValueError("one of " + ", ".join(f'"{word}"' for word in choice.words))
    return value


def _selector(value: object) -> str:
    if not isinstance(value, str) or not all(map(_LABEL.fullmatch, value.split("."))):
        raise WrongValueError('a DKIM selector, such as "relay-rsa"')
    return value


def _mailbox(value: object) -> str:
    if not isinstance(value, str):
        raise WrongValueError('one address, such as "operator@example.org"')
    try:
        return mail_address(value)
    except UnfitAddressError as unfit:
        raise WrongValueError(
            f'one address that mail can be sent to, such as "operator@example.org": {unfit}'
        ) from None


def _cohort_mailbox(value: object) -> str:
    """ "COHORT: ADDRESS"."""
    cohort, _, address = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not cohort.strip() or len(cohort) > 100:
        raise WrongValueError('a list of cohorts with addresses, such as ["spring 2026: anna@example.org"]')
    return f"{' '.join(cohort.split())}: {_mailbox(address.strip())}"


def _scanner(value: object) -> str:
    """ "unix:PATH", or "host:port" on loopback, because the letters go there unencrypted."""
    wrong = WrongValueError('a clamd on this machine, such as "unix:/run/clamav/clamd.ctl" or "127.0.0.1:3310"')
    if not isinstance(value, str):
        raise wrong
    if value.startswith("unix:"):
        if not re.fullmatch(r"unix:/[^\0]{1,106}", value):  # sun_path holds 108 octets (unix(7))
            raise wrong
        return value
    try:
        near = ipaddress.ip_address(_address(value).host).is_loopback
    except (ValueError, WrongValueError):
        raise wrong from None
    if not near:
        raise wrong
    return value


def _help(value: object) -> str:
    """An address, or a sentence."""
    if not isinstance(value, str):
        raise WrongValueError('words in quotes, such as "…"')
    return _mailbox(value) if re.fullmatch(r"[^@\s]+@[^@\s]+", value) else value


def _measure(value: object, units: dict[str, float] | dict[str, int], example: str) -> float:
    """A number above nothing with a unit; a bare number is octets or seconds."""
    text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    match = re.fullmatch(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([A-Za-z]*)\s*", text)
    if match is None or match[2].lower() not in units or float(match[1]) == 0:
        raise WrongValueError(f"more than nothing, with its unit, such as {example}")
    return float(match[1]) * units[match[2].lower()]


def _address(value: object) -> Address:
    """ "host:port" or "[v6]:port"."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:\[\]/@]+)):(\d{1,5})", value if isinstance(value, str) else "")
    if match is None or not 0 < int(match[3]) < 65536:
        raise WrongValueError('host:port, such as "127.0.0.1:25" or "[::1]:25"')
    return Address(match[1] or match[2], int(match[3]))


def _example(kind: Any) -> str:
    if kind is Address:
        return '"127.0.0.1:8025"'
    marked = get_origin(kind) is Annotated and kind.__metadata__[0]
    examples = {
        "host name": '"forwarder.example"',
        "language": '"en", "ar"',
        "cohort mailbox": '"spring: anna@example.org"',
    }
    return examples.get(str(marked), '"1m", "5m"')


_READ: Mapping[str, Callable[[object], str]] = {
    "host name": host_name,
    "selector": _selector,
    "mailbox": _mailbox,
    "help": _help,
    "cohort mailbox": _cohort_mailbox,
    "scanner": _scanner,
    "time zone": time_zone,
    "hours": _hours,
}
