-- Clients that registered themselves, and what they show to look after themselves (RFC 7592).
CREATE TABLE IF NOT EXISTS oauth2_registrations (
    client_id UUID NOT NULL,
    -- SHA-256 of the registration access token.
    digest BINARY(32) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    -- Then it is looked at: if it was not used, it goes.
    due_at DATETIME(3) NOT NULL,
    PRIMARY KEY (client_id),
    KEY oauth2_registrations_due (due_at),
    CONSTRAINT oauth2_registrations_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
