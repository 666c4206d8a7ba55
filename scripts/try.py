"""A demonstration: sends sample letters through a real relay on this machine, and shows each before and after."""

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

from lab.columns import GONE, NEW, STRONG, Columns
from lab.house import HOST, House, HouseError, relay_command
from lab.letters import Conversation, Script, conversations, filled, found, look
from lab.mailserver import Arrived, MailServer

ARRIVAL_SECONDS = 20.0


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

    def __init__(self, folder: Path, house: House, server: MailServer, columns: Columns) -> None:
        self._folder, self._house, self._server, self._columns = folder, house, server, columns
        self.tally = Tally()

    async def converse(self, conversation: Conversation, pair: dict[str, Any]) -> None:
        """Send the letters of one pair, one after the other, and show each."""
        mailboxes: dict[str, dict[str, str]] = {
            "mentor": {},
            "mentee": {},
        }  # letter → its Message-ID as sent to or by that side
        for script in conversation.letters:
            other = "mentee" if script.side == "mentor" else "mentor"
            author = getattr(conversation, script.side)["address"]
            stands_for = pair[other]
            content = filled(script.file, stands_for["alias"], stands_for["name"], mailboxes[script.side])
            self._columns.title(f"{script.client}: the {script.side} writes to {stands_for['name']}")
            arrived = await self._through(script, author, stands_for["alias"], content)
            mailboxes[script.side][script.file] = look(content).field("Message-ID")
            if arrived is not None:
                mailboxes[other][script.file] = look(arrived.content).field("Message-ID")
                self._compare(script, content, arrived, mailboxes[other])

    async def _through(self, script: Script, author: str, alias: str, content: bytes) -> Arrived | None:
        """Send one letter to relay by SMTP and wait until it arrives. None when it does not."""
        self.tally.sent += 1
        self.tally.planted += len(found(script.planted, content))
        (self._folder / f"{script.file}.sent.eml").write_bytes(content)
        try:
            await asyncio.to_thread(_send, self._house.port, author, alias, content)
        except smtplib.SMTPException as refusal:
            self._columns.say(f"relay refused it: {refusal}", GONE)
            return None
        arrived = await self._server.next_letter(ARRIVAL_SECONDS)
        if arrived is None:
            self._columns.say(f"the letter did not arrive within {ARRIVAL_SECONDS:.0f} s", GONE)
            return None
        (self._folder / f"{script.file}.arrived.eml").write_bytes(arrived.content)
        return arrived

    def _compare(self, script: Script, content: bytes, arrived: Arrived, mailbox: dict[str, str]) -> None:
        """Show the letter before and after, and count identifying words that arrived."""
        after = look(arrived.content)
        self._columns.letter(look(content), after)
        self.tally.arrived += 1
        leaks = found(script.planted, arrived.content)
        self.tally.leaked += leaks
        if leaks:
            self._columns.say(f"still in it: {', '.join(leaks)}", GONE)
        if script.answers:
            self.tally.answers += 1
            self.tally.threaded += after.field("In-Reply-To") == mailbox.get(script.answers)


def _send(port: int, author: str, alias: str, content: bytes) -> None:
    with smtplib.SMTP(HOST, port, "localhost", 30) as client:
        client.sendmail(author, [alias], content)


async def run(stay: bool) -> int:
    """Run the demonstration. Returns the exit code: 0 when everything arrived as it should (Tally.good)."""
    columns = Columns()
    folder = Path(tempfile.mkdtemp(prefix="relay-try-"))
    letters = folder / "letters"
    letters.mkdir()
    server = MailServer()
    await server.start()
    house = House(folder / "home", server.port)
    try:
        house.init()
        exchanges = [(one, house.pair(one.mentor, one.mentee)) for one in conversations()]
        with house:
            demonstration = Demonstration(letters, house, server, columns)
            for conversation, pair in exchanges:
                await demonstration.converse(conversation, pair)
            summary(columns, demonstration.tally, house, letters)
            if stay:
                await stay_open(columns, house, server, exchanges[0], letters)
    except HouseError as fault:
        print(f"try: {fault}", file=sys.stderr)
        return 1
    finally:
        server.stop()
    return 0 if demonstration.tally.good else 1


def summary(columns: Columns, tally: Tally, house: House, letters: Path) -> None:
    """Print the counts, where the files are, and commands to try."""
    columns.title("summary")
    columns.say(f"letters     {tally.sent} sent, {tally.arrived} arrived", NEW if tally.sent == tally.arrived else GONE)
    identifying = f"identifying {tally.planted} words and names sent, {len(tally.leaked)} arrived"
    columns.say(identifying, GONE if tally.leaked else NEW)
    all_threaded = tally.threaded == tally.answers
    columns.say(
        f"threads     {tally.threaded} of {tally.answers} answers in their thread", NEW if all_threaded else GONE
    )
    relay = f"{relay_command()} --home {house.home}"
    columns.say(f"\nthe database is at {house.home / 'relay.db'}")
    columns.say(f"the letters, sent and arrived, are in {letters}")
    columns.say("\ntry next:")
    columns.say(f"  {relay} log list")
    columns.say(f"  {relay} pair list")
    columns.say(f"  {relay_command()} preview scripts/letters/02-outlook-365.eml")


async def stay_open(
    columns: Columns, house: House, server: MailServer, exchange: tuple[Conversation, dict[str, Any]], letters: Path
) -> None:
    """Keep relay running until interrupted, and show each letter that arrives."""
    conversation, pair = exchange
    author, alias = conversation.mentee["address"], pair["mentor"]["alias"]
    columns.title("relay keeps running; stop it with Ctrl-C")
    columns.say("write from your own mail program:")
    columns.say(f"  outgoing server  {HOST}, port {house.port}, no encryption, no login")
    columns.say(f"  from {author}  to {alias}")
    columns.say(f"  from {conversation.mentor['address']}  to {pair['mentee']['alias']}")
    columns.say("for instance:")
    columns.say(f"  swaks --server {HOST}:{house.port} --from {author} --to {alias} --body 'Dear mentor, …'")
    columns.say(f"  mutt -e 'set smtp_url=smtp://{HOST}:{house.port} from={author}' {alias}")
    count = 0

    def show(arrived: Arrived) -> None:
        nonlocal count
        count += 1
        path = letters / f"own-{count:02}.arrived.eml"
        path.write_bytes(arrived.content)
        columns.title(f"arrived for {arrived.recipient}, saved as {path.name}")
        letter = look(arrived.content)
        for name, value in letter.fields:
            columns.say(f"{name}: {value}", STRONG if name in ("From", "Subject") else "")
        columns.say("\n" + letter.text)

    server.listen_with(show)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/try", description=__doc__)
    parser.add_argument("--stay", action="store_true", help="keep relay running and print how to write to it")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(run(options.stay))
    return 130


if __name__ == "__main__":
    sys.exit(main())
