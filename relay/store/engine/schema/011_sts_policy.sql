-- MTA-STS policies of domains that letters go to (RFC 8461), stored so that an attacker cannot hide them. hash: keyed hash
-- of the domain; sealed: domain, id and text. A policy is valid until expires_at, and fetched again from renew_at on while
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
