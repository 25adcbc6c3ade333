import Domain
import MariaDB

struct SQLMemberStore: MemberStore {
    let stores: SQLStores

    // MARK: Memberships of a user

    func membership(of user: User.ID, in organization: Organization.ID) throws -> Membership? {
        try membership(of: user, in: organization, lock: "")
    }

    func lockedMembership(of user: User.ID, in organization: Organization.ID) throws -> Membership?
    {
        try membership(of: user, in: organization, lock: "LOCK IN SHARE MODE")
    }

    private func membership(
        of user: User.ID, in organization: Organization.ID, lock: SQL
    ) throws -> Membership? {
        let rows = try stores.connection.query(
            """
            (SELECT m.owner, r.id AS role_id, r.organization_id AS role_organization_id,
                r.name AS role_name, r.scopes AS role_scopes, r.created_at AS role_created_at,
                r.updated_at AS role_updated_at
            FROM organization_members m
            LEFT JOIN organization_member_roles mr ON mr.member_id = m.id
            LEFT JOIN roles r ON r.id = mr.role_id
            WHERE m.organization_id = \(organization) AND m.user_id = \(user)
            \(fragment: lock))
            UNION ALL
            (SELECT m.owner, r.id, r.organization_id, r.name, r.scopes, r.created_at, r.updated_at
            FROM group_members g
            JOIN organization_members m
                ON m.organization_id = \(organization) AND m.group_id = g.group_id
            LEFT JOIN organization_member_roles mr ON mr.member_id = m.id
            LEFT JOIN roles r ON r.id = mr.role_id
            WHERE g.user_id = \(user)
            \(fragment: lock))
            """)
        return try Membership(rows)
    }

    func memberships(
        of user: User.ID, in organizations: [Organization.ID]
    ) throws -> [Organization.ID: Membership] {
        let rows = try stores.connection.query(
            """
            SELECT m.organization_id, m.owner, r.id AS role_id,
                r.organization_id AS role_organization_id, r.name AS role_name,
                r.scopes AS role_scopes, r.created_at AS role_created_at,
                r.updated_at AS role_updated_at
            FROM organization_members m
            LEFT JOIN organization_member_roles mr ON mr.member_id = m.id
            LEFT JOIN roles r ON r.id = mr.role_id
            WHERE m.user_id = \(user) AND m.organization_id IN (\(list: organizations))
            UNION ALL
            SELECT m.organization_id, m.owner, r.id, r.organization_id, r.name, r.scopes,
                r.created_at, r.updated_at
            FROM group_members g
            JOIN organization_members m ON m.group_id = g.group_id
            LEFT JOIN organization_member_roles mr ON mr.member_id = m.id
            LEFT JOIN roles r ON r.id = mr.role_id
            WHERE g.user_id = \(user) AND m.organization_id IN (\(list: organizations))
            """)
        var grouped: [Organization.ID: [Row]] = [:]
        for row in rows { grouped[try row.id("organization_id"), default: []].append(row) }
        return try grouped.compactMapValues { try Membership($0) }
    }

    // MARK: The list of members

    func find(_ principal: Member.Principal, in organization: Organization.ID) throws -> Member? {
        let row: Row?
        switch principal {
        case .user(let id):
            row = try stores.connection.first(
                """
                SELECT m.id, m.organization_id, m.user_id, m.group_id, m.owner, m.created_at,
                    m.updated_at, u.username AS name, u.display_name
                FROM organization_members m
                JOIN users u ON u.id = m.user_id
                WHERE m.organization_id = \(organization) AND m.user_id = \(id)
                """)
        case .group(let id):
            row = try stores.connection.first(
                """
                SELECT m.id, m.organization_id, m.user_id, m.group_id, m.owner, m.created_at,
                    m.updated_at, g.name AS name, g.name AS display_name
                FROM organization_members m
                JOIN `groups` g ON g.id = m.group_id
                WHERE m.organization_id = \(organization) AND m.group_id = \(id)
                """)
        }
        guard let row else { return nil }
        let id: Member.ID = try row.id("id")
        return try Member(row, roles: roles(of: [id])[id] ?? [])
    }

