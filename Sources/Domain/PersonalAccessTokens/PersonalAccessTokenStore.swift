/// Keeps what is known of personal access tokens; never the tokens.
package protocol PersonalAccessTokenStore {
    /// How many active tokens the user has, with the user's row locked until the transaction ends, so that
    /// the limit holds when many are made at once. Nil for a user who is disabled or gone.
    func lockedActiveCount(of user: User.ID, at time: Instant) throws -> Int?
    func insert(_ token: PersonalAccessToken) throws
    func find(_ id: PersonalAccessToken.ID) throws -> PersonalAccessToken?
    func find(_ id: PersonalAccessToken.ID, of user: User.ID) throws -> PersonalAccessToken?
    func list(of user: User.ID, _ page: PageRequest) throws -> ListPage<PersonalAccessToken>
    /// All of the user's that are active, by when they expire.
    func listActive(of user: User.ID, at time: Instant) throws -> [PersonalAccessToken]
    /// Those of the user's that are expired or revoked, newest first.
    func listOver(
        of user: User.ID, at time: Instant, _ page: PageRequest
    ) throws -> ListPage<PersonalAccessToken>
    /// False if there is none of the user's, or it was revoked before; the first revocation stays.
    func revoke(_ id: PersonalAccessToken.ID, of user: User.ID, at time: Instant) throws -> Bool
    /// Revokes all of the user's that are not revoked; how many.
    func revokeAll(of user: User.ID, at time: Instant) throws -> Int
    /// Revokes the user's tokens that are bound to the organization.
    func revokeAll(of user: User.ID, boundTo organization: Organization.ID, at time: Instant) throws
        -> Int
    /// Revokes everybody's tokens that are bound to the organization, when it is deleted.
    func revokeAll(boundTo organization: Organization.ID, at time: Instant) throws -> Int
    /// Revokes the tokens bound to the organization whose users are no longer members, neither by
    /// themselves nor by a group; for when a group, or somebody in one, has left.
    func revokeAllOfFormerMembers(boundTo organization: Organization.ID, at time: Instant) throws
        -> Int
    /// Gathered in memory and written in one statement; never moves a time back. Needs no transaction.
    func recordUse(_ uses: [PersonalAccessToken.ID: Instant]) throws
}
