-- Assertions that clients proved themselves with (private_key_jwt), so that none works twice.
CREATE TABLE IF NOT EXISTS oauth2_client_assertions (
    client_id UUID NOT NULL,
    -- SHA-256 of the jti.
    digest BINARY(32) NOT NULL,
    -- It need not be remembered longer: an expired assertion is refused anyway.
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (client_id, digest),
    KEY oauth2_client_assertions_expiry (expires_at),
    CONSTRAINT oauth2_client_assertions_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
