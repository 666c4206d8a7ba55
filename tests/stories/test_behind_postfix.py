"""Members and forgers write to relay directly, and through a Postfix that checks with OpenDKIM and OpenDMARC.

Postfix and both milters are configured by the lines in docs/behind-another-server.md.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import smtplib
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import dkim
import pytest
from lab import milters
from lab.milters import Milter
from lab.postfix import Postfix
from lab.postfix import available as postfix_available

from relay.message.write.dkim_sign import new_rsa_key, public_record
from relay.settings import Address

from .conftest import DOMAIN, HOST, Arrived, House, Members, free_port, letter

needs_mail_server = pytest.mark.skipif(
    not (postfix_available() and milters.available()), reason="needs postfix, opendkim, opendmarc, and root"
)
MakeServer = Callable[..., Awaitable[Address]]
MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"
AUTHSERV = f"mx.{DOMAIN}"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "behind-another-server.md"
LINES = PAGE.read_text("utf-8").replace("relay.example.org", DOMAIN)
PEM = new_rsa_key()
KEY = [f'"{public_record(PEM)[:250]}" "{public_record(PEM)[250:]}"']
FORGED = (
    f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=real.example\n"
    f"Authentication-Results: {AUTHSERV}; spf=pass smtp.mailfrom=real.example\n"
    f"Authentication-Results: {AUTHSERV};\n dkim=pass header.d=real.example header.i=@real.example\n"
)


def records(home: str, elsewhere: str) -> dict[object, object]:
    """The mentor's domain has SPF, DKIM and DMARC, the mentee's SPF and DKIM, the forger's own domain all three."""
    found: dict[object, object] = {}
    for domain, address in (("real.example", home), ("home.example", home), ("evil.example", elsewhere)):
        found[domain, "TXT"] = [f'"v=spf1 ip4:{address} -all"']
        found[f"k._domainkey.{domain}", "TXT"] = KEY
        if domain != "home.example":
            found[f"_dmarc.{domain}", "TXT"] = ['"v=DMARC1; p=none"']
    return found


@dataclass
class Front:
    """The server that strangers reach on ``port``, as clients with the address ``home`` or ``elsewhere``.

    With ``tells`` the client's address is given by XCLIENT, because some programs treat loopback addresses specially.
    """

    house: House
    port: int
    home: str
    elsewhere: str
    tells: bool
    aliases: dict[str, str]
    milters: dict[str, Milter] = field(default_factory=dict)

    async def send(self, content: str, return_path: str, peer: str, signer: str = "") -> int:
        """Send a letter. Returns the reply code after the final dot, or the first refusal."""
        octets = content.replace("\n", "\r\n").encode()
        if signer:
            covered = [b"from", b"to", b"subject", b"message-id"]
            octets = dkim.sign(octets, b"k", signer.encode(), PEM.encode(), include_headers=covered) + octets
        return await asyncio.to_thread(self._send, octets, return_path, peer)

    def _send(self, octets: bytes, return_path: str, peer: str) -> int:
        own = (HOST if self.tells else peer, 0)
        with smtplib.SMTP(HOST, self.port, "client.example", source_address=own) as client:
            client.ehlo()
            if self.tells:
                assert client.docmd("XCLIENT", f"ADDR={peer} NAME=[UNAVAILABLE]")[0] == 220
                client.ehlo()
            to = re.search(rb"^To: <(.*)>", octets, re.MULTILINE)
            assert to
            for code, _ in (client.mail(return_path), client.rcpt(to[1].decode())):
                if code != 250:
                    return code
            return client.data(octets)[0]

    async def verdict(self, number: int) -> str:
        """What relay decided about the ``number``th letter that reached it."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            lines = (await asyncio.to_thread(self.house.run, "log", "list", "--json")).splitlines()
            if len(lines) >= number:
                return "refused" if json.loads(lines[number - 1])["outcome"] == "refused" else "heard"
            await asyncio.sleep(0.05)
        raise AssertionError(f"relay was given {len(lines)} letters, not {number}")


def conf_of(program: str, port: int) -> str:
    """The page's lines for a program's configuration file."""
    block = re.search(rf"```text\n# /etc/{program}\.conf\n(.*?)```", LINES, re.DOTALL)
    assert block
    return re.sub(r"inet:\d+", f"inet:{port}", block[1])


def postfix_lines(relay_port: int, milter_ports: tuple[int, int]) -> list[str]:
    """The page's lines for postconf -e."""
    lines = re.findall(r"^postconf -e '(.*)'$", LINES, re.MULTILINE)
    ports = {"8025": relay_port, "8891": milter_ports[0], "8893": milter_ports[1]}
    return [re.sub(r"\b(8025|8891|8893)\b", lambda m: str(ports[m[1]]), line) for line in lines]


OURS = (
    # Settings that are needed only because of this test environment.
    "mynetworks = 127.0.0.1/32",
    "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination",
    "smtpd_authorized_xclient_hosts = 127.0.0.0/8",
    "soft_bounce = no",
)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as running:
        yield running


MakeFront = Callable[..., Awaitable[Front]]


def sent_by_relay(members: Members) -> list[Arrived]:
    """The letters that Postfix bounced because relay refused them: unlike relay's own mail, they go to the sender."""
    return [one for one in members.letters if one.return_path.startswith("b-")]


