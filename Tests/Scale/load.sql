-- Fills an empty schema with as much as a big platform has after two years, so that every list can be timed and
-- every query's plan be looked at. It needs MariaDB's sequence engine, which is always there, and nothing else.
--
--     Tests/Scale/load --user=root --socket=… gatehouse            1,000 organizations, 100,000 users, 1,000,000
--                                                                  tokens, 5,000,000 audit events: some minutes, 6 GB
--     Tests/Scale/load --fraction 0.01 --user=root … gatehouse     a hundredth: seconds
--
-- `make database` prints the words behind `load` for its own database. The names «user1», «org1», … must be free; what
-- is there already stays, but an empty table is loaded many times faster, so load before anything else is done. The
-- rows are the same each time, but for the moment that they end at: @now. Nobody has a password here: sign in as the
-- administrator whom `make run` makes.

SET @fraction = COALESCE(@fraction, 1), @now = COALESCE(@now, UTC_TIMESTAMP(3));
-- Fewer organizations than that and the server rightly reads such a small table as a whole.
SET @organizations = GREATEST(100, ROUND(1000 * @fraction)), @users = ROUND(100000 * @fraction);
SET @groups = GREATEST(100, ROUND(2000 * @fraction)), @sessions = 3 * @users, @keys = ROUND(20000 * @fraction);
SET @tokens = ROUND(1000000 * @fraction), @events = ROUND(5000000 * @fraction);
-- Everybody of the first fifth is in the first organization.
SET @crowd = ROUND(@users / 5);
-- A fiftieth of the users has the 50 tokens that are allowed, the others 10, and the last 8 % none.
SET @busy = ROUND(@users / 50);
-- Two years, in milliseconds.
SET @end = ROUND(UNIX_TIMESTAMP(@now) * 1000), @span = 730 * 86400000;

-- Bulk loading: into an empty table InnoDB then sorts the keys first.
SET SESSION unique_checks = 0, foreign_key_checks = 0;

-- A UUIDv7: the time in milliseconds, then bits that look random but are those of the kind and the number.
CREATE OR REPLACE FUNCTION scale_id(kind CHAR(1), number INT UNSIGNED, ms BIGINT UNSIGNED) RETURNS UUID DETERMINISTIC
    RETURN CAST(INSERT(INSERT(CONCAT(LPAD(HEX(ms), 12, '0'), LEFT(MD5(CONCAT(kind, number)), 20)), 13, 1, '7'), 17, 1, '8') AS UUID);

-- When the number-th of that many was made: one after the other, evenly over the two years.
CREATE OR REPLACE FUNCTION scale_ms(number INT UNSIGNED, count INT UNSIGNED) RETURNS BIGINT UNSIGNED DETERMINISTIC
    RETURN @end - @span + FLOOR(number * @span / (count + 1));

CREATE OR REPLACE FUNCTION scale_time(ms BIGINT UNSIGNED) RETURNS DATETIME(3) DETERMINISTIC
    RETURN '1970-01-01' + INTERVAL ms * 1000 MICROSECOND;

-- A number that looks random, but is that of the number.
CREATE OR REPLACE FUNCTION scale_mix(number INT UNSIGNED) RETURNS INT UNSIGNED DETERMINISTIC
    RETURN CRC32(number * 2654435761);

-- With the id of a token each, for the audit trail.
CREATE TEMPORARY TABLE scale_users (n INT UNSIGNED NOT NULL PRIMARY KEY, id UUID NOT NULL, token UUID NOT NULL)
    ENGINE=InnoDB
    SELECT seq AS n, scale_id('u', seq, scale_ms(seq, @users)) AS id, scale_id('t', seq, scale_ms(seq, @tokens)) AS token
    FROM seq_1_to_100000 WHERE seq <= @users;

