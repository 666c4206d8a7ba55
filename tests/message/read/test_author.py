"""One From has one reading: an author comes out of it only where nobody could read another."""

from __future__ import annotations

import inspect
from email.headerregistry import HeaderRegistry
from email.utils import getaddresses

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relay.message.read import author
from relay.message.read.addresses import normalise
from relay.message.read.author import MAX_FROM, author_of_from
from relay.message.read.routing_headers import read_routing_headers

JANE = "jane@x.example"
ORDINARY = [
    JANE,
    f"<{JANE}>",
    f"Jane Doe <{JANE}>",
    f"Jane Doe<{JANE}>",
    f'"Doe, Jane" <{JANE}>',
    f'"Jane \\"J\\" Doe" <{JANE}>',
    f"Doe, Jane <{JANE}>",
    f"Doe, J., Dr. <{JANE}>",
    f"Dr. J. D. Doe <{JANE}>",
    f"Seán O'Neil <{JANE}>",
    f"'Jane' via List <{JANE}>",
    f"Jane [EXT] Doe <{JANE}>",
    f"{JANE} (Jane Doe)",
    f"{JANE} (Doe, Jane (Acme))",
    f"Jane (Acme, Inc.) <{JANE}> (at work)",
    "(the) jane (d) @ (e) x.example (f)",
    f"Jane\r\n Doe\r\n\t<{JANE}>",
    f"=?utf-8?q?J=C3=A4ne?= =?utf-8?q?_Doe?= <{JANE}>",
    f"=?utf-8?q?Doe=2C_Jane?= <{JANE}>",
    f'"=?utf-8?b?RG9lLCBKYW5l?=" <{JANE}>',
    f"=?utf-8?q?J=40ne?= <{JANE}>",
    f"=?utf-8?q?jane=40x=2Eexample?= <{JANE}>",
    f"Ольга 🙂 <{JANE}>",
    f"שרה\u200f <{JANE}>",
    f"{JANE} <{JANE}>",
    f'"{JANE}" <{JANE}>',
    f"Jane <{JANE}>, JANE@X.example",
    f"Jane <{JANE}>,",
    f"Jane <{JANE}>; ",
    "JANE@X.EXAMPLE",
    '"jane"@x.example',
    f'"somebody@else.example" <{JANE}>',
    f"({'x' * 900}) {JANE}",
]


@pytest.mark.parametrize("field", ORDINARY)
def test_what_ordinary_programs_write_names_its_author(field: str) -> None:
    assert author_of_from(field.encode()) == JANE


def test_octets_of_no_charset_in_a_name_do_no_harm() -> None:
    assert author_of_from(f"J\xe4ne D\xf6e <{JANE}>".encode("latin-1")) == JANE


@pytest.mark.parametrize(
    ("field", "author"),
    [
        ("j@Bücher.example", "j@xn--bcher-kva.example"),
        ("j@BÜCHER.example", "j@xn--bcher-kva.example"),
        ("j@XN--bcher-kva.example", "j@xn--bcher-kva.example"),
        ("josé@x.example", "josé@x.example"),
        ("น้ำ@x.example", "น้ำ@x.example"),
        ("λ@ελλάς.example", "λ@xn--hxarsa0b.example"),
    ],
)
def test_addresses_beyond_ascii_are_named_as_they_are_written(field: str, author: str) -> None:
    assert author_of_from(field.encode()) == author


ANOTHER_READING = [
    "<ja ne@x.example>",
    "<jane@x .example>",
    "<ja\u00a0ne@x.example>",
    "<\u00a0jane@x.example>",
    "<jane@x.example\u2003>",
    "<jane\r\n @x.ex ample>",
    "<ja . ne@x.example>",
    "<\u212aim@x.example>",
    "<kim@\u212a.example>",
    "<\uff4aane@x.example>",
    "<jane@\uff58.example>",
    "<jane@x\uff0eexample>",
    "<jane@x\u3002example>",
    "<ja\u00adne@x.example>",
    "<ja\u200dne@x.example>",
    "<jane@x\u200c.example>",
    "<\ufeffjane@x.example>",
    "<ja\u034fne@x.example>",
    "<ja\u3164ne@x.example>",
    "<ja\u202ene@x.example>",
    "<jane\u200e@x.example>",
    "<jane@\u1e9e.example>",
    "<jane@\u2126.example>",
    "<jane@bu\u0308cher.example>",
    "<jose\u0301@x.example>",
    "<jane@\U0001d4cd.example>",
    "us: Jane <jane@x.example>;",
    "us: jane@x.example",
    "us:;",
    "<@r.example:jane@x.example>",
    '"ja ne"@x.example',
    '"jane@p"@x.example',
    '"ja\\ne"@x.example',
    "<jane@x.example> <x@y.example>",
    "jane@x.example, x@y.example",
    "x@y.example <jane@x.example>",
    "Jane @ Work <jane@x.example>",
    "jane@x.example x@y.example",
    "jane@x.example Doe",
    "Jane <jane@x.example> Doe",
    "Jane <jane@x.example>, Doe",
    "=?utf-8?q?x=40y=2Eexample?= <jane@x.example>",
    '"=?utf-8?q?=22_=3Cx=40y=2Eexample=3E?=" <jane@x.example>',
    "=?utf-8?q?jane@x.example?=",
    "=?utf-8?q?jane=40x=2Eexample?=",
    "Jane (x <jane@x.example>",
    'Jane " Doe <jane@x.example>',
    "Jane \\( <x@y.example> ) <jane@x.example>",
    "<jane@x.example",
    "jane@x.example>",
    "<<jane@x.example>>",
    ", jane@x.example",
    "jane@x.example,, jane@x.example",
    "jane@x..example",
    "ja..ne@x.example",
    "jane@x.example.",
    "jane@[192.0.2.1]",
    "jane@x@y.example",
    "Jane\x00 <jane@x.example>",
    "Jane",
    "<>",
    "",
    "((((((((jane@y.example)))))))) jane@x.example",
    f"{'x' * MAX_FROM} <jane@x.example>",
]


