import Domain
import MariaDB

struct SQLGroupStore: GroupStore {
    let stores: SQLStores

    func find(_ id: Group.ID) throws -> Group? {
        try stores.connection.first(
            "SELECT id, name, created_at, updated_at FROM `groups` WHERE id = \(id)"
        ).map(Group.init)
    }

    func find(name: String) throws -> Group? {
        try stores.connection.first(
            "SELECT id, name, created_at, updated_at FROM `groups` WHERE name = \(name)"
        ).map(Group.init)
    }

    func lockedFind(_ id: Group.ID) throws -> Group? {
        try stores.change()
        return try stores.connection.first(
            "SELECT id, name, created_at, updated_at FROM `groups` WHERE id = \(id) FOR UPDATE"
        ).map(Group.init)
    }

    func list(_ page: PageRequest) throws -> ListPage<Group> {
        let groups = try stores.connection.query(
            """
            SELECT id, name, created_at, updated_at FROM `groups` WHERE id < \(page.end)
            ORDER BY id DESC LIMIT \(page.rowLimit)
            """
        ).map(Group.init)
        return ListPage(groups, limit: page.limit, id: \.id.value)
    }

    func list(name prefix: NamePrefix, limit: Int) throws -> [Group] {
        // Where most names begin so, the server would sooner read and sort them all than stop at the last one asked for.
        try stores.connection.query(
            """
            SELECT id, name, created_at, updated_at FROM `groups` FORCE INDEX (groups_by_name)
            WHERE folded_name >= LOWER(\(prefix.text)) AND folded_name < LOWER(\(prefix.end))
            ORDER BY folded_name LIMIT \(limit)
            """
        ).map(Group.init)
    }

    func names(ofUser id: User.ID, limit: Int) throws -> [String] {
        try stores.connection.query(
            """
            SELECT name FROM group_members JOIN `groups` ON id = group_id
            WHERE user_id = \(id) ORDER BY name LIMIT \(limit)
            """
        ).map { try $0.string("name") }
    }

    func members(of id: Group.ID) throws -> [User.ID] {
        try members(of: [id])[id] ?? []
    }

    func members(of ids: [Group.ID]) throws -> [Group.ID: [User.ID]] {
        let rows = try stores.connection.query(
            "SELECT group_id, user_id FROM group_members WHERE group_id IN (\(list: ids))")
        var members: [Group.ID: [User.ID]] = [:]
        for row in rows {
            members[try row.id("group_id"), default: []].append(try row.id("user_id"))
        }
        return members.mapValues { $0.sorted() }
    }

    func insert(_ group: Group, members: [User.ID]) throws {
        try stores.change()
        do {
            try stores.connection.execute(
                """
                INSERT INTO `groups` (id, name, created_at, updated_at)
                VALUES (\(group.id), \(group.name), \(group.createdAt), \(group.updatedAt))
                """)
        } catch {
            throw error.isDuplicate(onKey: "groups_name") ? Self.nameTaken : error
        }
        try insert(Set(members), into: group.id)
    }

    func update(_ group: Group) throws {
        try stores.change()
        do {
            try stores.connection.execute(
                """
                UPDATE `groups` SET name = \(group.name), updated_at = \(group.updatedAt)
                WHERE id = \(group.id)
                """)
        } catch {
            throw error.isDuplicate(onKey: "groups_name") ? Self.nameTaken : error
        }
    }

    private static let nameTaken = Refusal(
        .conflict, code: "name_taken", "Another group has this name.")

    private static let unknownUser = Refusal.invalid(
        "members", code: "unknown_user", "members names somebody who is no user.")

    func setMembers(_ members: [User.ID], of id: Group.ID) throws {
        // Two changes of one group one after the other, so that each sees whom the other left.
        guard try lockedFind(id) != nil else { return }
        let before = Set(try self.members(of: id))
        let after = Set(members)
        try remove(before.subtracting(after), from: id)
        try insert(after.subtracting(before), into: id)
    }

    private func remove(_ members: Set<User.ID>, from group: Group.ID) throws {
        guard !members.isEmpty else { return }
        try stores.change(members.map(GenerationSubject.user))
        try stores.connection.execute(
            """
            DELETE FROM group_members
            WHERE group_id = \(group) AND user_id IN (\(list: members.sorted()))
            """)
    }

    private func insert(_ members: Set<User.ID>, into group: Group.ID) throws {
        guard !members.isEmpty else { return }
        try stores.change(members.map(GenerationSubject.user))
        // A statement has at most 65,535 values.
        let members = members.sorted()
        for start in stride(from: 0, to: members.count, by: 1_000) {
            let rows = members[start..<min(start + 1_000, members.count)].map { member -> SQL in
                "(\(group), \(member))"
            }
            do {
                try stores.connection.execute(
                    """
                    INSERT INTO group_members (group_id, user_id)
                    VALUES \(fragment: rows.joined(by: ", "))
                    """)
            } catch {
                throw error.isForeignKeyViolation(of: "group_members_user")
                    ? Self.unknownUser : error
            }
        }
    }

    func delete(_ id: Group.ID) throws -> Bool {
        guard try lockedFind(id) != nil else { return false }
        try stores.change(try members(of: id).map(GenerationSubject.user))
        return try stores.connection.execute("DELETE FROM `groups` WHERE id = \(id)")
            .affectedRows > 0
    }
}

extension Group {
    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), name: try row.string("name"),
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
    }
}
