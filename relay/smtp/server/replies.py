"""All replies of the SMTP server that are no Refusal, and their encoding.

Codes follow RFC 5321 4.2.3 and 4.3.2, enhanced codes RFC 3463 and RFC 5248. No reply echoes what the client said: that
would put its octets into other systems' logs and screens.
"""

from __future__ import annotations

from relay.model import Reply

_LONGEST = 500  # RFC 5321 4.5.3.1.5: a reply line has at most 512 octets


class Declined(Exception):  # noqa: N818 -- a decision, as in relay.refusals
    """A command is refused with ``reply``; the connection goes on."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Goodbye(Exception):  # noqa: N818
    """The connection ends with ``reply``."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


OK = Reply(250, "2.0.0", "fine")
FORGOTTEN = Reply(250, "2.0.0", "forgotten, start again")
BYE = Reply(221, "2.0.0", "goodbye")
SENDER_OK = Reply(250, "2.1.0", "go on with RCPT TO")
RECIPIENT_OK = Reply(250, "2.1.5", "go on with DATA or another RCPT TO")
START_TLS = Reply(220, "2.0.0", "ready for TLS")
CANNOT_VERIFY = Reply(252, "2.5.2", "addresses are not looked up here; send the letter, and it will be tried")
HELP = Reply(
    214,
    "2.0.0",
    "EHLO, MAIL FROM:<you@your.domain>, RCPT TO:<pair@our.domain>, DATA, QUIT; write to postmaster for help",
)

NOT_SMTP = Reply(421, "4.7.0", "this is a mail server and speaks SMTP only")
TOO_EARLY = Reply(421, "4.7.0", "please wait for the greeting before you speak")
TOO_MANY_CONNECTIONS = Reply(421, "4.7.0", "too many connections at once; please try again shortly")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "too many commands that make no sense; please check your mail program")
TOO_MANY_IDLE_COMMANDS = Reply(421, "4.7.0", "many commands and no letter; please connect again when there is one")
TOO_MANY_ASKED = Reply(421, "4.7.0", "far too many recipients; please send to a few at a time")
TOO_QUIET = Reply(421, "4.4.2", "nothing heard for a while; please connect again")
TOO_LONG_HERE = Reply(421, "4.4.2", "this conversation has lasted long enough; please connect again")
FAR_TOO_LARGE = Reply(421, "4.3.4", "this letter is many times larger than this server takes")
TOO_FAR_AHEAD = Reply(421, "4.7.0", "too many commands at once; please wait for the answers (RFC 2920 3.1)")
OUR_FAULT = Reply(421, "4.3.0", "something is wrong on our side; please try again later")

LINE_TOO_LONG = Reply(500, "5.5.2", "this command line is too long")
BARE_NEWLINE = Reply(500, "5.5.2", "end every line with CR LF (RFC 5321 2.3.8)")
NOT_PRINTABLE = Reply(500, "5.5.2", "a command holds only printable characters in UTF-8")
UNKNOWN_COMMAND = Reply(500, "5.5.2", "this command is not known here; HELP lists those that are")
NOT_OFFERED = Reply(502, "5.5.1", "this command is not offered here")
NO_AUTH = Reply(502, "5.5.1", "there is nothing to log in to; send without AUTH")
HELLO_FIRST = Reply(503, "5.5.1", "say EHLO first")
MAIL_FIRST = Reply(503, "5.5.1", "say MAIL FROM first")
MAIL_TWICE = Reply(503, "5.5.1", "one letter at a time: finish this one or say RSET")
NO_RECIPIENTS = Reply(554, "5.5.1", "no recipient was taken, so there is nobody to write to")
IN_TLS_ALREADY = Reply(503, "5.5.1", "this conversation is in TLS already")
NO_TLS = Reply(502, "5.5.1", "TLS is not offered here")
HELLO_SYNTAX = Reply(501, "5.5.4", "say EHLO and the name of your server")
NO_ARGUMENT = Reply(501, "5.5.4", "this command stands alone on its line")
MAIL_SYNTAX = Reply(501, "5.5.4", "say MAIL FROM:<address>, with angle brackets")
RCPT_SYNTAX = Reply(501, "5.5.4", "say RCPT TO:<address>, with angle brackets")
PARAMETER_SYNTAX = Reply(501, "5.5.4", "a parameter has a value that makes no sense, or stands twice")
UNKNOWN_PARAMETER = Reply(555, "5.5.4", "this parameter is not offered here")
BAD_SENDER = Reply(501, "5.1.7", "this is not a well-formed sender address (RFC 5321 4.1.2)")
BAD_RECIPIENT = Reply(501, "5.1.3", "this is not a well-formed recipient address (RFC 5321 4.1.2)")
NULL_RECIPIENT = Reply(501, "5.1.3", "a letter needs somebody to go to")
ROUTED = Reply(553, "5.1.3", "give the address alone, without a route to it")
NOT_UTF8 = Reply(553, "5.6.7", "letters beyond ASCII in an address need the SMTPUTF8 parameter of MAIL (RFC 6531)")


# 354 has no enhanced code: RFC 2034 3 defines them for 2xx, 4xx and 5xx only.
GO_AHEAD = b"354 send the letter; end it with a dot alone on a line\r\n"


def octets(reply: Reply) -> bytes:
    """One reply line with CRLF. Characters other than printable ASCII become "?": a reply can neither break its line
    nor fail to be sent."""
    line = str(reply)[:_LONGEST]
    if not (line.isascii() and line.isprintable()):
        line = "".join(char if " " <= char <= "~" else "?" for char in line)
    return line.encode("ascii") + b"\r\n"
