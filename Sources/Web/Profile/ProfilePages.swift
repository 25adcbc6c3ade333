import Domain

/// *Profile*, the tab *General*.
struct ProfilePage: SignedInPage {
    static let template = "profile"

    let title = "Profile"
    let tabs: [Tab]
    let displayName: String
    let username: String
    let email: String?
    let organizations: [String]
    let hasOrganizations: Bool
    let groups: [String]
    let hasGroups: Bool

    init(_ visit: SignedInVisit, groups: [String]) {
        tabs = []
        displayName = visit.user.displayName
        username = visit.user.username
        email = visit.user.email
        organizations = visit.organizations.map(\.name)
        hasOrganizations = !organizations.isEmpty
        self.groups = groups
        hasGroups = !groups.isEmpty
    }
}
