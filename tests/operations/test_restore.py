"""An altered backup is not restored, and no backup can write outside of the new home."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.home import Home, HomeError
from relay.operations.backup import back_up
from relay.operations.backup_file import pack, unpack
from relay.operations.backup_layout import UnfitError
from relay.operations.restore import restore
from relay.store import Store, StoreError
from relay.vault import Vault, new_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Members = list[tuple[tarfile.TarInfo, bytes]]


async def saved(home: Home, file: Path, *, keys: bool = True) -> Path:
    store = await Store.open(home.db, home.read_vault())
    await back_up(home, store, file, NOW, keys=keys)
    await store.close()
    return file


@pytest_asyncio.fixture
async def backup(home: Home, tmp_path: Path) -> Path:
    (home.path / "templates").mkdir()
    (home.path / "templates" / "own.txt").write_text("own words")
    return await saved(home, tmp_path / "b")


def members(file: Path) -> Members:
    with tarfile.open(file) as tar:
        return [(entry, read.read() if (read := tar.extractfile(entry)) else b"") for entry in tar]


def rewrite(file: Path, content: Members, form: int = tarfile.PAX_FORMAT) -> None:
    file.unlink(missing_ok=True)
    with tarfile.open(file, "w", format=form) as tar:
        for entry, octets in content:
            tar.addfile(entry, io.BytesIO(octets))


def entry(name: str, content: bytes = b"", **said: object) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.size = len(content)
    for key, value in said.items():
        setattr(made, key, value)
    return made, content


def change(name: str, alter: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    def change(content: Members) -> Members:
        return [entry(one.name, alter(octets) if one.name == name else octets) for one, octets in content]

    return change


def tree(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


EVIL = b'domain = "relay.test"\n[store]\nurl = "sqlite:../evil.db"\n'


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (change("relay.toml", lambda _: EVIL), r"relay\.toml in .* was altered"),
        (change("relay.toml", lambda old: old + b"\n"), r"relay\.toml in .* was altered"),
        (change("relay.db", lambda old: old[:-1] + bytes([old[-1] ^ 1])), r"relay\.db in .* was altered"),
        (change("keys/relay-rsa.pem", lambda old: old[::-1]), r"keys/relay-rsa\.pem in .* was altered"),
        (change("keys/vault.key", lambda _: new_key().encode()), "was altered, or was made under another vault key"),
        (change("templates/own.txt", lambda _: b"their words"), r"templates/own\.txt in .* was altered"),
        (change("backup.json", lambda old: old.replace(b"2026", b"2027")), r"backup\.json in .* was altered"),
        (change("backup.json", lambda old: old.replace(b'"form": 2', b'"form": 1')), "has no seal"),
        (
            change("backup.json", lambda old: old.replace(b'"form": 2', b'"form": 3')),
            "a newer version of relay made it",
        ),
        (change("backup.seal", lambda old: old[:-9] + b"00000000\n"), "was altered, or was made under another"),
        (change("backup.seal", lambda _: b""), "was altered, or was made under another"),
        (change("backup.seal", lambda _: b"seal x"), "its seal cannot be read"),
        (lambda content: [one for one in content if one[0].name != "templates/own.txt"], r"templates/own\.txt in"),
        (lambda content: [one for one in content if one[0].name != "backup.seal"], "its seal is missing"),
        (lambda content: [*content[:2], entry("templates/more", b"x"), *content[2:]], "templates/more in"),
        (lambda content: [content[0], content[2], content[1], *content[3:]], "was altered"),
    ],
)
async def test_an_altered_backup_is_refused_and_nothing_is_made(
    tmp_path: Path, backup: Path, alter: Callable[[Members], Members], words: str
) -> None:
    rewrite(backup, alter(members(backup)))
    before = tree(tmp_path)
    with pytest.raises(HomeError, match=words):
        await restore(Home(tmp_path / "new"), backup, NOW, hold=False)
    assert tree(tmp_path) == before


async def test_a_backup_is_checked_with_the_keys_in_the_folder_even_if_it_holds_keys(
    home: Home, tmp_path: Path, pattern_home: Path, backup: Path
) -> None:
    """An attacker who has the file but not the key packs it again with a vault key of their own."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    with (theirs / "b").open("wb") as out:
        vault_key = new_key()
        content = {one.name: octets for one, octets in members(backup) if one.name != "backup.seal"}
        content["keys/vault.key"] = vault_key.encode()
        secret = theirs / "keys" / "vault.key"
        secret.parent.mkdir()
        secret.write_text(vault_key)
        pack(out, Home(theirs).read_vault(), content.items())
    new = Home(tmp_path / "new")
    shutil.copytree(home.keys, new.keys)
    before = tree(tmp_path)
    with pytest.raises(HomeError, match="altered, or was made under another vault key"):
        await restore(new, theirs / "b", NOW, hold=False)
    assert tree(tmp_path) == before


