-- What is known of access tokens. The token is a signed JWT and is not kept; its jti is the id.
CREATE TABLE IF NOT EXISTS oauth2_access_tokens (
    id UUID NOT NULL,
    grant_id UUID NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    revoked_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    KEY oauth2_access_tokens_grant (grant_id),
    KEY oauth2_access_tokens_expiry (expires_at),
    CONSTRAINT oauth2_access_tokens_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
