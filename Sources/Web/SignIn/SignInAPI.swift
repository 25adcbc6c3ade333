import Domain
import HTTP
import HTTPTypes
import JSON

/// Signing in for a token, renewing it, signing out, and who one is.
struct SignInAPI {
    static func register(in open: inout Router<OpenVisit>) {
        open.post("/auth/login", create)
        open.post("/auth/refresh", renew)
        open.group(InteractiveVisit.init) { interactive in
            interactive.post("/auth/logout", delete)
        }
        open.group(AuthenticatedVisit.init) { authenticated in
            authenticated.get("/auth/me", show)
        }
    }

    /// Clients of these calls look at `success` first, so every refusal of theirs begins with it.
    static func opening(ofRefusal request: Request) -> [(String, JSON)] {
        ["/auth/login", "/auth/refresh"].contains(request.path) ? [("success", false)] : []
    }

    @Sendable static func create(_ request: Request, _ visit: OpenVisit) throws -> Response {
        var body = try JSONBody(request)
        let name = body.rawText("username")
        let password = body.rawText("password")
        let withRefresh = body.optionalBool("refresh") ?? false
        try body.finish()
        let outcome: SignInOutcome
        do {
            outcome = try visit.services.signIn.signIn(
                name: name, password: password, for: .token(withRefresh: withRefresh),
                by: visit.caller(of: request))
        } catch let refusal as Refusal {
            if case .tooManyAttempts = refusal.kind { visit.operation.count(.throttled) }
            throw refusal
        }
        guard case .signedIn(let signedIn) = outcome, case .token(let token) = signedIn.given else {
            visit.operation.count(.wrong)
            return unauthorized(
                code: "invalid_credentials", "User name or password is wrong.", request, visit)
        }
        visit.operation.count(.success)
        return success(token)
    }

    @Sendable static func renew(_ request: Request, _ visit: OpenVisit) throws -> Response {
        var body = try JSONBody(request)
        let refreshToken = body.rawText("refresh_token")
        try body.finish()
        guard
            let token = try visit.services.signIn.refresh(
                refreshToken, by: visit.caller(of: request))
        else {
            return unauthorized(
                code: "invalid_refresh_token",
                "The refresh token is malformed, expired, used before, or its session has ended.",
                request, visit)
        }
        return success(token)
    }

    @Sendable static func delete(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        try visit.services.signIn.signOut(by: visit.caller)
        return .noContent
    }

    @Sendable static func show(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response {
        let authentication = visit.authentication
        let context = try visit.organizationContext(of: request)
        let affiliations = try visit.services.authentication.affiliations(of: authentication)
        return .json([
            "subject": .string(authentication.subjectID.description),
            "username": .string(authentication.subjectName),
            "display_name": .string(authentication.user?.displayName ?? authentication.subjectName),
            "email": .text(authentication.user?.email),
            "credential": [
                "kind": .string(authentication.credential.kind.rawValue),
                "id": .string(authentication.credential.id.description),
                "name": .string(authentication.credential.name),
                "expires_at": .time(authentication.credential.expiresAt),
            ],
            "groups": JSON(affiliations.groups),
            "domains": JSON(affiliations.domains),
            "organization": context.map(organization) ?? .null,
            "scopes": context.map { .scopes($0.permissions) } ?? [],
        ])
    }

    private static func organization(_ context: OrganizationContext) -> JSON {
        [
            "id": .id(context.organization.id),
            "slug": .string(context.organization.slug),
            "name": .string(context.organization.name),
            "rbac_level": .string(context.organization.level.rawValue),
            "owner": .bool(context.isOwner),
            "roles": JSON(context.membership?.roles.map(\.name) ?? []),
        ]
    }

    private static func success(_ token: SignInToken) -> Response {
        var members: [(String, JSON)] = [
            ("success", true),
            ("tkn", .string(token.token.text)),
            ("expires_in", .integer(token.expiresIn)),
        ]
        if let refreshToken = token.refreshToken {
            members.append(("refresh_token", .string(refreshToken.text)))
        }
        return .json(.members(members))
    }

    /// A challenge without `error`: no token was sent that could be wrong (RFC 6750 §3.1).
    private static func unauthorized(
        code: String, _ detail: String, _ request: Request, _ visit: OpenVisit
    ) -> Response {
        let problem = Problem(
            status: .unauthorized, code: code, detail: detail, requestID: request.id)
        var response = Response.problem(
            opening(ofRefusal: request) + problem.members, status: problem.status)
        response.headers[.wwwAuthenticate] = ErrorResponder(settings: visit.settings).challenge()
        return response
    }
}
