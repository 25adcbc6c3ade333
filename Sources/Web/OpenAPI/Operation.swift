import Domain
import HTTPTypes
import JSON

/// One operation of the API as its OpenAPI document tells of it: what a route takes and answers. The refusals
/// that follow from its parts (no credential, a bad body, another's id) are added by themselves.
struct Operation: Sendable {
    /// Who may call, and how the call names its organization; the visit that the route is registered with.
    enum Access: Sendable {
        /// Nobody needs to be known.
        case open
        /// Any credential.
        case credential
        /// Any credential, and an organization that the request may name.
        case credentialOrganizationOptional
        /// Any credential, and the organization of the path, which the headers may repeat.
        case organizationInPath
        /// Any credential, and an organization that the request names.
        case organization
        /// A person who sits there.
        case interactive
        /// A person who sits there, and an organization that the request names.
        case interactiveOrganization
        /// A system administrator who sits there.
        case administrator
        /// A client of OAuth2, which proves who it is.
        case client
    }

    /// Which part of the API it belongs to.
    enum Tag: String, CaseIterable, Sendable {
        case signIn = "Sign-in"
        case sessions = "Sessions"
        case personalAccessTokens = "Personal access tokens"
        case apiKeys = "API keys"
        case scopes = "Scopes"
        case organizations = "Organizations"
        case members = "Members"
        case roles = "Roles"
        case users = "Users"
        case groups = "Groups"
        case audit = "Audit trail"
        case oauth2Clients = "OAuth2 clients"
        case oauth2 = "OAuth2"
        case consents = "Consents"
        case operation = "Operation"
    }

    /// One value in path, query or header.
    struct Parameter: Sendable {
        enum Place: String, Sendable {
            case path, query, header
        }

        let name: String
        let place: Place
        let schema: Schema
        let meaning: String

        static func path(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
            Parameter(name: name, place: .path, schema: schema, meaning: meaning)
        }

        static func query(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
            Parameter(name: name, place: .query, schema: schema, meaning: meaning)
        }
    }

    /// What the request carries.
    struct Body: Sendable {
        let mediaType: String
        let schema: Schema
        /// Whether there must be one.
        var isRequired = true

        static func json(_ schema: Schema, isRequired: Bool = true) -> Body {
            Body(mediaType: "application/json", schema: schema, isRequired: isRequired)
        }
    }

    /// One answer. A problem has the schema of all problems unless it says otherwise.
    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let meaning: String
        let mediaType: String
        let schema: Schema?

        static func ok(_ schema: Schema, _ meaning: String) -> Answer {
            Answer(
                status: .ok, meaning: meaning, mediaType: "application/json", schema: schema)
        }

        static func created(_ schema: Schema, _ meaning: String) -> Answer {
            Answer(
                status: .created, meaning: meaning, mediaType: "application/json", schema: schema)
        }

        /// - Parameter schema: that of all problems, unless the address has a shape of its own.
        static func problem(
            _ status: HTTPResponse.Status, _ meaning: String, _ schema: Schema = .problem
        ) -> Answer {
            Answer(
                status: status, meaning: meaning, mediaType: "application/problem+json",
                schema: schema)
        }

        static func text(_ meaning: String) -> Answer {
            Answer(status: .ok, meaning: meaning, mediaType: "text/plain", schema: .text)
        }

        static func noContent(_ meaning: String) -> Answer {
            Answer(status: .noContent, meaning: meaning, mediaType: "", schema: nil)
        }
    }

    let method: HTTPRequest.Method
    /// The pattern of the route, to the letter.
    let path: String
    /// What generated clients call it.
    let id: String
    let tag: Tag
    let summary: String
    let details: String?
    let access: Access
    let parameters: [Parameter]
    let body: Body?
    /// The shape of its refusals.
    let refusal: Schema
    let answers: [Answer]

    init(
        _ method: HTTPRequest.Method, _ path: String, id: String, _ tag: Tag, _ summary: String,
        details: String? = nil, access: Access, parameters: [Parameter] = [], body: Body? = nil,
        refusal: Schema = .problem, answers: Answer...
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.tag = tag
        self.summary = summary
        self.details = details
        self.access = access
        self.parameters = parameters
        self.body = body
        self.refusal = refusal
        self.answers = answers
    }
}

