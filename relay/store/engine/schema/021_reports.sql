-- What members reported to report@. author: whether they are proven to have written it; "confirmed" and "denied" are their
-- own later answers. told: who has heard it last, 'contact', 'deputy' or 'operator'. answered_at: when one of these wrote to
-- the member. sealed, for "report/NUMBER": the mail, until it was answered or decided.
CREATE TABLE report (
    number INTEGER PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES member (number),
    reported_at INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author IN ('proven', 'unproven', 'confirmed', 'denied')),
    told TEXT NOT NULL DEFAULT '',
    answered_at INTEGER,
    sealed BLOB
) STRICT;

CREATE INDEX report_member ON report (member);

-- The pairs that a report is about: several while the member has not said which. before, paused_before: state and pauses of
-- the pair when it was reported. decided_at: when a person has decided; NULL: it stands.
CREATE TABLE reported_pair (
    number INTEGER PRIMARY KEY,
    report INTEGER NOT NULL REFERENCES report (number),
    pair_id TEXT NOT NULL REFERENCES pair (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee')),
    before TEXT NOT NULL,
    paused_before TEXT NOT NULL,
    decided_at INTEGER
) STRICT;

CREATE INDEX reported_pair_report ON reported_pair (report);
CREATE INDEX reported_pair_pair ON reported_pair (pair_id);
CREATE UNIQUE INDEX reported_pair_standing ON reported_pair (pair_id, side) WHERE decided_at IS NULL;

-- Pairs of which nothing is deleted by age: on legal hold, or reported.
CREATE VIEW kept_pair AS
    SELECT pair_id FROM legal_hold UNION ALL SELECT pair_id FROM reported_pair WHERE decided_at IS NULL;
