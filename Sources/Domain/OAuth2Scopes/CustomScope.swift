/// A scope besides the platform's: clients agree on what it means, tokens carry it, the gate ignores it.
package struct CustomScope: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package static let descriptionLimit = 500

    package let id: ID
    package let name: String
    /// What people read where they consent.
    package var description: String
    package let createdAt: Instant
    package var updatedAt: Instant

    package init(
        id: ID, name: String, description: String, createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// What is wrong with a name; nil where nothing is. `[a-z][a-z0-9_.:-]{1,99}`, and nothing that is, or looks
    /// like, one of the platform's or of OpenID Connect's.
    package static func problem(withName name: String) -> Refusal.Problem? {
        func problem(_ code: String, _ detail: String) -> Refusal.Problem {
            Refusal.Problem(field: "name", code: code, detail: detail)
        }
        let bytes = Array(name.utf8)
        guard (2...100).contains(bytes.count), isLetter(bytes[0]),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) || "_.:-".utf8.contains($0) })
        else {
            return problem(
                "invalid_scope_name",
                "A scope has 2 to 100 of a-z, 0-9, '_', '.', ':', '-' and begins with a letter.")
        }
        let group = name.prefix { $0 != ":" }
        guard !ScopeWords.openID.contains(name),
            PlatformScope.Group(rawValue: String(group)) == nil
        else {
            return problem(
                "reserved_scope_name", "\(name) is, or looks like, a scope of the platform.")
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Keeps custom scopes.
package protocol CustomScopeStore {
    func find(_ id: CustomScope.ID) throws -> CustomScope?
    func find(name: String) throws -> CustomScope?
    func list(_ page: PageRequest) throws -> ListPage<CustomScope>
    /// Which of the names are custom scopes.
    func known(among names: [String]) throws -> Set<String>
    /// Refuses a name that is taken (`conflict`, code `name_taken`).
    func insert(_ scope: CustomScope) throws
    /// Writes the description.
    func update(_ scope: CustomScope) throws
    func delete(_ id: CustomScope.ID) throws -> Bool
}
