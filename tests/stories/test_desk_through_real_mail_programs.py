"""Members write the commands of the desk in three languages with mutt and s-nail, and Postfix carries the answers."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lab.postfix import Postfix, available

from .conftest import DOMAIN, HOST, Arrived, House, Members, free_port
from .test_through_real_mail_programs import in_terminal, mutt, put, read, run

pytestmark = pytest.mark.skipif(
    not (available() and shutil.which("mutt") and shutil.which("s-nail")), reason="needs postfix, mutt, s-nail and root"
)

JANE, OMAR = "jane.doe@real.example", "omar@home.example"


@dataclass(frozen=True)
class Words:
    """What a member writes in one language."""

    language: str
    yes: str
    away: str
    lang: str
    leave: str


LANGUAGES = (
    Words("en", "YES", "until 9 February", "Kiswahili", "STOP"),
    Words("ar", "نعم", "حتى ٩ فبراير", "français", "إيقاف"),
    Words("sw", "Ndiyo", "hadi 9 Februari", "العربية", "ondoka"),
)


@pytest.fixture
def postfix(members: Members, open_folder: Path) -> Iterator[Postfix]:
    with Postfix(open_folder / "postfix", free_port(), members.port) as running:
        yield running


@dataclass
class Member:
    """Jane with her mail programs. ``seen``: how many letters of all members were looked at."""

    house: House
    members: Members
    folder: Path
    seen: int = 0

    def __post_init__(self) -> None:
        self.rc = mutt(self.folder, self.house.port, JANE)
        self.rc.write_text(self.rc.read_text() + "set reply_to=yes\n")  # which mutt asks otherwise

    async def writes(self, to: str, text: str) -> None:
        """A new mail with mutt."""
        command = ["mutt", "-n", "-F", str(self.rc), "-s", "Words", "--", to if "@" in to else f"{to}@{DOMAIN}"]
        await asyncio.to_thread(run, command, self.folder, text + "\n")

    async def answers(self, letter: Arrived, text: str) -> None:
        """An answer with s-nail, which quotes the letter below the words."""
        inbox = put(self.folder, letter.content)
        command = ["s-nail", "-n", "-#", "-S", "v15-compat", "-S", f"mta=smtp://{HOST}:{self.house.port}"]
        command += [
            "-S",
            "smtp-auth=none",
            "-S",
            f"from=Jane <{JANE}>",
            "-S",
            "hostname=real.example",
            "-f",
            str(inbox),
        ]
        await asyncio.to_thread(run, command, self.folder, f"reply 1\n{text}\n~m 1\n~.\nquit\n")
        inbox.unlink()

    async def presses_reply(self, letter: Arrived) -> None:
        """An answer with mutt on its screen: the quoted letter and nothing else."""
        inbox = put(self.folder, letter.content)
        command = ["mutt", "-n", "-F", str(self.rc), "-f", str(inbox), "-e", 'push "<reply><send-message><exit>"']
        await asyncio.to_thread(in_terminal, command, self.folder)
        inbox.unlink()

    async def gets(self, count: int = 1) -> list[Arrived]:
        """Her next ``count`` letters."""
        found: list[Arrived] = []
        while len(found) < count:
            letter = (await self.members.wait_for(self.seen + 1))[self.seen]
            self.seen += 1
            found += [letter] if letter.recipient == JANE else []
        return found


def commands(house: House) -> list[str]:
    """The commands that relay has recorded, in order."""
    events = [json.loads(line) for line in house.run("log", "events", "--json").splitlines()]
    return [event["command"] for event in events if event["event"] == "command"]


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
async def test_commands_by_mutt_and_s_nail_through_postfix(
    words: Words, house: House, members: Members, postfix: Postfix, tmp_path: Path
) -> None:
    house.env["RELAY_DELIVERY__SMARTHOST"] = f"{HOST}:{postfix.port}"
    house.pair(JANE, OMAR, "--silent", "--mentor-language", words.language, "--mentee-language", "fr")
    house.start()
    (tmp_path / "jane").mkdir()
    jane = Member(house, members, tmp_path / "jane")
    await jane.writes("help", "")
    (told,) = await jane.gets()
    assert read(told.content)["Reply-To"] == f"help@{DOMAIN}"
    await jane.presses_reply(told)  # with nothing but the quotation
    await jane.gets()
    await jane.writes("pause", "")
    (told,) = await jane.gets()
    await jane.answers(told, "resume")
    await jane.gets()
    await jane.writes("away", words.away)
    await jane.gets()
    await jane.writes("who", "")
    await jane.gets()
    await jane.writes("copy", "")
    (told,) = await jane.gets()
    assert [part.get_filename() for part in read(told.content).iter_attachments()]
    await jane.writes("lang", words.lang)
    await jane.gets()
    await jane.writes("help", words.leave)
    (asked,) = await jane.gets()
    await jane.answers(asked, words.yes)
    await jane.gets()
    await jane.writes("report", "He asks where I live.")
    await jane.gets()
    await jane.writes("forget", "")
    (asked,) = await jane.gets()
    await jane.answers(asked, words.yes)
    await jane.gets()
    assert commands(house) == [
        "help",
        "help",
        "pause",
        "resume",
        "away",
        "who",
        "copy",
        "lang",
        "leave",
        "report",
        "forget",
    ]