CREATE TEMPORARY TABLE scale_organizations (n INT UNSIGNED NOT NULL PRIMARY KEY, id UUID NOT NULL) ENGINE=InnoDB
    SELECT seq AS n, scale_id('o', seq, scale_ms(seq, @organizations)) AS id FROM seq_1_to_1000 WHERE seq <= @organizations;

CREATE TEMPORARY TABLE scale_groups (n INT UNSIGNED NOT NULL PRIMARY KEY, id UUID NOT NULL) ENGINE=InnoDB
    SELECT seq AS n, scale_id('g', seq, scale_ms(seq, @groups)) AS id FROM seq_1_to_2000 WHERE seq <= @groups;

INSERT INTO users (id, username, email, email_verified, display_name, kind, password_hash, system_administrator,
    disabled, created_at, updated_at, last_sign_in_at)
SELECT id, CONCAT('user', n), IF(n MOD 20 = 0, NULL, CONCAT('user', n, '@example.org')), TRUE,
    CONCAT('User Number ', n), IF(n MOD 20 = 0, 'service', 'person'), NULL, n = 1, n MOD 50 = 49,
    scale_time(scale_ms(n, @users)), scale_time(scale_ms(n, @users)), IF(n MOD 3 = 0, NULL, @now)
FROM scale_users;

INSERT INTO sign_in_names (name, user_id, kind)
SELECT username, id, 'username' FROM users WHERE username LIKE 'user%'
UNION ALL SELECT email, id, 'email' FROM users WHERE email LIKE 'user%@example.org';

INSERT INTO `groups` (id, name, created_at, updated_at)
SELECT id, CONCAT('group', n), scale_time(scale_ms(n, @groups)), @now FROM scale_groups;

-- Half of the users are in two groups each, neighbours in one; the first user is in many. (UNION drops what is
-- twice; IGNORE drops everything when an empty table is loaded in bulk.)
INSERT INTO group_members (group_id, user_id)
SELECT g.id, u.id FROM scale_users u JOIN scale_groups g ON g.n = 1 + FLOOR(u.n * @groups / (@users + 1))
WHERE u.n MOD 2 = 0
UNION SELECT g.id, u.id FROM scale_users u JOIN scale_groups g ON g.n = 1 + scale_mix(u.n) MOD @groups
WHERE u.n MOD 2 = 0
UNION SELECT g.id, u.id FROM scale_users u JOIN scale_groups g WHERE u.n = 1 AND g.n MOD 10 = 0;

INSERT INTO organizations (id, slug, name, rbac_level, created_at, updated_at)
SELECT id, CONCAT('org', n), CONCAT('Organization ', n), ELT(1 + n MOD 3, 'basic', 'enterprise', 'none'),
    scale_time(scale_ms(n, @organizations)), @now
FROM scale_organizations;

-- Ten custom roles where they are allowed.
INSERT INTO roles (id, organization_id, name, scopes, created_at, updated_at)
SELECT scale_id('r', o.n * 100 + s.seq, scale_ms(o.n, @organizations)), o.id, CONCAT('role', s.seq),
    'pipelines:read models:read uns:read', @now, @now
FROM scale_organizations o JOIN seq_1_to_10 s WHERE o.n MOD 3 = 1;

-- Members are numbered so that an organization's are spread over the whole time.
CREATE TEMPORARY TABLE scale_members (n INT UNSIGNED NOT NULL PRIMARY KEY, organization INT UNSIGNED NOT NULL,
    user_id UUID NULL, group_id UUID NULL, owner BOOLEAN NOT NULL) ENGINE=InnoDB
SELECT n, 1 AS organization, id AS user_id, NULL AS group_id, n <= 3 AS owner FROM scale_users WHERE n <= @crowd
UNION ALL SELECT @crowd + n, 2 + n MOD (@organizations - 1), id, NULL, n <= 2 * @organizations FROM scale_users
UNION ALL SELECT @crowd + @users + n, 1 + n MOD @organizations, NULL, id, FALSE FROM scale_groups
UNION ALL SELECT @crowd + @users + @groups + o.n, o.n, u.id, NULL, TRUE FROM scale_organizations o JOIN scale_users u
    WHERE u.n = 1 AND o.n NOT IN (1, 3);

