import Domain
import HTTP
import HTTPTypes
import JSON

/// Where programs find out what there is, and with which keys tokens are checked (RFC 8414, RFC 7517).
struct MetadataAPI {
    static func register(in site: inout Router<OpenVisit>) {
        site.get("/.well-known/oauth-authorization-server", metadata)
        site.get("/.well-known/openid-configuration", metadata)
        site.get("/oauth2/jwks", keys)
    }

    /// One document for both addresses: each ignores what only the other knows.
    @Sendable static func metadata(_ request: Request, _ visit: OpenVisit) throws -> Response {
        let issuer = visit.settings.publicURL
        // RFC 8414 §2. Only what is there: an endpoint stands here when it answers.
        var metadata: JSON.Object = [
            "issuer": .string(issuer),
            "authorization_endpoint": .string(issuer + "/oauth2/authorize"),
            "token_endpoint": .string(issuer + "/oauth2/token"),
            // RFC 9126 §5, RFC 8628 §4
            "pushed_authorization_request_endpoint": .string(issuer + "/oauth2/par"),
            "device_authorization_endpoint": .string(issuer + "/oauth2/device_authorization"),
            "jwks_uri": .string(issuer + "/oauth2/jwks"),
            "userinfo_endpoint": .string(issuer + "/oauth2/userinfo"),
            "scopes_supported": JSON(
                ScopeWords.openID.sorted() + PlatformScope.allCases.map(\.name)),
            "response_types_supported": ["code"],
            "response_modes_supported": JSON(
                AuthorizationTarget.ResponseMode.allCases.map(\.rawValue)),
            "grant_types_supported": JSON(
                GrantType.allCases.map(\.rawValue)),
            "code_challenge_methods_supported": JSON([PKCE.method]),
            // RFC 9207 §3
            "authorization_response_iss_parameter_supported": true,
            // OpenID Connect Discovery §3
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": JSON(algorithms),
            "claim_types_supported": ["normal"],
            "claims_supported": JSON(
                ["sub", "iss", "aud", "exp", "iat", "auth_time", "amr", "nonce", "at_hash", "sid"]
                    + UserClaim.allCases.map(\.rawValue)),
            "claims_parameter_supported": true,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
            "prompt_values_supported": JSON(
                AuthorizationRequest.Prompt.allCases.map(\.rawValue)),
            "token_endpoint_auth_methods_supported": JSON(methods),
            "token_endpoint_auth_signing_alg_values_supported": JSON(algorithms),
            // OpenID Connect RP-Initiated Logout 1.0 §2.1, Back-Channel Logout 1.0 §2.1
            "end_session_endpoint": .string(issuer + LogoutRoutes.path),
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "revocation_endpoint": .string(issuer + "/oauth2/revoke"),
            "revocation_endpoint_auth_methods_supported": JSON(methods),
            "revocation_endpoint_auth_signing_alg_values_supported": JSON(algorithms),
            "introspection_endpoint": .string(issuer + "/oauth2/introspect"),
            "introspection_endpoint_auth_methods_supported": JSON(methods.filter { $0 != "none" }),
            "introspection_endpoint_auth_signing_alg_values_supported": JSON(algorithms),
            // RFC 9728 §4
            "protected_resources": JSON(
                visit.services.oauth2.resources.apis.map {
                    visit.services.oauth2.resources.identifier(of: $0.resource)
                }),
        ]
        if visit.services.oauth2.registration.isOn {
            metadata["registration_endpoint"] = .string(issuer + "/oauth2/register")
        }
        return published(.object(metadata))
    }

    /// The current keys, the next ones, and those that signed what is still alive (RFC 7517 §5).
    @Sendable static func keys(_ request: Request, _ visit: OpenVisit) throws -> Response {
        published([
            "keys": .array(try visit.services.oauth2.publicKeys().map { try JSON(parsing: $0) })
        ])
    }

    private static let methods = Client.AuthenticationMethod.allCases.map(\.rawValue)
    private static let algorithms = SigningKeyRecord.Algorithm.allCases.map(\.rawValue)

    /// Public and the same for everybody, so it may be kept for a while, and read by pages of other sites. Keys
    /// are published long before they sign, so five minutes cost nobody anything.
    static func published(_ json: JSON) -> Response {
        var response = Response.json(json)
        response.headers[.cacheControl] = "public, max-age=300"
        response.headers[.accessControlAllowOrigin] = "*"
        return response
    }
}
