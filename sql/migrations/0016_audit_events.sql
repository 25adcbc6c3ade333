-- Who did what, and how it ended. Names are kept, so nothing here refers to another table;
-- the application may add and read, never change (users.sql).
CREATE TABLE IF NOT EXISTS audit_events (
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
