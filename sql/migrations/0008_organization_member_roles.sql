-- Which roles a member has. A role in use can't be deleted.
CREATE TABLE IF NOT EXISTS organization_member_roles (
    member_id UUID NOT NULL,
    role_id UUID NOT NULL,
    PRIMARY KEY (member_id, role_id),
    KEY organization_member_roles_role (role_id),
    CONSTRAINT organization_member_roles_member FOREIGN KEY (member_id) REFERENCES organization_members (id) ON DELETE CASCADE,
    CONSTRAINT organization_member_roles_role FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
