/// Keeps groups and who is in them.
package protocol GroupStore {
    func find(_ id: Group.ID) throws -> Group?
    func find(name: String) throws -> Group?
    /// The same, locked until the transaction ends.
    func lockedFind(_ id: Group.ID) throws -> Group?
    func list(_ page: PageRequest) throws -> ListPage<Group>
    /// The first groups whose name begins so in any case; in its order.
    func list(name prefix: NamePrefix, limit: Int) throws -> [Group]
    /// Names of the groups the user is in, by name, at most `limit`.
    func names(ofUser id: User.ID, limit: Int) throws -> [String]
    /// By id.
    func members(of id: Group.ID) throws -> [User.ID]
    func members(of ids: [Group.ID]) throws -> [Group.ID: [User.ID]]
    /// Refuses a name that another group has (`conflict`, code `name_taken`), and a member who is no user
    /// (`invalid`, code `unknown_user`).
    func insert(_ group: Group, members: [User.ID]) throws
    /// Writes name and time; refuses a name as above.
    func update(_ group: Group) throws
    /// Touches the generation of everybody who comes or goes. Refuses a member who is no user.
    func setMembers(_ members: [User.ID], of id: Group.ID) throws
    func delete(_ id: Group.ID) throws -> Bool
}