async def test_without_a_vault_key_the_error_says_where_to_put_it(home: Home, tmp_path: Path) -> None:
    file = await saved(home, tmp_path / "b", keys=False)
    new = Home(tmp_path / "new")
    with pytest.raises(HomeError, match="put your copy of the keys folder into"):
        await restore(new, file, NOW, hold=False)
    assert not new.path.exists()
    new.keys.mkdir(parents=True)
    with pytest.raises(HomeError, match=r"holds no vault\.key"):
        await restore(new, file, NOW, hold=False)
    assert tree(new.path) == [new.keys]


def hostile(alter: Callable[[Members], Members]) -> Callable[[Path], None]:
    return lambda file: rewrite(file, alter(members(file)))


def after_settings(*more: tuple[tarfile.TarInfo, bytes]) -> Callable[[Path], None]:
    return hostile(lambda content: [*content[:2], *more, *content[2:]])


def huge(file: Path) -> None:
    """A header that announces 7 GiB of content, which is not there."""
    head = entry("templates/huge")[0]
    head.size = 7 * 1024**3
    start = file.read_bytes()[:1024]
    file.write_bytes(start + head.tobuf(tarfile.PAX_FORMAT))


def long_header(file: Path) -> None:
    after_settings(entry("templates/x", b"x", pax_headers={"path": "templates/" + "x" * 9000}))(file)


@pytest.mark.parametrize(
    "alter",
    [
        after_settings(entry("templates/link", type=tarfile.SYMTYPE, linkname="/etc/passwd")),
        after_settings(entry("templates/link", type=tarfile.LNKTYPE, linkname="relay.toml")),
        after_settings(entry("templates", type=tarfile.SYMTYPE, linkname=".."), entry("templates/evil", b"x")),
        after_settings(entry("templates/dev", type=tarfile.CHRTYPE, devmajor=1, devminor=3)),
        after_settings(entry("templates/pipe", type=tarfile.FIFOTYPE)),
        after_settings(entry("templates/dir", type=tarfile.DIRTYPE)),
        after_settings(entry("templates/sparse", b"x", type=tarfile.GNUTYPE_SPARSE)),
        after_settings(entry("../evil", b"x")),
        after_settings(entry("/tmp/evil", b"x")),
        after_settings(entry("templates/../../evil", b"x")),
        after_settings(entry("templates//evil", b"x")),
        after_settings(entry("templates/./evil", b"x")),
        after_settings(entry("templates/", b"x")),
        after_settings(entry("evil", b"x")),
        after_settings(entry("relay.db-wal", b"x")),
        after_settings(entry("templates/x", b"x", pax_headers={"path": "../evil"})),
        after_settings(entry("templates/x", b"x", pax_headers={"linkpath": "../evil"})),
        after_settings(entry("templates/x", b"x", pax_headers={"size": "-1"})),
        after_settings(entry("templates/x", b"x", pax_headers={"size": "9" * 16})),
        after_settings(entry("relay.toml", b"x")),
        after_settings(entry("relay.toml/x", b"x")),
        after_settings(entry("templates/a", b"x"), entry("templates/a/b", b"x")),
        after_settings(entry("templates/large", b"x" * (4 * 1024 * 1024 + 1))),
        after_settings(*(entry(f"templates/{number}") for number in range(1001))),
        hostile(lambda content: [*content, entry("templates/late", b"x")]),
        hostile(lambda content: content[1:]),
        hostile(lambda content: content[::-1]),
        hostile(lambda content: [one for one in content if one[0].name != "relay.db"]),
        hostile(change("backup.json", lambda _: b"[" * 100_000)),
        hostile(change("backup.json", lambda _: b'{"form": true}' * 2)),
        hostile(change("backup.json", lambda _: b'{"form": "2"}')),
        lambda file: rewrite(file, [entry("templates/" + "x" * 200, b"x"), *members(file)], tarfile.GNU_FORMAT),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-10240]),
        huge,
        long_header,
    ],
)
async def test_a_tar_that_is_no_backup_is_not_unpacked(
    tmp_path: Path, backup: Path, alter: Callable[[Path], object]
) -> None:
    alter(backup)
    before = tree(tmp_path)
    with pytest.raises(HomeError, match="cannot be restored"):
        await restore(Home(tmp_path / "new"), backup, NOW, hold=False)
    assert tree(tmp_path) == before


