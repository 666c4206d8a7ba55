"""A demonstration: sends sample letters through a real relay on this machine, and shows them before and after."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import smtplib
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import programme
from lab.changes import GONE, NEW
from lab.columns import FAINT, STRONG, Columns
from lab.house import HOST, House, HouseError, port_from, relay_command
from lab.letters import Conversation, Script, conversations, filled, found, look
from lab.mailboxes import Mailbox
from lab.mailserver import Arrived, MailServer

ARRIVAL_SECONDS = 20.0
FIRST_PORT = 8025  # of relay, with --stay: mail programs that were set up once work the next time, too


@dataclass
class Tally:
    """The counts in the summary. ``planted``: identifying words in the letters; ``leaked``: those that arrived."""

    sent: int = 0
    arrived: int = 0
    planted: int = 0
    leaked: list[str] = field(default_factory=list)
    answers: int = 0
    threaded: int = 0

    @property
    def good(self) -> bool:
        """Whether every letter arrived, every answer in its thread, and no identifying word did."""
        return self.sent == self.arrived and not self.leaked and self.answers == self.threaded


class Demonstration:
    """One run: a relay, the members' mail server, and the letters between them."""

    def __init__(self, house: House, server: MailServer, columns: Columns) -> None:
        self._house, self._server, self._columns = house, server, columns
        self.tally = Tally()
        self.arrived: list[Arrived] = []

    async def converse(self, conversation: Conversation, pair: dict[str, Any], shown: bool) -> None:
        """Send the letters of one pair, one after the other, and show each if they are to be ``shown``."""
        mailboxes: dict[str, dict[str, str]] = {
            "mentor": {},
            "mentee": {},
        }  # letter → its Message-ID as sent to or by that side
        for script in conversation.letters:
            other = "mentee" if script.side == "mentor" else "mentor"
            author = getattr(conversation, script.side)["address"]
            stands_for = pair[other]
            content = filled(script.file, stands_for["alias"], stands_for["name"], mailboxes[script.side])
            if shown:
                self._columns.heads(f"{script.side}: {script.client.split(',')[0]}", f"what the {other} gets")
            arrived = await self._through(script, author, stands_for["alias"], content)
            mailboxes[script.side][script.file] = look(content).field("Message-ID")
            if arrived is not None:
                mailboxes[other][script.file] = look(arrived.content).field("Message-ID")
                if shown:
                    self._columns.letter(look(content), look(arrived.content))
                self._count(script, arrived, mailboxes[other])

    async def _through(self, script: Script, author: str, alias: str, content: bytes) -> Arrived | None:
        """Send one letter to relay by SMTP and wait until it arrives. None when it does not."""
        self.tally.sent += 1
        self.tally.planted += len(found(script.planted, content))
        try:
            await asyncio.to_thread(_send, self._house.port, author, alias, content)
        except smtplib.SMTPException as refusal:
            self._columns.say(f"{script.client}: relay refused it: {refusal}", GONE)
            return None
        arrived = await self._server.next_letter(ARRIVAL_SECONDS)
        if arrived is None:
            self._columns.say(f"{script.client}: the letter did not arrive within {ARRIVAL_SECONDS:.0f} s", GONE)
            return None
        self.arrived.append(arrived)
        return arrived

    def _count(self, script: Script, arrived: Arrived, mailbox: dict[str, str]) -> None:
        """Count the letter, and the identifying words that arrived in it."""
        after = look(arrived.content)
        self.tally.arrived += 1
        leaks = found(script.planted, arrived.content)
        self.tally.leaked += leaks
        if leaks:
            self._columns.say(f"{script.client}: still in it: {', '.join(leaks)}", GONE)
        if script.answers:
            self.tally.answers += 1
            self.tally.threaded += after.field("In-Reply-To") == mailbox.get(script.answers)


def _send(port: int, author: str, alias: str, content: bytes) -> None:
    with smtplib.SMTP(HOST, port, "localhost", 30) as client:
        client.sendmail(author, [alias], content)


async def run(everything: bool, stay: bool) -> int:
    """Run the demonstration. Returns the exit code: 0 when everything arrived as it should (Tally.good)."""
    columns = Columns()
    server = MailServer()
    await server.start()
    with tempfile.TemporaryDirectory(prefix="relay-try-") as folder:
        house = House(Path(folder) / "home", server.port, port_from(FIRST_PORT) if stay else 0)
        try:
            house.init()
            exchanges = [(one, house.pair(one.mentor, one.mentee)) for one in conversations()]
            with house:
                demonstration = Demonstration(house, server, columns)
                for number, (conversation, pair) in enumerate(exchanges):
                    await demonstration.converse(conversation, pair, everything or number == 0)
                summary(columns, demonstration.tally, everything, stay)
                if stay:
                    await stay_open(columns, house, server, mailboxes(house, exchanges[0], demonstration.arrived))
        except HouseError as fault:
            print(f"try: {fault}", file=sys.stderr)
            return 1
        finally:
            server.stop()
    return 0 if demonstration.tally.good else 1


