import Domain
import HTTP
import HTTPTypes

/// Pages where people take back what they let a client do; the list stands on the Security tab.
struct ConnectedApplicationRoutes {
    static func register(in signedIn: inout Router<SignedInVisit>) {
        signedIn.get("/profile/security/applications/{client_id}/withdraw", confirm)
        signedIn.post("/profile/security/applications/{client_id}/withdraw", delete)
    }

    @Sendable static func confirm(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let consents = visit.services.oauth2.consents
        let (overview, tokens) = try consents.show(request.id("client_id"), of: visit.user.id)
        let consent = overview.consent
        let dying =
            switch tokens {
            case 0: "It holds no token that works now."
            case 1: "1 token that it holds stops working at once."
            default: "\(tokens) tokens that it holds stop working at once."
            }
        return try visit.page(
            ConfirmPage(
                "Withdraw access?",
                breadcrumb: [
                    Link("Profile", Profile.address), Link("Security", Profile.security),
                ],
                facts: [
                    Fact("Application", overview.clientName),
                    Fact(
                        "Last used", Moment(consent.lastUsedAt, now: visit.now),
                        otherwise: "Never"),
                ],
                Confirmation(
                    "Withdraw",
                    to: "/profile/security/applications/\(consent.clientID)/withdraw",
                    [
                        dying,
                        "The application can no longer act for you. It may ask you again.",
                    ], cancel: Profile.security)))
    }

    @Sendable static func delete(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        _ = try visit.services.oauth2.consents.withdraw(
            request.id("client_id"), of: visit.user.id, by: visit.caller)
        return Profile.done("application-withdrawn", at: Profile.security)
    }
}

/// The clients that may act for a person (`{{#applications}}{{>application-table}}{{/applications}}`).
struct ConnectedApplicationTable {
    struct Row {
        let name: String
        /// What it may do, in words.
        let meanings: [String]
        let firstUsed: Moment
        let lastUsed: Moment
        let withdrawAddress: String
    }

    let rows: [Row]
    let hasRows: Bool
    let next: Link?

    static let limit = 10

    init(_ visit: SignedInVisit, after: UniqueID?) throws {
        let page = try visit.services.oauth2.consents.list(
            of: visit.user.id, PageRequest(limit: Self.limit, after: after))
        rows = try page.items.map { try Row($0, of: visit, home: Profile.security) }
        hasRows = !rows.isEmpty
        next = page.next.map { next in
            Link("More applications", "/profile/security?applications_after=\(next)#applications")
        }
    }
}

extension ConnectedApplicationTable.Row {
    /// - Parameters:
    ///   - visit: of whoever looks at it.
    ///   - home: below which it is withdrawn.
    init(_ overview: ConsentOverview, of visit: SignedInVisit, home: String) throws {
        let consent = overview.consent
        name = overview.clientName
        meanings = try visit.services.oauth2.consents.meanings(of: consent.scopes)
        firstUsed = Moment(consent.grantedAt, now: visit.now)
        lastUsed = Moment(consent.lastUsedAt, now: visit.now)
        withdrawAddress = "\(home)/applications/\(consent.clientID)/withdraw"
    }
}
