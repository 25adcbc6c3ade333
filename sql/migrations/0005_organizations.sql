-- The tenants.
CREATE TABLE IF NOT EXISTS organizations (
    id UUID NOT NULL,
    -- Names it in «Domain: domains:<slug>»; never changes.
    slug VARCHAR(63) NOT NULL,
    name VARCHAR(255) NOT NULL,
    rbac_level VARCHAR(10) NOT NULL,
    maintenance_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    maintenance_message VARCHAR(500) NOT NULL DEFAULT '',
    -- Seconds, told in Retry-After.
    maintenance_retry_after INT UNSIGNED NOT NULL DEFAULT 300,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY organizations_slug (slug),
    CONSTRAINT organizations_level CHECK (rbac_level IN ('none', 'basic', 'enterprise'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
