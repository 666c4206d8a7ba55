"""The home folder with relay.toml, keys and database. Reads and writes the key files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from relay import signing_keys
from relay.durable_files import replace, sync_folder, write_new
from relay.ownership import as_owner
from relay.settings import Settings
from relay.signing_keys import Mail, SigningKeys
from relay.vault import Vault, VaultError, read_key

DEFAULT = Path("/var/lib/relay")


class HomeError(Exception):
    """Something in the home folder is missing or wrong; ``remedy`` says what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Home:
    """One relay's folder. ``path`` is absolute. ``credentials``: the folder of secrets that systemd passes, or None."""

    path: Path
    credentials: Path | None = None

    @classmethod
    def find(cls, option: str | None, environ: Mapping[str, str], cwd: Path) -> Self:
        """Choose the home: ``option`` (of --home), else RELAY_HOME, else ``cwd`` when it holds relay.toml, else
        /var/lib/relay. CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential) names the credentials."""
        named = option or environ.get("RELAY_HOME")
        passed = environ.get("CREDENTIALS_DIRECTORY")
        credentials = Path(passed) if passed else None
        if named:
            return cls(cwd / Path(named).expanduser(), credentials)
        return cls(cwd if _holds_toml(cwd) else DEFAULT, credentials)

    @property
    def toml(self) -> Path:
        """The settings file."""
        return self.path / "relay.toml"

    def holds_settings(self) -> bool:
        """Whether relay.toml exists. Raises HomeError when this user may not see that."""
        try:
            self.toml.stat()
        except PermissionError:
            raise HomeError(f"you may not look into {self.path}", as_owner(self.toml)) from None
        except OSError:
            return False
        return True

    @property
    def db(self) -> Path:
        """The default database file; store.url can name another."""
        return self.path / "relay.db"

    @property
    def keys(self) -> Path:
        """The folder of secrets, accessible by its owner only."""
        return self.path / "keys"

    @property
    def vault_key(self) -> Path:
        """The vault key. Without it the database cannot be decrypted."""
        return self.keys / "vault.key"

    @property
    def next_vault_key(self) -> Path:
        """The new vault key, while relay vault rotate is in progress."""
        return self.keys / "vault.new"

    @property
    def forgotten(self) -> Path:
        """The ledger of forgotten members (relay.ledger); may be missing."""
        return self.keys / "forgotten"

    @property
    def upgrades(self) -> Path:
        """The backups made before the database was upgraded; may be missing."""
        return self.path / "upgrades"

    @property
    def templates(self) -> Path:
        """The operator's own letter templates, which override the shipped ones; may be missing."""
        return self.path / "templates"

    def place(self, url: str) -> Path | str:
        """The database that store.url names: a file, relative to the home, or the URL of a PostgreSQL database. Raises
        HomeError when it names neither."""
        scheme, _, name = url.partition(":")
        if scheme == "sqlite" and name.strip("/"):
            return self.path / name
        if scheme in ("postgresql", "postgres") and name.startswith("//"):
            return url
        raise HomeError("store.url names no database", 'set store.url = "sqlite:relay.db" in relay.toml')

    def dkim_key(self, selector: str) -> Path:
        """The file of the private key whose public key is published under ``selector``."""
        return self.keys / f"{selector}.pem"

    def read_vault(self) -> Vault:
        """The vault of this home, with both keys during a rotation. Raises HomeError."""
        current, *others = self.vault_secrets()
        return Vault(current, others, self.vault_secrets)

    def vault_secrets(self) -> list[bytes]:
        """The secret in vault.key, and the one in vault.new if that exists. Raises HomeError.

        Where keys/vault.key does not exist, the credential vault.key is read.
        """
        passed = None if self._has_key(self.vault_key) else self._credential("vault.key")
        secrets = [self.read_secret(passed or self.vault_key)]
        if self._has_key(self.next_vault_key):
            secrets.append(self.read_secret(self.next_vault_key))
        return secrets

    def tls_files(self, settings: Settings) -> tuple[Path, Path] | None:
        """The PEM files of the certificate and its key: those in relay.toml, else the credentials tls.crt and tls.key;
        None when there are neither."""
        smtp = settings.smtp
        if smtp.tls_certificate:
            return self.path / smtp.tls_certificate, self.path / smtp.tls_key
        certificate, key = self._credential("tls.crt"), self._credential("tls.key")
        return (certificate, key) if certificate is not None and key is not None else None

    def _credential(self, name: str) -> Path | None:
        """The file of a credential, if systemd passes one of this name."""
        path = self.credentials / name if self.credentials is not None else None
        return path if path is not None and path.is_file() else None

    def read_secret(self, path: Path) -> bytes:
        """The secret in a file such as vault.key. Raises HomeError."""
        line = self._read(
            path,
            "bring it back from your backup: without it the database cannot be opened, and a new key does not help",
        )
        try:
            return read_key(line)
        except VaultError as error:
            raise HomeError(f"{path} holds no vault key", "bring it back from your backup") from error

    def stage_vault_key(self, line: str) -> None:
        """Write a new vault key beside the old one, durably and atomically. Raises OSError."""
        replace(self.next_vault_key, line)

    def promote_vault_key(self) -> None:
        """Replace the old vault key by the new one, if there is one. Raises OSError."""
        if self.next_vault_key.exists():
            self.next_vault_key.replace(self.vault_key)
            sync_folder(self.keys)

    @contextmanager
    def holding_keys(self) -> Iterator[None]:
        """Hold an exclusive lock (flock) on the keys folder. Waits for it. Raises OSError."""
        handle = os.open(self.keys, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def dkim_keys(self, settings: Settings, mail: Mail = Mail.RELAYED) -> tuple[tuple[str, str], ...]:
        """Every (selector, PEM) that ``mail`` is signed with. Raises HomeError."""
        selectors = self.signing_keys(settings, mail).signing or self.signing_keys(settings).signing
        return tuple((selector, self.read_dkim_key(selector)) for selector in selectors)

    def read_dkim_key(self, selector: str) -> str:
        """The PEM of a key. Raises HomeError."""
        remedy = "bring it back from your backup, or correct the selectors in the [dkim] section of relay.toml"
        return self._read(self.dkim_key(selector), remedy)

    def signing_keys(self, settings: Settings, mail: Mail = Mail.RELAYED) -> SigningKeys:
        """The current, next and previous DKIM keys for ``mail``. Raises HomeError.

        Mail of the programme's has keys of its own when there are files for the selectors in relay.toml, or when relay
        dkim rotate has made keys and seen their records in DNS.
        """
        configured = settings.dkim.selectors(programme=mail is Mail.PROGRAMME)
        state = self._recorded_keys(mail)
        if state is not None and state.configured == configured:
            return state
        signs = mail is Mail.RELAYED or (
            configured != settings.dkim.selectors(programme=False)
            and all(self._has_key(self.dkim_key(selector)) for selector in configured)
        )
        return SigningKeys(configured, configured if signs else (), (), state.old if state is not None else ())

    def write_signing_keys(self, keys: SigningKeys, mail: Mail = Mail.RELAYED) -> None:
        """Write which keys sign ``mail`` from now on. Call it while ``holding_keys``. Raises OSError, HomeError."""
        recorded = {one: self._recorded_keys(one) for one in Mail} | {mail: keys}
        known = {one: state for one, state in recorded.items() if state is not None}
        replace(self._dkim_state, signing_keys.written(known))

    def _recorded_keys(self, mail: Mail) -> SigningKeys | None:
        """What keys/dkim.json says about the keys for ``mail``. Raises HomeError."""
        remedy = "bring it back from your backup"
        if not self._has_key(self._dkim_state):
            return None
        try:
            return signing_keys.read(self._read(self._dkim_state, remedy), mail)
        except ValueError:
            raise HomeError(f"{self._dkim_state} is damaged", remedy) from None

    def write_dkim_key(self, selector: str, pem: str) -> None:
        """Write a key's file, durably and atomically. Raises OSError."""
        replace(self.dkim_key(selector), pem)

    @property
    def _dkim_state(self) -> Path:
        return self.keys / "dkim.json"

    def _has_key(self, path: Path) -> bool:
        """Whether this file is in keys. Raises HomeError when this user may not see that."""
        try:
            return path.exists()
        except PermissionError:
            raise HomeError(f"you may not look into {self.keys}", as_owner(path)) from None

    def _read(self, path: Path, remedy: str) -> str:
        try:
            return path.read_text("ascii")
        except FileNotFoundError:
            if not self.holds_settings():
                raise no_home(self) from None
            raise HomeError(f"{path} is missing", remedy) from None
        except UnicodeDecodeError:
            raise HomeError(f"{path} is damaged", remedy) from None
        except OSError as error:
            raise HomeError(f"{path} cannot be read: {error.strerror}", as_owner(path)) from error

    def make_keys(self, vault_key: str, dkim_keys: Mapping[str, str]) -> None:
        """Write the key files of a new home: ``vault_key`` a line made by vault.new_key, ``dkim_keys`` selector to PEM.

        Raises OSError; FileExistsError instead of overwriting a file.
        """
        self.keys.mkdir(0o700)
        self.keys.chmod(0o700)  # regardless of the umask
        write_new(self.vault_key, vault_key)
        for selector, pem in dkim_keys.items():
            write_new(self.dkim_key(selector), pem)
        sync_folder(self.keys)
        sync_folder(self.path)

    def make_toml(self, text: str) -> None:
        """Write relay.toml. Call it last, because this file makes the folder a home. Raises OSError."""
        write_new(self.toml, text, mode=0o640)
        sync_folder(self.path)


def working_directory() -> Path:
    """The folder that a command was typed in; the root folder when it was deleted meanwhile."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path("/")


def _holds_toml(folder: Path) -> bool:
    """Whether a folder holds relay.toml. No, when this user may not look into it: root's commands for another user
    (runuser, sudo) often run in /root."""
    try:
        return (folder / "relay.toml").is_file()
    except OSError:
        return False


def no_home(home: Home) -> HomeError:
    """The error for a folder without relay.toml."""
    return HomeError(
        f"{home.path} holds no relay.toml",
        "name the right folder with --home or RELAY_HOME, or make a home with: relay init --domain …",
    )