    func lockedFind(
        _ principal: Member.Principal, in organization: Organization.ID
    ) throws -> Member? {
        // The one row alone; the names of user or group need no lock.
        let row: Row?
        switch principal {
        case .user(let id):
            row = try stores.connection.first(
                """
                SELECT id FROM organization_members
                WHERE organization_id = \(organization) AND user_id = \(id)
                FOR UPDATE
                """)
        case .group(let id):
            row = try stores.connection.first(
                """
                SELECT id FROM organization_members
                WHERE organization_id = \(organization) AND group_id = \(id)
                FOR UPDATE
                """)
        }
        return row == nil ? nil : try find(principal, in: organization)
    }

    func list(in organization: Organization.ID, _ page: PageRequest) throws -> ListPage<Member> {
        let rows = try stores.connection.query(
            """
            SELECT m.id, m.organization_id, m.user_id, m.group_id, m.owner, m.created_at,
                m.updated_at, COALESCE(u.username, g.name) AS name,
                COALESCE(u.display_name, g.name) AS display_name
            FROM organization_members m
            LEFT JOIN users u ON u.id = m.user_id
            LEFT JOIN `groups` g ON g.id = m.group_id
            WHERE m.organization_id = \(organization) AND m.id < \(page.end)
            ORDER BY m.id DESC
            LIMIT \(page.rowLimit)
            """)
        let roles = try roles(of: rows.map { try $0.id("id") })
        let members = try rows.map { row in try Member(row, roles: roles[row.id("id")] ?? []) }
        return ListPage(members, limit: page.limit, id: \.id.value)
    }

    private func roles(of members: [Member.ID]) throws -> [Member.ID: [Role]] {
        let rows = try stores.connection.query(
            """
            SELECT mr.member_id, r.id AS role_id, r.organization_id AS role_organization_id,
                r.name AS role_name, r.scopes AS role_scopes, r.created_at AS role_created_at,
                r.updated_at AS role_updated_at
            FROM organization_member_roles mr
            JOIN roles r ON r.id = mr.role_id
            WHERE mr.member_id IN (\(list: members))
            """)
        var roles: [Member.ID: [Role]] = [:]
        for row in rows { roles[try row.id("member_id"), default: []].append(try Role(row)) }
        return roles.mapValues { $0.sorted { $0.name < $1.name } }
    }

    func organizations(ofGroup id: Group.ID) throws -> [Organization.ID] {
        try stores.connection.query(
            "SELECT organization_id FROM organization_members WHERE group_id = \(id)"
        ).map { try $0.id("organization_id") }
    }

    // MARK: Owners

    func lockedOwners(of organization: Organization.ID) throws -> [User.ID] {
        let rows = try stores.connection.query(
            """
            SELECT user_id FROM organization_members
            WHERE organization_id = \(organization) AND owner = TRUE
            FOR UPDATE
            """)
        return try enabledPersons(rows.map { try $0.id("user_id") })
    }

    func organizationsWithSoleOwner(_ user: User.ID) throws -> [Organization.ID] {
        let owned = try stores.connection.query(
            "SELECT organization_id FROM organization_members WHERE user_id = \(user) AND owner = TRUE"
        ).map { row -> Organization.ID in try row.id("organization_id") }
        let rows = try stores.connection.query(
            """
            SELECT organization_id, user_id FROM organization_members
            WHERE organization_id IN (\(list: owned)) AND owner = TRUE
            FOR UPDATE
            """)
        var owners: [Organization.ID: [User.ID]] = [:]
        for row in rows {
            owners[try row.id("organization_id"), default: []].append(try row.id("user_id"))
        }
        let persons = Set(try enabledPersons(Array(Set(owners.values.joined()))))
        return owners.filter { $0.value.filter(persons.contains) == [user] }.keys.sorted()
    }

    /// Those who can sign in, which no service user does: an organization that only machines own has nobody left
    /// to decide. Their rows need no lock: whoever disables a user locks the rows of ownership first.
    private func enabledPersons(_ users: [User.ID]) throws -> [User.ID] {
        try stores.connection.query(
            """
            SELECT id FROM users
            WHERE id IN (\(list: users)) AND disabled = FALSE AND kind = 'person'
            """
        ).map { try $0.id("id") }
    }

