"""Every kind of removal, with its explanation in relay preview and docs/what-we-remove.md."""

from __future__ import annotations

CONTACT = frozenset({"phone", "handle", "own-address", "meeting-link", "share-link", "street", "self-description"})
"""The kinds of contact details (programme.contact)."""

KINDS: dict[str, str] = {
    "header": "Header fields other than the subject: relay writes new ones, which hold nothing of the sender's name, "
    "server, mail program, time zone or route.",
    "structure": "The MIME structure of the mail: boundaries, part headers, parts that no mail program shows.",
    "address": "A mail address, home page or domain of one of the two people, in any spelling; replaced by their "
    "alias.",
    "name": "A registered name of one of the two people; replaced by their pseudonym.",
    "quoted-name": "A person named in the lines that mail and chat programs write above quoted, forwarded or copied "
    "text. The line is "
    'replaced by "Quiet River wrote:", in the language of the letter, with the pseudonym of one of the two people or a'
    " sign for somebody else, and without a time.",
    "quoted-header": "What such lines and blocks hold besides who wrote to whom and about what: dates and times of the"
    " author's clock, time zones, copies, routes, message identifiers, mail programs; and what receipts told in words "
    'say: when and by whom a mail was read. The prefix of a subject becomes "Re:" or "Fwd:" in every language; tags of '
    'gateways ("[EXT]") are removed.',
    "history": "A quotation at the end of an answer whose every word and picture the reader has already; only where "
    'the programme sets history = "one" or "none".',
    "signature": 'The signature block of a letter, and of quoted letters: the lines below "-- ", or below the closing '
    "formula if they name an employer, a telephone number, a street or a home page. The formula stays, with a "
    "pseudonym or first name below it.",
    "doubtful-signature": "A signature with a line that may have been words to the reader; its author is told.",
    "signature-picture": "A picture that was shown only in a signature, such as the logo of an employer.",
    "footer": "A line that a mail program, a provider, a virus scanner or a mailing list put under the letter, such as"
    ' "Sent from my iPhone", or "Sent at 21:14" with a place or time zone.',
    "disclaimer": "A confidentiality notice, or a company's registered seat and number, under the letter.",
    "banner": 'A warning that a gateway put above a letter ("This email originated from outside …"), or a firm\'s '
    'classification of it ("Nordquell Internal"), in the letter and in what it quotes.',
    "phone": 'A telephone number that somebody gives as their own, where the programme sets contact = "redact".',
    "handle": "The name of an account, or a link to it, that somebody gives as their own; where the programme says so.",
    "street": "A street or post box that somebody gives as their own; where the programme says so.",
    "own-address": "A mail address that somebody gives as their own; where the programme says so.",
    "meeting-link": "A link to somebody's meeting room or calendar; where the programme says so.",
    "share-link": "A link to a shared file that shows its owner when it is opened; where the programme says so.",
    "hidden-text": "Text in the formatted letter that is hidden from the reader.",
    "html-markup": "Comments, scripts, style sheets, forms, frames, embedded media and page headers of the formatted "
    "letter; its structure, emphasis and colours stay.",
    "html-attribute": "Marks that mail programs put on the elements of a formatted letter, such as class names, "
    "identifiers and titles.",
    "reaction": "The name, the program and the quotation of a reaction. The emoji stays, on one line.",
    "remote-picture": "A picture that would be fetched from the internet when the letter or a file is read, which "
    "shows the server's owner when and where; replaced by its description.",
    "link": "A link that only a program on the sender's device can open; and, in quoted text, one that may not open "
    "any more.",
    "broken-link": "A link that may not open any more: it named one of the two people, or only the mail gateway of one"
    " of them knows its target. It is replaced by the home page of the site, or by a sign for the gap.",
    "tracking": "The part of a link that shows who followed it, such as fbclid, or a detour over a link counter or "
    "over the mail gateway of somebody's employer. The target stays the same.",
    "picture-metadata": "Metadata of a picture: place, time, camera, owner, comments, editing history. The pixels stay"
    " as they are.",
    "picture-format": "The format of a picture that cannot be cleaned; the picture was saved in another without loss.",
    "converted": "The form of an old Office document (.doc, .xls, .ppt), or the container of a film (AVI, WMV, FLV, "
    "MPEG); the document was saved in its new form, the film as MP4 or MKV without encoding it anew.",
    "recording-metadata": "Metadata of a sound recording or film: title, artist, place, time, device, program, Apple "
    "ID, cover, sensor tracks. Sound and pictures stay as they are.",
    "document-metadata": "Metadata of a PDF document: author, program, dates, history, scripts, signatures, attached "
    "files. What its pages show stays.",
    "attached-text": "A mail address or name of one of the two people in an attached text file.",
    "crypto": "OpenPGP and S/MIME keys, signatures and certificates, in the text or attached, which name their owner. "
    "The signed text stays.",
    "contact-card": "An attached contact card (vCard), which says who somebody is.",
    "calendar": "Organisers and guests of an invitation other than the two people, its time zone, calendar program and"
    " identifiers; the hour and time zone in an answer to an invitation that has no entry beside it. The meeting "
    "stays.",
    "archive": "Dates, user names in paths and comments in an archive, and files that programs put there for "
    "themselves. The other files stay.",
    "attached-mail": "Header fields of an attached mail other than its subject and date: people, servers, mail "
    "programs.",
    "elsewhere": "A part of the letter that would be fetched from elsewhere when it is read (message/external-body).",
    "source-code": "The name of a file with source code, or with text whose name does not say so: .txt is put behind "
    "it, so that it opens as text and runs nowhere.",
    "formula": "A formula that fetches, opens or runs something: in a text table an apostrophe before it makes it text,"
    " in a workbook its value stays.",
    "fetched": "What a file would fetch or run when it is opened: style sheets of XML, pictures and models of maps, "
    "outputs of notebooks.",
    "file-that-acts": "A file of an archive that opens, runs or fetches something by itself; a note in the archive "
    "says so. Outside of an archive such files are refused.",
    "document-properties": "Metadata of an office document: authors, employer, times, editing history, paths on a "
    "disk, and the regions of its languages. Authors of comments and changes are all called Author.",
    "document-text": "A mail address or name of one of the two people in a document.",
    "file-name": "A file name that named one of the two people, held unusual characters, was made up by a program, or "
    "told the time of the author's clock; also one that a program wrote into the text.",
}
