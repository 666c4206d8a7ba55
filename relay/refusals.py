"""All refusals, with their SMTP replies.

    Refusal
    ├── Permanent (5xx)
    │   ├── Stranger 550 5.7.1                  the same reply for all who are not proven members
    │   │   ├── UnknownAlias                    no such alias
    │   │   ├── NotTheirAlias                   the alias belongs to another pair
    │   │   ├── NotAuthentic                    not exactly one author, or proven to be another
    │   │   ├── Unproven                        the author's domain publishes neither SPF nor DMARC
    │   │   └── UnprovenAddress                 a member's registered address that is not proven yet
    │   ├── NoRelaying 550 5.7.1                an address outside our domain (said at RCPT)
    │   ├── PairClosed 550 5.2.1                to a proven member only
    │   ├── CannotAnonymise 554 5.6.0           to a proven member only
    │   │   └── NeedsConversion 554 5.6.0       … unless another program converts its files
    │   ├── StillIdentifying 554 5.6.0          the leak check found something
    │   │   └── NotProven 554 5.6.0             the form of the letter or of a file could not be proven
    │   ├── Infected 554 5.7.0                  the malware scanner found something
    │   ├── ContactDetails 550 5.7.0            holds contact details, and programme.contact is "refuse"
    │   ├── NeedsDecision 550 5.7.0             its author would have to decide, from an unproven address
    │   ├── LetterAtDesk 550 5.1.1              to a proven member only: a letter at an address of the desk
    │   ├── NobodyToAnswer 550 5.1.1            to the proven operator only: nobody waits for this answer any more
    │   ├── LooksAutomatic 554 5.7.1            to a proven member only: an auto-reply by its text only
    │   │   ├── LooksAbsent 554 5.7.1           … by the words of an absence message
    │   │   └── LooksBulk 554 5.7.1             … an answer marked as bulk mail
    │   ├── MailLoop 554 5.4.6
    │   ├── Malformed 554 5.6.0                 not a letter: bare CR or LF, NUL, no header
    │   └── TooLarge 552 5.3.4
    └── Transient (4xx)
        ├── TooManyRecipients 452 4.5.3
        ├── TooMuchMail 450 4.7.1
        ├── TooMuchAtOnce 450 4.3.1             no memory for another unproven letter (said at DATA or the dot)
        ├── AuthorshipUnknown 451 4.7.24        DNS did not answer
        ├── NotScanned 451 4.3.0                the malware scanner does not answer
        ├── StoreFull 452 4.3.1
        ├── ShuttingDown 421 4.3.2
        └── TryLater 451 4.3.0                  any other error, without detail

A Refusal is raised in one place and translated in one place (smtp/server/smtp_server.py).
"""

from __future__ import annotations

from relay.model import Reply, ToConvert


