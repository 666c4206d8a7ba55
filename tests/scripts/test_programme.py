"""The rehearsal of scripts/try --programme: ten pairs in six languages, whose letters name nobody to anybody else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lab import programme
from lab.house import relay_command


def test_a_programme_of_ten_pairs_begins(tmp_path: Path) -> None:
    done = programme.rehearsed(relay_command(), tmp_path)
    assert done.leaked == []
    events = Counter(event["event"] for event in done.events)
    assert (events["consented"], events["declined"], events["bounced"]) == (18, 1, 1)
    assert {event.get("command") for event in done.events} >= {
        "who",
        "copy",
        "forget",
        "lang",
    }
    letters = Counter(one.letter for one in done.sent)
    assert (letters["invitation"], letters["relayed"], letters["welcome"]) == (21, 4, 16)
    page = programme.gallery(done)
    assert page.count("<article>") == len(done.sent)
    assert all(line.replace("'", "&#x27;") in page for line in programme.summary(done))


def test_a_name_in_a_letter_to_somebody_else_is_found(tmp_path: Path) -> None:
    done = programme.rehearsed(relay_command(), tmp_path)
    letter = next(one for one in done.sent if one.letter == "relayed")
    letter.mail.clear_content()
    letter.mail.set_content("Hello from Rosa Quispe")
    assert programme.leaks([letter]) == [f"'Rosa Quispe' in relayed to {letter.to}"]