@pytest.mark.parametrize("field", ANOTHER_READING)
def test_what_could_be_read_otherwise_names_nobody(field: str) -> None:
    assert author_of_from(field.encode()) is None


@pytest.mark.parametrize("octets", [b"<j\xe4ne@x.example>", b"<jane@\xe4.example>", b"<jane\xff@x.example>"])
def test_an_address_in_octets_of_no_charset_is_nobodys(octets: bytes) -> None:
    assert author_of_from(octets) is None


def test_nothing_but_one_from_field_names_an_author() -> None:
    once = f"From: {JANE}\r\n".encode()
    assert read_routing_headers(once + b"\r\n").authors == (JANE,)
    assert read_routing_headers(once * 2 + b"\r\n").authors == ()
    assert read_routing_headers(b"Sender: " + once + b"\r\n").authors == ()


# A reader of its own, written by hand from the grammar of RFC 5322 3.2 to 3.4: it goes from sign to sign, and knows no
# obsolete forms. Of a display name it wants to know only where it ends.

_SPECIALS = '()<>[]:;@\\,."'


class Strict:
    """Reads a mailbox-list; ``specs`` are the addr-specs it names."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.specs: list[str] = []

    @property
    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def cfws(self) -> None:
        while self.next and self.next in " \t(":
            if self.next == "(":
                self.comment()
            else:
                self.at += 1

    def comment(self) -> None:
        self.at += 1
        while self.next != ")":
            if not self.next:
                raise ValueError("an open comment")
            if self.next == "(":
                self.comment()
            else:
                self.at += 2 if self.next == "\\" else 1
        self.at += 1

    def quoted(self) -> str:
        begin = self.at
        self.at += 1
        while self.next != '"':
            if not self.next:
                raise ValueError("an open quote")
            self.at += 2 if self.next == "\\" else 1
        self.at += 1
        return self.text[begin + 1 : self.at - 1]

    def atoms(self) -> str:
        """dot-atom-text."""
        found = [""]
        while True:
            while self.next and self.next not in _SPECIALS and self.next > " ":
                found[-1] += self.next
                self.at += 1
            if not found[-1]:
                raise ValueError("no atom")
            if self.next != ".":
                return ".".join(found)
            self.at += 1
            found.append("")

    def spec(self) -> str:
        self.cfws()
        local = self.quoted() if self.next == '"' else self.atoms()
        if any(char in '"\\@<>,;:() \t[]' for char in local):
            raise ValueError("structure in quotes")
        self.cfws()
        if self.next != "@":
            raise ValueError("no @")
        self.at += 1
        self.cfws()
        domain = self.atoms()
        self.cfws()
        return f"{local}@{domain}"

    def angle(self) -> None:
        self.at += 1
        self.specs.append(self.spec())
        if self.next != ">":
            raise ValueError("no end")
        self.at += 1
        self.cfws()

    def name(self) -> None:
        """A display name with all that may stand in it, up to its angle bracket."""
        while self.next != "<":
            if self.next == '"':
                self.quoted()
            elif self.next == "(":
                self.comment()
            elif not self.next or self.next in ">@:;\\)":
                raise ValueError("no name")
            else:
                self.at += 1

    def mailbox(self) -> None:
        begin = self.at
        try:
            self.specs.append(self.spec())
            if self.next == "<":
                self.angle()
        except ValueError:
            self.at = begin
            self.name()
            self.angle()

    def read(self) -> set[str]:
        try:
            self.mailbox()
            while self.next == "," and self.text[self.at + 1 :].strip(" \t"):
                self.at += 1
                self.mailbox()
        except ValueError:
            return set()
        rest = self.text[self.at :].strip(" \t")
        return {form(spec) for spec in self.specs} if rest in ("", ",", ";") else set()


def form(spec: str) -> str:
    """The address in normal form, without quotes that nothing needs."""
    local, _, domain = spec.rpartition("@")
    if (
        len(local) > 2
        and local[0] == local[-1] == '"'
        and not any(char in _SPECIALS.replace(".", "") for char in local[1:-1])
    ):
        local = local[1:-1]
    try:
        return normalise(f"{local}@{domain}")
    except ValueError:
        return spec


def library(text: str) -> set[str]:
    """What email.utils finds."""
    how = {"strict": False} if "strict" in inspect.signature(getaddresses).parameters else {}
    return {form(spec) for _, spec in getaddresses([text], **how) if "@" in spec}


def registry(text: str) -> set[str]:
    """What the library's newer reader finds; nothing where it falls over its own feet."""
    try:
        return {form(one.addr_spec) for one in HeaderRegistry()("From", text).addresses if "@" in one.addr_spec}
    except (AttributeError, IndexError, TypeError, ValueError):
        return set()


