/// Keeps roles: the built-in ones and those of each organization.
package protocol RoleStore {
    /// Built-in roles first, then the organization's own by name.
    func list(in organization: Organization.ID) throws -> [Role]
    func find(_ id: Role.ID, in organization: Organization.ID) throws -> Role?
    /// The organization's own role, its row locked until the transaction ends.
    func lockedFind(_ id: Role.ID, in organization: Organization.ID) throws -> Role?
    /// Refuses a name that is taken in the organization or built in (`conflict`, code `name_taken`).
    func insert(_ role: Role) throws
    func update(_ role: Role) throws
    /// Refuses a role that a member has (`conflict`, code `role_in_use`).
    func delete(_ id: Role.ID, in organization: Organization.ID) throws -> Bool
}
