-- The secrets of confidential clients; at most two of a client are live. Only digests are kept.
CREATE TABLE IF NOT EXISTS oauth2_client_secrets (
    id UUID NOT NULL,
    client_id UUID NOT NULL,
    digest BINARY(32) NOT NULL,
    -- The end of the secret, so that people can tell two apart.
    hint VARCHAR(8) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    -- NULL: never.
    expires_at DATETIME(3) NULL,
    last_used_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY oauth2_client_secrets_digest (digest),
    KEY oauth2_client_secrets_client (client_id, id),
    CONSTRAINT oauth2_client_secrets_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
