-- DMARC aggregate reports about our domain (RFC 7489 7.2), as counts: no addresses. key: hash of reporter and report id, so
-- that a report sent twice counts once. reporter: the domain of the mail receiver. The counts are letters by what was
-- aligned. Deleted after 90 days.
CREATE TABLE dmarc_report (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    reporter TEXT NOT NULL,
    begins_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    both_aligned INTEGER NOT NULL,
    dkim_only INTEGER NOT NULL,
    spf_only INTEGER NOT NULL,
    neither INTEGER NOT NULL
) STRICT;
CREATE INDEX dmarc_report_received ON dmarc_report (received_at);
