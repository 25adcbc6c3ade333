-- Keys that sign tokens; private parts sealed with the master key.
CREATE TABLE IF NOT EXISTS signing_keys (
    -- The kid: the thumbprint of the public key (RFC 7638).
    id VARCHAR(43) NOT NULL,
    algorithm VARCHAR(5) NOT NULL,
    state VARCHAR(10) NOT NULL,
    -- JWK JSON.
    public_key TEXT NOT NULL,
    sealed_private_key BLOB NOT NULL,
    created_at DATETIME(3) NOT NULL,
    state_changed_at DATETIME(3) NOT NULL,
    -- Nothing that it signed lives longer.
    needed_until DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT signing_keys_algorithm CHECK (algorithm IN ('ES256', 'RS256')),
    CONSTRAINT signing_keys_state CHECK (state IN ('next', 'current', 'retired'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
