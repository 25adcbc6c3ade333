-- To find users of a kind by how their user name or e-mail begins, in any case.
ALTER TABLE users
    ADD COLUMN IF NOT EXISTS folded_username VARCHAR(64) AS (LOWER(username)) STORED,
    ADD COLUMN IF NOT EXISTS folded_email VARCHAR(254) AS (LOWER(email)) STORED,
    ADD KEY IF NOT EXISTS users_by_username (kind, disabled, folded_username),
    ADD KEY IF NOT EXISTS users_by_email (kind, disabled, folded_email);
