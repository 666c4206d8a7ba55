"""Every kind of thing that is taken out of a letter, and the sentence that explains it to a reader."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "header": "Header fields other than the subject: a letter leaves with fresh ones, so nothing of the sender's "
    "name, server, mail program, time zone or route is in them.",
    "structure": "The technical frame of the mail: boundaries, part headers, parts no mail program shows.",
    "address": "A mail address, home page or domain of one of the two people, however it was written; the address of "
    "their pair stands in its place.",
    "name": "A name the programme knows one of the two people by; their pseudonym stands in its place.",
    "hidden-text": "Text in the formatted letter that is made so that a reader does not see it.",
    "html-markup": "Comments, scripts, style sheets, forms, frames, embedded media and page headers of the formatted "
    "letter; its structure, emphasis and colours stay.",
    "html-attribute": "Marks that mail programs put on the elements of a formatted letter, such as class names, "
    "identifiers and titles.",
    "remote-picture": "A picture that would be fetched from the internet when the letter is read, which tells its "
    "owner when and where; its description stands in its place.",
    "link": "A link that points to a place only a program on the sender's device can open, or that names one of the "
    "two people.",
    "tracking": "The part of a link that tells its owner who followed it, such as fbclid, or a detour over a "
    "link counter.",
    "picture-metadata": "What a picture tells besides what it shows: place, time, camera, owner, comments, editing "
    "history. The pixels stay as they are.",
    "picture-format": "A picture in a format that cannot be cleaned was saved anew without loss.",
    "document-metadata": "What a document tells besides what it shows: author, program, dates, history, scripts, "
    "signatures, attached files. What its pages show stays.",
    "attached-text": "A mail address or name of one of the two people in an attached text file.",
    "file-name": "A file name that named one of the two people, or held signs that no file name needs.",
}