INSERT INTO organization_members (id, organization_id, user_id, group_id, owner, created_at, updated_at)
SELECT scale_id('m', m.n, scale_ms(m.n, @crowd + @users + @groups + @organizations)), o.id, m.user_id, m.group_id,
    m.owner, scale_time(scale_ms(m.n, @crowd + @users + @groups + @organizations)), @now
FROM scale_members m JOIN scale_organizations o ON o.n = m.organization;

-- A built-in role for all, and a custom one for some where there are any.
INSERT INTO organization_member_roles (member_id, role_id)
SELECT scale_id('m', n, scale_ms(n, @crowd + @users + @groups + @organizations)),
    CONCAT('00000000-0000-7000-8000-00000000000', 1 + n MOD 4)
FROM scale_members
UNION ALL SELECT scale_id('m', n, scale_ms(n, @crowd + @users + @groups + @organizations)),
    scale_id('r', organization * 100 + 1 + n MOD 10, scale_ms(organization, @organizations))
FROM scale_members WHERE organization MOD 3 = 1 AND n MOD 5 = 0;

-- A third is alive; the first user has hundreds.
INSERT INTO sessions (id, user_id, kind, cookie_digest, user_agent, address, created_at, last_active_at, expires_at,
    ended_at, authenticated_at)
SELECT scale_id('s', s.seq, scale_ms(s.seq, @sessions)), u.id, IF(s.seq MOD 2, 'browser', 'token'),
    IF(s.seq MOD 2, UNHEX(SHA2(CONCAT('cookie', s.seq), 256)), NULL), 'curl/8.0',
    CONCAT('192.0.2.', s.seq MOD 250), scale_time(scale_ms(s.seq, @sessions)), @now,
    IF(s.seq MOD 3 = 0, @now + INTERVAL 1 + s.seq MOD 14 DAY, scale_time(scale_ms(s.seq, @sessions) + 3600000)),
    IF(s.seq MOD 3 = 1, scale_time(scale_ms(s.seq, @sessions) + 3600000), NULL),
    scale_time(scale_ms(s.seq, @sessions))
FROM seq_1_to_300000 s JOIN scale_users u ON u.n = IF(s.seq MOD 500 = 0, 1, 1 + s.seq MOD @users)
WHERE s.seq <= @sessions;

INSERT INTO session_refresh_tokens (digest, session_id, created_at, expires_at, used_at)
SELECT UNHEX(SHA2(CONCAT('refresh', seq), 256)), scale_id('s', seq, scale_ms(seq, @sessions)),
    scale_time(scale_ms(seq, @sessions)), @now + INTERVAL 1 DAY, IF(seq MOD 4, @now, NULL)
FROM seq_2_to_300000_step_2 WHERE seq <= @sessions;

INSERT INTO handovers (id, session_id, kind, sealed, expires_at)
SELECT scale_id('h', seq, scale_ms(seq, @sessions)), scale_id('s', seq, scale_ms(seq, @sessions)),
    IF(seq MOD 3, 'form', 'secret'), REPEAT('s', 500), @now + INTERVAL seq MOD 900 SECOND
FROM seq_1_to_30000_step_10 WHERE seq <= @sessions;

INSERT INTO sign_in_tries (bucket, tries, window_ends_at)
SELECT UNHEX(SHA2(CONCAT('bucket', seq), 256)), 1 + seq MOD 10, @now + INTERVAL seq MOD 900 SECOND
FROM seq_1_to_100000 WHERE seq <= @users;

INSERT INTO sign_in_addresses (user_id, address, last_sign_in_at)
SELECT id, CONCAT('192.0.2.', n MOD 250), @now - INTERVAL n MOD 90 DAY FROM scale_users;

