"""Who may write to which alias."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from relay.model import Manner, PairState, Route, Side
from relay.states import NOT_BEGUN
from relay.store import Foreign, LetterKey, NoSuchAlias, RouteLookup, Store
from relay.vault import Vault

INGRID, TOMAS, OTHER = "ingrid.maier@work.example", "tomas@home.example", "other@home.example"
MENTOR_ALIAS, MENTEE_ALIAS = "amber-heron.k7f3q2@relay.example", "quiet-river.k7f3q2@relay.example"
SECOND_ALIAS = "amber-heron.second@relay.example"


async def found(store: Store, author: str, aliases: list[str]) -> dict[str, object]:
    """The result for each alias: a Route, Foreign or NoSuchAlias."""
    letter = LetterKey(("a fingerprint", "a signature"), ("cited@somewhere",), datetime(2026, 3, 1, tzinfo=UTC))
    ways = await store.look_up(author, aliases, letter)
    return {alias: way.route if isinstance(way, RouteLookup) else way for alias, way in ways.items()}


@pytest.fixture
async def two_pairs(paired: Store, make) -> Store:
    """Ingrid mentors Tomas and somebody else."""
    await paired.directory.add_pairs([make.pair("second", mentee=(OTHER,))])
    return paired


@pytest.mark.parametrize(
    ("author", "alias", "expected"),
    [
        (TOMAS, MENTOR_ALIAS, Side.MENTEE),
        (INGRID, MENTEE_ALIAS, Side.MENTOR),
        (TOMAS.upper(), MENTOR_ALIAS, Side.MENTEE),
        (TOMAS, MENTOR_ALIAS.upper(), Side.MENTEE),
        (OTHER, SECOND_ALIAS, Side.MENTEE),
        # The author's own alias: only the other member may write to it.
        (INGRID, MENTOR_ALIAS, Foreign()),
        (TOMAS, MENTEE_ALIAS, Foreign()),
        (OTHER, MENTOR_ALIAS, Foreign()),
        (TOMAS, SECOND_ALIAS, Foreign()),
        ("stranger@home.example", MENTOR_ALIAS, Foreign()),
        ("", MENTOR_ALIAS, Foreign()),
        ("bad\udcff@home.example", MENTOR_ALIAS, Foreign()),
        (TOMAS, "nobody@relay.example", NoSuchAlias()),
        (TOMAS, "", NoSuchAlias()),
        (TOMAS, "bad\udcff@relay.example", NoSuchAlias()),
        ("stranger@home.example", "nobody@relay.example", NoSuchAlias()),
    ],
)
async def test_find(two_pairs: Store, author: str, alias: str, expected: object) -> None:
    answer = (await found(two_pairs, author, [alias]))[alias]
    assert (answer.side if isinstance(answer, Route) else answer) == expected


async def test_a_route_has_both_members_and_their_personas(two_pairs: Store, make) -> None:
    made = make.pair()
    assert await found(two_pairs, TOMAS, [MENTOR_ALIAS]) == {
        MENTOR_ALIAS: Route(
            pair_id="k7f3q2",
            pair_state=PairState.ACTIVE,
            side=Side.MENTEE,
            manner=Manner("en"),
            author=made.mentee_identity,
            author_persona=made.mentee,
            recipient=made.mentor_identity,
            recipient_persona=made.mentor,
        )
    }


async def test_every_alias_gets_a_result(two_pairs: Store) -> None:
    asked = [MENTOR_ALIAS, SECOND_ALIAS, "nobody@relay.example"]
    answers = await found(two_pairs, TOMAS, asked)
    assert [type(answers[alias]) for alias in asked] == [Route, Foreign, NoSuchAlias]


@pytest.mark.parametrize("state", list(PairState))
async def test_a_pair_is_found_with_its_state_once_both_agreed(paired: Store, make, state: PairState) -> None:
    await paired._writer.run(lambda db: db.execute("UPDATE pair SET state = ?", (state.value,)))
    route = (await found(paired, TOMAS, [MENTOR_ALIAS]))[MENTOR_ALIAS]
    if state in NOT_BEGUN:
        assert isinstance(route, NoSuchAlias)
        return
    assert isinstance(route, Route)
    assert route.pair_state is state


async def test_any_address_of_the_author_is_found(paired: Store, make) -> None:
    made = make.pair("third", mentee=("third@x.example",))
    both = replace(made.mentor_identity, addresses=(INGRID, "inge@private.example"))
    await paired.directory.add_pairs([replace(made, mentor_identity=both)])
    assert isinstance((await found(paired, "inge@private.example", [MENTEE_ALIAS]))[MENTEE_ALIAS], Route)


async def test_an_empty_database_has_no_alias(store: Store) -> None:
    assert await found(store, TOMAS, [MENTOR_ALIAS]) == {MENTOR_ALIAS: NoSuchAlias()}


@pytest.mark.parametrize(
    ("author", "alias"),
    [
        (TOMAS, MENTOR_ALIAS),
        (OTHER, MENTOR_ALIAS),
        ("stranger@home.example", MENTOR_ALIAS),
        (TOMAS, "nobody@relay.example"),
        ("stranger@home.example", "nobody@relay.example"),
    ],
)
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_every_result_takes_the_same_statements_and_decryptions(
    two_pairs: Store, monkeypatch: pytest.MonkeyPatch, author: str, alias: str
) -> None:
    opened: list[int] = []
    statements: list[str] = []
    real = Vault.open
    monkeypatch.setattr(Vault, "open", lambda self, sealed, row: opened.append(1) or real(self, sealed, row))

    def watch(db: sqlite3.Connection) -> None:
        db.set_trace_callback(lambda sql: statements.append(sql.split()[0]))

    await two_pairs._reader.run(watch)
    statements.clear()
    await found(two_pairs, author, [alias])
    assert len(opened) == 2
    assert statements == ["BEGIN", *["SELECT"] * 9, "ROLLBACK"]


@pytest.mark.parametrize(
    ("registered", "author", "mailbox", "known"),
    [
        ("jane.doe@gmail.com", "janedoe@googlemail.com", "janedoe@gmail.com", True),
        ("janedoe@gmail.com", "j.anedoe+x@gmail.com", "janedoe@gmail.com", True),
        ("jane.doe@googlemail.com", "janedoe@gmail.com", "janedoe@gmail.com", True),
        ("jane+school@home.example", "jane@home.example", "jane@home.example", True),
        ("jane+school@home.example", "jane@home.example", "", False),
        ("jane.doe@gmail.com", "janedo@gmail.com", "janedo@gmail.com", False),
    ],
)
async def test_an_author_is_known_by_the_mailbox_too(
    store: Store, make, registered: str, author: str, mailbox: str, known: bool
) -> None:
    await store.directory.add_pairs([make.pair(mentor=(registered,))])
    letter = LetterKey((), (), datetime(2026, 3, 1, tzinfo=UTC), mailbox)
    way = (await store.look_up(author, [MENTEE_ALIAS], letter))[MENTEE_ALIAS]
    assert isinstance(way, RouteLookup) is known
    if isinstance(way, RouteLookup):
        assert not way.route.as_registered
        exact = (await store.look_up(registered, [MENTEE_ALIAS], letter))[MENTEE_ALIAS]
        assert isinstance(exact, RouteLookup)
        assert exact.route.as_registered


async def test_a_mailbox_of_two_members_is_nobodys(store: Store, make) -> None:
    first = make.pair(mentor=("dad+ann@home.example",))
    await store.directory.add_pairs([first, make.pair("second", mentor=("dad+ben@home.example",), mentee=(OTHER,))])
    letter = LetterKey((), (), datetime(2026, 3, 1, tzinfo=UTC), "dad@home.example")
    assert (await store.look_up("dad@home.example", [MENTEE_ALIAS], letter))[MENTEE_ALIAS] == Foreign()


async def test_who_is_forgotten_is_not_known_by_their_mailbox(store: Store, make, look) -> None:
    await store.directory.add_pairs([make.pair(mentor=("jane.doe@gmail.com",))])
    assert len(look("SELECT * FROM mailbox")) == 1
    await store.members.forget(1, make.later(days=1), None)
    assert look("SELECT * FROM mailbox") == []
