"""Invitations to meetings: the way to join stays, what shows the organisation and the organiser goes."""

from __future__ import annotations

import pytest

from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona, Scrubbed

PAGE = "https://www.microsoft.com/microsoft-teams/join-a-meeting"
JOIN = (
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_Mj%40thread.v2/0"
    "?context=%7b%22Tid%22%3a%220f1e2d3c%22%2c%22Oid%22%3a%227f00aa11%22%7d"
)
OPTIONS = "https://teams.microsoft.com/meetingOptions/?organizerId=7f00aa11&tenantId=0f1e2d3c&threadId=19_m&messageId=0"
RULE = "_" * 80
IDS = ("0f1e2d3c", "7f00aa11", "19%3ameeting", "19_m")


def scrubbed(message: Message) -> Scrubbed:
    return scrub(
        message,
        Known(
            Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe", "Northbank Advisory")),
            Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
            Identity(("reader@mailbox.example",)),
            Persona("Quiet River", "quiet-river.p9@relay.example.org"),
        ),
    )


def shown(message: Message) -> str:
    done = scrubbed(message)
    assert not done.doubts
    out = (done.message.text or "") + (done.message.html or "")
    assert not any(one in out for one in IDS)
    return out


def teams(title: str, join: str, number: str, code: str, phone: str, own: str) -> str:
    return (
        f"Until Tuesday.\n\n{RULE}\n{title}\n{join}<{JOIN}>\n{number} 345 678 901 22\n{code} Ab3\n\n{phone}\n"
        f"+44 20 1234 5678,,90122# United Kingdom\nID: 901 22#\n\n{own}\n{RULE}\n\nBring the ledger!\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("Microsoft Teams Need help?", "Join the meeting now", "Meeting ID:", "Passcode:", "Dial in by phone"),
        ("Microsoft Teams-Besprechung", "Jetzt beitreten", "Besprechungs-ID:", "Kennung:", "Per Telefon teilnehmen"),
        ("Microsoft Teams", "今すぐ会議に参加する", "会議 ID：", "パスコード：", "電話でダイヤルイン"),
        ("اجتماع Microsoft Teams", "انضم الآن", "معرف الاجتماع:", "رمز المرور:", "الاتصال بالهاتف"),
        ("Microsoft Teams मीटिंग", "अभी शामिल हों", "मीटिंग ID:", "पासकोड:", "फ़ोन से जुड़ें"),
    ],
)
@pytest.mark.parametrize(
    "own",
    [
        f"For organizers: Meeting options<{OPTIONS}> | Reset dial-in PIN\nNordquell Stahl AG meeting policy\nOrg help",
        f"Options<{OPTIONS}>\n\nThis call may be recorded by Nordquell Stahl AG. You agree to it by joining.",
    ],
)
def test_a_teams_invitation_keeps_the_way_to_join_and_loses_its_organisation(
    words: tuple[str, str, str, str, str], own: str
) -> None:
    out = shown(Message(text=teams(*words, own)))
    for one in (
        *words,
        "345 678 901 22",
        "Ab3",
        "+44 20 1234 5678,,90122#",
        "901 22#",
        f"<{PAGE}>",
        "Bring the ledger!",
    ):
        assert one in out
    assert "Nordquell" not in out and "meetingOptions" not in out


def test_a_short_rule_below_the_passcode_ends_no_teams_invitation() -> None:
    own = f"For organizers: Meeting options<{OPTIONS}> | Reset dial-in PIN\nOrg help\nNordquell Stahl AG"
    text = teams("Microsoft Teams meeting", "Join", "Meeting ID:", "Passcode:", f"{'_' * 32}\nDial in by phone", own)
    out = shown(Message(text=text))
    assert "Nordquell" not in out and "901 22#" in out and "Bring the ledger!" in out


def test_a_teams_invitation_in_html_is_read_alike() -> None:
    html = teams("Microsoft Teams", "Join", "Meeting ID:", "Passcode:", "Dial in", "Nordquell Stahl AG").splitlines()
    out = shown(
        Message(
            html="".join(f"<div>{line.replace(f'<{JOIN}>', '')}</div>" for line in html)
            + f'<p><a href="{JOIN}">Join</a> <a href="{OPTIONS}">Options</a></p>'
        )
    )
    assert f'<a href="{PAGE}">Join</a>' in out and "345 678 901 22" in out and "Nordquell" not in out


def test_the_author_is_told_of_a_join_link_only_when_there_is_no_other_way_to_join() -> None:
    def kinds(text: str) -> set[str]:
        return {removal.kind for removal in scrubbed(Message(text=text)).removals}

    assert "broken-link" in kinds(f"Join {JOIN} please.\n")
    assert "broken-link" not in kinds(f"Join {JOIN} please.\nMeeting ID: 345 678 901 22\n")