class Refusal(Exception):  # noqa: N818 -- the field's word: an SMTP server refuses
    """A letter or command is refused with ``reply``. ``detail`` replaces the text of the reply; it must be safe to show
    to any client (ASCII, no address, no letter text). ``file`` is the name of the attached file that it is about, and
    ``own_words`` are names and addresses of the author's, as they are registered, that the letter shows: both for its
    author only, never for a reply or a log."""

    code = 554
    enhanced = "5.0.0"
    words = "refused"

    def __init__(self, detail: str = "", file: str = "", own_words: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.file = file
        self.own_words = own_words

    @property
    def reply(self) -> Reply:
        """The SMTP reply for this refusal."""
        return Reply(self.code, self.enhanced, self.detail or self.words)


class Permanent(Refusal):
    """Trying again will not help."""


class Transient(Refusal):
    """Trying again later may help."""

    code = 451
    enhanced = "4.3.0"


class Stranger(Permanent):
    """Unproven author, stranger, unknown alias, someone else's alias: all get the same reply, so ``detail`` is never
    sent."""

    code = 550
    enhanced = "5.7.1"
    words = (
        "this address takes letters only from the person it was made for, "
        "sent from the address they registered; a member will find help in their welcome letter"
    )

    @property
    def reply(self) -> Reply:
        """Always the same text, whatever the reason."""
        return Reply(self.code, self.enhanced, self.words)


class UnknownAlias(Stranger):
    """No such alias here."""


class NotTheirAlias(Stranger):
    """The alias exists, but this author is not the one it was made for."""


class NotAuthentic(Stranger):
    """Not exactly one author, or the proof of authorship failed."""


class Unproven(Stranger):
    """The author's domain publishes nothing that could prove the letter."""


class UnprovenAddress(Stranger):
    """The author is a member, but this address of theirs is not proven yet. The letter is held, and the member is asked
    at a proven address."""


class NoRelaying(Permanent):
    """The recipient is not in our domain."""

    code = 550
    enhanced = "5.7.1"
    words = "this server relays only letters to its own pair addresses"


class PairClosed(Permanent):
    """The pair is paused or ended. Sent to proven members only."""

    code = 550
    enhanced = "5.2.1"
    words = "your mentoring pair is not open at the moment; your coordinator can tell you more"


class CannotAnonymise(Permanent):
    """Something in the letter cannot be cleaned; ``detail`` says what, and what to do instead."""

    code = 554
    enhanced = "5.6.0"
    words = "this letter holds something that cannot be made anonymous; please send it as plain text"


class NeedsConversion(CannotAnonymise):
    """Some files have to be converted by another program before the letter can be made anonymous. Whoever cannot
    convert them refuses the letter for the first of them."""

    def __init__(self, detail: str = "", file: str = "", files: tuple[ToConvert, ...] = ()) -> None:
        super().__init__(detail, file or (files[0].filename if files else ""))
        self.files = files


class StillIdentifying(Permanent):
    """The leak check found an identity in the finished mail."""

    code = 554
    enhanced = "5.6.0"
    words = (
        "this letter still names one of you in a way that could not be removed; "
        "please take out names and addresses and send it again"
    )


class NotProven(StillIdentifying):
    """The finished mail, or a file in it, holds something that is not listed (relay.anonymise.leak_check.forms)."""

    words = "this letter could not be proven anonymous; please send it as plain text, and files in another format"


class Infected(Permanent):
    """The malware scanner found something in the letter."""

    code = 554
    enhanced = "5.7.0"
    words = (
        "a virus scanner found malware in a file of this letter; please have your device checked, "
        "and send the letter again without that file"
    )


class ContactDetails(Permanent):
    """The letter holds contact details of its author, and ``programme.contact`` is "refuse"."""

    code = 550
    enhanced = "5.7.0"
    words = (
        "this letter says how to reach you outside of these letters (a number, account, address or link); please talk "
        "to your coordinator first, or take it out and send the letter again"
    )


class LetterAtDesk(Permanent):
    """A member's letter came to an address that takes commands. ``detail`` names the alias, and where a person is."""

    code = 550
    enhanced = "5.1.1"
    words = (
        "this address takes a command on the first line, and no letters; to write to the other member, "
        "answer one of their letters"
    )


class NobodyToAnswer(Permanent):
    """The operator answers in a conversation that is over, or a mail that named nobody. Sent to the proven operator
    only."""

    code = 550
    enhanced = "5.1.1"
    words = (
        "nobody can be answered through this address any more, or the mail you answer named nobody; to reach a member, "
        "ask them to write to postmaster of this domain again"
    )


class NeedsDecision(Permanent):
    """The letter comes from an address that is not proven, and holds something that only its author can decide about.
    Its author is told in a letter; the client has heard the refusal of every unproven letter."""

    code = 550
    enhanced = "5.7.0"
    words = (
        "this letter holds a file that nobody can look into, or says who or where you are; "
        "please send it from the address that you confirmed, or without that"
    )


class LooksAutomatic(Permanent):
    """Automatic mail by its text only; a person can send it again in other words."""

    code = 554
    enhanced = "5.7.1"
    words = (
        "this looks like an automatic answer, and those are not passed on; "
        "if you wrote it yourself, please give it another subject and send it again"
    )


class LooksAbsent(LooksAutomatic):
    """An absence message by its words only. A person can greet their partner by name, which no machine knows."""

    words = (
        "this looks like an absence message, and those are not passed on; if you wrote it yourself, "
        "please begin it with the name of the person you write to, and send it again"
    )


class LooksBulk(LooksAutomatic):
    """An answer that a mail program or server marked as bulk mail (Precedence), without a quotation. A person can write
    a new letter."""

    words = (
        "your mail program marks this answer as bulk mail (Precedence), as machines do, and those are not passed on; "
        "if you wrote it yourself, please send it as a new letter, or quote the letter you answer"
    )


class MailLoop(Permanent):
    """The letter has been here before, or passed through too many servers."""

    code = 554
    enhanced = "5.4.6"
    words = "mail loop: this letter has travelled in a circle"


class Malformed(Permanent):
    """Not valid mail."""

    code = 554
    enhanced = "5.6.0"
    words = "this message is not in a form that can be understood; please send it again from an ordinary mail program"


class TooLarge(Permanent):
    """Over max_message_size."""

    code = 552
    enhanced = "5.3.4"
    words = "this letter is larger than this server takes; please send smaller or fewer attachments"


class TooManyRecipients(Transient):
    """Over limits.recipients."""

    code = 452
    enhanced = "4.5.3"
    words = "too many recipients in one go; please send to the others separately"


class TooMuchMail(Transient):
    """More than an author, a pair or a peer may send in an hour."""

    code = 450
    enhanced = "4.7.1"
    words = "that is more mail than this address takes in an hour; your server will try again"


class TooMuchAtOnce(Transient):
    """Letters whose authors are not proven yet use all the memory allowed for them."""

    code = 450
    enhanced = "4.3.1"
    words = "too many large letters are arriving at once; your server will try again in a while"


class NotScanned(Transient):
    """The malware scanner did not answer."""

    words = "this letter could not be checked for malware just now; your server will try again"


class StoreFull(Transient):
    """The disk or the database cannot take the letter now."""

    code = 452
    enhanced = "4.3.1"
    words = "no room for this letter just now; please try again later"


class ShuttingDown(Transient):
    """The server is closing."""

    code = 421
    enhanced = "4.3.2"
    words = "closing for a moment; please try again shortly"


class TryLater(Transient):
    """Any other error of ours."""

    words = "something is wrong on our side; please try again later"


class AuthorshipUnknown(Transient):
    """Authorship could not be verified now (DNS)."""

    code = 451
    enhanced = "4.7.24"
    words = "could not check just now who sent this; please try again later"
