"""What flufl.bounce, by which Mailman knows a bounce, calls a failure is never taken for a letter here.

Its recognisers were written by others and share nothing with ours. RELAY_BOUNCES=DIRECTORY looks at every mail
below a folder as well (the samples of flufl.bounce lie in tests/data of its source distribution).
"""

from __future__ import annotations

import email
import os
from pathlib import Path

import pytest
from flufl.bounce import all_failures

from relay.message.automatic.recognise import recognise
from relay.outcomes import ReturnKind


def mail(head: str, body: str) -> bytes:
    return f"{head.strip()}\n\n{body.strip()}\n".replace("\n", "\r\n").encode()


def report(head: str, words: str, fields: str, returned: str = "Subject: Words\n\nHello") -> bytes:
    parts = (
        f"Content-Type: text/plain\n\n{words}",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.far.example\n\n"
        f"Final-Recipient: rfc822; jane@real.example\n{fields}",
        f"Content-Type: message/rfc822\n\n{returned}",
    )
    kind = "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=bb"
    return mail(f"{head}\n{kind}", "--bb\n" + "\n\n--bb\n".join(parts) + "\n\n--bb--")


DAEMON = "From: MAILER-DAEMON@mx.far.example\nTo: b-1@relay.test\n"
JANE = "From: Jane Doe <jane@real.example>\nTo: quiet-river@relay.test\n"

# In the forms that these servers give their reports.
REPORTS = {
    "postfix": report(
        f"{DAEMON}Subject: Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.far.example.\n\nI'm sorry to have to inform you that your message could\n"
        "not be delivered to one or more recipients.\n\n<jane@real.example>: mx.real.example said: 550 5.1.1 unknown",
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <jane@real.example>: User unknown",
    ),
    "postfix, late": report(
        f"{DAEMON}Subject: Delayed Mail (still being retried)",
        "This is the mail system at host mx.far.example.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.",
        "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.real.example: timed out",
    ),
    "postfix, without fields": mail(
        f"{DAEMON}Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=bb",
        "--bb\nContent-Description: Notification\nContent-Type: text/plain\n\nThis is the Postfix program at host x.\n"
        "  The Postfix program\n\n<jane@real.example>: host mx.real.example said: 550 5.1.1 User unknown\n\n--bb--",
    ),
    "sendmail": report(
        f"{DAEMON}Subject: Returned mail: see transcript for details",
        "The original message was received at Mon, 2 Mar 2026\n\n   ----- Transcript of session follows -----\n"
        "550 5.1.1 <jane@real.example>... User unknown",
        "Action: failed\nStatus: 5.1.1\nRemote-MTA: DNS; mx.real.example",
    ),
    "exim": mail(
        "From: Mail Delivery System <Mailer-Daemon@mx.far.example>\nTo: b-1@relay.test\n"
        "Subject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: jane@real.example",
        "This message was created automatically by mail delivery software.\n\n"
        "The following address(es) failed:\n\n  jane@real.example\n    Unrouteable address",
    ),
    "qmail": mail(
        f"{DAEMON}Subject: failure notice",
        "Hi. This is the qmail-send program at mx.far.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<jane@real.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nSubject: Words",
    ),
    "qmail, in other words": mail(
        f"{DAEMON}Subject: Mail Not Delivered",
        "Unfortunately, your mail was not delivered to the following address:\n\n<jane@real.example>:\n"
        "192.0.2.1 does not like recipient.\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.",
    ),
    "exchange": mail(
        "From: System Administrator <postmaster@corp.example>\nSubject: Undeliverable: Words\nMIME-Version: 1.0\n"
        "Content-Type: text/plain",
        "Your message\n\n  To:      Jane\n  Subject: Words\n\ndid not reach the following recipient(s):\n\n"
        "jane@real.example on Mon, 2 Mar 2026\n    The recipient name is not recognized",
    ),
    "error page": mail(
        "From: Mail_Service@far.example\nSubject: Returned Mail - Error During Delivery",
        "------ Failed Recipients ------\n\n<jane@real.example>: Requested action not taken: mailbox unavailable. "
        "[SMTP Error Code 550]\n-------- Returned Mail --------\n\nReceived: from x",
    ),
    "interscan": mail(
        "From: imss@far.example\nSubject: Mail could not be delivered",
        "****** Message from InterScan Messaging Security Suite ******\n\n\nSent <<< RCPT TO:<jane@real.example>\n"
        "Received >>> 550 5.1.1 unknown user.\n\nUnable to deliver message to <jane@real.example>.\n\n"
        "************************     End of message     **********************",
    ),
    "two languages": mail(
        "From: internet@far.example\nSubject: RE: Words : non remis (delivery failed)",
        "*********************************************\nVotre message n'a pas pu etre delivre a\njane@real.example\n\n"
        "***********************************************\nYour message could not be delivered to\njane@real.example",
    ),
    "recipients": mail(
        'From: <"System Administrator"@far.example>\nSubject: Delivery Failure',
        "Could not deliver message to the following recipient(s):\n\nFailed Recipient: jane@real.example\n"
        "Reason: Remote host said: 550 unknown user <jane@real.example>\n\n"
        "   -- The header and top 20 lines of the message follows --",
    ),
    "advisory": mail(
        "From: postmaster@far.example\nSubject: Mail Delivery Warning",
        "This is an advisory-only email.  Please do not reply to it.\n\nDelivery of email to this address\n\n"
        '"jane@real.example"\n\nhas been postponed due to a full mailbox.\n\n'
        "We will continue to try to deliver your message over the next few days.",
    ),
    "dovecot": mail(
        "From: Mail Delivery Subsystem <postmaster@far.example>\nSubject: Rejected: Words\n"
        "Auto-Submitted: auto-replied (rejected)\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=bb",
        "--bb\nContent-Type: text/plain\n\nYour message to <jane@real.example> was automatically rejected:\n"
        "Quota exceeded\n--bb\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822; jane@real.example\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n"
        "--bb--",
    ),
    "a letter about a bounce": mail(
        f"{JANE}Subject: A strange mail",
        "Dear Quiet River,\n\nI wrote to my sister, and this came back:\n\n> failure notice: Sorry, no mailbox here.\n"
        "\nWhat does it mean?\n\nJane",
    ),
    "a letter with a bounce in it": mail(
        f"{JANE}Subject: A strange mail\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=cc",
        "--cc\nContent-Type: text/plain\n\nDear Quiet River, what does this mean?\n\n--cc\n"
        "Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.far.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=bb\n\n--bb\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; sister@real.example"
        "\nAction: failed\nStatus: 5.1.1\n\n--bb--\n\n--cc--",
    ),
}

