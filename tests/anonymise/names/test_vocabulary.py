"""Words of many languages in one place."""

from __future__ import annotations

from relay.anonymise.names.vocabulary import Vocabulary


def test_a_word_has_the_languages_of_all_its_lists() -> None:
    words = Vocabulary([("de", ["rose", "rot"]), ("en", ["rose", "ros"]), ("de", ["wolf"])])
    assert words.get("rose") == {"de", "en"}
    assert words.get("rot") == words.get("wolf") == {"de"}
    assert words.get("ros") == {"en"}
    assert "ro" not in words
    assert "" not in words
    assert not words.get("zebra")


def test_as_many_sets_of_languages_as_there_are_are_kept_apart() -> None:
    codes = [f"l{number}" for number in range(300)]
    words = Vocabulary((code, [f"w{code}", "everywhere"]) for code in codes)
    assert words.get("everywhere") == set(codes)
    assert all(words.get(f"w{code}") == {code} for code in codes)
