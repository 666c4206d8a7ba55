"""Checks a request for a new pair: addresses, real names, pseudonyms, languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from relay.mentoring.pseudonyms import name_fault, words_of
from relay.message.read.addresses import normalise
from relay.model import Identity, Manner, Side
from relay.settings_values import LANGUAGE_TAG, UnfitAddressError, WrongValueError, mail_address, time_zone

ADULT = "adult"
"""Stands for the guardian of a mentee who needs none."""


@dataclass(frozen=True, slots=True)
class Person:
    """A future member, as the operator describes them.

    ``name`` is the pseudonym, "" to draw one. ``known_as`` are real names. ``language`` is a BCP 47 tag, "" for the
    pair's; ``time_zone`` an IANA name, "" for the programme's; ``discreet`` "on" or "off", "" as the programme says.
    ``guardian``: the address of a mentee's, or ADULT for somebody who needs none.
    """

    address: str
    name: str = ""
    known_as: tuple[str, ...] = ()
    language: str = ""
    time_zone: str = ""
    discreet: str = ""
    guardian: str = ""

    @property
    def manner(self) -> Manner:
        """How relay writes to them."""
        return Manner(self.language, self.time_zone, {"on": True, "off": False}.get(self.discreet))

    @property
    def identity(self) -> Identity:
        """What must not reach the other member."""
        return Identity((self.address,), self.known_as)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a new pair. ``language`` is a BCP 47 tag, "" for the programme's."""

    mentor: Person
    mentee: Person
    cohort: str = ""
    language: str = ""

    def person(self, side: Side) -> Person:
        """The person on that side."""
        return self.mentor if side is Side.MENTOR else self.mentee

    @property
    def identities(self) -> tuple[Identity, ...]:
        """All that a pseudonym must not be made of: the two people, and the guardian."""
        guardian = (Identity((self.mentee.guardian,)),) if self.mentee.guardian else ()
        return (self.mentor.identity, self.mentee.identity, *guardian)

    @property
    def key(self) -> tuple[str, str]:
        """The two addresses, normalised, by which a pair is recognised."""
        return normalise(self.mentor.address), normalise(self.mentee.address)


class RequestError(Exception):
    """A request has errors. ``faults`` are sentences that begin with the field, such as "mentee language must …"."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks requests. ``domain`` is relay's own. ``language`` is used for a pair without one. ``under_18``:
    "guardian" when mentees need one, "refused" when none may be given (programme.under_18)."""

    domain: str
    language: str = "en"
    under_18: str = "refused"

    def checked(self, request: Request) -> Request:
        """The request with addresses in canonical form and blanks trimmed. Raises RequestError with all errors."""
        faults: list[str] = []
        people = {side: self._person(request.person(side), side, faults) for side in Side}
        clean = Request(
            people[Side.MENTOR], people[Side.MENTEE], _tidy(request.cohort), request.language.strip() or self.language
        )
        if fault := self._guardian_fault(request, people):
            faults.append(fault)
        if not faults and clean.key[0] == clean.key[1]:
            faults.append("mentor and mentee have the same address: a pair needs two people")
        if len(clean.cohort) > 100 or _has_controls(clean.cohort):
            faults.append("cohort must be one line of at most 100 characters")
        for what, tag in (("", clean.language), *((f"{side} ", person.language) for side, person in people.items())):
            if tag and not LANGUAGE_TAG.fullmatch(tag):
                faults.append(f"{what}language must be a tag such as en, ar or pt-BR")
        avoid = words_of(clean.identities)
        for side, person in people.items():
            if person.name and (fault := name_fault(person.name, avoid)):
                faults.append(f"{side} name {fault}")
        names = [person.name.casefold() for person in people.values() if person.name]
        if len(set(names)) < len(names):
            faults.append("mentor name and mentee name are the same: they must differ")
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
            faults.append(f"{side} known-as words must be on one line, each of at most 200 characters")
        zone, discreet = person.time_zone.strip(), person.discreet.strip().lower()
        try:
            zone = zone and time_zone(zone)
        except WrongValueError as wrong:
            faults.append(f"{side} time zone must be {wrong}")
        if discreet not in ("", "on", "off"):
            faults.append(f"{side} discreet must be on or off")
        guardian = person.guardian.strip()
        try:
            guardian = guardian if guardian.lower() in ("", ADULT) else self.address(guardian)
        except ValueError as error:
            faults.append(f"{side} guardian {error}")
        guardian = "" if guardian.lower() == ADULT else guardian
        return Person(address, _tidy(person.name), known_as, person.language.strip(), zone, discreet, guardian)

    def _guardian_fault(self, given: Request, people: Mapping[Side, Person]) -> str:
        """What is wrong with the guardian who is given or missing; "" when nothing is."""
        guardian = people[Side.MENTEE].guardian
        if self.under_18 == "refused" and given.mentee.guardian.strip():
            return "mentee guardian is given, but people under 18 are refused: see programme.under_18 in relay.toml"
        if self.under_18 == "guardian" and not given.mentee.guardian.strip():
            return f"mentee guardian is missing: give their address, or {ADULT} for a mentee who is 18 or older"
        if guardian and guardian.lower() in {one.address.lower() for one in people.values()}:
            return "mentee guardian is the mentor or the mentee: a third person must agree"
        return ""

    def address(self, address: str) -> str:
        """The address in the form that letters are sent to. Raises ValueError; its text does not repeat the address."""
        local, _, domain = address.rpartition("@")
        if not local or not domain:
            raise ValueError("address must look like name@example.org")
        try:
            canonical = mail_address(address)
        except UnfitAddressError as unfit:
            raise ValueError(f"address cannot be used: {unfit}") from None
        if not _same_mailbox(address, canonical):
            raise ValueError("address has a character that only looks like another; type it again in plain letters")
        if canonical.rpartition("@")[2] == self.domain:
            raise ValueError(f"address is in relay's own domain {self.domain}: give the member's real address")
        return canonical


def _same_mailbox(address: str, canonical: str) -> bool:
    """Whether relay takes ``address`` in a From field for ``canonical``."""
    try:
        return normalise(address) == normalise(canonical)
    except ValueError:
        return False


def _tidy(text: str) -> str:
    """The text in NFC, trimmed, with single blanks."""
    return " ".join(word for word in unicodedata.normalize("NFC", text).split(" ") if word)


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(char)[0] == "C" and char not in "\u200c\u200d" for char in text)