INSERT INTO api_keys (id, organization_id, name, digest, permissions, created_by, created_at, expires_at, revoked_at,
    last_used_at)
SELECT scale_id('k', s.seq, scale_ms(s.seq, @keys)), o.id, CONCAT('key', s.seq),
    UNHEX(SHA2(CONCAT('key', s.seq), 256)), 'uns:read uns:publish', u.id, scale_time(scale_ms(s.seq, @keys)),
    @now + INTERVAL s.seq MOD 365 DAY, IF(s.seq MOD 4 = 0, @now, NULL), IF(s.seq MOD 2, @now, NULL)
FROM seq_1_to_20000 s
JOIN scale_organizations o ON o.n = IF(s.seq MOD 10 = 0, 1, 1 + s.seq MOD @organizations)
JOIN scale_users u ON u.n = 1 + s.seq MOD @users
WHERE s.seq <= @keys;

-- The first 2 % of the users have 50 active ones; of the others' ten some are revoked or expired. Half are bound to
-- an organization, many of them to the first.
INSERT INTO personal_access_tokens (id, user_id, name, scopes, organization_id, all_organizations, created_at,
    expires_at, revoked_at, last_used_at)
SELECT scale_id('t', s.seq, scale_ms(s.seq, @tokens)), u.id, CONCAT('token', s.seq),
    IF(s.seq MOD 9 = 0, NULL, 'pipelines:read pipelines:execute uns:read'), o.id, o.id IS NULL,
    scale_time(scale_ms(s.seq, @tokens)),
    IF(u.n > @busy AND s.seq MOD 3 = 0, scale_time(scale_ms(s.seq, @tokens)), @now + INTERVAL 1 + s.seq MOD 365 DAY),
    IF(u.n > @busy AND s.seq MOD 7 = 0, @now, NULL), IF(s.seq MOD 2, @now, NULL)
FROM seq_1_to_1000000 s
JOIN scale_users u ON u.n = IF(s.seq <= @busy * 50, 1 + s.seq MOD @busy, 1 + @busy + s.seq MOD (@users * 9 DIV 10))
LEFT JOIN scale_organizations o
    ON o.n = CASE s.seq MOD 6 WHEN 0 THEN 1 WHEN 1 THEN 2 + s.seq MOD (@organizations - 1) WHEN 2 THEN 7 END
WHERE s.seq <= @tokens;

SET @clients = GREATEST(500, ROUND(5000 * @fraction)), @grants = ROUND(1000000 * @fraction);

INSERT INTO oauth2_clients (id, name, description, type, grant_types, redirect_uris, post_logout_redirect_uris, scopes,
    service_user_id, organization_id, access_token_ttl, refresh_token_ttl, token_endpoint_auth_method, jwks,
    id_token_signed_response_alg, require_pkce, backchannel_logout_uri, backchannel_logout_session_required, disabled,
    created_at, updated_at, last_used_at)
SELECT scale_id('c', s.seq, scale_ms(s.seq, @clients)), CONCAT('client', s.seq), '', 'confidential',
    'client_credentials', '', '', CONCAT('pipelines:read scope', s.seq), u.id, o.id, 3600, 2592000,
    'client_secret_basic', NULL, 'RS256', TRUE, NULL, FALSE, s.seq MOD 50 = 49, scale_time(scale_ms(s.seq, @clients)),
    scale_time(scale_ms(s.seq, @clients)), IF(s.seq MOD 2, @now, NULL)
FROM seq_1_to_5000 s
JOIN scale_users u ON u.n = 20 * (1 + s.seq MOD (@users DIV 20))
LEFT JOIN scale_organizations o ON o.n = IF(s.seq MOD 2, 1 + s.seq MOD @organizations, NULL)
WHERE s.seq <= @clients;

