/// Keeps API keys by digest.
package protocol APIKeyStore {
    func insert(_ key: APIKey, digest: Secret.Digest) throws
    /// For authentication: the key and the digest of its text.
    func findForAuthentication(_ id: APIKey.ID) throws -> (key: APIKey, digest: Secret.Digest)?
    func find(_ id: APIKey.ID, in organization: Organization.ID) throws -> APIKey?
    func list(in organization: Organization.ID, _ page: PageRequest) throws -> ListPage<APIKey>
    func revoke(_ id: APIKey.ID, in organization: Organization.ID, at time: Instant) throws -> Bool
    /// Gathered in memory and written in one statement. Needs no transaction.
    func recordUse(_ uses: [APIKey.ID: Instant]) throws
}
