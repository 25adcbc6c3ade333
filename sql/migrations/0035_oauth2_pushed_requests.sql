-- Authorization requests that clients sent beforehand (RFC 9126), by the digest of their request_uri.
CREATE TABLE IF NOT EXISTS oauth2_pushed_requests (
    digest BINARY(32) NOT NULL,
    client_id UUID NOT NULL,
    -- JSON: names and values of the request.
    parameters MEDIUMTEXT NOT NULL,
    -- Whether somebody has come with it, and so may take longer.
    opened BOOLEAN NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (digest),
    KEY oauth2_pushed_requests_client (client_id),
    KEY oauth2_pushed_requests_expiry (expires_at),
    CONSTRAINT oauth2_pushed_requests_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
