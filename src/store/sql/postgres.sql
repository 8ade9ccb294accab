CREATE TABLE IF NOT EXISTS verify_mfa_records (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    bytes BYTEA NOT NULL,
    version BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS verify_mfa_records_expire ON verify_mfa_records (expires_at);

CREATE TABLE IF NOT EXISTS verify_mfa_counters (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    allowed BOOLEAN NOT NULL,
    resets_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS verify_mfa_counters_expire ON verify_mfa_counters (resets_at);
