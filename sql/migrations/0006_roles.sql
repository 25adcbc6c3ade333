-- Named sets of scopes. The built-in ones have no organization; what they hold is decided in code.
CREATE TABLE IF NOT EXISTS roles (
    id UUID NOT NULL,
    organization_id UUID NULL,
    name VARCHAR(255) NOT NULL,
    -- Separated by spaces; empty for a built-in role.
    scopes TEXT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY roles_name (organization_id, name),
    CONSTRAINT roles_organization FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
