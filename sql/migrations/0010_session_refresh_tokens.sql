-- The refresh tokens of sign-in sessions. A used one stays until it expires, so that a replay is known.
CREATE TABLE IF NOT EXISTS session_refresh_tokens (
    digest BINARY(32) NOT NULL,
    session_id UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    KEY session_refresh_tokens_session (session_id),
    CONSTRAINT session_refresh_tokens_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