@pytest.mark.parametrize(
    ("invitation", "stays", "goes"),
    [
        (
            "Jo is inviting you to a scheduled Zoom meeting.\n\nTopic: Books\nTime: Nov 3, 2026 10:00\n\n"
            "Join Zoom Meeting\nhttps://firm-example.zoom.us/j/81234567890?pwd=AbC.1&tk=0f1e\n\n"
            "Meeting ID: 812 3456 7890\nPasscode: 123456\n\nOne tap mobile\n+442034815237,,81234567890# UK\n\n"
            "Dial by your location\n • +44 203 481 5237 United Kingdom\n\nJoin by SIP\n • 81234567890@zoomcrc.com\n",
            ("https://zoom.us/j/81234567890?pwd=AbC.1", "812 3456 7890", "123456", "+44 203 481", "@zoomcrc.com"),
            ("firm-example", "tk="),
        ),
        (
            "Webex meeting\n\nJoin: https://firm-example.webex.com/firm-example/j.php?MTID=m0f1e\n\n"
            "Meeting number (access code): 2345 678 9012\nMeeting password: aBc12dEf\n\nJoin from a video system\n"
            "Dial 23456789012@firm-example.webex.com\nYou can also dial 173.243.2.68\n\n"
            "Join by phone\n+44-20-7660-8149 United Kingdom\n",
            ("https://signin.webex.com/join", "2345 678 9012", "aBc12dEf", "+44-20-7660-8149", "173.243.2.68"),
            ("firm-example", "MTID"),
        ),
        (
            "Join with Google Meet\nhttps://meet.google.com/abc-defg-hij?authuser=1&hs=122\n"
            "Or dial: (GB) +44 20 3956 5467 PIN: 123 456 789#\n",
            ("https://meet.google.com/abc-defg-hij", "+44 20 3956 5467", "123 456 789#"),
            ("authuser",),
        ),
        (
            "Please join my GoTo Meeting.\nhttps://meet.goto.com/123456789?email=jo%40firm.example\n\n"
            "You can also dial in.\nUnited Kingdom: +44 20 3713 5028\nAccess Code: 123-456-789\n",
            ("https://meet.goto.com/123456789", "+44 20 3713 5028", "123-456-789"),
            ("firm",),
        ),
    ],
    ids=["zoom", "webex", "meet", "goto"],
)
@pytest.mark.parametrize(
    "before", ["Dear River,\n\n", "See you.\n\nBest regards\nJane Whitcombe\nNorthbank Advisory\n\n"]
)
def test_an_invitation_of_another_service_keeps_the_way_to_join(
    invitation: str, stays: tuple[str, ...], goes: tuple[str, ...], before: str
) -> None:
    out = shown(Message(text=before + invitation))
    for one in stays:
        assert one in out
    for one in (*goes, "Whitcombe", "Northbank"):
        assert one not in out


def test_a_real_signature_that_names_a_service_is_one_still() -> None:
    signed = (
        "I read it.\n\nBest regards\nJane Whitcombe\nHead of Sales, Nordquell Ltd\n+44 20 7946 0000\nzoom.us/my/jw\n"
    )
    assert "Nordquell" not in (scrubbed(Message(text=signed)).message.text or "")


@pytest.mark.parametrize("rule", ["", f"{RULE}\n"])
def test_words_below_an_invitation_without_closing_rule_stay(rule: str) -> None:
    way = "Microsoft Teams\nMeeting ID: 345 678 901 22\nPasscode: Ab3\n"
    text = f"Hello.\n\n{rule}{way}\nBring the ledger!\nI bring my poem.\n"
    assert scrubbed(Message(text=text)).message.text == text


SIGNATURE = "Best regards\nJane Whitcombe\nHead of Sales, Nordquell Ltd\n+44 20 7946 0000\n"


@pytest.mark.parametrize("rule", [f"{RULE}\n", "\n"])
def test_a_signature_below_an_invitation_goes(rule: str) -> None:
    way = f"Microsoft Teams\nJoin: {JOIN}\nMeeting ID: 345 678 901 22\nPasscode: Ab3\n"
    out = shown(Message(text=f"Until Tuesday.\n\n{RULE}\n{way}{rule}{SIGNATURE}"))
    assert "345 678 901 22" in out and "Ab3" in out and "Best regards\nAmber Heron" in out
    assert "Nordquell" not in out and "7946" not in out


def test_a_letter_that_mentions_a_service_and_a_number_is_no_invitation() -> None:
    text = f"We can use Zoom or Microsoft Teams.\n\nRead page 345 678 901 of it.\n\n{SIGNATURE}"
    out = shown(Message(text=text))
    assert "Nordquell" not in out and "7946" not in out and "345 678 901" in out
