import Domain
import HTTP
import HTTPTypes
import JSON

/// Where clients find out who has signed in (OpenID Connect Core §5.3).
struct UserInfoAPI {
    static func register(in site: inout Router<OpenVisit>) {
        // §5.3.1: «The UserInfo Endpoint MUST support the use of the HTTP GET and HTTP POST methods».
        site.get("/oauth2/userinfo", show)
        site.post("/oauth2/userinfo", show)
    }

    @Sendable static func show(_ request: Request, _ visit: OpenVisit) throws -> Response {
        guard let token = try token(of: request) else {
            // Another credential than a token tells who asks, and is none for this.
            if try visit.authenticate(request) != nil { throw Refusal.missingScope("openid") }
            throw BadCredential(.none)
        }
        guard let found = try visit.services.oauth2.userInfo.show(token) else {
            throw BadCredential(.bearer(token))
        }
        visit.services.recordUse(found.credential)
        var members: [(String, JSON)] = [("sub", .id(found.user.id))]
        for claim in UserClaim.allCases {
            if let value = found.claims[claim] { members.append((claim.rawValue, JSON(value))) }
        }
        return Response.json(.members(members)).neverKept()
    }

    /// The token in the header (RFC 6750 §2.1) or, with POST, in the form (§2.2); never in the address (RFC 9700 §2.5).
    private static func token(of request: Request) throws -> String? {
        let presented = try PresentedCredential(
            authorization: request.headerValues(.authorization), machhubAPIKey: [], apiKey: [])
        var sent: [String] = []
        if case .bearer(let token) = presented { sent.append(token) }
        if request.method == .post,
            request.mediaType == "application/x-www-form-urlencoded",
            let text = String(validating: request.body, as: UTF8.self),
            let fields = FormFields(encoded: text)
        {
            sent += fields.all("access_token")
        }
        // §2: «Clients MUST NOT use more than one method to transmit the token in each request.»
        guard sent.count <= 1 else {
            throw Refusal(
                .malformed, code: "credential_doubled", "The token was sent more than once.")
        }
        return sent.first
    }
}

extension JSON {
    fileprivate init(_ value: UserClaim.Value) {
        switch value {
        case .text(let text): self = .string(text)
        case .number(let number): self = .integer(number)
        case .bool(let bool): self = .bool(bool)
        }
    }
}

extension UserInfoAPI {
    static let operations: [Operation] = [HTTPRequest.Method.get, .post].map { method in
        Operation(
            method, "/oauth2/userinfo", id: method == .get ? "showUserInfo" : "askUserInfo",
            .oauth2, "Who has signed in (OpenID Connect Core 5.3).",
            details: "For an access token with the scope openid; with POST it may stand in the "
                + "form as access_token.",
            access: .credential,
            body: method == .get
                ? nil
                : Operation.Body(
                    mediaType: "application/x-www-form-urlencoded",
                    schema: .object(.optional("access_token", .text))),
            answers: .ok(
                .object(
                    .required("sub", .id), .optional("name", .text),
                    .optional("preferred_username", .text),
                    .optional("updated_at", .integer(atLeast: 0)), .optional("email", .text),
                    .optional("email_verified", .bool)), "What may be told."))
    }
}
