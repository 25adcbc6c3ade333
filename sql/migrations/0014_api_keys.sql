-- Machine identities. Only a digest of the key is kept.
CREATE TABLE IF NOT EXISTS api_keys (
    id UUID NOT NULL,
    organization_id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    digest BINARY(32) NOT NULL,
    -- Scopes separated by spaces.
    permissions TEXT NOT NULL,
    -- The key outlives its maker.
    created_by UUID NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    revoked_at DATETIME(3) NULL,
    last_used_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY api_keys_digest (digest),
    KEY api_keys_page (organization_id, id),
    KEY api_keys_created_by (created_by),
    CONSTRAINT api_keys_organization FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT api_keys_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
