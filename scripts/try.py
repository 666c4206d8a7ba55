"""Shows what relay does: real letters through a real relay on this machine, each before and after."""

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
    """What the summary counts."""

    sent: int = 0
    arrived: int = 0
    planted: int = 0
    leaked: list[str] = field(default_factory=list)
    threads: int = 0
    threads_held: int = 0

    @property
    def good(self) -> bool:
        """Every letter arrived, in its thread, and nobody was named."""
        return self.sent == self.arrived and not self.leaked and self.threads == self.threads_held


class Trial:
    """The run: one relay, both members' mail servers, and the letters that pass between them."""

    def __init__(self, folder: Path, house: House, server: MailServer, columns: Columns) -> None:
        self._folder, self._house, self._server, self._columns = folder, house, server, columns
        self.tally = Tally()

    async def converse(self, conversation: Conversation, pair: dict[str, Any]) -> None:
        """Send the letters of one pair, one after the other, and show each."""
        mailboxes: dict[str, dict[str, str]] = {
            "mentor": {},
            "mentee": {},
        }  # letter → Message-ID, as each side knows it
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
                self._judge(script, content, arrived, mailboxes[other])

    async def _through(self, script: Script, author: str, alias: str, content: bytes) -> Arrived | None:
        """Hand one letter to relay by SMTP and wait for it on the other side; None when it never comes."""
        self.tally.sent += 1
        self.tally.planted += len(found(script.planted, content))
        (self._folder / f"{script.file}.sent.eml").write_bytes(content)
        try:
            await asyncio.to_thread(_send, self._house.port, author, alias, content)
        except smtplib.SMTPException as refusal:
            self._columns.say(f"relay said no: {refusal}", GONE)
            return None
        arrived = await self._server.next_letter(ARRIVAL_SECONDS)
        if arrived is None:
            self._columns.say(f"the letter did not arrive within {ARRIVAL_SECONDS:.0f} s", GONE)
            return None
        (self._folder / f"{script.file}.arrived.eml").write_bytes(arrived.content)
        return arrived

    def _judge(self, script: Script, content: bytes, arrived: Arrived, mailbox: dict[str, str]) -> None:
        """Show the letter before and after, and count what came through."""
        after = look(arrived.content)
        self._columns.letter(look(content), after)
        self.tally.arrived += 1
        leaks = found(script.planted, arrived.content)
        self.tally.leaked += leaks
        if leaks:
            self._columns.say(f"still in it: {', '.join(leaks)}", GONE)
        if script.answers:
            self.tally.threads += 1
            self.tally.threads_held += after.field("In-Reply-To") == mailbox.get(script.answers)


def _send(port: int, author: str, alias: str, content: bytes) -> None:
    with smtplib.SMTP(HOST, port, "localhost", 30) as client:
        client.sendmail(author, [alias], content)


async def run(stay: bool) -> int:
    """The whole show. Returns the exit code: 0 when every letter arrived, in its thread, and nobody was named."""
    columns = Columns()
    folder = Path(tempfile.mkdtemp(prefix="relay-try-"))
    letters = folder / "letters"
    letters.mkdir()
    server = MailServer()
    await server.start()
    house = House(folder / "home", server.port)
    try:
        house.init()
        talks = [(talk, house.pair(talk.mentor, talk.mentee)) for talk in conversations()]
        with house:
            trial = Trial(letters, house, server, columns)
            for talk, pair in talks:
                await trial.converse(talk, pair)
            summary(columns, trial.tally, house, letters)
            if stay:
                await stay_open(columns, house, server, talks[0], letters)
    except HouseError as fault:
        print(f"try: {fault}", file=sys.stderr)
        return 1
    finally:
        server.stop()
    return 0 if trial.tally.good else 1


def summary(columns: Columns, tally: Tally, house: House, letters: Path) -> None:
    """What happened, where everything lies, and what to type next."""
    columns.title("summary")
    columns.say(f"letters     {tally.sent} sent, {tally.arrived} arrived", NEW if tally.sent == tally.arrived else GONE)
    columns.say(f"identities  {tally.planted} planted, {len(tally.leaked)} arrived", GONE if tally.leaked else NEW)
    held = tally.threads_held == tally.threads
    columns.say(f"threads     {tally.threads_held} of {tally.threads} answers hold", NEW if held else GONE)
    relay = f"{relay_command()} --home {house.home}"
    columns.say(f"\nthe database is at {house.home / 'relay.db'}")
    columns.say(f"the letters, sent and arrived, are in {letters}")
    columns.say("\ntry next:")
    columns.say(f"  {relay} log list")
    columns.say(f"  {relay} pair list")
    columns.say(f"  {relay_command()} preview scripts/letters/02-outlook-365.eml")


async def stay_open(
    columns: Columns, house: House, server: MailServer, talk: tuple[Conversation, dict[str, Any]], letters: Path
) -> None:
    """Keep relay running until interrupted; show each letter that arrives."""
    conversation, pair = talk
    author, alias = conversation.mentee["address"], pair["mentor"]["alias"]
    columns.title("relay stays open; Ctrl-C ends it")
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
        columns.title(f"arrived for {arrived.recipient}, kept as {path.name}")
        seen = look(arrived.content)
        for name, value in seen.fields:
            columns.say(f"{name}: {value}", STRONG if name in ("From", "Subject") else "")
        columns.say("\n" + seen.text)

    server.listen_with(show)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/try", description=__doc__)
    parser.add_argument("--stay", action="store_true", help="keep relay running and say how to write to it")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(run(options.stay))
    return 130


if __name__ == "__main__":
    sys.exit(main())
