-- Clients that are still to be told that a session has ended. A row goes when the client was told, or told often enough.
CREATE TABLE IF NOT EXISTS oauth2_logout_notices (
    -- No foreign key, nor for the user: both may be gone when the client is told.
    session_id UUID NOT NULL,
    client_id UUID NOT NULL,
    user_id UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    tries INT UNSIGNED NOT NULL,
    -- While somebody sends it: when somebody else may, because that one must have died.
    next_try_at DATETIME(3) NOT NULL,
    -- Who sends it now, or did last.
    claim UUID NULL,
    PRIMARY KEY (session_id, client_id),
    KEY oauth2_logout_notices_client (client_id, next_try_at),
    KEY oauth2_logout_notices_due (next_try_at),
    KEY oauth2_logout_notices_claim (claim),
    CONSTRAINT oauth2_logout_notices_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
