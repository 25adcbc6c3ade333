import Domain
import HTTP

/// A user as an administrator typed it.
struct UserDraft {
    var username = ""
    var email = ""
    var displayName = ""
    /// Empty for none, or for the one that is there.
    var password = ""
    var kind = User.Kind.person
    var isEmailVerified = false
    var isSystemAdministrator = false

    /// Nothing yet.
    init() {}

    /// One that is there.
    init(_ user: User) {
        username = user.username
        email = user.email ?? ""
        displayName = user.displayName
        kind = user.kind
        isEmailVerified = user.emailVerified
        isSystemAdministrator = user.isSystemAdministrator
    }

    /// - Parameter kind: of one that is there, which never changes.
    init(_ form: PageForm, kind: User.Kind? = nil) {
        username = form.text("username").trimmingWhiteSpace()
        email = form.text("email").trimmingWhiteSpace()
        displayName = form.text("display_name").trimmingWhiteSpace()
        // White space belongs to a password.
        password = form.text("password")
        self.kind = kind ?? User.Kind(rawValue: form.text("kind")) ?? .person
        isEmailVerified = form.has("email_verified")
        isSystemAdministrator = form.has("system_administrator")
    }

    var new: NewUser {
        NewUser(
            username: username, email: email.isEmpty ? nil : email,
            emailVerified: isEmailVerified, displayName: displayName.isEmpty ? nil : displayName,
            password: password.isEmpty ? nil : password, kind: kind,
            isSystemAdministrator: isSystemAdministrator)
    }

    /// What differs from the user. A box that was left as it was says nothing, so that another address begins
    /// unverified.
    func changes(of user: User) -> UserChanges {
        UserChanges(
            username: username == user.username ? nil : username,
            email: email == user.email ?? "" ? nil : email.isEmpty ? .some(.none) : .address(email),
            emailVerified: isEmailVerified == user.emailVerified ? nil : isEmailVerified,
            displayName: displayName == user.displayName ? nil : displayName,
            password: password.isEmpty ? nil : password,
            isSystemAdministrator:
                isSystemAdministrator == user.isSystemAdministrator ? nil : isSystemAdministrator)
    }
}

extension UserChanges {
    /// Whether somebody else could sign in after it, or do more: what a stolen session must not be enough for.
    var touchesSecurity: Bool {
        username != nil || email != nil || emailVerified != nil || password != nil
            || isSystemAdministrator != nil
    }
}
