/// Keeps organizations.
package protocol OrganizationStore {
    func find(_ id: Organization.ID) throws -> Organization?
    func find(slug: String) throws -> Organization?
    /// All of them.
    func list(_ page: PageRequest) throws -> ListPage<Organization>
    /// Those the user belongs to, by own membership or by a group's.
    func list(ofUser id: User.ID, _ page: PageRequest) throws -> ListPage<Organization>
    /// Slugs of those the user belongs to, by slug, at most `limit`.
    func slugs(ofUser id: User.ID, limit: Int) throws -> [String]
    func countAll() throws -> Int
    /// Locks all rows that matter for «is it the last one» until the transaction ends.
    func lockedCount() throws -> Int
    func memberCounts(of ids: [Organization.ID]) throws -> [Organization.ID: Int]
    /// Refuses a slug that is taken (`conflict`, code `slug_taken`).
    func insert(_ organization: Organization) throws
    func update(_ organization: Organization) throws
    func delete(_ id: Organization.ID) throws -> Bool
}
