-- Authorization codes (RFC 6749, 4.1.2), and what the client asked for along with them. A code is kept as long as the
-- grant that it began, so that its second use shows.
CREATE TABLE IF NOT EXISTS oauth2_codes (
    digest BINARY(32) NOT NULL,
    grant_id UUID NOT NULL,
    -- As the request spelled it.
    redirect_uri VARCHAR(2000) NOT NULL,
    -- Of the method S256 (RFC 7636).
    code_challenge VARCHAR(128) NULL,
    nonce VARCHAR(1024) NULL,
    -- Separated by spaces, as is the next one: what was asked for by name (OpenID Connect Core, 5.5).
    id_token_claims VARCHAR(255) NOT NULL,
    userinfo_claims VARCHAR(255) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    UNIQUE KEY oauth2_codes_grant (grant_id),
    CONSTRAINT oauth2_codes_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