    // MARK: Changes

    func insert(_ member: Member) throws {
        try touch(member.principal, in: member.organizationID)
        let (user, group): (User.ID?, Group.ID?) =
            switch member.principal {
            case .user(let id): (id, nil)
            case .group(let id): (nil, id)
            }
        do {
            try stores.connection.execute(
                """
                INSERT INTO organization_members (id, organization_id, user_id, group_id, owner,
                    created_at, updated_at)
                VALUES (\(member.id), \(member.organizationID), \(user.sqlValue), \(group.sqlValue),
                    \(member.isOwner), \(member.createdAt), \(member.updatedAt))
                """)
        } catch {
            if error.isDuplicate(onKey: "organization_members_user")
                || error.isDuplicate(onKey: "organization_members_group")
            {
                throw Refusal(.conflict, code: "already_member", "This is a member already.")
            }
            if error.isForeignKeyViolation(of: "organization_members_organization") {
                throw Refusal.notFound
            }
            if error.isForeignKeyViolation() { throw Member.unknown(member.principal) }
            throw error
        }
        try insertRoles(of: member)
    }

    func update(_ member: Member) throws {
        try touch(member.principal, in: member.organizationID)
        try stores.connection.execute(
            """
            UPDATE organization_members
            SET owner = \(member.isOwner), updated_at = \(member.updatedAt)
            WHERE id = \(member.id)
            """)
        try stores.connection.execute(
            "DELETE FROM organization_member_roles WHERE member_id = \(member.id)")
        try insertRoles(of: member)
    }

    func delete(_ principal: Member.Principal, in organization: Organization.ID) throws -> Bool {
        try touch(principal, in: organization)
        let execution: Execution
        switch principal {
        case .user(let id):
            execution = try stores.connection.execute(
                """
                DELETE FROM organization_members
                WHERE organization_id = \(organization) AND user_id = \(id)
                """)
        case .group(let id):
            execution = try stores.connection.execute(
                """
                DELETE FROM organization_members
                WHERE organization_id = \(organization) AND group_id = \(id)
                """)
        }
        return execution.affectedRows > 0
    }

    private func insertRoles(of member: Member) throws {
        if member.roles.isEmpty { return }
        let inserted: Int
        do {
            inserted = try stores.connection.execute(
                """
                INSERT INTO organization_member_roles (member_id, role_id)
                SELECT \(member.id), id FROM roles WHERE id IN (\(list: member.roles.map(\.id)))
                """
            ).affectedRows
        } catch {
            throw error.isForeignKeyViolation() ? Member.unknownRole : error
        }
        // A role that was deleted since it was looked up is no row to insert.
        guard inserted == member.roles.count else { throw Member.unknownRole }
    }

    /// A decision rests on its user and on its organization; a user's own membership is of the user, a
    /// group's of all its people.
    private func touch(_ principal: Member.Principal, in organization: Organization.ID) throws {
        switch principal {
        case .user(let id): try stores.change(.user(id))
        case .group: try stores.change(.organization(organization))
        }
    }
}

extension Member {
    fileprivate init(_ row: Row, roles: [Role]) throws {
        let principal: Principal
        if let user: User.ID = try row.optionalID("user_id") {
            principal = .user(user)
        } else {
            principal = .group(try row.id("group_id"))
        }
        self.init(
            id: try row.id("id"), organizationID: try row.id("organization_id"),
            principal: principal, name: try row.string("name"),
            displayName: try row.string("display_name"), isOwner: try row.bool("owner"),
            roles: roles, createdAt: try row.instant("created_at"),
            updatedAt: try row.instant("updated_at"))
    }
}

extension Membership {
    /// From the rows of one user in one organization: one a role, or one without a role. Nil from none.
    fileprivate init?(_ rows: [Row]) throws {
        if rows.isEmpty { return nil }
        var isOwner = false
        var roles: [Role.ID: Role] = [:]
        for row in rows {
            if try row.bool("owner") { isOwner = true }
            if let id: Role.ID = try row.optionalID("role_id"), roles[id] == nil {
                roles[id] = try Role(row)
            }
        }
        self.init(isOwner: isOwner, roles: roles.values.sorted { $0.name < $1.name })
    }
}
