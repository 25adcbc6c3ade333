import Domain

/// The sections of the form that a client is registered and changed with
/// (`{{#sections}}{{>client-form}}{{/sections}}`).
struct ClientFormSections {
    let name: Field
    let description: Field
    /// Of a new client; a client that is there keeps its type.
    let kind: Choices?

    let redirectURIs: Rows
    let postLogoutRedirectURIs: Rows
    let backchannelLogoutURI: Field
    let backchannelLogoutNeedsSession: Bool

    let grantTypes: Choices
    let serviceUser: Field
    let organization: Field

    let platformScopes: [Choices]
    let openIDScopes: Choices
    let customScopes: Choices?
    let otherScopes: Field

    let accessTokenLifetime: LifetimeField
    let refreshTokenLifetime: LifetimeField

    /// Nil where there is nothing to choose: a public client has no way to prove itself.
    let authenticationMethod: Selection?
    let keySet: Field?
    let requiresPKCE: PKCE?
    let idTokenAlgorithm: Selection

    /// A number and its unit (`{{#lifetime}}{{>lifetime}}{{/lifetime}}`).
    struct LifetimeField {
        let number: Field
        let unit: Selection
    }

    /// The box that says whether PKCE is required.
    struct PKCE {
        let isRequired: Bool
        let error: String?
    }

    /// - Parameters:
    ///   - isNew: whether the type can still be chosen.
    ///   - growing: the name of the rows that get one more.
    init(
        _ draft: ClientDraft, customScopes: [CustomScope], problems: FormProblems, isNew: Bool,
        growing: String? = nil
    ) {
        func problem(_ field: String) -> String? {
            problems.text(field, ClientDraft.labels[field] ?? field)
        }
        name = Field(
            "name", "Name", value: draft.name, autocomplete: "off",
            hint: "What people read when they are asked whether it may act for them.",
            error: problem("name"), isFocused: isNew && growing == nil && problems.isEmpty)
        description = Field(
            "description", "Description", value: draft.description, autocomplete: "off",
            hint: "For administrators.", error: problem("description"), isRequired: false)
        kind =
            isNew
            ? Choices(
                "type", "Type", kind: .one,
                [
                    (
                        Client.Kind.confidential.rawValue, "Confidential",
                        "It has a server that keeps a secret."
                    ),
                    (
                        Client.Kind.public.rawValue, "Public",
                        "It runs in a browser or on a device. It gets no secret and always needs PKCE."
                    ),
                ], checked: [draft.kind.rawValue],
                hint: "The type can't be changed afterwards.", error: problem("type")) : nil
        func unfit(_ text: String) -> String? {
            do throws(RedirectURI.Unfit) {
                _ = try RedirectURI(text)
                return nil
            } catch {
                return "This address \(error.reason)."
            }
        }
        redirectURIs = Rows(
            "redirect_uris", "Redirect URIs", label: "Redirect URI", draft.redirectURIs,
            hint: "Where people come back to, compared character by character: https, or http on "
                + "127.0.0.1, [::1] or localhost, or a private-use scheme with a dot. "
                + "No fragment, no wildcard.",
            error: problem("redirect_uris"), isGrowing: growing == "redirect_uris",
            problem: { problems.isEmpty ? nil : unfit($0) })
        postLogoutRedirectURIs = Rows(
            "post_logout_redirect_uris", "Post-logout redirect URIs",
            label: "Post-logout redirect URI", draft.postLogoutRedirectURIs,
            hint: "Where people may be sent after they signed out.",
            error: problem("post_logout_redirect_uris"),
            isGrowing: growing == "post_logout_redirect_uris",
            problem: { problems.isEmpty ? nil : unfit($0) })
        backchannelLogoutURI = Field(
            "backchannel_logout_uri", "Back-channel logout URI", value: draft.backchannelLogoutURI,
            autocomplete: "off", hint: "Told when somebody's session ends.",
            error: problem("backchannel_logout_uri"), isRequired: false)
        backchannelLogoutNeedsSession = draft.backchannelLogoutNeedsSession
        grantTypes = Choices(
            "grant_types", "Grants",
            GrantType.allCases.map { ($0.rawValue, $0.title, $0.explanation) },
            checked: draft.grantTypes, error: problem("grant_types"))
        serviceUser = Field(
            "service_user_id", "Service user", value: draft.serviceUser, autocomplete: "off",
            hint: "User name of the service user that it acts as with client credentials.",
            error: problem("service_user_id"), isRequired: false, suggestions: .serviceUsers)
        organization = Field(
            "organization_id", "Organization", value: draft.organization, autocomplete: "off",
            hint: "Slug or ID. Its tokens act there alone; empty for all organizations of whoever "
                + "they act as.",
            error: problem("organization_id"), isRequired: false)
        let custom = customScopes.map(\.name)
        platformScopes = PlatformScope.Group.allCases.map { group in
            Choices(
                "scopes", group.title, key: "scopes-\(group.rawValue)",
                group.scopes.map { ($0.name, $0.title, $0.meaning) }, checked: draft.scopes)
        }
        openIDScopes = Choices(
            "scopes", "OpenID Connect", key: "scopes-openid",
            [
                ("openid", "openid", "Know who somebody is"),
                ("profile", "profile", "See their name and user name"),
                ("email", "email", "See their e-mail address"),
                ("offline_access", "offline_access", "Keep access after they sign out"),
            ], checked: draft.scopes)
        self.customScopes =
            custom.isEmpty
            ? nil
            : Choices(
                "scopes", "Custom", key: "scopes-custom",
                customScopes.map { ($0.name, $0.name, $0.description) }, checked: draft.scopes)
        let boxes = Set(PlatformScope.allCases.map(\.name) + custom).union(ScopeWords.openID)
        otherScopes = Field(
            "other_scopes", "Further scopes",
            value: draft.scopes.filter { !boxes.contains($0) }.joined(separator: " "),
            autocomplete: "off",
            hint: "What has no box, such as connectors:read:ID, separated by spaces.",
            error: problem("scopes"), isRequired: false)
        accessTokenLifetime = LifetimeField(
            "access_token_ttl", "Access token lifetime", draft.accessTokenLifetime, problems)
        refreshTokenLifetime = LifetimeField(
            "refresh_token_ttl", "Refresh token lifetime", draft.refreshTokenLifetime, problems)
        let mayProve = isNew || draft.kind == .confidential
        let methods: [Client.AuthenticationMethod] = [
            .clientSecretBasic, .clientSecretPost, .privateKeyJWT,
        ]
        authenticationMethod =
            mayProve
            ? Selection(
                "token_endpoint_auth_method", "Authentication method",
                methods.map { ($0.rawValue, $0.title) }, selected: draft.authenticationMethod,
                hint: isNew ? "How a confidential client proves itself." : nil,
                error: problem("token_endpoint_auth_method")) : nil
        keySet =
            mayProve
            ? Field(
                "jwks", "Public keys", value: draft.keySet,
                hint: "A JWK set, for a signed JWT: RSA and EC keys, without private parts.",
                error: problem("jwks"), isRequired: false) : nil
        requiresPKCE =
            mayProve
            ? PKCE(isRequired: draft.requiresPKCE, error: problem("require_pkce")) : nil
        idTokenAlgorithm = Selection(
            "id_token_signed_response_alg", "ID tokens are signed with",
            SigningKeyRecord.Algorithm.allCases.reversed().map { ($0.rawValue, $0.rawValue) },
            selected: draft.idTokenAlgorithm, error: problem("id_token_signed_response_alg"))
    }
}