# Where flufl.bounce reads something other than we do.
EXPLAINED = {
    "dovecot": "is a receipt by its type (RFC 8098), though its words refuse: nobody is suspended for it",
    "a letter with a bounce in it": "flufl.bounce looks into enclosed mails, since Mailman asks it only about bounces",
}


def theirs(content: bytes) -> str:
    late, failed = all_failures(email.message_from_bytes(content))
    return "failed" if failed else "delayed" if late else "nothing"


def ours(content: bytes) -> str:
    told = recognise(content)
    if told is None:
        return "letter"
    return told.kind.value if told.kind in (ReturnKind.FAILED, ReturnKind.DELAYED) else "nothing"


def test_both_say_the_same_but_where_it_is_explained() -> None:
    said = {name: (theirs(content), ours(content)) for name, content in REPORTS.items()}
    differ = {name for name, (one, other) in said.items() if one != other and (one, other) != ("nothing", "letter")}
    assert differ == set(EXPLAINED), said


def samples() -> dict[str, bytes]:
    folder = os.environ.get("RELAY_BOUNCES")
    paths = Path(folder).rglob("*") if folder else []
    return {str(path): path.read_bytes() for path in paths if path.suffix in (".eml", ".txt")}


def test_what_flufl_calls_a_failure_is_never_taken_for_a_letter() -> None:
    reports = {name: content for name, content in REPORTS.items() if not name.startswith("a letter")}
    assert [name for name, content in reports.items() if theirs(content) == "nothing"] == [], "the oracle sees each"
    mails = (reports | samples()).items()
    assert [name for name, content in mails if theirs(content) != "nothing" and recognise(content) is None] == []


@pytest.mark.parametrize("name", [name for name in REPORTS if name.startswith("a letter")])
def test_a_letter_that_tells_of_a_failure_stays_a_letter(name: str) -> None:
    assert recognise(REPORTS[name]) is None
