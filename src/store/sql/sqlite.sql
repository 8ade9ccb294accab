CREATE TABLE IF NOT EXISTS verify_mfa_records (
    key TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS verify_mfa_records_expire ON verify_mfa_records (expires_at);

CREATE TABLE IF NOT EXISTS verify_mfa_counters (
    key TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    resets_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS verify_mfa_counters_expire ON verify_mfa_counters (resets_at);
