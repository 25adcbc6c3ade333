-- What a user may type to sign in: user name and e-mail address, folded to lower case. One table
-- for both, so that nobody's user name can be another's address.
CREATE TABLE IF NOT EXISTS sign_in_names (
    name VARCHAR(254) NOT NULL,
    user_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    PRIMARY KEY (name),
    UNIQUE KEY sign_in_names_user (user_id, kind),
    CONSTRAINT sign_in_names_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sign_in_names_kind CHECK (kind IN ('username', 'email'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
