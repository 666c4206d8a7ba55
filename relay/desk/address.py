"""ADDRESS: letters go to another mailbox of the member's, when both mailboxes agree."""

from __future__ import annotations

from relay.desk.request import Asking, Desk, Outcome, Request
from relay.letters.member_letters import MemberLetters
from relay.mentoring.mistyped import probably_meant
from relay.mentoring.validation import Checker
from relay.message.read.addresses import normalise
from relay.policy.recipients import new_token
from relay.refusals import TooMuchMail
from relay.store import ANSWER_WITHIN, Acceptance, AddressAsked, AddressConfirmation, Change, MoveDropped, OldAgreed

_EXAMPLE = "name@example.org"
_AROUND = "<>()[]\"'“”«»,;:.!?"


async def begin_move(desk: Desk, request: Request) -> Outcome | Asking:
    """Ask the new mailbox, and say which other one is to be asked; or say why the address cannot be used.

    What is answered does not depend on whether the address is another member's: then only nobody is asked there. Raises
    TooMuchMail.
    """
    address, why, meant = _read(request.argument, desk.settings.domain)
    known = {normalise(one.address): one for one in request.member.addresses}
    if address and normalise(address) == normalise(request.member.addresses[0].address):
        why = "same"
    if why:
        return Outcome((desk.ask("desk-address", "address", request, why=why, meant=meant, example=_EXAMPLE),))
    if not desk.addresses.take(str(request.member.number), request.now):  # mail to people who did not ask for it
        raise TooMuchMail
    others = [one for name, one in known.items() if name != normalise(address) and one.proven]
    asked_at = next((one.address for one in others if one.suspended_since is None), request.mailbox)
    part, token = request.first, new_token()
    question = AddressConfirmation(token, address, request.now + ANSWER_WITHIN)
    letter = MemberLetters(desk.writer).question(
        "confirm-address", part, address, request.now, token=token, days=ANSWER_WITHIN.days, moves=True
    )
    letters: tuple[Acceptance, ...] = ()
    if normalise(asked_at) != normalise(request.mailbox):
        letters = (desk.tell("desk-address", request, why="asked", meant="", example=_EXAMPLE),)
    return Asking(asked_at, letters, (AddressAsked(request.member.number, question, letter, request.now),))


async def move(desk: Desk, request: Request) -> Outcome:
    """The mailbox that letters go to has agreed: move them if the new one has, too; else wait for it."""
    asked = await desk.store.address_moves.of(request.member.number)
    if asked is None or asked.old_agreed:
        why = "over" if asked is None else "waits"
        return Outcome((desk.tell("desk-address", request, why=why, meant="", example=_EXAMPLE),))
    agreed = OldAgreed(request.member.number, request.argument, asked.new_agreed, request.now)
    if not asked.new_agreed:
        return Outcome((desk.tell("desk-address", request, why="waits", meant="", example=_EXAMPLE),), (agreed,))
    letters, part = MemberLetters(desk.writer), request.first
    here = letters.letter("letters-elsewhere", part, request.mailbox, request.now)
    address, _, _ = _read(request.argument, desk.settings.domain)
    there = letters.letter("address-confirmed", part, address, request.now, sent=0, moves="now")
    return Outcome((here, there), (agreed,))


def drop_move(request: Request) -> tuple[Change, ...]:
    """The mailbox that letters go to has not agreed."""
    return (MoveDropped(request.member.number, request.now),)


def _read(argument: str, domain: str) -> tuple[str, str, str]:
    """The one address in ``argument``; or "", why it cannot be used, and the domain that was probably meant."""
    words = [word.strip(_AROUND).removeprefix("mailto:") for word in argument.replace("<", " <").split() if "@" in word]
    if len(words) != 1:
        return "", "wrong" if argument else "missing", ""
    if words[0].rpartition("@")[2].lower() == domain:
        return "", "own", ""
    try:
        address = Checker(domain).address(words[0])
    except ValueError:
        return "", "wrong", ""
    meant = probably_meant(address.rpartition("@")[2].lower())
    return ("", "mistyped", meant) if meant else (address, "", "")
