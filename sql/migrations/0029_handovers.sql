-- What one page leaves for the page behind a redirect: a form that was interrupted, a secret that is shown once.
CREATE TABLE IF NOT EXISTS handovers (
    id UUID NOT NULL,
    session_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    -- Sealed with the master key for this id and session.
    sealed MEDIUMBLOB NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY handovers_session (session_id),
    KEY handovers_expiry (expires_at),
    CONSTRAINT handovers_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT handovers_kind CHECK (kind IN ('form', 'secret'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
