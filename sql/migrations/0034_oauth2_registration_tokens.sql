-- What lets its holder register one client (RFC 7591, the initial access token); gone when it was used.
CREATE TABLE IF NOT EXISTS oauth2_registration_tokens (
    id UUID NOT NULL,
    -- SHA-256 of the token.
    digest BINARY(32) NOT NULL,
    created_by UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY oauth2_registration_tokens_digest (digest),
    KEY oauth2_registration_tokens_creator (created_by),
    KEY oauth2_registration_tokens_expiry (expires_at),
    CONSTRAINT oauth2_registration_tokens_creator FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
