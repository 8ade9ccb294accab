CREATE TABLE IF NOT EXISTS verify_mfa_users (
    id TEXT NOT NULL PRIMARY KEY,
    phone BLOB,
    stamp TEXT NOT NULL
) STRICT;
