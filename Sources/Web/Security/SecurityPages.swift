import Domain
import HTTP

/// *Profile*, the tab *Security*.
struct SecurityPage: SignedInPage {
    static let template = "security"

    let title = "Security"
    let breadcrumb = [Link("Profile", Profile.address)]
    let tabs = Profile.tabs(current: Profile.security)
    let notice: Notice?
    let shown: ShownToken?
    let password: PasswordSection
    let sessions: SessionTable
    let applications: ConnectedApplicationTable
    let tokens: PersonalAccessTokenTable

    /// - Parameter query: says where each of the lists begins.
    init(
        _ visit: SignedInVisit, _ query: FormFields, shown: ShownToken? = nil,
        password: PasswordSection? = nil
    ) throws {
        func cursor(_ name: String) -> UniqueID? { query[name].flatMap { UniqueID($0) } }
        notice = Profile.notice(query["done"])
        self.shown = shown
        self.password = password ?? PasswordSection(visit.user)
        sessions = try SessionTable(visit, after: cursor("sessions_after"))
        applications = try ConnectedApplicationTable(visit, after: cursor("applications_after"))
        tokens = try PersonalAccessTokenTable(
            visit, after: cursor("tokens_after"), isPrimary: shown == nil)
    }
}

/// The change of the password.
struct PasswordSection {
    let username: String
    let currentPassword: Field
    let newPassword: Field
    let signsOutOthers: Bool

    init(_ user: User, signsOutOthers: Bool = true, problems: FormProblems = .none) {
        username = user.username
        self.signsOutOthers = signsOutOthers
        currentPassword = Field(
            "current_password", "Current password", type: "password",
            autocomplete: "current-password",
            error: problems.text("current_password", "Current password"))
        newPassword = Field(
            "new_password", "New password", type: "password", autocomplete: "new-password",
            hint: "At least \(PasswordRules.lengths.lowerBound) characters.",
            error: problems.text("new_password", "New password"))
    }
}
