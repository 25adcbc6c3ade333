-- The roles that every organization has; their ids and what they hold stand in BuiltInRole.
INSERT IGNORE INTO roles (id, organization_id, name, scopes, created_at, updated_at) VALUES
    ('00000000-0000-7000-8000-000000000001', NULL, 'viewer', '', '2026-11-22', '2026-11-22'),
    ('00000000-0000-7000-8000-000000000002', NULL, 'operator', '', '2026-11-22', '2026-11-22'),
    ('00000000-0000-7000-8000-000000000003', NULL, 'editor', '', '2026-11-22', '2026-11-22'),
    ('00000000-0000-7000-8000-000000000004', NULL, 'admin', '', '2026-11-22', '2026-11-22');
