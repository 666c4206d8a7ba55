"""The prefix of a subject says that a letter is an answer or passed on, and nothing of the program it came from."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.anonymise.history.prefixes import edits
from relay.anonymise.identities import Finding, replaced
from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona

KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("tom.okoye@gmx.de",), ("Tom Okoye",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org"),
)
ITALIAN = "Grazie per la lista, non ho ancora letto tutto ma questo mi piace e ti scrivo domani."
ENGLISH = "Thank you for the list, I have not read it all but I like what you wrote and will answer."
DANISH = "Tak for listen, jeg har ikke læst det hele, men jeg kan lide det og skriver til dig i morgen."
FINNISH = "Kiitos listasta, en ole vielä lukenut sitä mutta se on hyvä ja minä kirjoitan kun olen valmis."


def passed(subject: str, text: str = ENGLISH) -> str:
    return scrub(Message(subject, text), KNOWN).message.subject


@pytest.mark.parametrize(
    "prefix",
    [
        *("RE:", "re:", "Re :", "Re：", "RE :", "AW:", "Aw:", "Antw:", "Antwort:", "SV:", "Sv:", "VS:", "Odp:", "RES:"),
        *(
            "Vá:",
            "VÁ:",
            "YNT:",
            "ΑΠ:",
            "ΣΧΕΤ:",
            "Отв:",
            "Відп:",
            "Отг:",
            "Ats:",
            "Atb:",
            "BLS:",
            "答复:",
            "答复：",
            "回复:",
        ),
        *(
            "回复：",
            "回覆:",
            "返信:",
            "회신:",
            "답장:",
            "رد:",
            "پاسخ:",
            "השב:",
            "ตอบกลับ:",
            "Trả lời:",
            "Re[2]:",
            "RE (2):",
        ),
        *("Re^3:", "Re: Re:", "Re: AW: Re:", "AW: WG:", "RE:Re:", "SV: VS: RE:", "Re[4]: AW:", "\u200fהשב:", "R: Re:"),
    ],
)
def test_the_prefix_of_an_answer_is_re(prefix: str) -> None:
    assert passed(f"{prefix} Two hundred bowls") == "Re: Two hundred bowls"
    assert passed(f"{prefix}") == "Re:"


@pytest.mark.parametrize(
    "prefix",
    [
        *(
            "FW:",
            "Fw:",
            "FWD:",
            "fwd:",
            "WG:",
            "TR:",
            "RV:",
            "ENC:",
            "VB:",
            "VL:",
            "PD:",
            "Továbbítás:",
            "İLT:",
            "ILT:",
        ),
        *("ΠΡΘ:", "TRS:", "转发:", "转发：", "轉寄:", "転送:", "전달:", "إعادة توجيه:", "הועבר:", "ส่งต่อ:", "Fwd: Fwd:"),
        *("WG: AW:", "FW: RE: FW:", "I: R: Re:", "Пересл:", "Doorst:", "Chuyển tiếp:"),
    ],
)
def test_the_prefix_of_what_is_passed_on_is_fwd(prefix: str) -> None:
    assert passed(f"{prefix} Two hundred bowls") == "Fwd: Two hundred bowls"


@pytest.mark.parametrize(
    ("subject", "text", "clean"),
    [
        ("R: piano", ITALIAN, "Re: piano"),
        ("I: piano", ITALIAN, "Fwd: piano"),
        ("R: the language", ENGLISH, "R: the language"),
        ("I: what I learned", ENGLISH, "I: what I learned"),
        ("I: R: piano", ENGLISH, "Fwd: piano"),
        ("VS: plan", DANISH, "Fwd: plan"),
        ("VS: plan", FINNISH, "Re: plan"),
        ("HA: planner", ENGLISH, "HA: planner"),
        ("CT: the scan", ENGLISH, "CT: the scan"),
    ],
)
def test_a_word_that_may_begin_any_subject_is_a_prefix_in_its_own_language(subject: str, text: str, clean: str) -> None:
    assert passed(subject, text) == clean


@pytest.mark.parametrize(
    ("subject", "clean"),
    [
        ("[Draft] AW: plan", "[Draft] Re: plan"),
        ("回复:plan", "Re: plan"),
        ("转发:plan", "Fwd: plan"),
        ("Ответ:plan", "Re: plan"),
        ("AW: [EXTERN] WG: plan", "Re: plan"),
        ("[list] [EXTERN] plan", "[list] plan"),
        ("AW: Tom Okoye", "Re: Tom Okoye"),
        ("SV: Jane Whitcombe", "Re: Amber Heron"),
    ],
)
def test_tags_of_people_stay_and_names_go(subject: str, clean: str) -> None:
    assert passed(subject) == clean


@pytest.mark.parametrize(
    "subject",
    [
        *(
            "[Draft 2] Two hundred bowls",
            "SV Nordhafen plays on Sunday",
            "SV:s lag",
            "Re:Zero and other series",
            "Re: plan",
        ),
        *(
            "Fwd: plan",
            "Question: AW or SV?",
            "Reply: yes",
            "A: the first",
            "Q: why",
            "Tuesday 19:35: piano",
            "PS: thanks",
        ),
        *(
            "pd: small letters",
            "tr: a country",
            "My plan: Re: and AW:",
            "",
            ":",
            "Res publica: an essay",
            "10:30",
            "Dear: you",
        ),
    ],
)
def test_what_a_person_wrote_stays(subject: str) -> None:
    assert passed(subject) == subject


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ReAWFwdI: :[]()2\u200f答复：x"), max_size=40))
def test_once_is_enough(subject: str) -> None:
    clean = passed(subject)
    assert passed(clean) == clean
    assert not re.match(r"(?:Re|Fwd): (?:Re|Fwd|AW): ", clean)


@pytest.mark.parametrize("piece", ["Re:", "Re: ", "[a]", "[", "R", "R: ", " ", "I: R:", "\u200f", "答复：", "a (1"])
def test_a_hostile_subject_is_read_once(piece: str) -> None:
    asked = 0

    def language() -> str:
        nonlocal asked
        asked += 1
        return "en"

    subject = (piece * 2000)[:4000]
    found = [Finding(*edit, "quoted-header") for edit in edits(subject, language)]
    assert len(replaced(subject, found)) <= len(subject) + 5
    assert asked <= 1
