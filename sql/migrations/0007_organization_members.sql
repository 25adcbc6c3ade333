-- Who belongs to which organization: a user or a group.
CREATE TABLE IF NOT EXISTS organization_members (
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
