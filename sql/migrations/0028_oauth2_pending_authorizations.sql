-- Authorization requests that a person is being asked about. What the form shows is the secret of the digest.
CREATE TABLE IF NOT EXISTS oauth2_pending_authorizations (
    digest BINARY(32) NOT NULL,
    -- Of the person who is asked: nobody else can answer.
    session_id UUID NOT NULL,
    -- JSON: names and values of the request.
    parameters MEDIUMTEXT NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (digest),
    KEY oauth2_pending_authorizations_session (session_id),
    KEY oauth2_pending_authorizations_expiry (expires_at),
    CONSTRAINT oauth2_pending_authorizations_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
