"""The beginning of a programme as a rehearsal: ten pairs in six languages, from the import to the first letters."""

from __future__ import annotations

import csv
import email
import email.policy
import html
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

DOMAIN = "relay.example.org"
OPERATOR = "coordinator@bridge.example"
UNTIL = "+40d"

# mentor, their names and language; mentee, their names and language
PEOPLE = (
    ("jane.ashdown@firm.example", "Jane Ashdown", "en", "amal.haddad@post.example", "أمل حداد;Amal Haddad", "ar"),
    ("claire.dubois@atelier.example", "Claire Dubois", "fr", "neema.juma@simu.example", "Neema Juma", "sw"),
    ("lucia.vargas@obra.example", "Lucía Vargas", "es", "rosa.quispe@correo.example", "Rosa Quispe", "es"),
    ("meera.joshi@kaam.example", "मीरा जोशी;Meera Joshi", "hi", "tom.brennan@mill.example", "Tom Brennan", "en"),
    ("paul.okafor@works.example", "Paul Okafor", "en", "sunita.rao@dukaan.example", "सुनीता राव;Sunita Rao", "hi"),
    ("salma.nasser@maktab.example", "سلمى ناصر;Salma Nasser", "ar", "awa.diop@marche.example", "Awa Diop", "fr"),
    ("baraka.mushi@duka.example", "Baraka Mushi", "sw", "ruth.ellery@home.example", "Ruth Ellery", "en"),
    ("marc.lenoir@conseil.example", "Marc Lenoir", "fr", "grace.tembo@shop.example", "Grace Tembo", "en"),
    ("helen.marsh@guild.example", "Helen Marsh", "en", "ines.molina@taller.example", "Inés Molina", "es"),
    ("diego.salas@banco.example", "Diego Salas", "es", "kavita.nair@ghar.example", "कविता नायर;Kavita Nair", "hi"),
)
YES = {"en": "Yes please", "ar": "نعم", "es": "Sí, gracias", "fr": "Oui", "hi": "हाँ", "sw": "Ndiyo"}


class ProgrammeError(Exception):
    """The rehearsal could not be carried out. The text says why."""


@dataclass(frozen=True)
class Sent:
    """A letter that left: when, to whom, which, and its file."""

    at: str
    to: str
    letter: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        """The letter's words."""
        body = self.mail.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


@dataclass(frozen=True)
class Rehearsed:
    """What happened: ``events`` as relay wrote them, the letters ``sent``, and what of other people's was in them."""

    events: list[dict[str, Any]]
    sent: list[Sent]
    leaked: list[str]


def rehearsed(relay: str, folder: Path) -> Rehearsed:
    """Make a home in ``folder``, import the pairs, and carry out the rehearsal. Raises ProgrammeError."""
    home = folder / "home"
    _run(relay, "--home", str(home), "init", "--domain", DOMAIN)
    settings = home / "relay.toml"
    text = settings.read_text("utf-8").replace('operator = ""', f'operator = "{OPERATOR}"', 1)
    settings.write_text(
        text.replace('languages = ["en"]', 'languages = ["en", "ar", "es", "fr", "hi", "sw"]', 1), "utf-8"
    )
    table = folder / "pairs.csv"
    _write_table(table)
    made = _run(relay, "--home", str(home), "pair", "import", str(table), "--json")
    pairs = [json.loads(line)["pair"] for line in made.splitlines()]
    script = folder / "script.jsonl"
    script.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in story(pairs)), "utf-8")
    out = folder / "rehearsal"
    _run(relay, "--home", str(home), "rehearse", "--until", UNTIL, "--script", str(script), "--out", str(out))
    events = [json.loads(line) for line in (out / "events.jsonl").read_text("utf-8").splitlines()]
    sent = list(_sent(events, out))
    return Rehearsed(events, sent, leaks(sent))


def story(pairs: list[str]) -> Iterator[dict[str, object]]:
    """What happens, in order of time; ``pairs`` are the ids of PEOPLE's pairs."""
    late, bounced, no = 5, 3, 2
    people = [(one[0], one[2]) for one in PEOPLE], [(one[3], one[5]) for one in PEOPLE]
    yield {"at": "+1h", "bounce": people[0][bounced][0], "status": "5.1.1"}
    for number in range(len(PEOPLE)):
        for side, hours in ((0, 2), (1, 3)):
            who, language = people[side][number]
            if (number, side) in ((bounced, 0), (late, 1)):
                continue
            words = "No, gracias" if (number, side) == (no, 1) else YES[language]
            yield {"at": f"+{hours + 4 * number}h", "from": who, "to": "question:LAST", "text": words}
    yield from _first_letters(pairs)
    mentor, mentee = [one[0] for one in PEOPLE], [one[3] for one in PEOPLE]
    desk = {
        name: f"{name}@{DOMAIN}" for name in ("away", "pause", "report", "address", "who", "copy", "forget", "lang")
    }
    yield {"at": "+6d", "from": mentee[1], "to": desk["away"], "text": "hadi 2027-02-09"}
    letter = "Querida amiga,\n\n" + "le cuento cómo va el taller esta semana, que ha sido muy larga. " * 4
    yield {"at": "+6d1h", "from": mentee[8], "to": desk["pause"], "text": letter}
    yield {"at": "+7d", "from": mentee[6], "to": desk["report"], "text": "He asks where I live, again and again."}
    yield {"at": "+8d", "from": mentor[7], "to": desk["address"], "text": "marc@nouveau.example"}
    yield {"at": "+8d1h", "from": "marc@nouveau.example", "to": "question:LAST", "text": "Oui"}
    yield {"at": "+8d2h", "from": mentor[7], "to": "question:LAST", "text": "Oui"}
    yield {"at": "+9d", "from": mentee[8], "to": desk["who"], "text": ""}
    yield {"at": "+9d1h", "from": mentee[8], "to": desk["copy"], "text": ""}
    yield {"at": "+10d", "from": mentor[9], "to": desk["forget"], "text": "borrar"}
    yield {"at": "+10d1h", "from": mentor[9], "to": "question:LAST", "text": "Sí"}
    yield {"at": "+11d", "from": mentor[0], "to": desk["lang"], "text": "français"}
    yield {"at": "+26d", "run": ["pair", "invite", pairs[late]]}
    yield {"at": "+27d", "from": mentee[late], "to": "question:LAST", "text": "Oui"}


