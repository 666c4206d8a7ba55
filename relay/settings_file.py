"""relay.toml and the environment → Settings: everything that is wrong is said at once, each with its key and line."""

from __future__ import annotations

import dataclasses
import difflib
import errno
import ipaddress
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

from relay.ownership import as_owner
from relay.settings import DkimSettings, Settings
from relay.settings_values import WrongValueError, host_name, read_value

_PREFIX = "RELAY_"


class SettingsError(Exception):
    """The settings cannot be used. ``errors`` says everything that is wrong, one sentence each."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclasses.dataclass(frozen=True, slots=True)
class _Given:
    """One value somebody set: where it was said, and what."""

    where: str
    value: Any


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read ``path``; RELAY_DOMAIN and RELAY_SECTION__KEY in ``environ`` go before it. Raises SettingsError."""
    kinds = _kinds()
    errors: list[str] = []
    found = _from_file(path, kinds, errors)
    given = (found or {}) | _from_environment(environ, kinds, errors)
    values: dict[str, Any] = {}
    for key, one in given.items():
        try:
            values[key] = read_value(kinds[key], one.value) if key != "domain" else host_name(one.value)
        except WrongValueError as wrong:
            errors.append(f"{one.where} must be {wrong}")
    if "domain" not in given and found is not None:
        errors.append(f'{path.name}: domain is missing; say where pair addresses live: domain = "relay.example.org"')
    for key, wrong_words in _disagreements(values).items():
        errors.append(f"{given[key].where} {wrong_words}")
    if errors:
        raise SettingsError(errors)
    return _assembled(values)


def startable(settings: Settings) -> list[str]:
    """Why ``relay serve`` must not start with these settings, one sentence each; empty when it may."""
    reasons: list[str] = []
    verify, wanted = settings.authenticity.verify, settings.authenticity
    if verify == "upstream" and not (wanted.authserv_id or wanted.received_by):
        reasons.append(
            'authenticity.verify = "upstream" needs authenticity.authserv_id: the name which the mail server before '
            "relay writes into its Authentication-Results; or received_by, if it writes no name, like Microsoft 365"
        )
    if wanted.received_by.endswith(_OF_MICROSOFT) and not wanted.tenant:
        reasons.append(
            f'authenticity.received_by = "{wanted.received_by}" needs authenticity.tenant: all customers of Microsoft '
            "365 reach relay from the same addresses, and only their tenant's id tells them apart"
        )
    if verify != "self":
        near, where = _NEAR[verify]
        reasons += [
            f'smtp.listen has {address}, but with authenticity.verify = "{verify}" anybody who '
            f"reaches it can write as anybody: listen on {where} only, behind a mail server that checks authors"
            for address in settings.smtp.listen
            if not near(address.host)
        ]
    if not settings.smtp.listen:
        reasons.append('smtp.listen is empty: nobody could send a letter; set for instance ["127.0.0.1:8025"]')
    if settings.metrics.listen is not None and not is_loopback(settings.metrics.listen.host):
        reasons.append("metrics.listen must be on loopback, such as 127.0.0.1:9090: nobody asks there who is asking")
    if bool(settings.smtp.tls_certificate) != bool(settings.smtp.tls_key):
        reasons.append("smtp.tls_certificate and smtp.tls_key belong together: set both, or neither")
    return reasons


def all_keys() -> list[str]:
    """Every key there is, dotted, in the order of the dataclasses."""
    return list(_kinds())


def _kinds() -> dict[str, Any]:
    """The annotation of every key."""
    kinds: dict[str, Any] = {}
    for name, section in get_type_hints(Settings).items():
        if dataclasses.is_dataclass(section):
            hints = get_type_hints(section, include_extras=True)
            kinds |= {f"{name}.{key}": kind for key, kind in hints.items()}
        else:
            kinds[name] = section
    return kinds


def _assembled(values: dict[str, Any]) -> Settings:
    sections: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        sections.setdefault(section, {})[name] = value
    hints = get_type_hints(Settings)
    parts = {name: hints[name](**fields) for name, fields in sections.items() if name}
    return Settings(**sections[""], **parts)


def _from_file(path: Path, kinds: Mapping[str, Any], errors: list[str]) -> dict[str, _Given] | None:
    """None when the file cannot be read at all; ``errors`` then says why."""
    try:
        if path.exists() and not path.is_file():  # to read a pipe would wait for a writer
            raise OSError(errno.EINVAL, "it is no file; put it aside, and bring relay.toml back from your backup")
        text = path.read_text("utf-8-sig")  # editors on Windows begin a file with a byte order mark
        table = tomllib.loads(text)
    except FileNotFoundError:
        errors.append(f"{path}: there is no such file; relay init makes one")
        return None
    except PermissionError:
        errors.append(f"{path}: you may not read it; {as_owner(path)}")
        return None
    except OSError as error:
        errors.append(f"{path}: cannot be read: {error.strerror}")
        return None
    except UnicodeDecodeError:
        errors.append(f"{path.name}: is not UTF-8 text; please save it as UTF-8")
        return None
    except tomllib.TOMLDecodeError as error:
        at = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error))
        words = str(error)[: at.start()] if at else str(error)
        line = (at[1] if at else None) or str(len(text.splitlines()))
        errors.append(f"{path.name}:{line}: {words[:1].lower()}{words[1:]}; the file is not valid TOML from here on")
        return None
    lines = _lines(text)
    given: dict[str, _Given] = {}
    for name, value in table.items():
        fields = {f"{name}.{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {name: value}
        for key, inner in fields.items():
            where = f"{path.name}:{lines.get(key, lines.get(name, 1))}:"
            if key in kinds:
                given[key] = _Given(f"{where} {key}", inner)
            elif any(known.startswith(f"{key}.") for known in kinds):
                errors.append(f"{where} {key} must be a section of its own: [{key}]")
            else:
                errors.append(f"{where} {key} is no setting{_meant(key, kinds)}")
    return given


def _lines(text: str) -> dict[str, int]:
    """Which line each key of a valid TOML text stands on."""
    found: dict[str, int] = {}
    prefix = statement = ""
    begun = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not statement:
            begun = number
        statement += line + "\n"
        try:
            table = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # a value over several lines: take one more
        if statement.lstrip().startswith("["):
            prefix = _paths(table)[-1] + "." if table else ""
            found.setdefault(prefix.removesuffix("."), begun)
        else:
            found |= {prefix + path: begun for path in _paths(table)}
        statement = ""
    return found


def _paths(table: Mapping[str, Any]) -> list[str]:
    paths: list[str] = []
    for key, value in table.items():
        paths.append(key)
        if isinstance(value, dict):
            paths += [f"{key}.{inner}" for inner in _paths(value)]
    return paths


def _from_environment(environ: Mapping[str, str], kinds: Mapping[str, Any], errors: list[str]) -> dict[str, _Given]:
    names = {_PREFIX + key.upper().replace(".", "__"): key for key in kinds}
    given: dict[str, _Given] = {}
    for name, raw in sorted(environ.items()):
        if name in names:
            key = names[name]
            given[key] = _Given(name, _from_words(raw, kinds[key]))
        elif name.startswith(_PREFIX) and "__" in name:
            near = difflib.get_close_matches(name, names, 1, 0.7)
            errors.append(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ""))
    return given


