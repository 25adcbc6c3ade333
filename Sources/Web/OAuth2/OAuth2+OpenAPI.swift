import Domain
import HTTPTypes

extension MetadataAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/.well-known/oauth-authorization-server", id: "showServerMetadata", .oauth2,
            "What the authorization server offers (RFC 8414).", access: .open,
            answers: .ok(.metadata, "The metadata.")),
        Operation(
            .get, "/.well-known/openid-configuration", id: "showOpenIDConfiguration", .oauth2,
            "The same, where OpenID Connect looks for it.", access: .open,
            answers: .ok(.metadata, "The metadata.")),
        Operation(
            .get, "/oauth2/jwks", id: "showKeys", .oauth2,
            "The public keys that tokens are checked with (RFC 7517).", access: .open,
            answers: .ok(
                .object(.required("keys", .list(of: .map(of: .anything)))), "A JWK set.")),
    ]
}

extension ProtectedResourceAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/.well-known/oauth-protected-resource/{path...}", id: "showProtectedResource",
            .oauth2, "What an API behind the gate is, and who gives tokens for it (RFC 9728).",
            access: .open,
            parameters: [.path("path", .text, "The path of the API, slashes as they are.")],
            answers: .ok(
                .object(
                    .required("resource", .text),
                    .required("authorization_servers", .list(of: .text)),
                    .required("bearer_methods_supported", .list(of: .text)),
                    .optional("scopes_supported", .list(of: .text))), "The metadata."))
    ]
}

extension TokenAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/oauth2/token", id: "createToken", .oauth2,
            "Gives a client tokens (RFC 6749 3.2).", access: .client,
            body: .form(
                .required("grant_type", .text), .optional("scope", .text),
                .optional("code", .text, "For authorization_code, as are the next two."),
                .optional("redirect_uri", .text, "The one that the code was asked with."),
                .optional("code_verifier", .text, "RFC 7636 4.5"),
                .optional("refresh_token", .text, "For the grant of that name."),
                .optional("resource", .text, "The one API that the token is for (RFC 8707).")),
            answers: .ok(
                .object(
                    .required("access_token", .text), .required("token_type", .constant("Bearer")),
                    .required("expires_in", .integer(atLeast: 1)),
                    .required("scope", .text), .optional("refresh_token", .text),
                    .optional("id_token", .text)), "The tokens."),
            .oauthError(.badRequest), .oauthError(.unauthorized), .oauthError(.tooManyRequests),
            .oauthError(.serviceUnavailable), .oauthError(.internalServerError))
    ]
}

extension PushedRequestAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/oauth2/par", id: "pushAuthorizationRequest", .oauth2,
            "Takes an authorization request from its client beforehand (RFC 9126).",
            details: "The body holds what the query of `/oauth2/authorize` would.",
            access: .client,
            body: .form(
                .required("response_type", .constant("code")), .required("redirect_uri", .text),
                .optional("client_id", .text), .optional("scope", .text),
                .optional("state", .text), .optional("code_challenge", .text),
                .optional("code_challenge_method", .constant("S256"))),
            answers: .created(
                .object(
                    .required("request_uri", .text),
                    .required("expires_in", .integer(atLeast: 1), "Seconds.")),
                "What to send to `/oauth2/authorize` with the client_id."),
            .oauthError(.badRequest), .oauthError(.unauthorized), .oauthError(.tooManyRequests),
            .oauthError(.serviceUnavailable), .oauthError(.internalServerError))
    ]
}

extension DeviceAuthorizationAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/oauth2/device_authorization", id: "authorizeDevice", .oauth2,
            "Begins for a device that has no browser (RFC 8628).", access: .client,
            body: .form(
                .optional("client_id", .text), .optional("scope", .text),
                .optional("resource", .text, "The one API that the token is for (RFC 8707).")),
            answers: .ok(
                .object(
                    .required("device_code", .text), .required("user_code", .text),
                    .required("verification_uri", .text),
                    .required("verification_uri_complete", .text),
                    .required("expires_in", .integer(atLeast: 1)),
                    .required("interval", .integer(atLeast: 1))),
                "What to show, and what to ask the token endpoint with."),
            .oauthError(.badRequest), .oauthError(.unauthorized), .oauthError(.tooManyRequests),
            .oauthError(.serviceUnavailable), .oauthError(.internalServerError))
    ]
}

