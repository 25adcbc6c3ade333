import Domain

/// What stands around a page for somebody who is signed in.
struct Shell {
    struct Group {
        let label: String
        let entries: [Entry]
    }

    struct Entry {
        let label: String
        let address: String
        /// The name of a partial.
        let icon: String
        let isCurrent: Bool
    }

    struct Choice {
        let id: String
        let name: String
        let isCurrent: Bool
    }

    let groups: [Group]
    let organizationName: String
    let choices: [Choice]
    /// Whether there are organizations that are no choice: they are typed.
    let hasMoreOrganizations: Bool
    /// Where choosing another organization leads back to.
    let here: String
    let personName: String
    let username: String
    let isProfile: Bool
    /// The part of the sidebar that the page belongs to: where its breadcrumb begins.
    let section: String
    let breadcrumb: [Link]
    let primaryAction: Link?
    let hasTabs: Bool
    let tabs: [Tab]

    init(_ visit: SignedInVisit, _ page: some SignedInPage, path: String) {
        groups = Self.groups(for: visit, path: path)
        organizationName = visit.organization?.name ?? "No organization"
        choices = Self.choices(for: visit)
        hasMoreOrganizations = visit.organizations.count > choices.count
        here = visit.browser.comeBack ?? "/profile"
        personName = visit.user.displayName.isEmpty ? visit.user.username : visit.user.displayName
        username = visit.user.username
        isProfile = path == "/profile" || path.hasPrefix("/profile/")
        section =
            groups.first { $0.entries.contains(where: \.isCurrent) }?.label
            ?? "Account"
        breadcrumb = page.breadcrumb
        primaryAction = page.primaryAction
        tabs = page.tabs
        hasTabs = !page.tabs.isEmpty
    }

    /// How many organizations can be chosen with a click, and how long a name is: the choices stand on every page,
    /// which has to stay light.
    private static let mostChoices = 20
    private static let longestName = 60

    private static func choices(for visit: SignedInVisit) -> [Choice] {
        let current = visit.organization?.id
        var shown = Array(visit.organizations.prefix(mostChoices))
        if let organization = visit.organization, !shown.contains(where: { $0.id == current }) {
            shown[mostChoices - 1] = organization
        }
        return shown.map { organization in
            Choice(
                id: organization.id.description, name: short(organization.name),
                isCurrent: organization.id == current)
        }
    }

    /// A name where it stands many times on a page.
    static func short(_ name: String) -> String {
        name.count > longestName ? "\(name.prefix(longestName))…" : name
    }

    /// What is not for the person, or not there, is not shown.
    private static func groups(for visit: SignedInVisit, path: String) -> [Group] {
        let isAdministrator = visit.authentication.isSystemAdministrator
        let isOwner = visit.context?.isOwner ?? false
        let manages = visit.context?.permissions.holds(.organizationsManage) ?? false
        let table: [(String, [(String, String, String, mayUse: Bool)])] = [
            (
                "System Management",
                [
                    ("Organizations", "/settings/organizations", "icon-organizations", true),
                    ("Users", "/settings/users", "icon-users", isAdministrator),
                    ("Groups", "/settings/groups", "icon-groups", isAdministrator),
                    (
                        "Audit Log", "/settings/audit-log", "icon-audit-log",
                        isOwner || isAdministrator
                    ),
                ]
            ),
            (
                "System Settings",
                [
                    (
                        "OAuth2 Clients", "/settings/oauth2-clients", "icon-clients",
                        isAdministrator
                    ),
                    ("API Keys", "/settings/api-keys", "icon-keys", isOwner || manages),
                ]
            ),
        ]
        return table.compactMap { label, rows in
            let entries = rows.filter { $0.mayUse && visit.browser.frame.leadsToPage($0.1) }
                .map { label, address, icon, _ in
                    Entry(
                        label: label, address: address, icon: icon,
                        isCurrent: path == address || path.hasPrefix(address + "/"))
                }
            return entries.isEmpty ? nil : Group(label: label, entries: entries)
        }
    }
}