def _first_letters(pairs: list[str]) -> Iterator[dict[str, object]]:
    words = {
        0: "I am Jane Ashdown, and I look forward to your letter.",
        6: "Mimi ni Baraka Mushi, nafurahi kukuandikia.",
    }
    for hours, number in enumerate(words):
        to = f"alias:{pairs[number]}:mentee"
        text = f"Hello,\n\n{words[number]}"
        yield {"at": f"+3d{hours}h", "from": PEOPLE[number][0], "to": to, "subject": "Hello", "text": text}
    for hours, number in enumerate(words):
        to = f"alias:{pairs[number]}:mentor"
        text = "Thank you for your letter. All is well here."
        yield {"at": f"+4d{hours}h", "from": PEOPLE[number][3], "to": to, "subject": "Re: Hello", "text": text}


def leaks(sent: list[Sent]) -> list[str]:
    """Names and addresses of one member in letters to another, each with the letter it is in."""
    known = {}
    for one in PEOPLE:
        for address, names in ((one[0], one[1]), (one[3], one[4])):
            known[address] = [address, *names.split(";"), address.partition("@")[2]]
    found = []
    for letter in sent:
        if letter.to == OPERATOR:
            continue
        parts = (str(part.get_content()) for part in letter.mail.walk() if part.get_content_maintype() == "text")
        shown = "\n".join([str(letter.mail), *parts])
        for address, words in known.items():
            if address != letter.to and not (address == PEOPLE[7][0] and letter.to == "marc@nouveau.example"):
                found += [f"{word!r} in {letter.letter} to {letter.to}" for word in words if word in shown]
    return found


def summary(done: Rehearsed) -> list[str]:
    """The lines that tell what happened."""
    kinds = Counter(str(event["event"]) for event in done.events)
    states = Counter(str(event.get("to")) for event in done.events if event["event"] == "state")
    letters = Counter(one.letter for one in done.sent)
    return [
        f"{len(PEOPLE)} pairs in six languages: {letters['invitation']} invitations, {kinds['consented']} yes, "
        f"{kinds['declined']} no, {kinds['expired']} expired, {kinds['bounced']} bounced",
        f"{kinds['command']} commands by mail, {kinds['reported']} report, {states['forgotten']} forgotten",
        f"{len(done.sent)} letters left, {letters['relayed']} of them between members, "
        f"the others of {len(letters) - 1} kinds",
        f"names and addresses in letters to somebody else: {len(done.leaked)}",
    ]


def gallery(done: Rehearsed) -> str:
    """All letters in the order they left, as an HTML page."""
    articles = "\n".join(_article(one) for one in done.sent)
    return _PAGE.replace("{articles}", articles).replace("{summary}", "<br>".join(map(html.escape, summary(done))))


def _article(one: Sent) -> str:
    head = f"{one.at} · {one.letter} · to {one.to}"
    files = ", ".join(part.get_filename() or "" for part in one.mail.iter_attachments())
    more = f'<p class="files">with {html.escape(files)}</p>' if files else ""
    return (
        f'<article><h3>{html.escape(head)}</h3><h4 dir="auto">{html.escape(str(one.mail["Subject"]))}</h4>'
        f'<p class="from">{html.escape(str(one.mail["From"]))}</p>'
        f'<pre dir="auto">{html.escape(one.text)}</pre>{more}</article>'
    )


def _sent(events: list[dict[str, Any]], out: Path) -> Iterator[Sent]:
    for event in events:
        if event["event"] in ("sent", "relayed") and "file" in event:
            content = (out / str(event["file"])).read_bytes()
            mail = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            yield Sent(str(event["at"]), str(event["to"]), str(event["letter"]), mail)


def _write_table(table: Path) -> None:
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        columns = "mentor", "mentor_known_as", "mentor_language", "mentee", "mentee_known_as", "mentee_language"
        rows.writerow([*columns, "cohort"])
        rows.writerows([*one, "spring"] for one in PEOPLE)


def _run(relay: str, *arguments: str) -> str:
    done = subprocess.run([relay, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgrammeError(f"relay {' '.join(arguments[2:4])}: {done.stderr.strip()}")
    return done.stdout


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>relay: a programme begins</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, "Noto Sans", sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
article { border: 1px solid #8886; border-radius: 6px; padding: .8rem 1rem; min-width: 0; }
h3 { margin: 0; font-size: .8rem; font-weight: 400; opacity: .75; } h4 { margin: .4rem 0; font-size: 1rem; }
.from, .files { margin: 0 0 .5rem; font-size: .85rem; opacity: .75; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
</style></head><body><h1>A programme begins</h1><p>{summary}</p><main>
{articles}
</main></body></html>
"""