extension IntrospectionAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/oauth2/introspect", id: "introspectToken", .oauth2,
            "Tells what a token is worth (RFC 7662).",
            details: "For confidential clients; and for API keys in their header, about members "
                + "of their organization.",
            access: .client, body: .form(.required("token", .text)),
            answers: .ok(
                .object(
                    .required("active", .bool), .optional("scope", .text),
                    .optional("client_id", .id), .optional("username", .text),
                    .optional("token_type", .constant("Bearer")),
                    .optional("exp", .integer(atLeast: 0)), .optional("iat", .integer(atLeast: 0)),
                    .optional("sub", .id), .optional("aud", .anything), .optional("iss", .text),
                    .optional("jti", .id), .optional("token_use", .text),
                    .optional("organization_id", .id)), "Of a token that is not active only that."),
            .oauthError(.badRequest), .oauthError(.unauthorized), .oauthError(.tooManyRequests),
            .oauthError(.serviceUnavailable), .oauthError(.internalServerError))
    ]
}

extension RevocationAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/oauth2/revoke", id: "revokeToken", .oauth2, "Ends a token (RFC 7009).",
            details: "Whoever shows a personal access token may end it, without a client.",
            access: .client,
            body: .form(.required("token", .text), .optional("token_type_hint", .text)),
            answers: Operation.Answer(
                status: .ok, meaning: "Whatever the token was.", mediaType: "", schema: nil),
            .oauthError(.badRequest), .oauthError(.unauthorized), .oauthError(.tooManyRequests),
            .oauthError(.serviceUnavailable), .oauthError(.internalServerError))
    ]
}

extension Operation.Body {
    fileprivate static func form(_ fields: Schema.Field...) -> Operation.Body {
        Operation.Body(
            mediaType: "application/x-www-form-urlencoded", schema: .object(fields))
    }
}

extension Operation.Answer {
    /// RFC 6749 §5.2
    static func oauthError(_ status: HTTPResponse.Status) -> Operation.Answer {
        Operation.Answer(
            status: status, meaning: "The protocol's no.", mediaType: "application/json",
            schema: .named(
                "OAuth2Error",
                .object(.required("error", .text), .required("error_description", .text))))
    }
}

extension Schema {
    fileprivate static let metadata = named(
        "ServerMetadata",
        object(
            [
                .required("issuer", .text), .required("authorization_endpoint", .text),
                .required("token_endpoint", .text), .required("userinfo_endpoint", .text),
                .required("authorization_response_iss_parameter_supported", .bool),
                .required("claims_parameter_supported", .bool),
                .required("request_parameter_supported", .bool),
                .required("request_uri_parameter_supported", .bool),
                .required("jwks_uri", .text), .required("revocation_endpoint", .text),
                .required("pushed_authorization_request_endpoint", .text),
                .required("device_authorization_endpoint", .text),
                .required("introspection_endpoint", .text),
                .required("end_session_endpoint", .text),
                .required("backchannel_logout_supported", .bool),
                .required("backchannel_logout_session_supported", .bool),
                .optional("registration_endpoint", .text, "Where clients may register themselves."),
            ]
                + [
                    "scopes_supported", "response_types_supported", "response_modes_supported",
                    "grant_types_supported", "code_challenge_methods_supported",
                    "subject_types_supported", "id_token_signing_alg_values_supported",
                    "claim_types_supported", "claims_supported", "prompt_values_supported",
                    "token_endpoint_auth_methods_supported",
                    "token_endpoint_auth_signing_alg_values_supported",
                    "revocation_endpoint_auth_methods_supported",
                    "revocation_endpoint_auth_signing_alg_values_supported",
                    "introspection_endpoint_auth_methods_supported",
                    "introspection_endpoint_auth_signing_alg_values_supported",
                    "protected_resources",
                ].map { Field.required($0, list(of: .text)) }))
}
