/// What a client says of itself when it registers (RFC 7591 §2, OpenID Connect Registration 1.0 §2): the part that
/// means something here. Nil where it says nothing.
package struct ClientMetadata: Sendable {
    package var name: String?
    package var redirectURIs: [String]?
    package var postLogoutRedirectURIs: [String]?
    package var grantTypes: [String]?
    package var responseTypes: [String]?
    package var scope: String?
    package var authenticationMethod: String?
    /// JSON.
    package var keySet: String?
    package var idTokenAlgorithm: String?
    package var backchannelLogoutURI: String?
    package var backchannelLogoutNeedsSession: Bool?
    /// Addresses of pages about it, which are not kept.
    package var pages: [String] = []

    package init() {}
}

/// Makes of what a client says what it may be.
///
/// RFC 7591 §2: «The authorization server MAY reject or replace any of the client's requested metadata values»: what
/// does not apply is left out, what could not be meant otherwise is refused.
struct ClientMetadataRules {
    /// Never `client_credentials`: nobody has said as whom such a client would act.
    static let grantTypes: [GrantType] = [.authorizationCode, .refreshToken, .deviceCode]
    static let defaultScopes = ScopeWords(text: "openid profile email offline_access")

    let stores: any Stores
    let brandName: String

    /// Throws an `OAuthError` for what is refused here; the rest is for the rules of all clients to judge.
    func fields(_ metadata: ClientMetadata) throws -> ClientFields {
        let method = try authenticationMethod(metadata.authenticationMethod)
        let types = try grantTypes(metadata)
        try metadata.pages.forEach(checkPage)
        var fields = ClientFields(name: try name(metadata))
        fields.kind = method == .none ? .public : .confidential
        fields.authenticationMethod = method
        fields.grantTypes = types.map(\.rawValue)
        fields.redirectURIs = metadata.redirectURIs ?? []
        fields.postLogoutRedirectURIs = metadata.postLogoutRedirectURIs ?? []
        fields.scopes = try scopes(metadata.scope).words
        // Keys for another purpose are none that we look at.
        fields.keySet =
            method == .privateKeyJWT ? metadata.keySet.map(ClientFields.Settable.value) : .nothing
        fields.idTokenAlgorithm = try idTokenAlgorithm(metadata.idTokenAlgorithm)
        // RFC 9700 §2.1.1: public ones must, and of the others the nonce of OpenID Connect is an answer too, which
        // relying parties that register by themselves may know alone. Whoever sends a challenge is held to it.
        fields.requiresPKCE = method == .none
        fields.backchannelLogoutURI =
            try backchannelLogoutURI(metadata.backchannelLogoutURI)
            .map(ClientFields.Settable.value) ?? .nothing
        fields.backchannelLogoutNeedsSession = metadata.backchannelLogoutNeedsSession ?? false
        return fields
    }

    static func refusal(_ message: String) -> OAuthError {
        OAuthError(.invalidClientMetadata, message)
    }

    /// RFC 7591 §2: «If unspecified or omitted, the default is "client_secret_basic"».
    private func authenticationMethod(_ name: String?) throws -> Client.AuthenticationMethod {
        guard let name else { return .clientSecretBasic }
        guard let method = Client.AuthenticationMethod(rawValue: name) else {
            throw Self.refusal("The token_endpoint_auth_method is not supported.")
        }
        return method
    }

    /// RFC 7591 §2: «If omitted, the default behavior is that the client will use only the "authorization_code" Grant
    /// Type»; §2.1: response types that go with it.
    private func grantTypes(_ metadata: ClientMetadata) throws -> [GrantType] {
        let asked = metadata.grantTypes ?? [GrantType.authorizationCode.rawValue]
        let types = Self.grantTypes.filter { asked.contains($0.rawValue) }
        guard types.contains(.authorizationCode) || types.contains(.deviceCode) else {
            throw Self.refusal(
                "The grant_types must hold authorization_code or the device grant.")
        }
        if types.contains(.authorizationCode), let responses = metadata.responseTypes,
            !responses.isEmpty, !responses.contains("code")
        {
            throw Self.refusal("The response_types must hold code.")
        }
        return types
    }

    /// What people will read when they are asked: without characters that turn the text around, and not ours.
    private func name(_ metadata: ClientMetadata) throws -> String {
        let name =
            metadata.name?.trimmed ?? metadata.redirectURIs?.lazy.compactMap(Self.host).first ?? ""
        guard !name.isEmpty else { return "Unnamed client" }
        guard !name.unicodeScalars.contains(where: Self.turnsText) else {
            throw Self.refusal(
                "The client_name holds characters that change the direction of text.")
        }
        guard name.lowercased() != brandName.lowercased() else {
            throw Self.refusal("The client_name is that of this service.")
        }
        return name
    }

    private static func host(of text: String) -> String? {
        let rest = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return rest.count > 2 && !rest[2].isEmpty && rest[2].utf8.count <= 255
            ? String(rest[2]) : nil
    }

    /// Unicode's Bidi_Control.
    private static func turnsText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The asked ones as far as a client may ask for them by itself: whoever manages organizations is decided by an
    /// administrator. Unknown words are passed over (RFC 6749 §3.3).
    private func scopes(_ asked: String?) throws -> ScopeWords {
        let words = ScopeWords(text: asked ?? "")
        if words.isEmpty { return Self.defaultScopes }
        guard words.text.utf8.count <= ScopeRequest.byteLimit else {
            throw Self.refusal("The scope is too long.")
        }
        let custom = try stores.customScopes.known(
            among: words.words.filter(ScopeWords.mayBeCustom))
        return words.filter { word in
            if let scope = Scope(word) { return scope.platform != .organizationsManage }
            return ScopeWords.openID.contains(word) || custom.contains(word)
        }
    }

    private func idTokenAlgorithm(_ name: String?) throws -> SigningKeyRecord.Algorithm {
        guard let name else { return .rs256 }
        guard let algorithm = SigningKeyRecord.Algorithm(rawValue: name) else {
            throw Self.refusal("The id_token_signed_response_alg is not supported.")
        }
        return algorithm
    }

    /// Nobody who may register without being known should have us call plain http.
    private func backchannelLogoutURI(_ text: String?) throws -> String? {
        guard let text else { return nil }
        guard text.utf8.starts(with: "https://".utf8) else {
            throw Self.refusal("The backchannel_logout_uri must begin with https://.")
        }
        return text
    }

    /// RFC 7591 §5: such an address is as good as whoever sent it; one with a scheme that runs something is refused
    /// even though nobody is shown it.
    private func checkPage(_ text: String) throws {
        let lower = text.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else {
            throw Self.refusal("The addresses of pages must begin with https://.")
        }
    }
}

extension String {
    /// Without white space at its ends.
    fileprivate var trimmed: String {
        let scalars = unicodeScalars.drop { $0.properties.isWhitespace }.reversed()
            .drop { $0.properties.isWhitespace }.reversed()
        return String(String.UnicodeScalarView(scalars))
    }
}
