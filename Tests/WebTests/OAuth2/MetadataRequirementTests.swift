import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// RFC 8414 and OpenID Connect Discovery: what the documents hold for whoever reads them.
@Suite struct MetadataRequirementTests {
    static let paths = [
        "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
    ]

    let scene: OAuth2Scene

    init() throws { scene = try OAuth2Scene() }

    @Test(arguments: paths)
    func `RFC 8414 2: what is required stands there, over https`(path: String) throws {
        let metadata = scene.send(.get, path).json

        let issuer = try #require(metadata["issuer"]?.string)
        #expect(issuer.hasPrefix("https://") && !issuer.contains("?") && !issuer.contains("#"))
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            #expect(metadata[name]?.string != nil, "\(name)")
        }
        #expect(metadata["response_types_supported"] == ["code"])
        for member in metadata.object?.members ?? []
        where member.name.hasSuffix("_endpoint") || member.name.hasSuffix("_uri") {
            let address = try #require(member.value.string)
            #expect(address.hasPrefix(issuer + "/") && !address.contains("#"), "\(member.name)")
        }
    }

    @Test(arguments: paths)
    func `RFC 8414 2: whoever may sign is told how, and never with none`(path: String) throws {
        let metadata = scene.send(.get, path).json

        for endpoint in ["token_endpoint", "revocation_endpoint", "introspection_endpoint"] {
            let methods = metadata[endpoint + "_auth_methods_supported"]?.strings ?? []
            #expect(methods.contains("private_key_jwt"))
            let algorithms = try #require(
                metadata[endpoint + "_auth_signing_alg_values_supported"]?.strings)
            #expect(Set(algorithms) == ["ES256", "RS256"])
        }
    }

    @Test(arguments: paths)
    func `OpenID Connect Discovery 3: what is required stands there`(path: String) {
        let metadata = scene.send(.get, path).json

        #expect(metadata["subject_types_supported"] == ["public"])
        #expect(metadata["scopes_supported"]?.strings?.contains("openid") == true)
        let algorithms = metadata["id_token_signing_alg_values_supported"]?.strings ?? []
        #expect(algorithms.contains("RS256") && !algorithms.contains("none"))
        // Left out it would be true, and what it announces is another thing than pushed requests.
        #expect(metadata["request_uri_parameter_supported"] == false)
        #expect(metadata["claims_parameter_supported"] == true)
    }

    @Test func `RFC 8414 3.2: the documents are JSON, and no list in them is empty`() {
        let apis = scene.send(.get, Self.paths[0]).json["protected_resources"]?.strings ?? []
        let resources = apis.map {
            "/.well-known/oauth-protected-resource" + $0.dropFirst(TestServices.issuer.count)
        }

        for path in Self.paths + resources {
            let answer = scene.send(.get, path)
            #expect(answer.status == 200 && answer.header("Content-Type") == "application/json")
            for member in answer.json.object?.members ?? [] {
                #expect(member.value.array?.isEmpty != true, "\(member.name)")
                #expect(member.value != .null, "\(member.name)")
            }
        }
        #expect(!resources.isEmpty)
    }
}