INSERT INTO oauth2_client_secrets (id, client_id, digest, hint, created_at, expires_at, last_used_at)
SELECT scale_id('x', s.seq, scale_ms(s.seq, 2 * @clients)),
    scale_id('c', 1 + s.seq DIV 2, scale_ms(1 + s.seq DIV 2, @clients)), UNHEX(SHA2(CONCAT('secret', s.seq), 256)),
    'abcd', scale_time(scale_ms(s.seq, 2 * @clients)), IF(s.seq MOD 2, NULL, @now + INTERVAL 30 DAY), NULL
FROM seq_0_to_9999 s WHERE s.seq < 2 * @clients;

INSERT INTO oauth2_registrations (client_id, digest, created_at, due_at)
SELECT scale_id('c', seq, scale_ms(seq, @clients)), UNHEX(SHA2(CONCAT('registration', seq), 256)),
    scale_time(scale_ms(seq, @clients)), @now + INTERVAL seq HOUR
FROM seq_1_to_5000 WHERE seq < @clients;

INSERT INTO oauth2_registration_tokens (id, digest, created_by, created_at, expires_at)
SELECT scale_id('i', s.seq, scale_ms(s.seq, @clients)), UNHEX(SHA2(CONCAT('initial', s.seq), 256)), u.id,
    scale_time(scale_ms(s.seq, @clients)), @now + INTERVAL s.seq HOUR
FROM seq_1_to_5000 s JOIN scale_users u ON u.n = 1 + s.seq MOD @users WHERE s.seq <= @clients;

INSERT INTO oauth2_pushed_requests (digest, client_id, parameters, opened, expires_at)
SELECT UNHEX(SHA2(CONCAT('pushed', seq), 256)), scale_id('c', seq, scale_ms(seq, @clients)), '[]', seq MOD 2,
    @now + INTERVAL seq SECOND
FROM seq_1_to_5000 WHERE seq <= @clients;

INSERT INTO oauth2_device_codes (digest, user_code, client_id, scopes, resource, address, poll_interval, polled_at,
    question, session_id, created_at, expires_at, decided_at, grant_id, used_at)
SELECT UNHEX(SHA2(CONCAT('device', seq), 256)), UNHEX(SHA2(CONCAT('user code', seq), 256)),
    scale_id('c', seq, scale_ms(seq, @clients)), 'pipelines:read', NULL, '192.0.2.1', 5, NULL,
    UNHEX(SHA2(CONCAT('question', seq), 256)), NULL, @now, @now + INTERVAL seq SECOND, NULL, NULL, NULL
FROM seq_1_to_5000 WHERE seq <= @clients;

INSERT INTO oauth2_scopes (id, name, description, created_at, updated_at)
SELECT scale_id('y', seq, scale_ms(seq, @clients)), CONCAT('scope', seq), 'A scope', scale_time(scale_ms(seq, @clients)),
    scale_time(scale_ms(seq, @clients)) FROM seq_1_to_5000 WHERE seq <= @clients;

-- Some of the first client's live, all others' are over in a day; a tenth in one organization alone.
INSERT INTO oauth2_grants (id, client_id, user_id, kind, session_id, scopes, resource, organization_id, offline,
    auth_time, created_at, expires_at, ended_at)
SELECT scale_id('f', s.seq, scale_ms(s.seq, @grants)),
    scale_id('c', 1 + s.seq MOD @clients, scale_ms(1 + s.seq MOD @clients, @clients)), u.id, 'client_credentials',
    NULL, 'pipelines:read', NULL, o.id, TRUE, NULL, scale_time(scale_ms(s.seq, @grants)),
    @now + INTERVAL s.seq MOD 86400 SECOND, IF(s.seq MOD 3, NULL, @now)
FROM seq_1_to_1000000 s
JOIN scale_users u ON u.n = 1 + s.seq MOD @users
LEFT JOIN scale_organizations o ON o.n = IF(s.seq MOD 10, NULL, 1 + (s.seq DIV 10) MOD @organizations)
WHERE s.seq <= @grants;

