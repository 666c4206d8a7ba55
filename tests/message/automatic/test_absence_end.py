"""The last day of an absence is read from an absence message when exactly one can be understood."""

from __future__ import annotations

from datetime import date

import pytest

from relay.message.automatic.absence_end import ends_in, last_day

TODAY = date(2026, 3, 1)  # a Sunday
LANGUAGES = ["en", "ar", "fr", "es", "hi", "sw", "de", "pt", "it", "nl"]


def read(text: str) -> date | None:
    return last_day(ends_in(text), TODAY, LANGUAGES)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out of the office until 9 April 2026 and will reply when I return.", date(2026, 4, 9)),
        ("I am out of the office\nuntil April\n9, 2026. For urgent matters call 030 1234567.", date(2026, 4, 9)),
        ("Thank you for your mail. I am away until Thursday, 9 April, with limited access to email.", date(2026, 4, 9)),
        ("I am away from 20 February until 9 April.", date(2026, 4, 9)),
        ("I am on leave from 1 March through 2026-04-09.", date(2026, 4, 9)),
        ("I am on annual leave and will be back on 10 April 2026.", date(2026, 4, 9)),
        ("I am away until 9 April, back on Friday 10 April.", date(2026, 4, 9)),
        ("Ich bin bis einschließlich 9. April 2026 nicht im Büro.", date(2026, 4, 9)),
        ("Ich bin bis zum 15.04.2026 im Urlaub. Tel. 030 123456", date(2026, 4, 15)),
        ("Je suis absente jusqu'au 9 avril inclus.", date(2026, 4, 9)),
        ("Je suis absent jusqu’au jeudi 9 avril 2026. En cas d'urgence, appelez le 01 23 45 67 89.", date(2026, 4, 9)),
        ("Estaré fuera de la oficina hasta el 9 de abril de 2026.", date(2026, 4, 9)),
        ("Estou de férias até 9 de abril.", date(2026, 4, 9)),
        ("أنا في إجازة حتى ٩ أبريل ٢٠٢٦، وسأرد بعد عودتي.", date(2026, 4, 9)),
        ("أنا في إجازة حتى يوم الخميس 9 نيسان.", date(2026, 4, 9)),
        ("मैं 9 अप्रैल तक छुट्टी पर हूँ।", date(2026, 4, 9)),
        ("मैं ९ अप्रैल २०२६ तक छुट्टी पर हूँ।", date(2026, 4, 9)),
        ("Niko likizo hadi tarehe 9 Aprili 2026.", date(2026, 4, 9)),
        ("Niko likizo. Nitarudi kazini tarehe 10 Aprili.", date(2026, 4, 9)),
        ("Niko likizo. Nitarudi baada ya 9 Aprili.", date(2026, 4, 9)),
        ("Je suis en congé et reviendrai le 10 avril.", date(2026, 4, 9)),
        ("Je serai de retour au bureau le vendredi 10 avril.", date(2026, 4, 9)),
        ("Estoy de vacaciones. Me reincorporaré el 10 de abril.", date(2026, 4, 9)),
        ("أنا في إجازة وسأعود يوم 10 أبريل.", date(2026, 4, 9)),
        ("سأعود إلى العمل في 10 أبريل.", date(2026, 4, 9)),
    ],
)
def test_the_day_is_read(text: str, day: date) -> None:
    assert read(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office.",
        "I am out of the office until further notice.",
        "I am out of the office until Monday.",
        "I am away until 4/5/2026.",
        "I am away until 9 April, and then until 20 June.",
        "I am away until 4/5/2026 and Ann until 9 June.",
        "I was away until 9 February 2026.",
        "I am away until 9 April 2031.",
        "I am away until Monday, 9 April 2026.",  # a Thursday
        "I am away. Our conference is on 9 April 2026.",
        "I am away until the 39 April.",
        "I am back on 2 March.",
        "Office hours 9-17, call 030 123456 until 17:00",
        "until " * 500 + "9 April",
    ],
)
def test_what_is_not_certain_is_not_told(text: str) -> None:
    assert read(text) is None