@pytest.fixture
def front(house: House, members: Members, name_server: MakeServer, open_folder: Path, stack: ExitStack) -> MakeFront:
    """Starts "relay alone", or "postfix" with settings that override those of the page."""

    async def alone() -> Front:
        home, elsewhere = HOST, "127.0.0.66"
        where = await name_server(records(home, elsewhere))
        house.env |= {"RELAY_AUTHENTICITY__VERIFY": "self", "RELAY_DNS__NAMESERVERS": f'["{where.host}:{where.port}"]'}
        return Front(house, house.port, home, elsewhere, False, {})

    async def behind_postfix(*more: str) -> Front:
        home, elsewhere = "192.0.2.1", "198.51.100.66"
        resolver = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.53"
        await name_server(records(home, elsewhere), resolver, 53)
        folder = open_folder / "milters"
        folder.mkdir()
        ports = free_port(), free_port()
        running = {}
        for program, port in zip(("opendkim", "opendmarc"), ports, strict=True):
            running[program] = stack.enter_context(Milter(program, conf_of(program, port), folder, port, resolver))
        settings = (*postfix_lines(house.port, ports), *OURS, *more)
        postfix = Postfix(open_folder / "postfix", free_port(), members.port, settings)
        await asyncio.to_thread(stack.enter_context, postfix)
        house.env |= {"RELAY_AUTHENTICITY__VERIFY": "upstream", "RELAY_AUTHENTICITY__AUTHSERV_ID": AUTHSERV}
        return Front(house, postfix.port, home, elsewhere, True, {}, running)

    async def make(kind: str, *more: str) -> Front:
        made = await (alone() if kind == "relay alone" else behind_postfix(*more))
        pair = house.pair(MENTOR, MENTEE)
        made.aliases = {MENTOR: pair["mentee"]["alias"], MENTEE: pair["mentor"]["alias"]}
        house.start()
        return made

    return make


@pytest.mark.parametrize("kind", ["relay alone", pytest.param("postfix", marks=needs_mail_server)])
async def test_members_are_accepted_and_forgers_refused(kind: str, front: MakeFront, members: Members) -> None:
    at = await front(kind)
    jane, omar, mallory = MENTOR, MENTEE, "mallory@evil.example"
    letters = [
        # author, prepended fields, return path, client, signing domain, decision
        (jane, "", jane, at.home, "real.example", "heard"),
        (jane, "", jane, at.home, "", "heard"),
        (jane, "", "x@elsewhere.example", at.elsewhere, "real.example", "heard"),
        (jane, FORGED.replace("pass", "fail"), jane, at.home, "real.example", "heard"),
        (omar, "", omar, at.home, "home.example", "heard"),
        (omar, "", "x@elsewhere.example", at.elsewhere, "home.example", "heard"),
        (jane, FORGED, mallory, at.elsewhere, "", "refused"),
        (jane, FORGED, mallory, at.elsewhere, "evil.example", "refused"),
        (jane, FORGED.replace("Results:", "Results :"), jane, at.elsewhere, "", "refused"),
        (jane, "", mallory, at.elsewhere, "evil.example", "refused"),
        (jane, "", jane, at.elsewhere, "", "refused"),
        (jane, "", mallory, at.elsewhere, "", "refused"),
        (omar, "", omar, at.elsewhere, "", "refused"),
        (omar, FORGED.replace("real.", "home."), mallory, at.elsewhere, "evil.example", "refused"),
    ]
    found = []
    for number, (author, before, return_path, peer, signer, _) in enumerate(letters, 1):
        text = letter(author, at.aliases[author], body=f"Letter {number}", message_id=f"m{number}@real.example")
        await at.send(before + text, return_path, peer, signer)
        found.append(await at.verdict(number))
    assert found == [verdict for *_, verdict in letters]
    async with asyncio.timeout(30):
        while len(sent_by_relay(members)) < found.count("heard"):
            await asyncio.sleep(0.05)
    bodies = {int(number) for a in sent_by_relay(members) for number in re.findall(rb"Letter (\d+)", a.content)}
    assert bodies == {number for number, verdict in enumerate(found, 1) if verdict == "heard"}


@needs_mail_server
async def test_mail_is_deferred_while_the_milters_do_not_run(front: MakeFront) -> None:
    at = await front("postfix")
    for milter in at.milters.values():
        milter.stop()
    assert await at.send(FORGED + letter(MENTOR, at.aliases[MENTOR]), MENTOR, at.elsewhere) == 451


@needs_mail_server
async def test_nobody_is_proven_when_postfix_checks_nothing(front: MakeFront) -> None:
    at = await front("postfix", "milter_default_action = accept", "header_checks =")
    for milter in at.milters.values():
        milter.stop()
    assert await at.send(FORGED + letter(MENTOR, at.aliases[MENTOR]), MENTOR, at.elsewhere) == 250
    assert await at.verdict(1) == "refused"


@needs_mail_server
@pytest.mark.parametrize(("more", "verdict"), [((), "refused"), (("header_checks =",), "heard")])
async def test_header_checks_remove_forged_results_that_opendmarc_alone_would_believe(
    more: tuple[str, ...], verdict: str, front: MakeFront
) -> None:
    """The second row shows why the page has header_checks."""
    at = await front("postfix", "milter_default_action = accept", *more)
    at.milters["opendkim"].stop()
    await at.send(FORGED + letter(MENTOR, at.aliases[MENTOR]), MENTOR, at.elsewhere)
    assert await at.verdict(1) == verdict
