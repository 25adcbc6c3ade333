-- From where a user has signed in, so that strangers' wrong tries can't lock the owner out.
CREATE TABLE IF NOT EXISTS sign_in_addresses (
    user_id UUID NOT NULL,
    address VARCHAR(45) NOT NULL,
    last_sign_in_at DATETIME(3) NOT NULL,
    PRIMARY KEY (user_id, address),
    KEY sign_in_addresses_expiry (last_sign_in_at),
    CONSTRAINT sign_in_addresses_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
