"""Rebuilds a ZIP archive: cleans its files one by one, and drops dates, owners, comments and the packing program."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from relay.anonymise.attachments.archives.changes_note import ChangesNote
from relay.anonymise.attachments.archives.member_names import MemberNames, is_changed, of_programs, parts_of
from relay.anonymise.attachments.archives.zip_names import names_in
from relay.anonymise.attachments.beside import Beside, holds_numbers, named
from relay.anonymise.attachments.cleaning import ActsByItself, Cleaning
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_MEMBERS = 500
MAX_MEMBER = 64 * 1024 * 1024
_LONGEST_TEXT = 1024 * 1024
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000

_LOCKED = "an archive is locked with a password and cannot be made anonymous; please send it without one"
_BROKEN = "an archive is damaged and cannot be made anonymous; please pack it again, or attach the files one by one"
_TOO_MUCH = "an archive unpacks to more than can be made anonymous; please send fewer or smaller files"
_PACKING = "an archive is packed in an unusual way; please pack it as an ordinary ZIP, or attach the files one by one"
_NOTHING = "an archive holds no file that can be passed on; please attach the files one by one"
_INSIDE = "in an archive: "


def clean_zip(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean every file in a ZIP archive and pack them again (APPNOTE.TXT 6.3.10). Personal folders are removed from
    paths; dates, comments, owners, permissions, and files of programs are dropped. Files that act are left out; a note
    in the archive names them, and those that became text. Raises CannotAnonymise when it is locked, damaged or too
    large, or a file in it cannot be cleaned; ActsByItself when all of its files act."""
    try:
        with zipfile.ZipFile(io.BytesIO(attachment.content)) as archive:
            members = _members(archive, cleaning)
            content = _packed(archive, members, cleaning)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, LookupError, OSError) as error:
        raise CannotAnonymise(_BROKEN) from error
    cleaning.tally.add("archive")
    name = attachment.filename
    return replace(attachment, content=content, media_type="application/zip", filename=name)


def _members(archive: zipfile.ZipFile, cleaning: Cleaning) -> list[zipfile.ZipInfo]:
    """The files of the archive, after checking that unpacking them is safe."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise CannotAnonymise(_TOO_MUCH)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise CannotAnonymise(_LOCKED)
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise CannotAnonymise(_PACKING)
    # No more of a member is read than it declares, so these sums bound everything.
    sizes = [member.file_size for member in members]
    if sum(sizes) > cleaning.room.octets or max(sizes, default=0) > MAX_MEMBER:
        raise CannotAnonymise(_TOO_MUCH)
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        # Members that share octets are a way to make archive bombs.
        if member.header_offset < end:
            raise CannotAnonymise(_BROKEN)
        end = member.header_offset + _LOCAL_HEADER + member.compress_size
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names:
        raise CannotAnonymise(_BROKEN)
    return [member for member in members if not member.is_dir() and not _is_link(member)]


def _is_link(member: zipfile.ZipInfo) -> bool:
    """Whether it is a symbolic link, which holds only a path on the author's device."""
    return member.create_system == 3 and stat.S_ISLNK(member.external_attr >> 16)


class _Texts:
    """Texts that are written last, because they may name other files of the archive, or show pictures of it."""

    def __init__(self, paths: Sequence[Sequence[str]]) -> None:
        self.numbers = {"/".join(parts).casefold(): number for number, parts in enumerate(paths)}
        self._renames = any(parts and is_changed(parts[-1]) for parts in paths)
        self._pictures: list[str | None] = [None] * len(paths)
        self._renamed: dict[str, set[str]] = {}
        self._waiting: list[tuple[str, bytes]] = []

    def met(self, number: int, old: str, path: str, media_type: str) -> None:
        """Note that file ``number``, whose name was ``old``, has the path ``path`` now."""
        if media_type.startswith("image/"):
            self._pictures[number] = path
        new = path.rpartition("/")[2]
        if self._renames and is_changed(old) and old != new:
            self._renamed.setdefault(old, set()).add(new)

    def takes(self, path: str, clean: Attachment) -> bool:
        """Whether the file is such a text, and waits."""
        text = self._renames and len(clean.content) <= _LONGEST_TEXT and clean.media_type.startswith("text/")
        if not (text or (clean.media_type == "text/html" and holds_numbers(clean.content))):
            return False
        self._waiting.append((path, clean.content))
        return True

    def written(self) -> Iterator[tuple[str, bytes]]:
        """Each with its path, with the new names and paths of the files it names."""
        renamed = {old: min(to) for old, to in self._renamed.items() if len(to) == 1}
        for path, content in self._waiting:
            shown = named(content, path, self._pictures) if holds_numbers(content) else content
            yield path, _naming(shown, renamed) if len(shown) <= _LONGEST_TEXT else shown


def _packed(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], cleaning: Cleaning) -> bytes:
    names, note = MemberNames(cleaning.redactor), ChangesNote()
    out = io.BytesIO()
    packed, acting = 0, None
    paths = [parts_of(path) for path in names_in(members, cleaning.redactor.known.names)]
    texts = _Texts(paths)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for number, (member, parts) in enumerate(zip(members, paths, strict=True)):
            if not parts or of_programs(parts):
                continue
            try:
                clean = _cleaned(archive.read(member), parts[-1], cleaning, Beside(tuple(parts[:-1]), texts.numbers))
            except ActsByItself as refusal:
                acting = refusal
                note.leaves_out(names.name(parts))
                continue
            if clean is None:
                continue
            # A cleaner may have corrected the extension.
            last = (parts_of(clean.filename or "") or parts)[-1]
            path = names.name([*parts[:-1], last], clean.media_type)
            note.renames(parts[-1], path)
            texts.met(number, parts[-1], path, clean.media_type)
            packed += 1
            if not texts.takes(path, clean):
                _write(new, path, clean.content)
        for path, content in texts.written():
            _write(new, path, content)
        if packed and note:
            _write(new, names.name([note.name]), note.text().encode())
    if not packed:
        raise acting or CannotAnonymise(_NOTHING)
    cleaning.tally.add("file-that-acts", note.left_out)
    return out.getvalue()


def _naming(content: bytes, renamed: Mapping[str, str]) -> bytes:
    """A text with the new names of other files of the archive, also percent-encoded as in links. Linear."""
    forms = {
        form.encode(): (quote(new) if form != old else new).encode()
        for old, new in renamed.items()
        for form in (quote(old), old)
    }
    if not forms:
        return content
    pattern = re.compile(
        rb"(?<![\w.-])(?:" + b"|".join(map(re.escape, sorted(forms, key=len, reverse=True))) + rb")(?![\w-])"
    )
    return pattern.sub(lambda found: forms[found[0]], content)


def _write(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    info = zipfile.ZipInfo(path, _FIRST_DAY)
    info.create_system = 0
    archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    # zipfile sets permissions here; the central directory, which stores them, is written at the end.
    info.external_attr = 0


def _cleaned(content: bytes, name: str, cleaning: Cleaning, beside: Beside) -> Attachment | None:
    if name == "mimetype" and content.startswith(b"application/epub"):
        # An e-book without its table of files, which still may say who made it.
        raise CannotAnonymise(_BROKEN)
    try:
        return cleaning.inside_or_none(Attachment(content, "application/octet-stream", name), beside)
    except ActsByItself:
        raise
    except CannotAnonymise as refusal:
        detail = refusal.detail or refusal.words
        raise CannotAnonymise(detail if detail.startswith(_INSIDE) else _INSIDE + detail, refusal.file) from refusal
