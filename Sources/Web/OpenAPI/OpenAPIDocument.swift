import HTTPTypes
import JSON

/// The API described in OpenAPI 3.1, for clients that are generated from it and for people who look it up.
/// Each feature describes its own operations, beside its routes.
struct OpenAPIDocument: Sendable {
    /// All operations, in the order of the sign-in journey.
    static let operations: [Operation] =
        SignInAPI.operations
        + SessionAPI.operations
        + PasswordAPI.operations
        + PersonalAccessTokenAPI.operations
        + APIKeyAPI.operations
        + ScopeAPI.operations
        + OrganizationAPI.operations
        + MemberAPI.operations
        + RoleAPI.operations
        + UserAPI.operations
        + GroupAPI.operations
        + AuditEventAPI.operations
        + ClientAPI.operations
        + CustomScopeAPI.operations
        + RegistrationTokenAPI.operations
        + MetadataAPI.operations
        + ProtectedResourceAPI.operations
        + AuthorizationRoutes.operations
        + TokenAPI.operations
        + PushedRequestAPI.operations
        + DeviceAuthorizationAPI.operations
        + IntrospectionAPI.operations
        + RevocationAPI.operations
        + RegistrationAPI.operations
        + LogoutRoutes.operations
        + ConsentAPI.operations
        + UserInfoAPI.operations
        + OperationAPI.operations
        + OpenAPIDocumentAPI.operations

    let bytes: [UInt8]

    init(_ settings: SiteSettings) {
        let document: JSON = [
            "openapi": "3.1.0",
            "info": [
                "title": .string("\(settings.brandName) API"),
                "version": "1",
                "description": .string(Self.introduction),
            ],
            "servers": [["url": .string(settings.publicURL)]],
            "tags": .array(
                Operation.Tag.allCases.map { ["name": .string($0.rawValue)] }),
            "paths": Self.paths,
            "components": Self.components,
        ]
        bytes = document.bytes
    }

    private static let introduction = """
        Credentials for the platform's API: sign-in, personal access tokens, API keys, and who may do what in \
        which organization.

        Times are RFC 3339 in UTC, ids are UUIDs in lower case. Lists come in pages. Errors are problem \
        documents (RFC 9457); their `code` is stable. A request without the credential it needs gets 401, one \
        that is known but not allowed 403, and what is not there, or not yours, 404. A field that a request \
        does not know is refused.
        """

    private static var paths: JSON {
        var paths = JSON.Object()
        for operation in operations {
            // A pattern's {rest...} has no word of its own in OpenAPI.
            let path = operation.path.split(separator: "...", omittingEmptySubsequences: false)
                .joined()
            var item = paths[path]?.object ?? JSON.Object()
            let method = operation.method.rawValue.lowercased()
            precondition(item[method] == nil, "\(method) \(path) is described twice")
            item[method] = operation.json
            paths[path] = .object(item)
        }
        return .object(paths)
    }

    private static var components: JSON {
        [
            "schemas": .object(
                JSON.Object(
                    schemas.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
            "responses": .object(
                JSON.Object(
                    problems.map { problem in
                        (
                            problem.status.componentName,
                            Operation.Answer.problem(problem.status, problem.meaning).json
                        )
                    })),
            "parameters": parameters,
            "headers": headers,
            "securitySchemes": securitySchemes,
        ]
    }

    private static var schemas: [String: JSON] {
        operations.reduce(into: Schema.problem.named) { all, operation in
            all.merge(operation.namedSchemas) { mine, theirs in
                precondition(mine == theirs, "two schemas have one name")
                return mine
            }
        }
    }

    /// What any operation may be refused with.
    private static let problems: [(status: HTTPResponse.Status, meaning: String)] = [
        (.badRequest, "The request can't be understood, or names no organization where it must."),
        (.unauthorized, "No credential, or one that is not to be believed."),
        (.forbidden, "Known, but not allowed; or no member of the organization."),
        (.notFound, "Not there, or not yours."),
        (.contentTooLarge, "The body is larger than 64 KiB."),
        (.unsupportedMediaType, "The body is of another media type."),
        (.unprocessableContent, "Well formed, but with values that are not allowed."),
        (.internalServerError, "Something went wrong; the request id tells the operator what."),
        (.serviceUnavailable, "Away for a moment, or the organization is in maintenance."),
    ]

    /// What an operation may be refused with without saying so itself: the shared answer, or the same in the
    /// shape of the operation's own refusals.
    static func response(toProblem status: HTTPResponse.Status, _ shape: Schema) -> JSON {
        guard let problem = problems.first(where: { $0.status == status }) else {
            preconditionFailure("\(status) is no shared problem")
        }
        guard shape.json != Schema.problem.json else {
            return ["$ref": .string("#/components/responses/\(status.componentName)")]
        }
        return Operation.Answer.problem(status, problem.meaning, shape).json
    }

    private static let parameters: JSON = [
        "OrganizationID": [
            "name": "X-Organization-ID", "in": "header", "required": false,
            "description":
                "The organization by its id. With an API key it may be left out; a path that names the organization needs no header.",
            "schema": Schema.id.json,
        ],
        "Domain": [
            "name": "Domain", "in": "header", "required": false,
            "description": "The organization by its slug, the other way to name it.",
            "schema": Schema.text(1...71)
                .matching("^domains:[a-z0-9][a-z0-9_-]{0,62}$").json,
        ],
    ]

    private static let headers: JSON = [
        "X-Request-ID": [
            "description": "Names this request in the log and the audit trail.",
            "schema": Schema.text.json,
        ],
        "WWW-Authenticate": [
            "description": "The challenge of RFC 6750.", "schema": Schema.text.json,
        ],
        "Retry-After": [
            "description": "Seconds after which another try makes sense.",
            "schema": Schema.integer(atLeast: 1).json,
        ],
    ]

    private static let securitySchemes: JSON = [
        "signInToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The `tkn` of `POST /auth/login`: a person who sits there.",
        ],
        "personalAccessToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A personal access token: its person, cut to its scopes.",
        ],
        "machhubAPIKey": [
            "type": "apiKey", "in": "header", "name": "X-Machhub-Api-Key",
            "description": "An API key: a machine identity of one organization.",
        ],
        "client": [
            "type": "http", "scheme": "basic",
            "description":
                "A client by its id and secret (RFC 6749 2.3.1); or in the body, as it is registered.",
        ],
        "apiKey": [
            "type": "apiKey", "in": "header", "name": "X-API-Key",
            "description": "Another name of X-Machhub-Api-Key.",
        ],
    ]
}

extension Schema {
    /// What every refusal says.
    static let problem = named("Problem", .object(problemFields))

    /// The members of a problem, for those that have more.
    static let problemFields: [Field] = [
        .required("type", text.format("uri-reference"), "`about:blank`."),
        .required("title", text, "What the status is called."),
        .required("status", integer(400...599)),
        .required("detail", text, "One sentence for people."),
        .required("code", text, "Stable and machine readable."),
        .required("request_id", text, "The X-Request-ID of the answer."),
        .optional(
            "errors",
            list(
                of: named(
                    "FieldProblem",
                    object(
                        .required("field", text), .required("code", text),
                        .required("detail", text)))), "Every bad field of the input at once."),
    ]
}
