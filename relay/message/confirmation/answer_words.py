"""Words for yes and no in each language: templates/LANGUAGE/answers.toml.

Write phrases as people type them: case, apostrophes, Arabic vowel signs and hamza seats, and Devanagari dots do not
matter. Accents do, so list a phrase with and without them. A number stands for any number.

All languages are read together, so a word that is a yes in one of them and a no, or an ordinary word, in another must
not be listed under ``yes``. Left out for that reason, or because they do not answer ("I see", "go on"):

* "si": Spanish without its accent and French, but "is not" in Swahili. It counts with words that are only Spanish, and
  under ``yes_at_home``.
* "na": Hindi for no, Swahili for "and". "ha", "ji", "ya", "ah", "ee": interjections and particles of several languages;
  "ha" and "ji" count under Hindi's ``yes_at_home``.
* "la": Arabic and Swahili for no, and a French and Spanish article: a no only where it stands alone.
* "ok", "sure", "d'accord", "vale", "sawa", "ठीक है", "تمام", "right", "correct": they acknowledge what was said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.resources.abc import Traversable

from relay.shipped import shipped

FILE = "answers.toml"


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """One language's phrases.

    ``yes``: a yes, before a stop or the line's end. ``affirms``: the same without a word for yes; after a no it belongs
    to the no ("no, certainly", "no fui yo"). ``yes_alone``: a yes only as the whole line. ``no``: a no, whatever
    follows. ``no_alone``: a no before a stop or the line's end. ``neither``: begins with a word for yes or no but is
    neither ("no problem"); with a stop at its end, only before that stop. ``denies``: takes back the yes before it.
    ``conditions``: stands behind a yes that holds for something else than was asked ("yes, but without the number").
    ``yes_at_home``: a yes only as the whole line, and only of a member to whom relay writes in this language.
    ``pen_name``: what stands before the colon and a name that the member chooses. ``wrote``: the verb in the line that
    mail programs put above a quotation, "On Monday, Omar wrote:".
    """

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    affirms: tuple[str, ...] = ()
    yes_alone: tuple[str, ...] = ()
    no_alone: tuple[str, ...] = ()
    neither: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    wrote: tuple[str, ...] = ()
    pen_name: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    yes_at_home: tuple[str, ...] = ()

    def with_those_of(self, other: AnswerWords) -> AnswerWords:
        """These phrases, and then those of ``other``."""
        return AnswerWords(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


def answer_words(folder: Traversable) -> dict[str, AnswerWords]:
    """The words of every language in ``folder``, by BCP 47 tag. Raises ValueError, which names the file."""
    files = {one.name: one.joinpath(FILE) for one in folder.iterdir() if one.joinpath(FILE).is_file()}
    return {language: _read(language, files[language]) for language in sorted(files)}


def _read(language: str, file: Traversable) -> AnswerWords:
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{language}/{FILE} cannot be read: {error}") from error
    known = {field.name for field in fields(AnswerWords)}
    if not {"yes", "no"} <= table.keys() <= known:
        raise ValueError(f"{language}/{FILE} must have yes and no, and nothing but {', '.join(sorted(known))}")
    for name, phrases in table.items():
        if not isinstance(phrases, list) or not all(isinstance(one, str) and one.strip() for one in phrases):
            raise ValueError(f"{language}/{FILE}: {name} must be a list of words and phrases")
    return AnswerWords(**{name: tuple(phrases) for name, phrases in table.items()})


LANGUAGES = answer_words(shipped("templates"))
"""By BCP 47 tag."""

_WROTE_ELSEWHERE = (
    *("schrieb", "scrisse", "ha scritto", "escreveu", "napisał", "skrev", "schreef", "пише", "написал"),
    *("写道", "のメッセージ"),
)


def attribution_verbs() -> Iterator[str]:
    """The verbs in the line that mail programs put above a quotation, also of languages that have no letters."""
    for words in LANGUAGES.values():
        yield from words.wrote
    yield from _WROTE_ELSEWHERE
