CREATE TABLE IF NOT EXISTS verify_mfa_records (
    key INTEGER NOT NULL PRIMARY KEY,
    whole_key TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    sweep_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS verify_mfa_records_sweep ON verify_mfa_records (sweep_at);

CREATE TABLE IF NOT EXISTS verify_mfa_counters (
    key INTEGER NOT NULL PRIMARY KEY,
    whole_key TEXT NOT NULL,
    count INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    resets_at INTEGER NOT NULL,
    sweep_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS verify_mfa_counters_sweep ON verify_mfa_counters (sweep_at);
