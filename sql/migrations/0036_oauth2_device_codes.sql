-- Devices that wait for a person to allow them something elsewhere (RFC 8628).
CREATE TABLE IF NOT EXISTS oauth2_device_codes (
    -- SHA-256 of the device code.
    digest BINARY(32) NOT NULL,
    -- SHA-256 of what the person types.
    user_code BINARY(32) NOT NULL,
    client_id UUID NOT NULL,
    -- Separated by spaces.
    scopes TEXT NOT NULL,
    resource VARCHAR(500) NULL,
    address VARCHAR(45) NOT NULL,
    -- Seconds that the device has to wait between two questions; grows when it does not.
    poll_interval SMALLINT UNSIGNED NOT NULL,
    polled_at DATETIME(3) NULL,
    -- SHA-256 of what the form shows to whom is asked, and the session that it was shown in.
    question BINARY(32) NULL,
    session_id UUID NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    decided_at DATETIME(3) NULL,
    -- NULL in one that is decided: the person said no.
    grant_id UUID NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    UNIQUE KEY oauth2_device_codes_user_code (user_code),
    UNIQUE KEY oauth2_device_codes_question (question),
    KEY oauth2_device_codes_client (client_id),
    KEY oauth2_device_codes_grant (grant_id),
    KEY oauth2_device_codes_expiry (expires_at),
    CONSTRAINT oauth2_device_codes_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_device_codes_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