async def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(HomeError, match="it is no file"):
        await restore(Home(tmp_path / "new"), tmp_path / "pipe", NOW, hold=False)


@pytest.mark.parametrize(
    "url",
    ["sqlite:../evil.db", "sqlite:{tmp}/evil.db", "sqlite:data/../../evil.db", "sqlite:keys/evil.db",
     "sqlite:relay.toml", "sqlite:.relay-restore-1/relay.db", "postgresql://relay:secret@127.0.0.1:1/relay"],
)  # fmt: skip
async def test_a_store_url_outside_of_the_home_is_not_followed(home: Home, tmp_path: Path, url: str) -> None:
    text = home.toml.read_text().replace("sqlite:relay.db", url.format(tmp=tmp_path))
    home.toml.write_text(text)
    file = await saved(home, tmp_path / "b")
    new, before = Home(tmp_path / "new"), tree(tmp_path)
    made = await restore(new, file, NOW, hold=False)
    assert (made.database, made.foreign, made.faults) == (new.db, True, [])
    assert [path for path in tree(tmp_path) if new.path not in (path, *path.parents)] == before
    assert sorted(path.name for path in new.path.iterdir()) == ["keys", "relay.db", "relay.toml"]


async def test_a_database_in_a_subfolder_of_the_home_is_restored_there(home: Home, tmp_path: Path) -> None:
    home.toml.write_text(home.toml.read_text().replace("sqlite:relay.db", "sqlite:data/own.db"))
    file = await saved(home, tmp_path / "b")
    new = Home(tmp_path / "new")
    made = await restore(new, file, NOW, hold=False)
    assert (made.database, made.foreign) == (new.path / "data" / "own.db", False)
    await (await Store.open(made.database, new.read_vault())).close()


async def test_settings_with_errors_are_restored_and_reported(home: Home, tmp_path: Path) -> None:
    home.toml.write_text('domain = "relay.test"\nold_setting = 1\n')
    made = await restore(Home(tmp_path / "new"), await saved(home, tmp_path / "b"), NOW, hold=False)
    assert made.faults == ["relay.toml:2: old_setting is no setting"]
    assert (tmp_path / "new" / "relay.toml").read_text() == 'domain = "relay.test"\nold_setting = 1\n'


def old_form(file: Path) -> None:
    """Turn the file into a backup of form 1, which has no seal."""
    content = [one for one in members(file) if one[0].name != "backup.seal"]
    rewrite(file, change("backup.json", lambda old: old.replace(b'"form": 2', b'"form": 1'))(content))


