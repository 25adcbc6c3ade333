-- One sign-in each, by a browser or for a token.
CREATE TABLE IF NOT EXISTS sessions (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    -- SHA-256 of the cookie's secret; only a browser session has one.
    cookie_digest BINARY(32) NULL,
    user_agent VARCHAR(255) NOT NULL,
    address VARCHAR(45) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    last_active_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    -- When the password was last given in it.
    authenticated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY sessions_cookie (cookie_digest),
    KEY sessions_of_user (user_id, id),
    KEY sessions_expiry (expires_at),
    CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sessions_kind CHECK (kind IN ('browser', 'token'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
