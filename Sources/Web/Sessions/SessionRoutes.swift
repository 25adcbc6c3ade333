import Domain
import HTTP
import HTTPTypes

/// Pages where people end their sessions; the list stands on the Security tab.
struct SessionRoutes {
    static func register(in signedIn: inout Router<SignedInVisit>) {
        signedIn.get("/profile/security/sessions/end-others", confirmOthers)
        signedIn.post("/profile/security/sessions/end-others", deleteOthers)
        signedIn.get("/profile/security/sessions/{id}/end", confirm)
        signedIn.post("/profile/security/sessions/{id}/end", delete)
    }

    private static let breadcrumb = [
        Link("Profile", Profile.address), Link("Security", Profile.security),
    ]

    @Sendable static func confirm(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let session = try visit.services.sessions.show(request.id(), of: visit.user.id)
        let isCurrent = session.id == visit.person.sessionID
        return try visit.page(
            ConfirmPage(
                "End this session?", breadcrumb: breadcrumb,
                facts: [
                    Fact("Device", Device(userAgent: session.userAgent).words),
                    Fact("Address", session.address),
                    Fact(
                        "Last active", Moment(session.lastActiveAt, now: visit.now),
                        otherwise: "Never"),
                ],
                Confirmation(
                    "End session", to: "/profile/security/sessions/\(session.id)/end",
                    [
                        isCurrent
                            ? "This is the session that you are in: you will be signed out."
                            : "Whoever uses it is signed out at once and has to give your password again."
                    ], cancel: Profile.security)))
    }

    @Sendable static func delete(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        try visit.services.sessions.end(request.id(), of: visit.user.id, by: visit.caller)
        return Profile.done("session-ended", at: Profile.security)
    }

    @Sendable static func confirmOthers(
        _ request: Request, _ visit: SignedInVisit
    ) throws -> Response {
        try visit.page(
            ConfirmPage(
                "Sign out everywhere else?", breadcrumb: breadcrumb,
                Confirmation(
                    "End all others", to: "/profile/security/sessions/end-others",
                    [
                        "All your sessions but this one end at once, in browsers and programs.",
                        "Personal access tokens stay as they are.",
                    ], cancel: Profile.security)))
    }

    @Sendable static func deleteOthers(
        _ request: Request, _ visit: SignedInVisit
    ) throws -> Response {
        _ = try visit.services.sessions.endOthers(
            of: visit.user.id, keeping: visit.person.sessionID, by: visit.caller)
        return Profile.done("sessions-ended", at: Profile.security)
    }
}