_PIECES = st.sampled_from(
    (
        JANE, "x@y.example", "jane", "@", "x.example", "<", ">", f"<{JANE}>", "<x@y.example>", "(", ")", "(c)", '"',
        '"q"', "\\", ",", ";", ":", ".", "[", "]", " ", "\t", "\r\n ", "Doe", "Doe,", "J.", "=?utf-8?q?", "'", "%",
        "g:", "=?utf-8?q?x=40y=2Eexample?=", "\u00a0", "\u212a", "\u00ad", "\ufeff", "\u0301", "\u3002", "é", "É", "ﬁ",
        "\x85", "\u2028", '"jane"', "\x01",
    )
)  # fmt: skip
_FIELDS = st.lists(_PIECES, max_size=9).map("".join) | st.tuples(
    st.sampled_from(ORDINARY + ANOTHER_READING), st.lists(_PIECES, max_size=2).map("".join), st.integers(0, 60)
).map(lambda made: made[0][: made[2]] + made[1] + made[0][made[2] :])


@settings(max_examples=1500, deadline=None)
@given(_FIELDS)
@example("Jane [x@y.example] <jane@x.example>")
@example('"x@y.example" , Jane <jane@x.example>')
def test_an_author_is_who_every_reader_names(field: str) -> None:
    author = author_of_from(field.encode())
    if author is None:
        return
    text = field.replace("\r\n", "").replace("\n", "")
    assert Strict(text).read() == {author}
    assert library(text) == {author}
    assert registry(text) <= {author}
    local, _, domain = author.rpartition("@")
    assert local in text.translate({upper: upper + 32 for upper in range(65, 91)})
    assert domain.startswith("xn--") or ".xn--" in domain or domain in text.lower()


_AROUND = st.tuples(st.binary(max_size=8), st.binary(max_size=8)).map(
    lambda made: made[0] + b"<jane@x.example>" + made[1]
)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=60) | _AROUND)
def test_whatever_octets_stand_there_an_ascii_author_is_written_among_them(octets: bytes) -> None:
    author = author_of_from(octets)
    assert author is None or not author.isascii() or author.partition("@")[0].encode() in octets.lower()


_NEARLY_PLAIN = st.sampled_from(
    [
        *(
            "Jane",
            "Doe",
            "J0",
            "via",
            " ",
            "  ",
            "\t",
            "\r\n ",
            '"',
            "'",
            "<",
            ">",
            "@",
            ".",
            "-",
            "_",
            "+",
            ",",
            ";",
            ":",
        ),
        *("(", ")", "=?", "\\", "é", "x.example", "@x.example", JANE, "JANE@X.Example", "jane.doe@x.example", "a..b@x"),
        "ünder@x.example",
    ]
)


@settings(max_examples=2000, deadline=None)
@given(st.lists(_NEARLY_PLAIN, max_size=8))
@example(["Jane", " ", "Doe", " ", "<", JANE, ">"])
@example(['"', "Jane", " ", "Doe", '"', " ", "<", JANE, ">"])
@example(["JANE@X.Example"])
def test_what_is_read_at_a_glance_is_what_the_three_parsers_agree_on(pieces: list[str]) -> None:
    value = "".join(pieces).encode()
    if author._PLAIN.fullmatch(value):
        assert author_of_from(value) == author._agreed(value)


@pytest.mark.parametrize("name", ["Jane Doe ", '"Jane Doe" ', "J0 "])
@pytest.mark.parametrize("spec", [JANE, "JANE.d-o_e+x@A.x-1.Example", "a@b", "_@1.2", "a@-b-.c"])
def test_plain_fields_are_read_at_a_glance(name: str, spec: str) -> None:
    value = f"{name}<{spec}>".encode()
    assert author._PLAIN.fullmatch(value)
    assert author_of_from(value) == author._agreed(value) == spec.lower()
