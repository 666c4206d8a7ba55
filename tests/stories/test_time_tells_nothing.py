"""All who are refused get the same reply at the same stage after the same time, so that nobody learns who is a member.

Measurements on loopback are a hundred times finer than on the Internet, where a millisecond cannot be seen.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import statistics
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from lab.ranks import Difference, difference

from relay.settings import Address

from .conftest import HOST, House, Members

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
PAIRS = 100
CONNECTIONS = 8
UNKNOWN = "nobody.here.7k2m4p9d3w8x5@relay.example"

RECORDS: dict[object, object] = {
    ("open.example", "TXT"): [f'"v=spf1 ip4:{HOST} -all"'],  # authors of this domain are proven
    ("closed.example", "TXT"): ['"v=spf1 ip4:192.0.2.1 -all"'],  # authors of this one are forged
    ("silent.example", "A"): [HOST],  # authors of this one are unproven
}


@dataclass(frozen=True)
class Question:
    """A probe of an attacker: how long does the reply to a letter from ``author`` to ``alias`` take?"""

    name: str
    author: Callable[[int], str]
    alias: Callable[[int], str]


@dataclass
class Connection:
    """One SMTP connection for many letters."""

    port: int
    link: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.link = socket.create_connection((HOST, self.port))
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.hear()
        self.say("EHLO client.example")

    def close(self) -> None:
        self.link.close()

    def hear(self) -> str:
        heard = b""
        while not heard.endswith(b"\r\n"):
            more = self.link.recv(4096)
            assert more, f"the relay hung up after {heard!r}"
            heard += more
        return heard.decode()

    def say(self, words: str) -> str:
        self.link.sendall(words.encode() + b"\r\n")
        return self.hear()

    def ask(self, author: str, alias: str, size: int = 4000) -> tuple[str, float]:
        """Send a letter. Returns all replies joined, and the seconds from the final dot to the last reply."""
        said = self.say(f"MAIL FROM:<{author}>") + self.say(f"RCPT TO:<{alias}>") + self.say("DATA")
        text = "A line of words as people write them.\r\n" * (size // 39)
        number = random.randrange(10**9)
        self.link.sendall(
            f"From: <{author}>\r\nTo: <{alias}>\r\nSubject: words {number}\r\nMessage-ID: <{number}@x.example>\r\n\r\n"
            f"{text}".encode()
        )
        time.sleep(0.002)  # so that the time for receiving the letter is not measured
        begun = time.perf_counter()
        self.link.sendall(b".\r\n")
        return said + self.hear(), time.perf_counter() - begun


@dataclass(frozen=True)
class Site:
    """A relay with many pairs for each kind of domain. The aliases are those of the mentees."""

    port: int
    live: list[str]
    paused: str
    ended: str

    def questions(self) -> dict[str, list[Question]]:
        """Result of the author's check → the probes that must be indistinguishable."""
        open_pair, closed_pair, silent_pair = self.live[0], self.live[1], self.live[2:]

        def always(value: str) -> Callable[[int], str]:
            return lambda _: value

        stranger, other_member = always("stranger@open.example"), always("other@open.example")
        return {
            "proven": [
                Question("stranger, unknown alias", stranger, always(UNKNOWN)),
                Question("stranger, live alias", stranger, always(open_pair)),
                Question("stranger, paused alias", stranger, always(self.paused)),
                Question("stranger, ended alias", stranger, always(self.ended)),
                Question("member of another pair, live alias", other_member, always(open_pair)),
                Question("member, unknown alias", other_member, always(UNKNOWN)),
            ],
            "forged": [
                Question("stranger's address, unknown alias", always("nobody@closed.example"), always(UNKNOWN)),
                Question("stranger's address, live alias", always("nobody@closed.example"), always(closed_pair)),
                Question("member's address, unknown alias", always("mentor@closed.example"), always(UNKNOWN)),
                Question("member's address, their alias", always("mentor@closed.example"), always(closed_pair)),
            ],
            "unproven": [
                Question("stranger, unknown alias", always("nobody@silent.example"), always(UNKNOWN)),
                Question("stranger, live alias", always("nobody@silent.example"), lambda n: silent_pair[n % PAIRS]),
                Question("member, unknown alias", lambda n: f"m{n % PAIRS}@silent.example", always(UNKNOWN)),
                Question(
                    "member, their alias", lambda n: f"m{n % PAIRS}@silent.example", lambda n: silent_pair[n % PAIRS]
                ),
            ],
        }


