/// Keeps organizations.
package protocol OrganizationStore {
    func find(_ id: Organization.ID) throws -> Organization?
    /// The same, its row locked until the transaction ends.
    func lockedFind(_ id: Organization.ID) throws -> Organization?
    func find(slug: String) throws -> Organization?
    /// All of them.
    func list(_ page: PageRequest) throws -> ListPage<Organization>
    /// Those the user belongs to, by own membership or by a group's.
    func list(ofUser id: User.ID, _ page: PageRequest) throws -> ListPage<Organization>
    /// Slugs of those the user belongs to, by slug, at most `limit`.
    func slugs(ofUser id: User.ID, limit: Int) throws -> [String]
    func countAll() throws -> Int
    /// How many there are, counted to 2, with the rows that matter for «is it the last one» locked until the
    /// transaction ends.
    func lockedCount() throws -> Int
    /// How many entries the list of members has; none for an organization without.
    func memberCounts(of ids: [Organization.ID]) throws -> [Organization.ID: Int]
    /// Refuses a slug that is taken (`conflict`, code `slug_taken`).
    func insert(_ organization: Organization) throws
    func update(_ organization: Organization) throws
    /// Takes its members, roles and API keys along. False if there was none.
    func delete(_ id: Organization.ID) throws -> Bool
}
