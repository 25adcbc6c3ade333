-- Programs that get tokens from us (RFC 6749): on somebody's behalf, or as their service user.
CREATE TABLE IF NOT EXISTS oauth2_clients (
    -- The client_id.
    id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    description VARCHAR(1000) NOT NULL,
    type VARCHAR(12) NOT NULL,
    -- Separated by spaces, as are the next three.
    grant_types VARCHAR(255) NOT NULL,
    redirect_uris MEDIUMTEXT NOT NULL,
    post_logout_redirect_uris MEDIUMTEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- As whom it acts by itself (client_credentials).
    service_user_id UUID NULL,
    -- Its tokens act there alone, and it ends with the organization; NULL: everywhere.
    organization_id UUID NULL,
    -- Seconds, as is the next one.
    access_token_ttl INT UNSIGNED NOT NULL,
    refresh_token_ttl INT UNSIGNED NOT NULL,
    token_endpoint_auth_method VARCHAR(20) NOT NULL,
    -- A JWK set of public keys, for private_key_jwt.
    jwks MEDIUMTEXT NULL,
    id_token_signed_response_alg VARCHAR(5) NOT NULL,
    require_pkce BOOLEAN NOT NULL,
    backchannel_logout_uri VARCHAR(2000) NULL,
    backchannel_logout_session_required BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    last_used_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    KEY oauth2_clients_service_user (service_user_id),
    KEY oauth2_clients_organization (organization_id),
    CONSTRAINT oauth2_clients_service_user FOREIGN KEY (service_user_id) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT oauth2_clients_organization FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_clients_type CHECK (type IN ('confidential', 'public')),
    CONSTRAINT oauth2_clients_auth_method CHECK (token_endpoint_auth_method IN ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
    -- Exactly the public ones have nothing to prove themselves with.
    CONSTRAINT oauth2_clients_public CHECK ((type = 'public') = (token_endpoint_auth_method = 'none')),
    CONSTRAINT oauth2_clients_public_pkce CHECK (type = 'confidential' OR require_pkce),
    CONSTRAINT oauth2_clients_id_token_alg CHECK (id_token_signed_response_alg IN ('RS256', 'ES256'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