async def test_a_backup_without_a_seal_is_restored_only_with_unsealed(tmp_path: Path, backup: Path) -> None:
    old_form(backup)
    new = Home(tmp_path / "new")
    with pytest.raises(HomeError, match=r"has no seal.*add --unsealed"):
        await restore(new, backup, NOW, hold=False)
    assert not new.path.exists()
    made = await restore(new, backup, NOW, hold=False, unsealed=True)
    assert not made.sealed
    assert (new.templates / "own.txt").read_text() == "own words"


async def test_unsealed_does_not_accept_a_wrong_seal(tmp_path: Path, backup: Path) -> None:
    rewrite(backup, change("relay.toml", lambda _: EVIL)(members(backup)))
    with pytest.raises(HomeError, match="was altered"):
        await restore(Home(tmp_path / "new"), backup, NOW, hold=False, unsealed=True)


@pytest.mark.parametrize("url", ["sqlite:../evil.db", "sqlite:{tmp}/evil.db"])
async def test_an_altered_backup_without_a_seal_writes_nothing_outside_of_the_home(
    tmp_path: Path, backup: Path, url: str
) -> None:
    rewrite(
        backup,
        change("relay.toml", lambda old: old.replace(b"sqlite:relay.db", url.format(tmp=tmp_path).encode()))(
            members(backup)
        ),
    )
    old_form(backup)
    new, before = Home(tmp_path / "new"), tree(tmp_path)
    assert (await restore(new, backup, NOW, hold=False, unsealed=True)).foreign
    assert [path for path in tree(tmp_path) if new.path not in (path, *path.parents)] == before


async def test_an_error_at_the_last_step_leaves_nothing(
    tmp_path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def full(path: Path, target: Path) -> Path:
        if target.name == "relay.toml":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    before = tree(tmp_path)
    with pytest.raises((OSError, HomeError, StoreError)):
        await restore(Home(tmp_path / "new"), backup, NOW, hold=False)
    assert tree(tmp_path) == before


def test_long_names_and_large_sizes_in_pax_headers_are_read(tmp_path: Path) -> None:
    """A database of more than 8 GiB and a template with a long name need them (POSIX pax)."""
    vault = Vault(b"k" * 32)
    name = "templates/" + "ä" * 120
    file = tmp_path / "b"
    with file.open("wb") as out:
        pack(out, vault, [("backup.json", b'{"form": 2}'), ("relay.toml", b"t"), (name, b"x"), ("relay.db", b"d")])
    content = [entry(one.name, octets) for one, octets in members(file)]
    content[-2][0].pax_headers = {"size": "1"}
    rewrite(file, content)
    contents = unpack(file, tmp_path / "into")
    assert contents.altered(vault) is None
    assert contents.altered(Vault(b"K" * 32)) == ""
    assert (tmp_path / "into" / name).read_bytes() == b"x"


WHOLE = [("backup.json", b'{"form": 2}'), ("relay.toml", b"domain"), ("keys/a", b"k" * 600), ("relay.db", b"d" * 2000)]


@settings(max_examples=300)
@given(data=st.data())
def test_no_octet_can_be_changed_unnoticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """After any change the file is refused, its seal is wrong, or everything was unpacked as it was."""
    folder, vault = tmp_path_factory.mktemp("b"), Vault(b"k" * 32)
    out = io.BytesIO()
    pack(out, vault, WHOLE)
    octets = out.getvalue().rstrip(b"\0") + b"\0" * 1024
    begin = data.draw(st.integers(0, len(octets)))
    end = data.draw(st.integers(begin, min(len(octets), begin + 600)))
    instead = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from([octets[512:1536], octets[begin:end] * 2])))
    (folder / "b").write_bytes(octets[:begin] + instead + octets[end:])
    try:
        contents = unpack(folder / "b", folder / "into")
    except UnfitError:
        return
    if contents.altered(vault) is None:
        found = {
            str(path.relative_to(folder / "into")): path.read_bytes()
            for path in tree(folder / "into")
            if path.is_file()
        }
        assert {name: content for name, content in found.items() if name != "backup.seal"} == dict(WHOLE)
