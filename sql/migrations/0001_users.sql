-- Everybody who can act: people and service users.
CREATE TABLE IF NOT EXISTS users (
    id UUID NOT NULL,
    -- As its owner spells it; unique without case through sign_in_names.
    username VARCHAR(64) NOT NULL,
    email VARCHAR(254) NULL,
    email_verified BOOLEAN NOT NULL DEFAULT FALSE,
    display_name VARCHAR(255) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    -- A PHC string; NULL for a service user, who has no password.
    password_hash VARCHAR(255) NULL,
    system_administrator BOOLEAN NOT NULL DEFAULT FALSE,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    last_sign_in_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    -- For «is this the last administrator».
    KEY users_system_administrators (system_administrator, disabled),
    CONSTRAINT users_kind CHECK (kind IN ('person', 'service')),
    CONSTRAINT users_password CHECK (kind = 'person' OR password_hash IS NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
