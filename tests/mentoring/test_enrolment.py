"""A CSV file of pairs is checked as a whole before any pair is made, and can be imported again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from relay.letters.welcome import Welcome
from relay.mentoring.beginning import Beginning
from relay.mentoring.enrolment import EnrolError, enrol, plan, read_rows
from relay.mentoring.pairing import change_state
from relay.model import Manner, Pair, PairState
from relay.store import Store

DOMAIN = "relay.test"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


async def loaded(file: Path, store: Store, now: datetime, welcome: Welcome | None = None) -> list[Pair]:
    chosen = await plan(read_rows(file, DOMAIN), store, file.name, DOMAIN, now)
    return list(await enrol(chosen, store, Beginning(welcome), now))


def faults_of(file: Path, text: str) -> list[str]:
    file.write_text(text, "utf-8")
    with pytest.raises(EnrolError) as caught:
        read_rows(file, DOMAIN)
    return caught.value.faults


async def test_every_column_is_read(file: Path, store: Store, now: datetime) -> None:
    file.write_text(
        "mentor,mentee,mentor_name,mentee_name,mentor_known_as,mentee_known_as,cohort,language\n"
        'anna@a.test,bo@b.test,Kind Lake,,"Anna Berg; Annie;ACME, Inc.",Bo,spring,pt-BR\n',
        "utf-8",
    )
    (pair,) = await loaded(file, store, now)
    assert (pair.mentor.name, pair.cohort, pair.language) == ("Kind Lake", "spring", "pt-BR")
    identities = await store.directory.identities(pair.id)
    assert identities
    assert identities[0].known_as == ("Anna Berg", "Annie", "ACME, Inc.")
    assert identities[1].known_as == ("Bo",)


async def test_how_relay_writes_to_each_is_read(file: Path, store: Store, now: datetime) -> None:
    columns = "mentor,mentee,mentor_time_zone,mentee_time_zone,mentor_discreet,mentee_discreet,mentee_language"
    file.write_text(f"{columns}\na@x.test,b@x.test,africa/nairobi,,,on,ar\na@x.test,c@x.test,,,off,,\n", "utf-8")
    await loaded(file, store, now)
    manners = {}
    for address in ("a@x.test", "b@x.test", "c@x.test"):
        member = await store.members.having(address)
        assert member is not None
        manners[address[0]] = member.manner
    assert manners == {"a": Manner("", "Africa/Nairobi", False), "b": Manner("ar", "", True), "c": Manner()}
    # A later file changes what it says, and nothing else.
    file.write_text("mentor,mentee,mentor_language\na@x.test,d@x.test,sw\n", "utf-8")
    await loaded(file, store, now)
    member = await store.members.having("a@x.test")
    assert member is not None and member.manner == Manner("sw", "Africa/Nairobi", False)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Nairobi", '"Africa/Nairobi" or "UTC"'),
        ("Mars/Olympus", '"Africa/Nairobi" or "UTC"'),
        ("Europe/Nairobi", 'did you mean "Africa/Nairobi"?'),
    ],
)
def test_a_time_zone_must_be_known(file: Path, zone: str, said: str) -> None:
    (fault,) = faults_of(file, f"mentor,mentee,mentee_time_zone\na@x.test,b@x.test,{zone}\n")
    assert fault.startswith("people.csv:2: mentee time zone must be a time zone by its IANA name") and said in fault


@pytest.mark.parametrize(
    "octets",
    [
        b"mentor,mentee\na@x.test,b@x.test\n",
        b"\xef\xbb\xbfmentor,mentee\r\na@x.test,b@x.test\r\n",
        b"Mentee ; Mentor\n\nb@x.test ; a@x.test\n;\n",
        b"mentor\tmentee\na@x.test\tb@x.test",
    ],
    ids=["plain", "from Excel", "with semicolons", "with tabs"],
)
async def test_csv_files_of_common_spreadsheets_are_read(
    file: Path, store: Store, now: datetime, octets: bytes
) -> None:
    file.write_bytes(octets)
    (pair,) = await loaded(file, store, now)
    identities = await store.directory.identities(pair.id)
    assert identities
    assert [identity.addresses[0] for identity in identities] == ["a@x.test", "b@x.test"]


async def test_importing_again_makes_only_new_pairs(file: Path, store: Store, now: datetime) -> None:
    file.write_text("mentor,mentee\na@x.test,b@x.test\nc@x.test,d@x.test\n")
    first = await loaded(file, store, now)
    file.write_text("mentor,mentee\ne@x.test,f@x.test\nC@X.test,d@x.test\na@x.test,b@x.test\n")
    second = await loaded(file, store, now)
    assert second[1:] == [first[1], first[0]]
    assert len(await store.directory.pairs()) == 3


async def test_a_new_pair_is_made_when_the_old_one_has_ended(file: Path, store: Store, now: datetime) -> None:
    file.write_text("mentor,mentee\na@x.test,b@x.test\n")
    (first,) = await loaded(file, store, now)
    await change_state(first.id, PairState.PAUSED, store, now)
    (paused,) = await loaded(file, store, now)
    assert (paused.id, paused.state) == (first.id, PairState.PAUSED)
    await change_state(first.id, PairState.ENDED, store, now)
    (second,) = await loaded(file, store, now)
    assert second.id != first.id


async def test_two_rows_with_the_same_addresses_make_one_pair(file: Path, store: Store, now: datetime) -> None:
    file.write_text("mentor,mentee\na@x.test,b@x.test\nc@x.test,b@x.test\nA@x.test,b@x.test\n")
    pairs = await loaded(file, store, now)
    assert pairs[0] == pairs[2]
    assert len(await store.directory.pairs()) == 2


async def test_one_wrong_row_stops_the_import_and_every_error_is_reported(file: Path) -> None:
    text = (
        "mentor,mentee,language\na@x.test,b@x.test,en\nanna,b@x.test,en\n\n"
        "c@x.test,C@x.test,en\nd@x.test,e@relay.test,???\na,b,c,d\n"
    )
    assert faults_of(file, text) == [
        "people.csv:3: mentor address must look like name@example.org",
        "people.csv:5: mentor and mentee have the same address: a pair needs two people",
        "people.csv:6: mentee address is in relay's own domain relay.test: give the member's real address",
        "people.csv:6: language must be a tag such as en, ar or pt-BR",
        "people.csv:7: has more fields than there are columns; is there a comma outside of quotes?",
    ]


def test_errors_repeat_no_address(file: Path) -> None:
    for fault in faults_of(file, "mentor,mentee\nsecret person@x.test,other-secret@x\n"):
        assert "secret" not in fault


def test_columns_are_checked_first(file: Path) -> None:
    assert faults_of(file, "mentor,mente,cohort,cohort\na,b,c,d\n") == [
        "people.csv:1: there is no column mente; did you mean mentee?",
        "people.csv:1: the column mentee is missing",
        "people.csv:1: the column cohort is there twice",
        "people.csv: the columns are mentor, mentee, mentor_name, mentee_name, mentor_known_as, mentee_known_as, "
        "cohort, language, mentor_language, mentee_language, mentor_time_zone, mentee_time_zone, mentor_discreet, "
        "mentee_discreet, mentee_guardian; the first two are required",
    ]
    assert "the column mentor is missing" in faults_of(file, "")[0]


def test_a_file_in_another_encoding_is_an_error_with_a_remedy(file: Path) -> None:
    file.write_bytes("mentor,mentee,cohort\na@x.test,b@x.test,Frühling\n".encode("latin-1"))
    with pytest.raises(EnrolError, match="save it as “CSV UTF-8”"):
        read_rows(file, DOMAIN)


async def test_a_chosen_pseudonym_that_is_taken_stops_the_import(file: Path, store: Store, now: datetime) -> None:
    file.write_text("mentor,mentee,mentor_name\na@x.test,b@x.test,Kind Lake\n")
    await loaded(file, store, now)
    file.write_text(
        "mentor,mentee,mentor_name\n"
        "a@x.test,b@x.test,Kind Lake\nc@x.test,d@x.test,kind lake\n"
        "e@x.test,f@x.test,Calm Sea\ng@x.test,h@x.test,CALM SEA\n"
    )
    with pytest.raises(EnrolError) as caught:
        await loaded(file, store, now)
    assert caught.value.faults == [
        "people.csv:3: mentor name kind lake is taken; choose another, or leave it out to get a random one",
        "people.csv:5: mentor name CALM SEA is already in line 4",
    ]
    assert len(await store.directory.pairs()) == 1


async def test_only_new_pairs_get_welcome_letters(file: Path, store: Store, now: datetime, welcome: Welcome) -> None:
    file.write_text("mentor,mentee\na@x.test,b@x.test\n")
    await loaded(file, store, now)
    assert await store.queue.rows() == []
    file.write_text("mentor,mentee\na@x.test,b@x.test\nc@x.test,d@x.test\n")
    await loaded(file, store, now, welcome)
    assert len(await store.queue.rows()) == 4


async def test_all_pseudonyms_aliases_and_ids_differ(file: Path, store: Store, now: datetime) -> None:
    file.write_text("mentor,mentee\n" + "".join(f"m{n}@x.test,e{n}@y.test\n" for n in range(2000)))
    pairs = await loaded(file, store, now)
    personas = [persona for pair in pairs for persona in (pair.mentor, pair.mentee)]
    assert len({pair.id for pair in pairs}) == 2000
    assert len({persona.name for persona in personas}) == len({persona.alias for persona in personas}) == 4000
    assert await store.directory.pairs() == pairs
