import Domain
import HTTP
import JSON

/// Where an API behind the gate tells clients what it is and who gives tokens for it (RFC 9728).
struct ProtectedResourceAPI {
    static func register(in site: inout Router<OpenVisit>) {
        site.get("/.well-known/oauth-protected-resource/{path...}", show)
    }

    @Sendable static func show(_ request: Request, _ visit: OpenVisit) throws -> Response {
        let resources = visit.services.oauth2.resources
        let path = "/" + (request.captures["path"] ?? "")
        guard let api = resources.apis.first(where: { $0.resource.path == path }) else {
            throw Refusal.notFound
        }
        // RFC 9728 §2, §3.3: `resource` is the very text that the address was made of.
        var members: [(String, JSON)] = [
            ("resource", .string(resources.identifier(of: api.resource))),
            ("authorization_servers", JSON([resources.issuer])),
            ("bearer_methods_supported", JSON(["header"])),
        ]
        // §2: «Zero-element lists MUST be omitted from the response» (§3.2).
        if !api.scopes.isEmpty {
            members.append(("scopes_supported", JSON(api.scopes.map(\.name))))
        }
        return MetadataAPI.published(.members(members))
    }
}