INSERT INTO oauth2_access_tokens (id, grant_id, expires_at, revoked_at)
SELECT scale_id('z', seq, scale_ms(seq, @grants)), scale_id('f', seq, scale_ms(seq, @grants)),
    @now + INTERVAL seq MOD 86400 SECOND, NULL
FROM seq_1_to_1000000 WHERE seq <= @grants;

-- Four a family, all but the last one used.
INSERT INTO oauth2_refresh_tokens (digest, grant_id, created_at, expires_at, used_at)
SELECT UNHEX(SHA2(CONCAT('refresh', seq), 256)), scale_id('f', 1 + seq DIV 4, scale_ms(1 + seq DIV 4, @grants)),
    @now, @now + INTERVAL seq MOD 86400 SECOND, IF(seq MOD 4 = 3, NULL, @now)
FROM seq_1_to_1000000 WHERE seq < @grants;

INSERT INTO oauth2_client_assertions (client_id, digest, expires_at)
SELECT scale_id('c', 1 + seq MOD @clients, scale_ms(1 + seq MOD @clients, @clients)),
    UNHEX(SHA2(CONCAT('assertion', seq), 256)), @now + INTERVAL seq MOD 3600 SECOND
FROM seq_1_to_100000 WHERE seq <= @users;

-- Some grants began with a code; everybody lets a few clients act for them, and the crowd the first.
INSERT INTO oauth2_codes (digest, grant_id, redirect_uri, code_challenge, nonce, id_token_claims, userinfo_claims,
    expires_at, used_at)
SELECT UNHEX(SHA2(CONCAT('code', seq), 256)), scale_id('f', seq, scale_ms(seq, @grants)), 'https://app.example/callback',
    LEFT(SHA2(seq, 256), 43), NULL, '', '', @now, IF(seq MOD 10, @now, NULL)
FROM seq_1_to_100000 WHERE seq <= @users;

INSERT INTO oauth2_consents (user_id, client_id, organization_id, scopes, granted_at, last_used_at)
SELECT u.id, scale_id('c', c.n, scale_ms(c.n, @clients)), NULL, 'pipelines:read', @now, @now
FROM scale_users u JOIN (SELECT s.seq, s.seq * 7 AS n FROM seq_1_to_5 s) c;

INSERT INTO oauth2_pending_authorizations (digest, session_id, parameters, expires_at)
SELECT UNHEX(SHA2(CONCAT('question', seq), 256)), scale_id('s', seq, scale_ms(seq, @sessions)), '[]',
    @now + INTERVAL seq MOD 900 SECOND
FROM seq_1_to_100000 WHERE seq <= @users;

-- A session in four was used with a client; some of those that are told of ends are due.
INSERT INTO oauth2_session_clients (session_id, client_id)
SELECT s.id, c.id
FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM sessions) s
JOIN (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM oauth2_clients) c ON c.n = 1 + s.n MOD @clients
WHERE s.n MOD 4 = 0;

INSERT INTO oauth2_logout_notices (session_id, client_id, user_id, created_at, tries, next_try_at, claim)
SELECT s.id, sc.client_id, s.user_id, @now, 0,
    @now + INTERVAL CRC32(s.id) MOD 80000 SECOND, NULL
FROM oauth2_session_clients sc
JOIN sessions s ON s.id = sc.session_id;

SET @robot = scale_id('k', 10, scale_ms(10, @keys));

-- What one sees in a big platform: one robot that makes an eighth of all events, one organization that has a
-- quarter of them, an administrator in a hundredth, actions from a half of all to one in a hundred thousand.
INSERT INTO audit_events (id, time, action, outcome, reason, request_id, actor_kind, actor_id, actor_name,
    credential_kind, credential_id, credential_name, organization_id, address, user_agent, target_kind, target_id,
    target_name, changes)
