-- The clients that somebody used in a session: they are told when it ends (OpenID Connect Back-Channel Logout 1.0).
CREATE TABLE IF NOT EXISTS oauth2_session_clients (
    session_id UUID NOT NULL,
    client_id UUID NOT NULL,
    PRIMARY KEY (session_id, client_id),
    KEY oauth2_session_clients_client (client_id),
    CONSTRAINT oauth2_session_clients_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_session_clients_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