def _from_words(raw: str, kind: Any) -> Any:
    """A variable is a string: lists are JSON in it, whole numbers digits, everything else is meant as it stands."""
    if str(kind).startswith("tuple["):
        try:
            return json.loads(raw)
        except ValueError:
            return raw
    if kind is bool:
        return {"true": True, "false": False}.get(raw.strip().lower(), raw)
    return int(raw) if re.fullmatch(r"-?\d{1,18}", raw.strip()) else raw


def _meant(key: str, kinds: Mapping[str, Any]) -> str:
    """ "; did you mean …?" when a known key is near, or the same word stands in another section."""
    leaf = key.rpartition(".")[2]
    near = [known for known in kinds if known.rpartition(".")[2] == leaf] or difflib.get_close_matches(key, kinds, 1)
    if near:
        return f"; did you mean {near[0]}?"
    sections = {known.partition(".")[0] for known in kinds if "." in known}
    close = difflib.get_close_matches(key.partition(".")[0], sections, 1)
    return f"; did you mean the section [{close[0]}]?" if close and close[0] != key.partition(".")[0] else ""


def _disagreements(values: Mapping[str, Any]) -> dict[str, str]:
    """What is well formed and still cannot be meant, by key."""
    wrong: dict[str, str] = {}
    domain = values.get("domain", "")
    for key in ("programme.operator", "programme.coordinator", "safeguarding.contact", "safeguarding.deputy"):
        if values.get(key, "").rpartition("@")[2].lower() == domain and domain:
            wrong[key] = f"must be an address outside {domain}: mail for it would only come back here"
    cohorts = [one.partition(": ") for one in values.get("programme.coordinators", ())]
    if any(address.rpartition("@")[2].lower() == domain for _, _, address in cohorts):
        wrong["programme.coordinators"] = f"must be addresses outside {domain}: mail for them would only come back here"
    elif len({cohort for cohort, _, _ in cohorts}) < len(cohorts):
        wrong["programme.coordinators"] = "names a cohort twice"
    if not all(_is_ip(server.host) for server in values.get("dns.nameservers", ())):
        wrong["dns.nameservers"] = 'must be IP addresses with ports, such as ["127.0.0.1:53"]'
    if not _GUID.fullmatch(values.get("authenticity.tenant", "")):
        wrong["authenticity.tenant"] = 'must be the id of a tenant, such as "01234567-89ab-cdef-0123-456789abcdef"'
    if values.get("delivery.retry_after") == ():
        wrong["delivery.retry_after"] = 'must name at least one wait, such as ["1m"]'
    return wrong | _selector_clashes(values)


def _selector_clashes(values: Mapping[str, Any]) -> dict[str, str]:
    """DKIM selectors that are empty, or that would name both an RSA and an Ed25519 key, by key."""
    defaults = DkimSettings()
    wrong: dict[str, str] = {}
    used: dict[str, str] = {}
    for kind in ("rsa", "ed25519"):
        for name in (f"{kind}_selector", f"programme_{kind}_selector"):
            selector = values.get(f"dkim.{name}", getattr(defaults, name))
            if selector == "":
                wrong[f"dkim.{name}"] = "must not be empty"
            elif used.setdefault(selector, kind) != kind:
                key = f"dkim.{name}" if f"dkim.{name}" in values else "dkim." + _key_of(values, selector)
                wrong[key] = "must differ from the other selector: each names one key in DNS"
    return wrong


def _key_of(values: Mapping[str, Any], selector: str) -> str:
    """The setting of [dkim] that was given as ``selector``."""
    return next(one.name for one in fields(DkimSettings) if values.get(f"dkim.{one.name}") == selector)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def _is_private(host: str) -> bool:
    """Whether a mail server of the same house reaches it, and nobody from outside."""
    if not _is_ip(host):
        return is_loopback(host)
    address = ipaddress.ip_address(host)
    return address.is_private and not address.is_unspecified


_GUID = re.compile(r"(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})?")
_OF_MICROSOFT = ("outlook.com", "office365.us", "outlook.cn")
_NEAR = {
    "none": (is_loopback, "127.0.0.1 or [::1]"),
    "upstream": (_is_private, "127.0.0.1, [::1] or an address of a private network"),
}
