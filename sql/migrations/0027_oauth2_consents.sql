-- That people let clients act for them, as they said it once.
CREATE TABLE IF NOT EXISTS oauth2_consents (
    user_id UUID NOT NULL,
    client_id UUID NOT NULL,
    -- The one that it is for, of a client that has one.
    organization_id UUID NULL,
    -- Separated by spaces: all that was allowed and not withdrawn.
    scopes TEXT NOT NULL,
    granted_at DATETIME(3) NOT NULL,
    last_used_at DATETIME(3) NOT NULL,
    PRIMARY KEY (user_id, client_id),
    KEY oauth2_consents_client (client_id),
    KEY oauth2_consents_organization (organization_id),
    CONSTRAINT oauth2_consents_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_consents_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_consents_organization FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
