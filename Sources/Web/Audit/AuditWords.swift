/// What the stable codes of the audit trail mean, in words for people.
enum AuditWords {
    /// In the order of the filter's list.
    static let actions: [(code: String, words: String)] = [
        ("sign_in.succeeded", "Signed in"),
        ("sign_in.failed", "Failed to sign in"),
        ("sign_in.confirmed", "Confirmed the password"),
        ("sign_in.refreshed", "Refreshed a sign-in"),
        ("sign_in.refresh_replayed", "Used a refresh token again"),
        ("sign_out.succeeded", "Signed out"),
        ("session.ended", "Ended a session"),
        ("session.others_ended", "Ended all other sessions"),
        ("personal_access_token.created", "Created a personal access token"),
        ("personal_access_token.revoked", "Revoked a personal access token"),
        ("api_key.created", "Created an API key"),
        ("api_key.revoked", "Revoked an API key"),
        ("credential.used_after_revocation", "Used a revoked credential"),
        ("user.created", "Created a user"),
        ("user.updated", "Changed a user"),
        ("user.disabled", "Disabled a user"),
        ("user.enabled", "Enabled a user"),
        ("user.deleted", "Deleted a user"),
        ("user.password_changed", "Changed their password"),
        ("user.password_reset", "Set a user's password"),
        ("group.created", "Created a group"),
        ("group.updated", "Changed a group"),
        ("group.deleted", "Deleted a group"),
        ("organization.created", "Created an organization"),
        ("organization.updated", "Changed an organization"),
        ("organization.deleted", "Deleted an organization"),
        ("member.added", "Added a member"),
        ("member.updated", "Changed a member"),
        ("member.removed", "Removed a member"),
        ("role.created", "Created a role"),
        ("role.updated", "Changed a role"),
        ("role.deleted", "Deleted a role"),
        ("client.created", "Registered an OAuth2 client"),
        ("client.registered", "An OAuth2 client registered itself"),
        ("client.updated", "Changed an OAuth2 client"),
        ("client.disabled", "Disabled an OAuth2 client"),
        ("client.enabled", "Enabled an OAuth2 client"),
        ("client.deleted", "Deleted an OAuth2 client"),
        ("client.secret_created", "Added a client secret"),
        ("client.secret_deleted", "Revoked a client secret"),
        ("client.authentication_failed", "A client failed to prove who it is"),
        ("registration_token.created", "Created a registration token"),
        ("custom_scope.created", "Created a custom scope"),
        ("custom_scope.updated", "Changed a custom scope"),
        ("custom_scope.deleted", "Deleted a custom scope"),
        ("consent.granted", "Allowed an application to act for them"),
        ("consent.denied", "Denied an application"),
        ("consent.withdrawn", "Withdrew an application's access"),
        ("oauth2.code_issued", "Issued an authorization code"),
        ("oauth2.code_refused", "Refused an authorization code"),
        ("oauth2.device_allowed", "Allowed a device"),
        ("oauth2.token_issued", "Issued a token"),
        ("oauth2.refresh_token_reused", "Used a refresh token again"),
        ("oauth2.token_revoked", "Revoked a token"),
        ("oauth2.logout_notice_given_up", "Gave up telling a client of a sign-out"),
        ("platform.first_started", "Started the platform for the first time"),
    ]

    private static let words = Dictionary(
        actions.map { ($0.code, $0.words) }, uniquingKeysWith: { first, _ in first })

    /// Of one that has no words here, the code itself, readable.
    static func words(of action: String) -> String {
        words[action] ?? readable(action)
    }

    /// Of a kind of thing, such as `api_key`.
    static func readable(_ code: String) -> String {
        let text = code.replacing("_", with: " ").replacing(".", with: " ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