extension ClientFormSections.LifetimeField {
    fileprivate init(
        _ field: String, _ label: String, _ lifetime: ClientDraft.Lifetime, _ problems: FormProblems
    ) {
        number = Field(
            field, label, value: lifetime.number, autocomplete: "off",
            error: problems.text(field, label))
        unit = Selection(
            "\(field)_unit", "\(label), unit",
            ClientDraft.Lifetime.Unit.allCases.map { ($0.name, $0.name) }, selected: lifetime.unit)
    }
}

extension GrantType {
    /// In words.
    var title: String {
        switch self {
        case .authorizationCode: "Authorization code"
        case .clientCredentials: "Client credentials"
        case .refreshToken: "Refresh token"
        case .deviceCode: "Device code"
        }
    }

    fileprivate var explanation: String {
        switch self {
        case .authorizationCode: "People sign in with a browser and are sent back."
        case .clientCredentials: "It acts by itself, as a service user."
        case .refreshToken: "It renews its access tokens without people."
        case .deviceCode: "People type a code that the device shows."
        }
    }
}

extension Client.Kind {
    var title: String {
        switch self {
        case .confidential: "Confidential"
        case .public: "Public"
        }
    }
}

extension Client.AuthenticationMethod {
    var title: String {
        switch self {
        case .clientSecretBasic: "Secret in the Authorization header (client_secret_basic)"
        case .clientSecretPost: "Secret in the form (client_secret_post)"
        case .privateKeyJWT: "Signed JWT (private_key_jwt)"
        case .none: "None: a public client"
        }
    }
}
