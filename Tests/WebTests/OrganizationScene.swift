import Domain
import TestSupport

/// One organization with an owner and a viewer, another one with its own owner, and callers for them.
struct OrganizationScene {
    let platform: TestPlatform
    let services: TestServices
    let administrator: User
    let owner: User
    let viewer: User
    let stranger: User
    let plant: Organization
    let other: Organization

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        administrator = try services.person("admin", administrator: true)
        owner = try services.person("olga")
        viewer = try services.person("vera")
        stranger = try services.person("sten")
        plant = try services.organization("plant", ownedBy: owner)
        other = try services.organization("other", ownedBy: stranger)
        try services.add(viewer, to: plant, .viewer)
    }

    /// Without a credential.
    var nobody: APICaller { APICaller(services) }

    /// Signed in for a token.
    func caller(_ user: User) throws -> APICaller {
        guard let token = try services.token(user.username) else {
            preconditionFailure("\(user.username) can sign in")
        }
        return nobody.bearer(token.token)
    }
}
