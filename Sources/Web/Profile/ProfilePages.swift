import Domain
import HTTP

/// What the tabs of the profile share.
enum Profile {
    static let address = "/profile"
    static let security = "/profile/security"

    static func tabs(current: String) -> [Tab] {
        [("General", address), ("Security", security)].map { label, address in
            Tab(label: label, address: address, isCurrent: address == current)
        }
    }

    /// What was just done, as the address behind a redirect says it (`done`).
    static func notice(_ done: String?) -> Notice? {
        let text: String? =
            switch done {
            case "profile-saved": "Your profile was saved."
            case "password-changed": "Your password was changed."
            case "session-ended": "The session was ended."
            case "sessions-ended": "You are signed out everywhere else."
            case "application-withdrawn": "The application can no longer act for you."
            case "token-revoked": "The token was revoked. Nobody gets in with it any more."
            default: nil
            }
        return text.map { Notice($0, .success) }
    }

    static func done(_ what: String, at address: String) -> Response {
        .redirect(to: Address.make(address, [("done", what)]))
    }
}

/// *Profile*, the tab *General*.
struct ProfilePage: SignedInPage {
    static let template = "profile"

    /// An organization, and what the person is in it.
    struct Place {
        let name: String
        let badges: [Badge]
    }

    let title = "Profile"
    let tabs = Profile.tabs(current: Profile.address)
    let notice: Notice?
    let displayName: Field
    let email: Field
    let username: String
    let organizations: [Place]
    let hasOrganizations: Bool
    let hasMoreOrganizations: Bool
    let groups: [String]
    let hasGroups: Bool
    let hasMoreGroups: Bool

    /// How many of each are named.
    static let named = 20

    init(
        _ visit: SignedInVisit, memberships: [Organization.ID: Membership],
        groups: [String], form: ProfileForm, problems: FormProblems = .none,
        notice: Notice? = nil
    ) {
        self.notice = notice
        displayName = Field(
            "display_name", "Display name", value: form.displayName, autocomplete: "name",
            error: problems.text("display_name", "Display name"))
        email = Field(
            "email", "E-mail", type: "email", value: form.email, autocomplete: "email",
            hint: "You can sign in with it. A change asks for your password.",
            error: problems.text("email", "E-mail"), isRequired: false)
        username = visit.user.username
        organizations = visit.organizations.prefix(Self.named).map { organization in
            let membership = memberships[organization.id]
            let owner = membership?.isOwner == true ? [Badge("Owner", .violet)] : []
            return Place(
                name: organization.name,
                badges: owner + (membership?.roles ?? []).map { Badge($0.name, .neutral) })
        }
        hasOrganizations = !organizations.isEmpty
        hasMoreOrganizations = visit.organizations.count > Self.named
        self.groups = Array(groups.prefix(Self.named))
        hasGroups = !groups.isEmpty
        hasMoreGroups = groups.count > Self.named
    }
}

/// What a person changes of their profile.
struct ProfileForm {
    let displayName: String
    /// Empty for none.
    let email: String

    init(_ user: User) {
        displayName = user.displayName
        email = user.email ?? ""
    }

    init(_ form: PageForm) {
        displayName = form.text("display_name").trimmingWhiteSpace()
        email = form.text("email").trimmingWhiteSpace()
    }

    var changes: UserChanges {
        UserChanges(
            email: email.isEmpty ? UserChanges.Email.none : .address(email),
            displayName: displayName)
    }
}