SELECT scale_id('e', e.n, e.ms), '1970-01-01' + INTERVAL e.ms * 1000 MICROSECOND, e.action,
    CASE WHEN e.action = 'sign_in.failed' OR e.mix MOD 97 = 5 THEN 'denied' WHEN e.mix MOD 499 = 7 THEN 'error'
        ELSE 'success' END,
    IF(e.action = 'sign_in.failed', 'wrong password', NULL), MD5(e.n),
    CASE WHEN e.action = 'sign_in.failed' THEN NULL WHEN e.robot THEN 'api_key' ELSE 'user' END,
    CASE WHEN e.action = 'sign_in.failed' THEN NULL WHEN e.robot THEN @robot ELSE u.id END,
    CASE WHEN e.action = 'sign_in.failed' THEN NULL WHEN e.robot THEN 'key10' ELSE CONCAT('user', u.n) END,
    CASE WHEN e.action LIKE 'sign_in.%' THEN NULL WHEN e.robot THEN 'api_key' ELSE 'personal_access_token' END,
    CASE WHEN e.action LIKE 'sign_in.%' THEN NULL WHEN e.robot THEN @robot ELSE u.token END,
    CASE WHEN e.action LIKE 'sign_in.%' THEN NULL WHEN e.robot THEN 'key10' ELSE CONCAT('token', u.n) END,
    o.id, CONCAT('192.0.2.', e.mix MOD 250), 'curl/8.0', 'user', u.id, CONCAT('user', u.n),
    IF(e.mix MOD 2, '{}', '{"name":{"old":"before","new":"after"}}')
FROM (
    SELECT seq AS n, @end - @span + FLOOR(seq * @span / (@events + 1)) AS ms, CRC32(seq * 2654435761) AS mix,
        CRC32((seq + 5000000) * 2654435761) MOD 8 = 0 AS robot,
        CASE
            WHEN seq MOD 100000 = 99 THEN 'organization.deleted'
            WHEN seq MOD 1000 = 98 THEN 'role.updated'
            WHEN seq MOD 100 < 50 THEN 'sign_in.succeeded'
            WHEN seq MOD 100 < 55 THEN 'sign_in.failed'
            WHEN seq MOD 100 < 80 THEN 'personal_access_token.created'
            WHEN seq MOD 100 < 90 THEN 'member.updated'
            ELSE 'api_key.created'
        END AS action
    FROM seq_1_to_5000000 WHERE seq <= @events
) AS e
JOIN scale_users u ON u.n = IF(e.mix MOD 101 = 0, 1, 1 + e.mix MOD @users)
LEFT JOIN scale_organizations o
    ON o.n = CASE WHEN e.action LIKE 'sign_in.%' THEN NULL WHEN e.mix MOD 2 THEN 1 ELSE 1 + e.mix MOD @organizations END;

SET SESSION unique_checks = 1, foreign_key_checks = 1;
DROP TEMPORARY TABLE scale_users, scale_organizations, scale_groups, scale_members;
DROP FUNCTION scale_id;
DROP FUNCTION scale_ms;
DROP FUNCTION scale_time;
DROP FUNCTION scale_mix;

-- So that the server knows what it has now, and chooses its plans by that.
ANALYZE TABLE users, sign_in_names, `groups`, group_members, organizations, roles, organization_members,
    organization_member_roles, sessions, session_refresh_tokens, sign_in_tries, sign_in_addresses,
    personal_access_tokens, api_keys, oauth2_clients, oauth2_client_secrets, oauth2_scopes, oauth2_grants,
    oauth2_access_tokens, oauth2_refresh_tokens, oauth2_client_assertions, oauth2_codes, oauth2_consents,
    oauth2_pending_authorizations, oauth2_registrations, oauth2_registration_tokens, oauth2_pushed_requests,
    oauth2_device_codes, handovers, oauth2_session_clients, oauth2_logout_notices, audit_events;