def summary(columns: Columns, tally: Tally, everything: bool, stay: bool) -> None:
    """Print the counts, and what to look at next."""
    columns.title("all letters")
    columns.say(f"{tally.sent} letters sent, {tally.arrived} arrived", NEW if tally.sent == tally.arrived else GONE)
    identifying = f"{tally.planted} words in them say who, where or with what; {len(tally.leaked)} of these arrived"
    columns.say(identifying, GONE if tally.leaked else NEW)
    all_threaded = tally.threaded == tally.answers
    columns.say(f"{tally.threaded} of {tally.answers} answers are in their thread", NEW if all_threaded else GONE)
    if not stay:
        more = "" if everything else "every letter: scripts/try --all   "
        columns.say(f"{more}answer yourself: scripts/try --stay", FAINT)
        columns.say(f"one letter: {_short(relay_command())} preview scripts/letters/03-iphone-photo.eml", FAINT)


def _short(path: str) -> str:
    """The path from the working directory, if it is below."""
    with contextlib.suppress(ValueError):
        return str(Path(path).relative_to(Path.cwd()))
    return path


def mailboxes(house: House, exchange: tuple[Conversation, dict[str, Any]], arrived: list[Arrived]) -> list[Mailbox]:
    """The mailboxes of the first pair, with what arrived for it so far."""
    conversation, pair = exchange
    boxes = []
    for side, other in (("mentor", "mentee"), ("mentee", "mentor")):
        address = getattr(conversation, side)["address"]
        boxes.append(Mailbox(house.home.parent, side, address, pair[other]["alias"], house.port))
        for letter in arrived:
            if letter.recipient == address:
                boxes[-1].add(letter.content)
    return boxes


async def stay_open(columns: Columns, house: House, server: MailServer, boxes: list[Mailbox]) -> None:
    """Keep relay running until interrupted, and put each letter that arrives into its mailbox."""
    columns.say("")
    columns.title("relay keeps running; Ctrl-C stops it and removes the mailboxes")
    if house.port != FIRST_PORT:
        columns.say(f"Port {FIRST_PORT} is in use, so relay listens on {house.port}.", STRONG)
    for box in boxes:
        columns.say(f"\nthe {box.side}, {box.address}, writes to {box.alias}", STRONG)
        for program, line in box.opened_with():
            columns.say(f"  {program:11} {line}")
        columns.say(f"  Thunderbird an identity with that address; open {box.file} in Local Folders")
    columns.say(
        f"\nThunderbird's outgoing server: {HOST}, port {house.port}, connection security None, no authentication."
    )
    columns.say("In mutt and s-nail, partner is an alias for the other side. Letters that arrive:\n")

    def show(arrived: Arrived) -> None:
        letter = look(arrived.content)
        for box in boxes:
            if box.address == arrived.recipient:
                box.add(arrived.content)
                columns.say(f"for the {box.side}, from {letter.field('From')}: {letter.field('Subject')}")

    server.listen_with(show)
    await asyncio.Event().wait()


def show_programme(page: Path) -> int:
    """Rehearse the beginning of a programme, and write its letters to ``page``. Returns the exit code."""
    columns = Columns()
    with tempfile.TemporaryDirectory(prefix="relay-try-") as folder:
        try:
            done = programme.rehearsed(relay_command(), Path(folder))
        except programme.ProgrammeError as fault:
            print(f"try: {fault}", file=sys.stderr)
            return 1
    page.write_text(programme.gallery(done), "utf-8")
    columns.title("a programme begins")
    for line in programme.summary(done):
        columns.say(line)
    for leak in done.leaked:
        columns.say(leak, GONE)
    columns.say(f"all letters: {page}", FAINT)
    return 1 if done.leaked else 0


async def until_stopped(everything: bool, stay: bool) -> int:
    """``run``, ended in good order by SIGINT and SIGTERM. Then the exit code is 0 with ``stay``, else 130."""
    work = asyncio.ensure_future(run(everything, stay))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        return 0 if stay else 130


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/try", description=__doc__)
    parser.add_argument("--all", action="store_true", help="show every letter")
    parser.add_argument("--stay", action="store_true", help="keep relay running, with two mailboxes to answer from")
    parser.add_argument(
        "--programme",
        metavar="PAGE",
        type=Path,
        help="rehearse how ten pairs begin; write all letters to this HTML page",
    )
    options = parser.parse_args()
    if options.programme:
        return show_programme(options.programme)
    return asyncio.run(until_stopped(options.all, options.stay))


if __name__ == "__main__":
    sys.exit(main())
