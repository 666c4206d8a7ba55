"""The zones of Windows in invitations and receipts name the author's part of the world, and go."""

from __future__ import annotations

import pytest

from relay.anonymise.identities import replaced
from relay.anonymise.invitations import find

PLACES = "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"was read on 3 February 2026 9:14:00 PM (UTC+01:00) {PLACES}.", "was read on 3 February 2026 9:14:00 PM."),
        (f"When: 3 February 2026 21:00-21:30 (UTC+01:00) {PLACES}.", "When: 3 February 2026 21:00-21:30 (UTC+01:00)."),
        ("wurde um 21:14 (UTC) Dublin, Edinburgh, Lissabon, London gelesen.", "wurde um 21:14 gelesen."),
        (
            "When: Wed Feb 4, 2026 9pm – 10pm Western European Time - Lisbon\n",
            "When: Wed Feb 4, 2026 9pm – 10pm Western European Time\n",
        ),
        (
            "Join Zoom\nTime: Feb 4, 2026 09:00 PM Amsterdam, Berlin, Rome\n> Hora: 4 feb 2026 21:00 Madrid\n",
            "Join Zoom\nTime: Feb 4, 2026 09:00 PM\n> Hora: 4 feb 2026 21:00\n",
        ),
        ('Poll "bowls". Time zone: Europe/Lisbon', 'Poll "bowls". Time zone: '),
        ("Zeitzone: (GMT+1) Europe/Prague (MEZ)\n", "Zeitzone: \n"),
        (
            "On Zoom.\nWhen: Friday, 6 February 2026 9:00 AM-9:30 AM. Eastern Standard Time\n",
            "On Zoom.\nWhen: Friday, 6 February 2026 9:00 AM-9:30 AM.\n",
        ),
        ("We talked on Zoom.\nThen: Friday, 6 February 2026 9:00 PM.\n", ""),
        ("Bowls\nFriday, Feb 6 ⋅ 9–10am\nCentral European Standard Time - Prague\n", "Bowls\nFriday, Feb 6 ⋅ 9–10am\n"),
        (
            "6 Feb 2026 9am – 10am\nCentral European Time - Prague\nhttps://meet.google.com/abc-defg-hij",
            "6 Feb 2026 9am – 10am\nhttps://meet.google.com/abc-defg-hij",
        ),
        (
            "What\nBowls\n\nWhen\nTuesday, February 3, 2026 | 9:00 PM - 9:30 PM (Europe/Prague)\n",
            "What\nBowls\n\nWhen\nTuesday, February 3, 2026 | 9:00 PM - 9:30 PM\n",
        ),
        (
            "Event Date/Time:\n21:00 - Tuesday, 3 February 2026 (Central European Time)\n\nInvitee:\nTom\n\n"
            "Invitee Time Zone:\nCentral European Time\n",
            "Event Date/Time:\n21:00 - Tuesday, 3 February 2026\n\nInvitee:\nTom\n\nInvitee Time Zone:\n\n",
        ),
        ("When\nTuesday, 3 February 2026 at 21:00 (Europe/Prague)\nwe all slept.", ""),
        ("What\nand\nWhere\nare words (in the plural time)\n3 Feb 2026 21:00 (at home)", ""),
        ("Let us talk at 9pm Eastern Time - if you can. In my time zone it is late.", ""),
        ("On Zoom the time: on 4 Feb 2026 at 21:00 Berlin sleeps.", ""),
        ("Let us meet at 21:00 (UTC+01:00), if Berlin, Rome and you agree.", ""),
        ("At 21:00 (UTC+01:00) Berlin sleeps.", ""),
    ],
)
def test_the_places_of_a_zone_go_and_a_meeting_keeps_its_offset(text: str, clean: str) -> None:
    assert replaced(text, find(text)) == (clean or text)
