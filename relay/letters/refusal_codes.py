"""Maps a refusal to a code. words.toml of each language has a sentence for each code.

SMTP replies are in English; letters say the same in the member's language. The code is found by the beginning of the
reply's text, or else by the class of the refusal. Replies that call for the same remedy share a code.
"""

from __future__ import annotations

from relay import refusals
from relay.refusals import Refusal

INSIDE = "in an archive: "
"""The beginning of a reply about a file in an archive. The text after it decides."""

OF_CLASS: dict[type[Refusal], str] = {
    refusals.Stranger: "stranger",
    refusals.NoRelaying: "stranger",
    refusals.PairClosed: "closed",
    refusals.CannotAnonymise: "letter-form",
    refusals.StillIdentifying: "still-identifying",
    refusals.NotProven: "not-proven",
    refusals.Infected: "malware",
    refusals.ContactDetails: "contact",
    refusals.NeedsDecision: "needs-decision",
    refusals.LetterAtDesk: "letter-at-desk",
    refusals.LooksAutomatic: "looks-automatic",
    refusals.LooksAbsent: "looks-absent",
    refusals.LooksBulk: "looks-bulk",
    refusals.MailLoop: "loop",
    refusals.Malformed: "mail-program",
    refusals.TooLarge: "too-large",
    refusals.TooManyRecipients: "too-many-recipients",
    refusals.TooMuchMail: "too-much-mail",
    refusals.Transient: "later",
    refusals.Permanent: "letter-form",
}
"""The code for a refusal whose text matches none of BEGINNINGS."""

BEGINNINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("paused", ("your mentoring pair is paused",)),
    ("ended", ("your mentoring pair has ended",)),
    ("holds-ours", ("your letter holds words of a letter of ours",)),
    ("no-words", ("nothing in this letter can be passed on",)),
    ("too-many-lines", ("this letter has more lines",)),
    (
        "letter-form",
        (
            *("the formatted text of this letter", "this letter has too many parts", "this letter is packed"),
            *("this letter is too deeply", "this letter is too large or too deeply", "this letter is too tangled"),
            *("this letter could not be understood", "this letter is written in a form only Outlook", "winmail.dat"),
            *("this letter uses a character set", "below your words stands another letter"),
        ),
    ),
    (
        "mail-program",
        (
            *("this letter does not say where its parts", "the parts of this letter", "a part of this letter"),
            *("this message has too many header", "the header of this message", "this letter was sent in pieces"),
            *("this letter holds a NUL", "some lines of this letter do not end"),
        ),
    ),
    (
        "encrypted",
        (
            *("this letter is encrypted", "this letter is sealed", "this letter holds an encrypted part"),
            "an attachment is encrypted",
        ),
    ),
    ("private-key", ("this letter holds a private key", "an attachment is a private key")),
    ("key-or-card", ("an attachment holds a key", "an attachment is sealed together")),
    ("calendar", ("this letter is a meeting request", "an attached calendar", "calendars that say")),
    ("picture-too-large", ("a picture in this letter is too large",)),
    ("picture-damaged", ("a picture in this letter is damaged",)),
    (
        "picture-kind",
        (
            *(
                "a file of several pictures",
                "pictures in the raw format",
                "pictures of this kind",
                "PostScript files",
                "an SVG drawing is",
                "an SVG drawing with",
            ),
        ),
    ),
    ("picture-names", ("an SVG drawing shows",)),
    ("locked", ("a document in this letter is locked", "a PDF document is locked", "an archive is locked")),
    (
        "document-damaged",
        (
            *("a document in this letter is damaged", "a PDF document is damaged", "an RTF document in this letter is"),
            "an attached mail is damaged",
            "a notebook (.ipynb) is damaged",
        ),
    ),
    (
        "document-too-large",
        (
            *("a document in this letter is too large", "a document in this letter unpacks", "a PDF document draws"),
            *("a PDF document holds more", "a PDF document has more pages", "a PDF document shows more text"),
            "an attached text file is too large",
        ),
    ),
    (
        "document-kind",
        (
            "documents of Pages, Numbers and Keynote",
            "this kind of document",
            "documents in the old Office",
            "documents saved as plain XML",
            "documents with macros",
        ),
    ),
    (
        "document-object",
        ("a document in this letter holds", "an RTF document in this letter holds"),
    ),
    (
        "document-names",
        (
            "a document in this letter names",
            "a PDF document shows an address",
            "a PDF document shows your name",
            "a PDF document holds an address",
            "a workbook that comes back",
        ),
    ),
    ("pdf-kind", ("a PDF that is a folder", "a PDF form that is made")),
    (
        "archive",
        ("an archive is damaged", "an archive is packed", "an archive holds no file", "archives other than ZIP"),
    ),
    (
        "archive-too-large",
        ("an archive unpacks", "an attachment unpacks", "an attachment holds files within files"),
    ),
    (
        "recording",
        (
            *("a recording in this letter", "this kind of recording", "this kind of film", "this film cannot"),
            "parts of this film lie",
        ),
    ),
    ("recording-protected", ("films and recordings with copy protection",)),
    ("subtitles", ("the subtitles of this film",)),
    ("mailbox-file", ("mailbox files",)),
    ("ebook", ("e-books",)),
    ("attachment-damaged", ("an attachment in this letter is damaged", "a file is written into the text")),
    ("file-that-acts", ("a file that opens, runs",)),
    ("attachment-kind", ("this kind of attachment", "packages of programs", "this letter, or a file in it")),
    ("conversion", ("a file of this letter took too long to convert",)),
    ("too-large", ("more files of this letter would have to be converted",)),
    ("too-quick", ("you two answer each other faster",)),
)
"""(code, beginnings of the replies that have it)."""

CODES = frozenset((*OF_CLASS.values(), *(code for code, _ in BEGINNINGS)))
"""All codes."""


def code_of(refusal: Refusal) -> str:
    """The code of a refusal. Strangers get the same code for every reason."""
    text = refusal.reply.text.removeprefix(INSIDE)
    for code, beginnings in BEGINNINGS:
        if text.startswith(beginnings):
            return code
    return next(OF_CLASS[kind] for kind in type(refusal).__mro__ if kind in OF_CLASS)
