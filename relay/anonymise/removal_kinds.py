"""Every kind of removal, with the sentence that explains it to a reader."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "header": "Header fields other than the subject: a letter leaves with fresh ones, so nothing of the sender's "
    "name, server, mail program, time zone or route is in them.",
    "structure": "The technical frame of the mail: boundaries, part headers, parts no mail program shows.",
    "address": "A mail address, home page or domain of one of the two people, however it was written; the address of "
    "their pair stands in its place.",
    "name": "A name the programme knows one of the two people by; their pseudonym stands in its place.",
    "quoted-name": "Whoever is named in the lines that mail programs write above the words they quote or forward. The "
    'line becomes one of ours, "Quiet River wrote:", in the language of the letter: the pseudonym of one of the two '
    "people, or a sign for somebody, and no time.",
    "quoted-header": "What such lines and blocks tell besides who wrote to whom and about what: dates and times, which "
    "are the author's own clock, time zones, copies, routes, message identifiers, mail programs. The prefix of a "
    'subject becomes "Re:" or "Fwd:", whatever language the mail program speaks; tags of gateways ("[EXT]") go.',
    "history": "A quotation at the end of an answer, of which the reader has every word and picture already; where the "
    'programme sets history = "one" or "none".',
    "signature": 'The signature under a letter, in it and in what it quotes: the lines below "-- ", or below the '
    "closing formula when they tell of an employer, a telephone, a street or a home page. The formula stays, and a "
    "pseudonym or first name below it.",
    "doubtful-signature": "A signature with a line that may have been words to the reader; its author is told.",
    "signature-picture": "A picture that was shown only in a signature, such as the logo of an employer.",
    "footer": "A line that a mail program, a provider, a virus scanner or a mailing list put under the letter, such as "
    '"Sent from my iPhone".',
    "disclaimer": "A notice of confidentiality, or of a company's seat and number, under the letter.",
    "banner": 'A warning that a gateway put above a letter ("This email originated from outside …"), or a firm\'s '
    'classification of it ("Nordquell Internal"), in it and in what it quotes.',
    "phone": 'A telephone number that somebody gives as their own, where the programme sets contact = "redact".',
    "handle": "The name of an account, or a link to it, that somebody gives as their own; where the programme says so.",
    "street": "A street or post box that somebody gives as their own; where the programme says so.",
    "own-address": "A mail address that somebody gives as their own; where the programme says so.",
    "meeting-link": "A link to somebody's meeting room or calendar; where the programme says so.",
    "share-link": "A link to a shared file that shows its owner when it is opened; where the programme says so.",
    "hidden-text": "Text in the formatted letter that is made so that a reader does not see it.",
    "html-markup": "Comments, scripts, style sheets, forms, frames, embedded media and page headers of the formatted "
    "letter; its structure, emphasis and colours stay.",
    "html-attribute": "Marks that mail programs put on the elements of a formatted letter, such as class names, "
    "identifiers and titles.",
    "remote-picture": "A picture that would be fetched from the internet when the letter is read, which tells its "
    "owner when and where; its description stands in its place.",
    "link": "A link that points to a place only a program on the sender's device can open; and, in quoted words, one "
    "that may not open any more.",
    "broken-link": "A link that may not open any more: it named one of the two people, or only the mail gateway of one "
    "of them knows where it leads. What is left of it is the first page of the site, or a sign for the gap.",
    "tracking": "The part of a link that tells its owner who followed it, such as fbclid, or a detour over a link "
    "counter or over the mail gateway of somebody's employer. The link leads where it led.",
    "picture-metadata": "What a picture tells besides what it shows: place, time, camera, owner, comments, editing "
    "history. The pixels stay as they are.",
    "picture-format": "A picture in a format that cannot be cleaned was saved anew without loss.",
    "recording-metadata": "What a sound recording or film tells besides what is heard and seen: title, artist, place, "
    "time, device, program, Apple ID, cover, tracks of sensors. Sound and pictures stay as they are.",
    "document-metadata": "What a document tells besides what it shows: author, program, dates, history, scripts, "
    "signatures, attached files. What its pages show stays.",
    "attached-text": "A mail address or name of one of the two people in an attached text file.",
    "crypto": "OpenPGP and S/MIME keys, signatures and certificates, in the text or attached: they name their owner. "
    "The signed words stay.",
    "contact-card": "An attached contact card (vCard): it says who somebody is.",
    "calendar": "What an invitation tells besides the meeting: organisers and guests other than the two people, time "
    "zones, calendar programs, identifiers.",
    "archive": "What an archive tells besides its files: dates, user names in paths, comments, files that programs put "
    "there for themselves.",
    "attached-mail": "The header of an attached mail other than its subject and date: people, servers, mail programs.",
    "elsewhere": "A part of the letter that is not in it but somewhere else, to be fetched when it is read.",
    "document-properties": "What a document tells besides what it shows: authors, employer, times, editing history, "
    "places on a disk; authors of comments and changes are all called Author.",
    "document-text": "A mail address or name of one of the two people in a document.",
    "file-name": "A file name that named one of the two people, held signs no name needs, or was made up by a program.",
}
