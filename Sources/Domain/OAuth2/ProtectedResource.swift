/// An API behind the gate that a token may be for alone (RFC 8707).
package struct ProtectedResource: Sendable, Hashable {
    /// Everything at and below this path.
    package let path: String

    package init(at path: String) { self.path = path }

    /// As `resource` and `aud` name it.
    package func identifier(issuer: String) -> String { issuer + path }

    /// From an `aud`; nil for one that is not of this issuer.
    package init?(audience: String, issuer: String) {
        guard audience.utf8.starts(with: (issuer + "/").utf8) else { return nil }
        path = String(Substring(audience.utf8.dropFirst(issuer.utf8.count)))
    }

    /// Whether the path, as the gate judges it, belongs to the API.
    package func contains(path other: String) -> Bool {
        other == path || other.hasPrefix(path + "/")
    }
}

/// What the gate's policy says of a protected resource.
package struct ProtectedAPI: Sendable, Equatable {
    package let resource: ProtectedResource
    /// What its routes may ask for, in the order of the catalogue.
    package let scopes: [PlatformScope]

    package init(_ resource: ProtectedResource, scopes: [PlatformScope]) {
        self.resource = resource
        self.scopes = scopes
    }
}

/// The APIs behind the gate under the names that they have at this server.
package struct ProtectedResources: Sendable {
    package let issuer: String
    package let apis: [ProtectedAPI]

    package init(_ apis: [ProtectedAPI], issuer: String) {
        self.issuer = issuer
        self.apis = apis
    }

    package func identifier(of resource: ProtectedResource) -> String {
        resource.identifier(issuer: issuer)
    }

    /// Nil for one that is not behind the gate. Byte for byte (RFC 8707 §2 names no other comparison).
    package func named(_ identifier: String) -> ProtectedResource? {
        apis.first {
            self.identifier(of: $0.resource).utf8.elementsEqual(identifier.utf8)
        }?.resource
    }

    /// What of the scopes means something to the API; nil: all of them do to the whole platform.
    ///
    /// RFC 9068 §2.2.3: «All the individual scope strings in the "scope" claim MUST have meaning for the resources
    /// indicated in the "aud" claim.» Of the platform's those that its routes ask for, or any where they ask for
    /// none; the other words (OpenID Connect's, custom ones) are for others to judge. Refuses (`invalid_scope`)
    /// where nothing is left.
    package func meaningful(
        _ scopes: ScopeWords, to resource: ProtectedResource?
    ) throws -> ScopeWords {
        guard let api = apis.first(where: { $0.resource == resource }), !api.scopes.isEmpty else {
            return scopes
        }
        let left = scopes.filter { word in
            Scope(word).map { api.scopes.contains($0.platform) } ?? true
        }
        guard !left.isEmpty || scopes.isEmpty else {
            throw OAuthError(.invalidScope, "None of the scopes is one of this resource.")
        }
        return left
    }

    /// The API that the path belongs to; of two the closer one.
    package func api(containing path: String) -> ProtectedAPI? {
        apis.filter { $0.resource.contains(path: path) }
            .max { $0.resource.path.utf8.count < $1.resource.path.utf8.count }
    }

    /// RFC 9728 §3.1: the well-known part stands between the host and the path.
    package func metadataAddress(of resource: ProtectedResource) -> String {
        issuer + Self.wellKnown + resource.path
    }

    package static let wellKnown = "/.well-known/oauth-protected-resource"

    /// The one API that tokens are to be for; nil: the whole platform.
    ///
    /// RFC 8707 §2, §2.2: refuses (`invalid_target`) two values, one that is not behind the gate, and another one
    /// than was granted. Where the grant is for the whole platform, a token may still be for one API alone.
    /// - Parameters:
    ///   - resources: every `resource` of the request.
    ///   - granted: what the grant is for; nil at the endpoints where it begins.
    package func target(
        _ resources: [String], within granted: ProtectedResource? = nil
    ) throws -> ProtectedResource? {
        guard let name = resources.first else { return granted }
        guard resources.count == 1, let resource = named(name),
            granted.map({ $0 == resource }) ?? true
        else {
            throw OAuthError(
                .invalidTarget, "The resource must be one API that this server protects.")
        }
        return resource
    }
}
