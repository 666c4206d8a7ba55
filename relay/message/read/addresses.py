"""Parses mailboxes in address fields, and normalises addresses for comparison (RFC 5322 3.4)."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator

import idna

from relay.message.read.header_words import raw_text

MAX_ADDRESS = 64 + 1 + 255  # octets (RFC 5321 4.5.3.1)
MAX_LIST = 16 * 1024  # octets of address fields that are read
MAX_MAILBOXES = 400
_MAX_STEPS = 2000  # tokens of unusual syntax (comments, groups, quotes): two to six per mailbox
_MAX_IDN = 2048  # characters of U-labels encoded per list, at a microsecond or more each

_BLANKS = " \t\r\n"
_COMMENT = re.compile(r"\(([^()]{1,200})\)")
_ANGLE = re.compile(r"<[^<>]*+>")
_WORD = r"""[^\s"\\<>@,;:()]++"""
_QUOTED = r'"[^"\\]*+"'
# One mailbox in its usual form, with the comma after it: needs no tokenizing.
_ORDINARY = re.compile(
    rf"[ \t\r\n]*+(?:(?>(?:{_QUOTED}|{_WORD}(?>(?:[ ]++{_WORD})*))?)[ \t\r\n]*+<({_WORD}@{_WORD})>|({_WORD}@{_WORD}))"
    r"[ \t\r\n]*+(?:,[, \t\r\n]*+|\Z)"
)
_TOKEN = re.compile(r'"(?>(?:[^"\\]++|\\.)*)"?|[,;][,; \t\r\n]*+|:++|>++|[<(]|[^"<>,;:(]++', re.DOTALL)
_IN_COMMENT = re.compile(r"[^()\\]++|[()]|\\.?", re.DOTALL)
_QUOTED_PLAIN = re.compile(r"""[ \t\r\n]*+"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]++)"[ \t\r\n]*+""")
_SPEC = re.compile(rf"{_WORD}@{_WORD}")

_VISIBLE = re.compile(r"[!-?A-~\x80-\U0010ffff]+@[!-?A-~\x80-\U0010ffff]+")
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# Letters and marks by category that are invisible (Unicode: Default_Ignorable_Code_Point).
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_JOINERS = re.compile("[\u200c\u200d]")
_AM = "\u0e33\u0eb3"  # Thai and Lao: two characters by Unicode decomposition, one letter on every keyboard
_NO_ADDRESS = "an address looks like name@example.org"
_NO_DOMAIN = "the part after the @ is not a domain name"


def normalise(address: str) -> str:
    """The form in which addresses are compared: ASCII letters in lower case, the local part in NFC, the domain as
    A-labels (RFC 5890).

    Nothing else is repaired: look-alike characters (full-width, the Kelvin sign) and invisible ones are invalid. Raises
    ValueError when ``address`` is invalid or longer than MAX_ADDRESS octets.
    """
    text = address.strip(_BLANKS)
    if len(text) > MAX_ADDRESS or not _VISIBLE.fullmatch(text):
        raise ValueError(_NO_ADDRESS)
    local, _, domain = text.translate(_ASCII_LOWER).partition("@")
    domain = domain.rstrip(".")
    if not domain:
        raise ValueError(_NO_ADDRESS)
    return f"{local if local.isascii() else _local_part(local)}@{domain if domain.isascii() else _a_labels(domain)}"


def _local_part(local: str) -> str:
    """A non-ASCII local part (RFC 6531 3.3): letters, marks and digits of any script."""
    if len(local.encode("utf-8", "replace")) > MAX_ADDRESS or _UNSEEN.search(local):
        raise ValueError(_NO_ADDRESS)
    for char in local:
        if not char.isascii() and (unicodedata.category(char)[0] not in "LMN" or _stands_for_another(char)):
            raise ValueError(_NO_ADDRESS)
    return unicodedata.normalize("NFC", local)


def _stands_for_another(char: str) -> bool:
    """Whether Unicode defines the character as a compatibility form or duplicate of another."""
    parts = unicodedata.decomposition(char).split()
    return len(parts) == 1 or (bool(parts) and parts[0].startswith("<") and char not in _AM)


def _a_labels(domain: str) -> str:
    """The domain as A-labels that represent exactly the U-labels written, apart from case; where UTS #46 would map one
    character to another, the domain is invalid."""
    if _JOINERS.search(domain):
        raise ValueError(_NO_DOMAIN)
    try:
        return idna.encode("".join(map(_folded, domain)), strict=True).decode("ascii")
    except UnicodeError as error:
        raise ValueError(_NO_DOMAIN) from error


def _folded(char: str) -> str:
    """A letter in lower case if the two are a simple case pair: not the Kelvin sign, nor a letter that becomes two."""
    lower = char.casefold()
    return lower if len(lower) == 1 and lower.upper() == char else char


def mailboxes(field: str) -> list[str]:
    """The normalised addr-specs of an address-list field, in order: of its first MAX_LIST characters the first
    MAX_MAILBOXES.

    Comments, display names and group names are dropped. Invalid and unread items give "", so that a caller who needs
    exactly one author sees that there was something else.
    """
    return _listed((field,))


def mailboxes_of(values: Iterable[bytes], most: int = MAX_LIST) -> list[str]:
    """The addr-specs of several address-list fields, parsed as by ``mailboxes``, of the first ``most`` octets and the
    first MAX_MAILBOXES in total."""
    texts: list[str] = []
    for value in values:
        if most <= 0:
            break
        texts.append(raw_text(value if len(value) <= most else value[:most].rpartition(b",")[0]))
        most -= len(value)
    return _listed(texts)


def _listed(texts: Iterable[str]) -> list[str]:
    budget = _Budget()
    found: list[str] = []
    for text in texts:
        # Cut where an item ends: part of an address is another address.
        found += _addresses(text if len(text) <= MAX_LIST else text[:MAX_LIST].rpartition(",")[0], budget)
        found += [""] * (len(text) > MAX_LIST)
        if len(found) > MAX_MAILBOXES:
            return [*found[:MAX_MAILBOXES], ""]
    return found


class _Budget:
    """The remaining budget for one list: ``steps`` for unusual syntax, and U-labels to encode, each once."""

    def __init__(self) -> None:
        self.steps = _MAX_STEPS
        self._labels = _MAX_IDN
        self._known: dict[str, str] = {}

    def normalised(self, spec: str) -> str:
        """The normalised address; "" when it is invalid."""
        try:
            if spec.isascii():
                return normalise(spec)
            local, _, domain = spec.partition("@")
            if domain not in self._known:
                self._labels -= len(domain)
                self._known[domain] = ""
                if self._labels >= 0:
                    self._known[domain] = normalise(f"a@{domain}").partition("@")[2]
            return normalise(f"{local}@{self._known[domain]}")
        except ValueError:
            return ""


def _addresses(text: str, budget: _Budget) -> Iterator[str]:
    names = 0  # items before this one without an address: "Doe, Jane <jane@example.org>" is one mailbox
    at = mailboxes = 0
    while at < len(text) and mailboxes <= MAX_MAILBOXES:
        item: _Item | re.Match[str] | None = _ORDINARY.match(text, at)
        if isinstance(item, re.Match):
            at, angle, spec = item.end(), item[1], item[1] or item[2]
        else:
            item, at = _item(text, at, budget)
            if item.is_name():
                names += not item.empty()
                continue
            angle, spec = item.angles, item.spec()
        yield from [""] * (0 if angle else names)
        yield budget.normalised(spec) if spec else ""
        names = 0
        mailboxes += 1
    yield from [""] * (names + (at < len(text)))


def _item(text: str, at: int, budget: _Budget) -> tuple[_Item, int]:
    """The item that begins at ``at``, and the offset of the next."""
    item, depth = _Item(), 0
    while token := (_IN_COMMENT if depth else _TOKEN).match(text, at):
        at, written = token.end(), token[0]
        budget.steps -= 1
        if budget.steps < 0:
            return _Item(["@"]), len(text)  # no address
        if depth or written == "(":  # comments nest (RFC 5322 3.2.2)
            depth += (written == "(") - (written == ")")
            item.add(" ")
        elif written[0] in ",;" and not item.open:
            break
        elif written[0] == ":" and not item.open:
            item = _Item()  # what came before is a group name
        else:
            item.add(written)
    return item, at


class _Item:
    """The text between two commas or semicolons, without comments: its words, and the content of its angle brackets."""

    __slots__ = ("angles", "inside", "open", "words")

    def __init__(self, words: list[str] | None = None) -> None:
        self.words = words or []
        self.inside: list[str] = []
        self.angles = 0
        self.open = False

    def add(self, piece: str) -> None:
        """Add a token; in angle brackets, what precedes the last ":" is a source route (RFC 5322 4.4)."""
        if piece == "<":
            self.angles += 1
            self.open = True
        elif piece == ">" and self.open:
            self.open = False
        elif not self.open:
            self.words.append(piece)
        elif piece[0] == ":":
            self.inside.clear()
        else:
            self.inside.append(piece)

    def empty(self) -> bool:
        """Whether it holds only blanks."""
        return all(word.isspace() for word in self.words)

    def is_name(self) -> bool:
        """Whether it can only be part of a display name."""
        return not self.angles and not any("@" in word and word[0] != '"' for word in self.words)

    def spec(self) -> str:
        """The one addr-spec as written, without blanks around its two parts; "" unless there is exactly one."""
        if self.angles > 1 or self.open:
            return ""
        local, _, domain = "".join(self.inside if self.angles else self.words).rpartition("@")
        plain = _QUOTED_PLAIN.fullmatch(local)
        spec = f"{plain[1] if plain else local.strip(_BLANKS)}@{domain.strip(_BLANKS)}"
        return spec if _SPEC.fullmatch(spec) else ""


def display_names(field: str) -> list[str]:
    """The display names of an address-list field with decoded encoded words, including comments
    ("jane@example.org (Jane Doe)", RFC 5322 3.4)."""
    comments = [c.strip() for c in _COMMENT.findall(field) if "@" not in c and c.strip()]
    names: list[str] = []
    kept: list[str] = []
    for item in _COMMENT.sub(" ", field).split(","):
        # "Doe, Jane <jane@example.org>": an item without an address belongs to the name that follows.
        if kept == [""]:
            kept.clear()
        kept.append(item)
        if "@" in item or "<" in item:
            whole = ",".join(kept)
            angle = _ANGLE.search(whole)
            names.append((whole[: angle.start()].rstrip() if angle else whole).strip(" \"'"))
            kept = []
    return [*(n for n in names if n and "@" not in n), *comments]
