/// What somebody belongs to, by name.
package struct Affiliations: Sendable, Equatable {
    /// Names of groups.
    package let groups: [String]
    /// `domains:<slug>` of each organization.
    package let domains: [String]
}

extension AuthenticationService {
    /// The groups and organizations of who asks. A credential that is bound to one organization tells of no other.
    package func affiliations(
        of authentication: Authentication, limit: Int = 1_000
    ) throws -> Affiliations {
        let groups =
            try authentication.user.map { try stores.groups.names(ofUser: $0.id, limit: limit) }
            ?? []
        let slugs: [String]
        if let bound = authentication.boundOrganization {
            slugs = try stores.organizations.find(bound).map { [$0.slug] } ?? []
        } else if let user = authentication.user {
            slugs = try stores.organizations.slugs(ofUser: user.id, limit: limit)
        } else {
            slugs = []
        }
        return Affiliations(groups: groups, domains: slugs.map { "domains:\($0)" })
    }
}
