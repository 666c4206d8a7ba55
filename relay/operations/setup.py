"""relay init: makes a new home with settings, keys and an empty database, or leaves the folder as it was."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from relay.home import Home, HomeError
from relay.message.write.dkim_sign import new_ed25519_key, new_rsa_key
from relay.settings import Address, Settings
from relay.settings_file import load
from relay.shipped import shipped
from relay.store import Store
from relay.vault import new_key

_MARK = ".relay-init"  # this file exists in a folder while relay init works there


async def set_up(
    home: Home,
    domain: str,
    listen: Address | None,
    smarthost: Address | None,
    values: Mapping[str, object] | None = None,
) -> Settings:
    """Make a home in a folder that is empty or does not exist. Returns its settings, read from relay.toml alone.

    ``domain`` is ASCII; ``values`` are further settings, by their dotted keys: strings, or lists of strings. Leftovers
    of an interrupted relay init are removed. Raises HomeError.
    """
    with _all_or_nothing(home):
        text = rendered((shipped("config") / "relay.toml").read_text("utf-8"), domain, listen, smarthost)
        for key, value in (values or {}).items():
            section, _, name = key.rpartition(".")
            text = _set(text, section, name, json.dumps(value, ensure_ascii=False))
        vault_key = new_key()
        keys: dict[str, str] = {}
        for programme in (False, True):
            rsa, ed25519 = Settings(domain).dkim.selectors(programme=programme)
            keys |= {rsa: new_rsa_key(), ed25519: new_ed25519_key()}
        # relay.toml is written last and makes the folder a home, so the database must be there by then.
        home.make_keys(vault_key, keys)
        await Store.create(home.db, home.read_vault())
        home.make_toml(text)
    return load(home.toml, {})


def rendered(text: str, domain: str, listen: Address | None, smarthost: Address | None) -> str:
    """``text``, the shipped relay.toml, with the values of a new home."""
    text = _set(text, "", "domain", f'"{domain}"')
    if listen is not None:
        text = _set(text, "smtp", "listen", f'["{listen}"]')
    if smarthost is not None:
        text = _set(text, "delivery", "smarthost", f'"{smarthost}"')
    return text


def _set(text: str, section: str, key: str, value: str) -> str:
    """Replace the one line ``key = …`` in a section; section "" is the part before the first."""
    before, head, rest = text.partition(f"[{section}]\n") if section else ("", "", text)
    inside, mark, after = rest.partition("\n[")
    changed, count = re.subn(rf"^{key} = .*$", lambda _: f"{key} = {value}", inside, flags=re.MULTILINE)
    if count != 1:
        raise HomeError(f"the shipped relay.toml has {count} lines for {section}.{key}", "install relay again")
    return before + head + changed + mark + after


@contextmanager
def _all_or_nothing(home: Home) -> Iterator[None]:
    """Lock the folder inside the block. On an exception, remove what the block made."""
    existed = home.path.is_dir()
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_free(home)
        handle = os.open(home.path / _MARK, os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise HomeError(
            f"{home.path} cannot be made: {error.strerror}", "choose another folder, or another user"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise HomeError(f"another relay init is running in {home.path}", "wait until it ends") from None
    try:
        _clear(home.path)
        yield
    except BaseException:
        _clear(home.path)
        _unlock(home.path, handle)
        if not existed:
            home.path.rmdir()
        raise
    _unlock(home.path, handle)


def _check_free(home: Home) -> None:
    """Raise HomeError when the folder is a home or holds files, except leftovers of an interrupted relay init."""
    if home.toml.exists():
        raise HomeError(f"{home.path} is a home already: it holds a relay.toml", "choose another folder with --home")
    if any(home.path.iterdir()) and not (home.path / _MARK).exists():
        raise HomeError(f"{home.path} is not empty", "choose an empty folder, or a new one, with --home")


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == _MARK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _unlock(folder: Path, handle: int) -> None:
    (folder / _MARK).unlink(missing_ok=True)
    os.close(handle)
