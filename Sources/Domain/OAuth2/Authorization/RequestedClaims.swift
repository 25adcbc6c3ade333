/// What the platform can tell of a user (OpenID Connect Core §5.1), besides who it is.
package enum UserClaim: String, Sendable, CaseIterable {
    case name
    case preferredUsername = "preferred_username"
    case updatedAt = "updated_at"
    case email
    case emailVerified = "email_verified"

    /// The scope that asks for it (§5.4).
    package var scope: String {
        switch self {
        case .name, .preferredUsername, .updatedAt: "profile"
        case .email, .emailVerified: "email"
        }
    }

    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
        case bool(Bool)
    }

    /// Nil where nothing is known; such a claim is left out (§5.3.2).
    package func value(of user: User) -> Value? {
        switch self {
        case .name: user.displayName.isEmpty ? nil : .text(user.displayName)
        case .preferredUsername: .text(user.username)
        case .updatedAt: .number(Int(user.updatedAt.seconds))
        case .email: user.email.map(Value.text)
        case .emailVerified: user.email == nil ? nil : .bool(user.emailVerified)
        }
    }
}

/// The single claims that a client asks for by `claims` (OpenID Connect Core §5.5), of those that there are.
package struct RequestedClaims: Sendable, Equatable {
    package var idToken: Set<UserClaim>
    package var userInfo: Set<UserClaim>
    /// The users, by id, for whom alone the client wants an answer (`sub` with a value, §5.5.1); nil: any.
    package var subjects: Set<String>?
    /// Whether it asks as essential for a way of signing in (`acr` with values, §5.5.1.1): there is none to choose
    /// from.
    package var demandsContext: Bool

    package init(
        idToken: Set<UserClaim> = [], userInfo: Set<UserClaim> = [], subjects: Set<String>? = nil,
        demandsContext: Bool = false
    ) {
        self.idToken = idToken
        self.userInfo = userInfo
        self.subjects = subjects
        self.demandsContext = demandsContext
    }

    package static let none = RequestedClaims()
}
