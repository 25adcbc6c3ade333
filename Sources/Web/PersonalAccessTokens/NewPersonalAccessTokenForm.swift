import Domain
import HTTP

/// *Create Token* as a person filled it in.
struct NewPersonalAccessTokenForm {
    let name: String
    let lifetimeDays: Int
    let isForAllOrganizations: Bool
    /// The scopes that are ticked.
    let scopes: [String]
    /// The organization that the form was shown for; nil where none was sent.
    let organization: String?

    /// As it is shown at first.
    init() {
        name = ""
        lifetimeDays = PersonalAccessToken.defaultLifetime
        isForAllOrganizations = false
        scopes = []
        organization = nil
    }

    init(_ form: PageForm) {
        name = form.text("name").trimmingWhiteSpace()
        // Whatever is no number is no lifetime either; the rules say so.
        lifetimeDays = Int(form.text("expires_in_days")) ?? 0
        isForAllOrganizations = form.text("reach") == Self.all
        scopes = form.all("scopes")
        organization = form.fields["organization"]
    }

    /// The value of `reach` for all of the person's organizations.
    static let all = "all"

    func token(at level: Organization.Level) -> NewPersonalAccessToken {
        NewPersonalAccessToken(
            name: name, lifetimeDays: lifetimeDays,
            // Where there are no access levels, the form has no scopes to tick.
            scopes: level == .none && scopes.isEmpty ? nil : scopes,
            allOrganizations: isForAllOrganizations)
    }
}
