import Cryptography
package import Domain
import Storage

/// The services behind the endpoints of OAuth2.
extension TestServices {
    package static let issuer = "https://gatehouse.test"

    /// The shipped APIs.
    package static let resources = ProtectedResources(
        [
            ProtectedAPI(
                .engine, scopes: PlatformScope.allCases.filter { $0.group != .organizations }),
            ProtectedAPI(ProtectedResource(at: "/machhub"), scopes: []),
        ], issuer: issuer)

    package var clientKeys: any ClientKeys { JWTClientKeys() }

    package var clients: ClientService {
        ClientService(
            stores: stores, keys: clientKeys, secrets: secrets, clock: clock, audit: audit)
    }

    package var customScopes: CustomScopeService {
        CustomScopeService(stores: stores, secrets: secrets, clock: clock, audit: audit)
    }

    package var clientAuthentication: ClientAuthenticationService {
        ClientAuthenticationService(
            stores: stores, keys: clientKeys, secrets: secrets, clock: clock, audit: audit,
            issuer: Self.issuer)
    }

    package var clientTokens: TokenService {
        TokenService(
            stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit,
            resources: Self.resources)
    }

    package var introspection: IntrospectionService {
        IntrospectionService(
            stores: stores, tokens: tokens, secrets: secrets, authentication: authentication,
            clock: clock)
    }

    package var revocation: RevocationService {
        RevocationService(
            stores: stores, tokens: tokens, secrets: secrets,
            personalAccessTokens: personalAccessTokens,
            clock: clock, audit: audit)
    }

    package func rotateKeys() throws { try (tokens as? KeyRing)?.rotate() }

    /// Makes a user whom clients act as.
    @discardableResult
    package func serviceUser(_ username: String) throws -> User {
        try users.create(NewUser(username: username, kind: .service), by: .test())
    }

    /// Makes a client that acts as the service user.
    package func machine(
        _ name: String = "machine", as user: User, scopes: [String] = ["pipelines:read"],
        _ change: (inout ClientFields) -> Void = { _ in }
    ) throws -> TestClient {
        var fields = ClientFields(name: name)
        fields.grantTypes = ["client_credentials"]
        fields.scopes = scopes
        fields.serviceUserID = .value(user.id)
        change(&fields)
        let (overview, secret) = try clients.create(fields, by: .test())
        return TestClient(client: overview.client, secret: secret?.text.text ?? "")
    }

    /// Tokens as the client asks for them with its secret.
    package func tokens(
        of client: TestClient, scope: String? = nil, resources: [String] = []
    ) throws -> TokenResponse {
        let authenticated = try clientAuthentication.authenticate(
            .secret(.init(client.secret), of: client.client.id.description, by: .basic),
            by: .test())
        return try clientTokens.issue(
            TokenRequest(kind: .clientCredentials, scope: scope, resources: resources),
            to: authenticated, by: .test())
    }
}

/// A client and the secret that it was made with.
package struct TestClient: Sendable {
    package let client: Client
    package let secret: String

    package init(client: Client, secret: String) {
        self.client = client
        self.secret = secret
    }
}

extension ProtectedResource {
    /// The API of the shipped policy that all the platform's scopes are for.
    package static let engine = ProtectedResource(at: "/api/v1/engine")
}
