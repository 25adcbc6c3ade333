-- What a client was given once, and everything that came of it: the family that ends as a whole.
CREATE TABLE IF NOT EXISTS oauth2_grants (
    id UUID NOT NULL,
    client_id UUID NOT NULL,
    -- Whom its tokens act as.
    user_id UUID NOT NULL,
    kind VARCHAR(20) NOT NULL,
    -- The sign-in that it was given in. No foreign key: a session that is gone is one that has ended.
    session_id UUID NULL,
    -- Separated by spaces.
    scopes TEXT NOT NULL,
    -- The one API that its tokens are for (RFC 8707); NULL: the whole platform.
    resource VARCHAR(500) NULL,
    -- The one organization that its tokens act in.
    organization_id UUID NULL,
    -- Whether it outlives the session.
    offline BOOLEAN NOT NULL,
    -- When the user proved who they are; NULL where nobody sat there.
    auth_time DATETIME(3) NULL,
    created_at DATETIME(3) NOT NULL,
    -- Nothing that it gave lives longer.
    expires_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    KEY oauth2_grants_of_client (client_id, ended_at, kind),
    KEY oauth2_grants_of_user (user_id, ended_at),
    KEY oauth2_grants_organization (organization_id, user_id),
    KEY oauth2_grants_session (session_id),
    KEY oauth2_grants_expiry (expires_at),
    CONSTRAINT oauth2_grants_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_grants_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_grants_organization FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_grants_kind CHECK (kind IN ('authorization_code', 'client_credentials', 'device_code'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
