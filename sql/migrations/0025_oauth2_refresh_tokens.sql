-- What renews access tokens (RFC 6749, 6): each works once, and is followed by another. Only digests are kept, and
-- the used ones, so that reuse shows.
CREATE TABLE IF NOT EXISTS oauth2_refresh_tokens (
    digest BINARY(32) NOT NULL,
    grant_id UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    KEY oauth2_refresh_tokens_grant (grant_id),
    KEY oauth2_refresh_tokens_expiry (expires_at),
    CONSTRAINT oauth2_refresh_tokens_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
