-- MTA-STS policies of domains that letters go to (RFC 8461), kept so that nobody can hide them from us. hash: the domain, by
-- keyed hash; sealed: domain, id and text. A policy is good until expires_at and fetched anew from renew_at on, as long as
-- letters go there (used_at).
CREATE TABLE sts_policy (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    renew_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sts_policy_renewal ON sts_policy (renew_at);
