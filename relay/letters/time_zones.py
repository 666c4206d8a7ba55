"""Time zones by their IANA names."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from babel import Locale
from babel.core import get_global


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """The time zone with this name; UTC for one that this machine does not know (any more)."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def zone_in(words: str, languages: tuple[str, ...]) -> str:
    """The IANA name of the time zone that somebody means with a country, a city, a name such as Africa/Nairobi, or
    "UTC+3", written in one of ``languages``; "" when it is none, or the country has several."""
    parts = [words, *re.split(r"[,;/()\n]| - ", words)]
    places = _places(languages)
    for part in parts:
        if (match := _OFFSET.fullmatch(part.strip())) and int(match[2]) <= _FARTHEST:
            # The names of these zones count from Greenwich the other way round.
            return f"Etc/GMT{'-' if match[1] == '+' else '+'}{int(match[2])}" if int(match[2]) else "UTC"
        if found := places.get(_key(part), ""):
            return found
    return ""


@lru_cache(maxsize=4)
def _places(languages: tuple[str, ...]) -> Mapping[str, str]:
    """Cities and countries with one time zone, by their names in these languages and in English."""
    territories: dict[str, list[str]] = {}
    known = zoneinfo.available_timezones()
    for zone, territory in get_global("zone_territories").items():
        if zone in known and "/" in zone:
            territories.setdefault(territory, []).append(zone)
    single = {territory: zones[0] for territory, zones in territories.items() if _same_clock(zones)}
    found: dict[str, str] = {_key(zone): zone for zone in known if "/" in zone}
    for language in dict.fromkeys((*languages, "en")):
        locale = Locale.parse(language, sep="-")
        for territory, zone in single.items():
            found.setdefault(_key(locale.territories.get(territory, "")), zone)
        for zones in territories.values():
            for zone in zones:
                own = locale.time_zones.get(zone, {}).get("city") if zone in locale.time_zones else None
                found.setdefault(_key(str(own or zone.rpartition("/")[2].replace("_", " "))), zone)
    found.pop("", None)
    return found


def _same_clock(zones: Sequence[str]) -> bool:
    """Whether these zones show the same time all through a year."""
    days = [datetime(2026, month, 15, tzinfo=UTC) for month in range(1, 13)]
    return len({tuple(day.astimezone(zone_of(zone)).utcoffset() for day in days) for zone in zones}) == 1


def _key(words: str) -> str:
    """Letters alone, casefolded, without marks."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(_ALIKE))
    return "".join(char for char in plain if unicodedata.category(char)[0] == "L" or char == "/")


_ALIKE = str.maketrans("أإآٱىی", "اااايي")
_OFFSET = re.compile(r"(?:UTC|GMT)? ?([+-])(\d{1,2})(?::?00)?", re.IGNORECASE)
_FARTHEST = 12
