"""Checks what an operator says about two people before they become a pair: addresses, words, names, language."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from relay.mentoring.pseudonyms import name_fault, words_of
from relay.message.read.addresses import normalise
from relay.model import Identity, Side
from relay.settings_values import LANGUAGE_TAG, UnfitAddressError, mail_address


@dataclass(frozen=True, slots=True)
class Person:
    """One of the two, as an operator describes them; ``name`` is the pseudonym wished for, "" to draw one;
    ``language`` a BCP 47 tag, "" for the pair's."""

    address: str
    name: str = ""
    known_as: tuple[str, ...] = ()
    language: str = ""

    @property
    def identity(self) -> Identity:
        """What must not reach the other side."""
        return Identity((self.address,), self.known_as)


@dataclass(frozen=True, slots=True)
class Request:
    """A pair that somebody asks for."""

    mentor: Person
    mentee: Person
    cohort: str = ""
    language: str = ""

    def person(self, side: Side) -> Person:
        """The one on ``side``."""
        return self.mentor if side is Side.MENTOR else self.mentee

    @property
    def key(self) -> tuple[str, str]:
        """The two addresses as they are compared."""
        return normalise(self.mentor.address), normalise(self.mentee.address)


class RequestError(Exception):
    """The pair cannot be made as asked. ``faults`` are sentences, each beginning with what it is about."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks requests for a relay of ``domain``. ``language`` is that of pairs that name none."""

    domain: str
    language: str = "en"

    def checked(self, request: Request) -> Request:
        """The request with addresses in their one form and words trimmed. Raises RequestError with all its faults."""
        faults: list[str] = []
        people = {side: self._person(request.person(side), side, faults) for side in Side}
        clean = Request(
            people[Side.MENTOR], people[Side.MENTEE], _tidy(request.cohort), request.language.strip() or self.language
        )
        if not faults and clean.key[0] == clean.key[1]:
            faults.append("mentor and mentee have the same address: a pair needs two people")
        if len(clean.cohort) > 100 or _has_controls(clean.cohort):
            faults.append("cohort must be one short line of words")
        for what, tag in (("", clean.language), *((f"{side} ", person.language) for side, person in people.items())):
            if tag and not LANGUAGE_TAG.fullmatch(tag):
                faults.append(f"{what}language must be a tag such as en, ar or pt-BR")
        avoid = words_of((clean.mentor.identity, clean.mentee.identity))
        for side, person in people.items():
            if person.name and (fault := name_fault(person.name, avoid)):
                faults.append(f"{side} name {fault}")
        names = [person.name.casefold() for person in people.values() if person.name]
        if len(set(names)) < len(names):
            faults.append("mentor name and mentee name are the same: each needs one of their own")
        if faults:
            raise RequestError(faults)
        return clean

    def _person(self, person: Person, side: Side, faults: list[str]) -> Person:
        address = person.address.strip()
        try:
            address = self.address(address)
        except ValueError as error:
            faults.append(f"{side} {error}")
        known_as = tuple(dict.fromkeys(word for raw in person.known_as if (word := _tidy(raw))))
        if any(len(word) > 200 or _has_controls(word) for word in known_as):
            faults.append(f"{side} known-as words must be short and on one line")
        return Person(address, _tidy(person.name), known_as, person.language.strip())

    def address(self, address: str) -> str:
        """The address as letters will be sent to it. Raises ValueError; its words do not repeat the address."""
        local, _, domain = address.rpartition("@")
        if not local or not domain:
            raise ValueError("address must look like name@example.org")
        try:
            judged = mail_address(address)
        except UnfitAddressError as unfit:
            raise ValueError(f"address cannot be used: {unfit}") from None
        if not _reads_as(address, judged):
            raise ValueError("address has a sign that only looks like another letter; type it again in plain letters")
        if judged.rpartition("@")[2] == self.domain:
            raise ValueError(f"address is inside {self.domain} itself: give the address where they read their mail")
        return judged


def _reads_as(address: str, judged: str) -> bool:
    """Whether a letter that bears ``address`` is read as one from ``judged``."""
    try:
        return normalise(address) == normalise(judged)
    except ValueError:
        return False


def _tidy(words: str) -> str:
    """NFC, and blanks no longer than one."""
    return " ".join(word for word in unicodedata.normalize("NFC", words).split(" ") if word)


def _has_controls(words: str) -> bool:
    return any(unicodedata.category(char)[0] == "C" and char not in "\u200c\u200d" for char in words)