@pytest.fixture
async def site(house: House, members: Members, name_server: MakeServer) -> Site:
    where = await name_server(RECORDS)
    house.env |= {"RELAY_AUTHENTICITY__VERIFY": "self", "RELAY_DNS__NAMESERVERS": f'["{where.host}:{where.port}"]'}
    table = house.home / "pairs.csv"
    mentors = [
        "mentor@open.example",
        "mentor@closed.example",
        *(f"m{number}@silent.example" for number in range(PAIRS)),
    ]
    rows = [f"{mentor},mentee{number}@other.example" for number, mentor in enumerate(mentors)]
    table.write_text("\n".join(("mentor,mentee", *rows)) + "\n")

    def prepare() -> Site:
        made = [json.loads(line) for line in house.run("pair", "import", str(table), "--silent", "--json").splitlines()]
        closed = {}
        for verb in ("pause", "end"):
            pair = house.pair(f"{verb}@open.example", f"{verb}@other.example")
            house.run("pair", verb, pair["pair"], "--yes")
            closed[verb] = pair["mentee"]["alias"]
        house.pair("other@open.example", "another@other.example")
        house.start()
        return Site(house.port, [one["mentee"]["alias"] for one in made], closed["pause"], closed["end"])

    return await asyncio.to_thread(prepare)


def told(times: dict[str, list[float]], title: str) -> dict[str, Difference]:
    """Print a table of the times. Returns how each probe differs from the first."""
    first = next(iter(times))
    found = {name: difference(times[first], some) for name, some in times.items() if name != first}
    for name, some in times.items():
        low, mid, high = (1000 * value for value in statistics.quantiles(some, n=4))
        words = f"{title}: {name:38} {low:8.3f} {mid:8.3f} {high:8.3f} ms"
        other = found.get(name)
        words += f"  p {other.p:.4f}  above {other.above:.3f}" if other else ""
        print(words)  # noqa: T201 -- shown with -s
    return found


def measure_all(site: Site, kind: str, tries: int) -> dict[str, Difference]:
    """Send every probe of a kind ``tries`` times in random order over a few connections at once.

    The replies must be the same. Returns the differences of the times.
    """
    questions = site.questions()[kind]
    todo = [(one, number) for number in range(tries) for one in random.sample(questions, len(questions))]
    times: dict[str, list[float]] = {one.name: [] for one in questions}
    heard: set[str] = set()

    def ask(share: list[tuple[Question, int]]) -> None:
        with closing(Connection(site.port)) as line:
            for one, number in share:
                said, seconds = line.ask(one.author(number), one.alias(number))
                heard.add(said)
                times[one.name].append(seconds)

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(ask, [todo[at::CONNECTIONS] for at in range(CONNECTIONS)]))
    assert len(heard) == 1
    assert "\r\n550 5.7.1 " in heard.pop()
    return told(times, kind)


def measure_second_letters(site: Site, tries: int) -> dict[str, Difference]:
    """Send a large letter and at once another one, and measure whether work left by the first delays the second.

    Then measure replies to MAIL for some seconds, in which a member would be sent a question.
    """
    questions = site.questions()["unproven"]
    second: dict[str, list[float]] = {one.name: [] for one in questions}
    after: dict[str, list[float]] = {one.name: [] for one in questions}
    with closing(Connection(site.port)) as line:
        for number in range(tries):
            for one in random.sample(questions, len(questions)):
                line.ask(one.author(number), one.alias(number), size=400_000)
                second[one.name].append(line.ask("nobody@silent.example", UNKNOWN)[1])
                after[one.name].append(max(small_questions(site.port, 3.5)))
    return {f"second/{n}": d for n, d in told(second, "second letter").items()} | {
        f"after/{n}": d for n, d in told(after, "slowest after").items()
    }


def small_questions(port: int, seconds: float) -> list[float]:
    """The seconds that the reply to each of many MAIL commands took."""
    found = []
    end = time.perf_counter() + seconds
    with closing(Connection(port)) as line:
        while time.perf_counter() < end:
            begun = time.perf_counter()
            line.say("MAIL FROM:<nobody@silent.example>")
            found.append(time.perf_counter() - begun)
            line.say("RSET")
            time.sleep(0.05)
    return found


KINDS = ("proven", "forged", "unproven")


async def test_all_who_are_refused_get_the_same_reply_after_the_same_interval(site: Site) -> None:
    for kind in KINDS:
        suspects: set[tuple[str, bool]] = set()
        for number in range(4):  # a real difference is there every time, one from load on the machine is not
            found = await asyncio.to_thread(measure_all, site, kind, 12)
            apart = {(name, one.apart > 0) for name, one in found.items() if abs(one.apart) > 0.02}
            suspects = suspects & apart if number else apart
            if not suspects:
                break
        assert suspects == set()


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
async def test_response_times_do_not_show_who_is_a_member(kind: str, site: Site) -> None:
    """Four hundred tries of each. Run it with -s on an idle machine to get the figures in docs/threat-model.md."""
    found = await asyncio.to_thread(measure_all, site, kind, 400)
    suspects = {name for name, one in found.items() if one.tells}
    if suspects:  # a real difference is there a second time
        again = await asyncio.to_thread(measure_all, site, kind, 400)
        suspects &= {name for name, one in again.items() if one.tells}
    assert suspects == set()


@pytest.mark.long
async def test_work_left_by_a_letter_does_not_delay_the_next_one(site: Site) -> None:
    found = await asyncio.to_thread(measure_second_letters, site, 20)
    assert {name: one for name, one in found.items() if one.tells} == {}
