-- What is known of personal access tokens. The token is a signed JWT and is not kept; its jti is the id.
CREATE TABLE IF NOT EXISTS personal_access_tokens (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    -- Separated by spaces; NULL when made where the level is none.
    scopes TEXT NULL,
    -- NULL for all organizations of the user, and after the organization's deletion; with
    -- all_organizations false the latter, and the token opens nothing.
    organization_id UUID NULL,
    all_organizations BOOLEAN NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    revoked_at DATETIME(3) NULL,
    last_used_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    KEY personal_access_tokens_of_user (user_id, id),
    KEY personal_access_tokens_active (user_id, revoked_at, expires_at),
    KEY personal_access_tokens_organization (organization_id, user_id),
    CONSTRAINT personal_access_tokens_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT personal_access_tokens_organization FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