extension [Operation.Parameter] {
    /// Of every list.
    static let page: [Operation.Parameter] = [
        .query(
            "limit", .integer(PageRequest.limits).byDefault(PageRequest.defaultLimit),
            "How many entries a page has at most."),
        .query("cursor", .id, "Where the page begins: `next_cursor` of the page before."),
    ]
}

/// What follows from the parts.
extension Operation {
    /// The operation as the document has it.
    var json: JSON {
        var object: JSON.Object = [
            "operationId": .string(id),
            "tags": [.string(tag.rawValue)],
            "summary": .string(summary),
        ]
        if let details { object["description"] = .string(details) }
        object["security"] = access.security
        let parameters = parameters.map(\.json) + access.parameters
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let body {
            object["requestBody"] = [
                "required": .bool(body.isRequired),
                "content": .object([body.mediaType: ["schema": body.schema.json]]),
            ]
        }
        object["responses"] = responses
        return .object(object)
    }

    private var responses: JSON {
        var responses: [Int: JSON] = [:]
        for status in impliedProblems {
            responses[status.code] = OpenAPIDocument.response(toProblem: status, refusal)
        }
        for answer in answers { responses[answer.status.code] = answer.json }
        return .object(
            JSON.Object(responses.sorted { $0.key < $1.key }.map { (String($0), $1) }))
    }

    private var impliedProblems: Set<HTTPResponse.Status> {
        var statuses: Set<HTTPResponse.Status> = [.internalServerError, .serviceUnavailable]
        if access != .open { statuses.formUnion([.badRequest, .unauthorized, .forbidden]) }
        if body != nil {
            statuses.formUnion([
                .badRequest, .contentTooLarge, .unsupportedMediaType, .unprocessableContent,
            ])
        }
        for parameter in parameters {
            switch parameter.place {
            case .path: statuses.insert(.notFound)
            case .query: statuses.formUnion([.badRequest, .unprocessableContent])
            case .header: statuses.insert(.badRequest)
            }
        }
        return statuses
    }

    /// Every schema with a name that the operation mentions.
    var namedSchemas: [String: JSON] {
        let schemas =
            parameters.map(\.schema) + [body?.schema].compactMap(\.self)
            + answers.compactMap(\.schema) + [refusal]
        return schemas.reduce(into: [:]) { named, schema in
            named.merge(schema.named) { mine, theirs in
                precondition(mine == theirs, "two schemas have one name")
                return mine
            }
        }
    }
}

extension Operation.Parameter {
    fileprivate var json: JSON {
        [
            "name": .string(name), "in": .string(place.rawValue), "required": .bool(place == .path),
            "description": .string(meaning), "schema": schema.json,
        ]
    }
}

extension Operation.Answer {
    var json: JSON {
        var object: JSON.Object = [
            "description": .string(meaning), "headers": status.documentedHeaders,
        ]
        if let schema {
            object["content"] = .object([mediaType: ["schema": schema.json]])
        }
        return .object(object)
    }
}

extension Operation.Access {
    /// Any one of these will do; an empty list says that none is needed.
    fileprivate var security: JSON {
        switch self {
        case .open: []
        case .credential, .credentialOrganizationOptional, .organizationInPath, .organization:
            [
                ["signInToken": []], ["personalAccessToken": []], ["machhubAPIKey": []],
                ["apiKey": []],
            ]
        case .interactive, .interactiveOrganization, .administrator: [["signInToken": []]]
        // A public client names itself in the body alone.
        case .client: [["client": []], [:]]
        }
    }

    fileprivate var parameters: [JSON] {
        switch self {
        case .open, .credential, .interactive, .administrator, .client: []
        case .credentialOrganizationOptional, .organizationInPath, .organization,
            .interactiveOrganization:
            ["OrganizationID", "Domain"].map {
                ["$ref": .string("#/components/parameters/\($0)")]
            }
        }
    }
}

extension HTTPResponse.Status {
    /// What `components/responses` calls a problem of this status.
    var componentName: String {
        reasonPhrase.split { !$0.isLetter }.map(\.capitalizedFirst).joined()
    }

    /// The headers that every answer of this status has.
    var documentedHeaders: JSON {
        var names = ["X-Request-ID"]
        switch self {
        case .unauthorized: names.append("WWW-Authenticate")
        case .tooManyRequests, .serviceUnavailable: names.append("Retry-After")
        default: break
        }
        return .object(
            JSON.Object(
                names.map { ($0, ["$ref": .string("#/components/headers/\($0)")]) }))
    }
}

extension Substring {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
