-- The schema today. How it came about stands in migrations/; a test holds both together.
-- Times are UTC; digests are SHA-256; closed sets are text with a CHECK.

-- Everybody who can act: people and service users.
CREATE TABLE users (
    id UUID NOT NULL,
    -- As its owner spells it; unique without case through sign_in_names.
    username VARCHAR(64) NOT NULL,
    email VARCHAR(254) NULL,
    email_verified BOOLEAN NOT NULL DEFAULT FALSE,
    display_name VARCHAR(255) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    -- A PHC string; NULL for a service user, who has no password.
    password_hash VARCHAR(255) NULL,
    system_administrator BOOLEAN NOT NULL DEFAULT FALSE,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    last_sign_in_at DATETIME(3) NULL,
    -- For the suggestions of fields in which somebody is chosen, with the keys below.
    folded_username VARCHAR(64) AS (LOWER(username)) STORED,
    folded_email VARCHAR(254) AS (LOWER(email)) STORED,
    PRIMARY KEY (id),
    -- For «is this the last administrator».
    KEY users_system_administrators (system_administrator, disabled),
    KEY users_by_username (kind, disabled, folded_username),
    KEY users_by_email (kind, disabled, folded_email),
    CONSTRAINT users_kind CHECK (kind IN ('person', 'service')),
    CONSTRAINT users_password CHECK (kind = 'person' OR password_hash IS NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- What a user may type to sign in: user name and e-mail address, folded to lower case. One table
-- for both, so that nobody's user name can be another's address.
CREATE TABLE sign_in_names (
    name VARCHAR(254) NOT NULL,
    user_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    PRIMARY KEY (name),
    UNIQUE KEY sign_in_names_user (user_id, kind),
    CONSTRAINT sign_in_names_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sign_in_names_kind CHECK (kind IN ('username', 'email'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- People who get roles together.
CREATE TABLE `groups` (
    id UUID NOT NULL,
    name VARCHAR(255) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    -- For suggestions.
    folded_name VARCHAR(255) AS (LOWER(name)) STORED,
    PRIMARY KEY (id),
    UNIQUE KEY groups_name (name),
    KEY groups_by_name (folded_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Who is in which group.
CREATE TABLE group_members (
    group_id UUID NOT NULL,
    user_id UUID NOT NULL,
    PRIMARY KEY (group_id, user_id),
    KEY group_members_user (user_id, group_id),
    CONSTRAINT group_members_group FOREIGN KEY (group_id) REFERENCES `groups` (id) ON DELETE CASCADE,
    CONSTRAINT group_members_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The tenants.
CREATE TABLE organizations (
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

-- Named sets of scopes. The built-in ones have no organization; what they hold is decided in code.
CREATE TABLE roles (
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

-- Who belongs to which organization: a user or a group.
CREATE TABLE organization_members (
    id UUID NOT NULL,
    organization_id UUID NOT NULL,
    user_id UUID NULL,
    group_id UUID NULL,
    owner BOOLEAN NOT NULL DEFAULT FALSE,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY organization_members_user (organization_id, user_id),
    UNIQUE KEY organization_members_group (organization_id, group_id),
    -- A page of the list of members, and the owners of an organization.
    KEY organization_members_page (organization_id, id),
    KEY organization_members_owner (organization_id, owner),
    KEY organization_members_of_user (user_id, organization_id),
    KEY organization_members_of_group (group_id, organization_id),
    CONSTRAINT organization_members_organization FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT organization_members_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT organization_members_group FOREIGN KEY (group_id) REFERENCES `groups` (id) ON DELETE CASCADE,
    CONSTRAINT organization_members_one CHECK ((user_id IS NULL) <> (group_id IS NULL)),
    -- Groups are never owners.
    CONSTRAINT organization_members_group_owner CHECK (group_id IS NULL OR NOT owner)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Which roles a member has. A role in use can't be deleted.
CREATE TABLE organization_member_roles (
    member_id UUID NOT NULL,
    role_id UUID NOT NULL,
    PRIMARY KEY (member_id, role_id),
    KEY organization_member_roles_role (role_id),
    CONSTRAINT organization_member_roles_member FOREIGN KEY (member_id) REFERENCES organization_members (id) ON DELETE CASCADE,
    CONSTRAINT organization_member_roles_role FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- One sign-in each, by a browser or for a token.
CREATE TABLE sessions (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    -- SHA-256 of the cookie's secret; only a browser session has one.
    cookie_digest BINARY(32) NULL,
    user_agent VARCHAR(255) NOT NULL,
    address VARCHAR(45) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    last_active_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    -- When the password was last given in it.
    authenticated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY sessions_cookie (cookie_digest),
    KEY sessions_of_user (user_id, id),
    KEY sessions_expiry (expires_at),
    KEY sessions_open (ended_at, expires_at),
    CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sessions_kind CHECK (kind IN ('browser', 'token'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The refresh tokens of sign-in sessions. A used one stays until it expires, so that a replay is known.
CREATE TABLE session_refresh_tokens (
    digest BINARY(32) NOT NULL,
    session_id UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    KEY session_refresh_tokens_session (session_id),
    CONSTRAINT session_refresh_tokens_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Counters of tries at signing in. A bucket is a digest of whom or where it counts.
CREATE TABLE sign_in_tries (
    bucket BINARY(32) NOT NULL,
    tries INT UNSIGNED NOT NULL,
    window_ends_at DATETIME(3) NOT NULL,
    PRIMARY KEY (bucket),
    KEY sign_in_tries_expiry (window_ends_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- From where a user has signed in, so that strangers' wrong tries can't lock the owner out.
CREATE TABLE sign_in_addresses (
    user_id UUID NOT NULL,
    address VARCHAR(45) NOT NULL,
    last_sign_in_at DATETIME(3) NOT NULL,
    PRIMARY KEY (user_id, address),
    KEY sign_in_addresses_expiry (last_sign_in_at),
    CONSTRAINT sign_in_addresses_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- What is known of personal access tokens. The token is a signed JWT and is not kept; its jti is the id.
CREATE TABLE personal_access_tokens (
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

-- Machine identities. Only a digest of the key is kept.
CREATE TABLE api_keys (
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

-- Keys that sign tokens; private parts sealed with the master key.
CREATE TABLE signing_keys (
    -- The kid: the thumbprint of the public key (RFC 7638).
    id VARCHAR(43) NOT NULL,
    algorithm VARCHAR(5) NOT NULL,
    state VARCHAR(10) NOT NULL,
    -- JWK JSON.
    public_key TEXT NOT NULL,
    sealed_private_key BLOB NOT NULL,
    created_at DATETIME(3) NOT NULL,
    state_changed_at DATETIME(3) NOT NULL,
    -- Nothing that it signed lives longer.
    needed_until DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT signing_keys_algorithm CHECK (algorithm IN ('ES256', 'RS256')),
    CONSTRAINT signing_keys_state CHECK (state IN ('next', 'current', 'retired'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Programs that get tokens from us (RFC 6749): on somebody's behalf, or as their service user.
CREATE TABLE oauth2_clients (
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

-- The secrets of confidential clients; at most two of a client are live. Only digests are kept.
CREATE TABLE oauth2_client_secrets (
    id UUID NOT NULL,
    client_id UUID NOT NULL,
    digest BINARY(32) NOT NULL,
    -- The end of the secret, so that people can tell two apart.
    hint VARCHAR(8) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    -- NULL: never.
    expires_at DATETIME(3) NULL,
    last_used_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY oauth2_client_secrets_digest (digest),
    KEY oauth2_client_secrets_client (client_id, id),
    CONSTRAINT oauth2_client_secrets_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Scopes besides the platform's, for what clients agree on among themselves.
CREATE TABLE oauth2_scopes (
    id UUID NOT NULL,
    name VARCHAR(100) NOT NULL,
    description VARCHAR(500) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY oauth2_scopes_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- What a client was given once, and everything that came of it: the family that ends as a whole.
CREATE TABLE oauth2_grants (
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

-- What is known of access tokens. The token is a signed JWT and is not kept; its jti is the id.
CREATE TABLE oauth2_access_tokens (
    id UUID NOT NULL,
    grant_id UUID NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    revoked_at DATETIME(3) NULL,
    PRIMARY KEY (id),
    KEY oauth2_access_tokens_grant (grant_id),
    KEY oauth2_access_tokens_expiry (expires_at),
    CONSTRAINT oauth2_access_tokens_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- What renews access tokens (RFC 6749, 6): each works once, and is followed by another. Only digests are kept, and
-- the used ones, so that reuse shows.
CREATE TABLE oauth2_refresh_tokens (
    digest BINARY(32) NOT NULL,
    grant_id UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    KEY oauth2_refresh_tokens_grant (grant_id),
    KEY oauth2_refresh_tokens_expiry (expires_at),
    CONSTRAINT oauth2_refresh_tokens_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Assertions that clients proved themselves with (private_key_jwt), so that none works twice.
CREATE TABLE oauth2_client_assertions (
    client_id UUID NOT NULL,
    -- SHA-256 of the jti.
    digest BINARY(32) NOT NULL,
    -- It need not be remembered longer: an expired assertion is refused anyway.
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (client_id, digest),
    KEY oauth2_client_assertions_expiry (expires_at),
    CONSTRAINT oauth2_client_assertions_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Clients that registered themselves, and what they show to look after themselves (RFC 7592).
CREATE TABLE oauth2_registrations (
    client_id UUID NOT NULL,
    -- SHA-256 of the registration access token.
    digest BINARY(32) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    -- Then it is looked at: if it was not used, it goes.
    due_at DATETIME(3) NOT NULL,
    PRIMARY KEY (client_id),
    KEY oauth2_registrations_due (due_at),
    CONSTRAINT oauth2_registrations_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- What lets its holder register one client (RFC 7591, the initial access token); gone when it was used.
CREATE TABLE oauth2_registration_tokens (
    id UUID NOT NULL,
    -- SHA-256 of the token.
    digest BINARY(32) NOT NULL,
    created_by UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY oauth2_registration_tokens_digest (digest),
    KEY oauth2_registration_tokens_creator (created_by),
    KEY oauth2_registration_tokens_expiry (expires_at),
    CONSTRAINT oauth2_registration_tokens_creator FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Authorization codes (RFC 6749, 4.1.2), and what the client asked for along with them. A code is kept as long as the
-- grant that it began, so that its second use shows.
CREATE TABLE oauth2_codes (
    digest BINARY(32) NOT NULL,
    grant_id UUID NOT NULL,
    -- As the request spelled it.
    redirect_uri VARCHAR(2000) NOT NULL,
    -- Of the method S256 (RFC 7636).
    code_challenge VARCHAR(128) NULL,
    nonce VARCHAR(1024) NULL,
    -- Separated by spaces, as is the next one: what was asked for by name (OpenID Connect Core, 5.5).
    id_token_claims VARCHAR(255) NOT NULL,
    userinfo_claims VARCHAR(255) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    UNIQUE KEY oauth2_codes_grant (grant_id),
    CONSTRAINT oauth2_codes_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- That people let clients act for them, as they said it once.
CREATE TABLE oauth2_consents (
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

-- Authorization requests that a person is being asked about. What the form shows is the secret of the digest.
CREATE TABLE oauth2_pending_authorizations (
    digest BINARY(32) NOT NULL,
    -- Of the person who is asked: nobody else can answer.
    session_id UUID NOT NULL,
    -- JSON: names and values of the request.
    parameters MEDIUMTEXT NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (digest),
    KEY oauth2_pending_authorizations_session (session_id),
    KEY oauth2_pending_authorizations_expiry (expires_at),
    CONSTRAINT oauth2_pending_authorizations_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- What one page leaves for the page behind a redirect: a form that was interrupted, a secret that is shown once.
CREATE TABLE handovers (
    id UUID NOT NULL,
    session_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    -- Sealed with the master key for this id and session.
    sealed MEDIUMBLOB NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY handovers_session (session_id),
    KEY handovers_expiry (expires_at),
    CONSTRAINT handovers_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT handovers_kind CHECK (kind IN ('form', 'secret'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The clients that somebody used in a session: they are told when it ends (OpenID Connect Back-Channel Logout 1.0).
CREATE TABLE oauth2_session_clients (
    session_id UUID NOT NULL,
    client_id UUID NOT NULL,
    PRIMARY KEY (session_id, client_id),
    KEY oauth2_session_clients_client (client_id),
    CONSTRAINT oauth2_session_clients_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_session_clients_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Clients that are still to be told that a session has ended. A row goes when the client was told, or told often enough.
CREATE TABLE oauth2_logout_notices (
    -- No foreign key, nor for the user: both may be gone when the client is told.
    session_id UUID NOT NULL,
    client_id UUID NOT NULL,
    user_id UUID NOT NULL,
    created_at DATETIME(3) NOT NULL,
    tries INT UNSIGNED NOT NULL,
    -- While somebody sends it: when somebody else may, because that one must have died.
    next_try_at DATETIME(3) NOT NULL,
    -- Who sends it now, or did last.
    claim UUID NULL,
    PRIMARY KEY (session_id, client_id),
    KEY oauth2_logout_notices_client (client_id, next_try_at),
    KEY oauth2_logout_notices_due (next_try_at),
    KEY oauth2_logout_notices_claim (claim),
    CONSTRAINT oauth2_logout_notices_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Authorization requests that clients sent beforehand (RFC 9126), by the digest of their request_uri.
CREATE TABLE oauth2_pushed_requests (
    digest BINARY(32) NOT NULL,
    client_id UUID NOT NULL,
    -- JSON: names and values of the request.
    parameters MEDIUMTEXT NOT NULL,
    -- Whether somebody has come with it, and so may take longer.
    opened BOOLEAN NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (digest),
    KEY oauth2_pushed_requests_client (client_id),
    KEY oauth2_pushed_requests_expiry (expires_at),
    CONSTRAINT oauth2_pushed_requests_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Devices that wait for a person to allow them something elsewhere (RFC 8628).
CREATE TABLE oauth2_device_codes (
    -- SHA-256 of the device code.
    digest BINARY(32) NOT NULL,
    -- SHA-256 of what the person types.
    user_code BINARY(32) NOT NULL,
    client_id UUID NOT NULL,
    -- Separated by spaces.
    scopes TEXT NOT NULL,
    resource VARCHAR(500) NULL,
    address VARCHAR(45) NOT NULL,
    -- Seconds that the device has to wait between two questions; grows when it does not.
    poll_interval SMALLINT UNSIGNED NOT NULL,
    polled_at DATETIME(3) NULL,
    -- SHA-256 of what the form shows to whom is asked, and the session that it was shown in.
    question BINARY(32) NULL,
    session_id UUID NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    decided_at DATETIME(3) NULL,
    -- NULL in one that is decided: the person said no.
    grant_id UUID NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    UNIQUE KEY oauth2_device_codes_user_code (user_code),
    UNIQUE KEY oauth2_device_codes_question (question),
    KEY oauth2_device_codes_client (client_id),
    KEY oauth2_device_codes_grant (grant_id),
    KEY oauth2_device_codes_expiry (expires_at),
    CONSTRAINT oauth2_device_codes_client FOREIGN KEY (client_id) REFERENCES oauth2_clients (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_device_codes_grant FOREIGN KEY (grant_id) REFERENCES oauth2_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Who did what, and how it ended. Names are kept, so nothing here refers to another table;
-- the application may add and read, never change (users.sql).
CREATE TABLE audit_events (
    id UUID NOT NULL,
    time DATETIME(3) NOT NULL,
    action VARCHAR(64) NOT NULL,
    outcome VARCHAR(10) NOT NULL,
    reason VARCHAR(255) NULL,
    request_id VARCHAR(64) NOT NULL,
    actor_kind VARCHAR(20) NULL,
    actor_id VARCHAR(64) NULL,
    actor_name VARCHAR(255) NULL,
    credential_kind VARCHAR(32) NULL,
    credential_id VARCHAR(64) NULL,
    credential_name VARCHAR(255) NULL,
    organization_id UUID NULL,
    address VARCHAR(45) NOT NULL,
    user_agent VARCHAR(255) NOT NULL,
    target_kind VARCHAR(32) NULL,
    target_id VARCHAR(255) NULL,
    target_name VARCHAR(255) NULL,
    -- JSON: field to old and new value.
    changes MEDIUMTEXT NOT NULL,
    PRIMARY KEY (id),
    -- The outcome stands before the id in all of them: see SQLAuditStore. A span of time is one of the id.
    KEY audit_events_outcome (outcome, id),
    KEY audit_events_action (action, outcome, id),
    KEY audit_events_organization (organization_id, outcome, id),
    KEY audit_events_organization_action (organization_id, action, outcome, id),
    KEY audit_events_actor (actor_id, outcome, id),
    KEY audit_events_actor_action (actor_id, action, outcome, id),
    KEY audit_events_actor_name (actor_name, outcome, id),
    KEY audit_events_actor_name_action (actor_name, action, outcome, id),
    KEY audit_events_credential (credential_id, outcome, id),
    KEY audit_events_credential_action (credential_id, action, outcome, id),
    KEY audit_events_credential_name (credential_name, outcome, id),
    KEY audit_events_credential_name_action (credential_name, action, outcome, id),
    CONSTRAINT audit_events_outcome CHECK (outcome IN ('success', 'denied', 'error'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The roles that every organization has; their ids and what they hold stand in BuiltInRole.
INSERT INTO roles (id, organization_id, name, scopes, created_at, updated_at) VALUES
    ('00000000-0000-7000-8000-000000000001', NULL, 'viewer', '', '2026-11-22', '2026-11-22'),
    ('00000000-0000-7000-8000-000000000002', NULL, 'operator', '', '2026-11-22', '2026-11-22'),
    ('00000000-0000-7000-8000-000000000003', NULL, 'editor', '', '2026-11-22', '2026-11-22'),
    ('00000000-0000-7000-8000-000000000004', NULL, 'admin', '', '2026-11-22', '2026-11-22');

-- The only way by which audit events go: those that are older than the retention and than 30 days, however the
-- caller's clock runs. It runs with the rights of the migrator, because the application has none to delete.
CREATE PROCEDURE purge_audit_events (IN older_than DATETIME(3), IN most INT UNSIGNED)
    MODIFIES SQL DATA
    SQL SECURITY DEFINER
    DELETE FROM audit_events
    -- An id begins with the milliseconds since 1970: what is old is found by the primary key.
    WHERE id < CAST(CONCAT(LPAD(HEX(GREATEST(0, TIMESTAMPDIFF(MICROSECOND, '1970-01-01',
            LEAST(older_than, UTC_TIMESTAMP(3) - INTERVAL 30 DAY)) DIV 1000)), 12, '0'), '70008000000000000000') AS UUID)
        AND time < LEAST(older_than, UTC_TIMESTAMP(3) - INTERVAL 30 DAY)
    ORDER BY id LIMIT most;
