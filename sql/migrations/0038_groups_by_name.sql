-- To find groups by how their name begins, in any case.
ALTER TABLE `groups`
    ADD COLUMN IF NOT EXISTS folded_name VARCHAR(255) AS (LOWER(name)) STORED,
    ADD KEY IF NOT EXISTS groups_by_name (folded_name);
