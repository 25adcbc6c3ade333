/// What is said of a client when it is made or changed; nil leaves a field as it is, or at its default.
package struct ClientFields: Sendable {
    /// A field that may be empty.
    package enum Settable<Value: Sendable>: Sendable {
        case nothing
        case value(Value)

        package var value: Value? {
            if case .value(let value) = self { value } else { nil }
        }
    }

    package var name: String?
    package var description: String?
    package var kind: Client.Kind?
    package var grantTypes: [String]?
    package var redirectURIs: [String]?
    package var postLogoutRedirectURIs: [String]?
    package var scopes: [String]?
    package var serviceUserID: Settable<User.ID>?
    package var organizationID: Settable<Organization.ID>?
    package var accessTokenLifetime: Int?
    package var refreshTokenLifetime: Int?
    package var authenticationMethod: Client.AuthenticationMethod?
    /// JSON.
    package var keySet: Settable<String>?
    package var idTokenAlgorithm: SigningKeyRecord.Algorithm?
    package var requiresPKCE: Bool?
    package var backchannelLogoutURI: Settable<String>?
    package var backchannelLogoutNeedsSession: Bool?
    package var isEnabled: Bool?

    package init(name: String? = nil) {
        self.name = name
    }
}

/// The rules of what a client may be, held against fields as they were sent; every problem at once.
struct ClientRules {
    static let descriptionLimit = 1_000
    static let mostURIs = 50

    let stores: any Stores
    let keys: any ClientKeys
    private(set) var problems: [Refusal.Problem] = []

    init(stores: any Stores, keys: any ClientKeys) {
        self.stores = stores
        self.keys = keys
    }

    /// The client with the fields written into it, as far as they are good.
    mutating func apply(_ fields: ClientFields, to client: Client) throws -> Client {
        var changed = client
        if let kind = fields.kind, kind != client.kind {
            refuse("type", "not_changeable", "type is fixed when a client is made.")
        }
        if let name = fields.name { changed.name = name }
        if let problem = Naming.problem(with: changed.name, field: "name") {
            problems.append(problem)
        }
        if let description = fields.description { changed.description = description }
        checkDescription(changed.description)
        if let method = fields.authenticationMethod { changed.authenticationMethod = method }
        if let types = fields.grantTypes { changed.grantTypes = grantTypes(types) }
        if let uris = fields.redirectURIs {
            changed.redirectURIs = redirectURIs(uris, "redirect_uris")
        }
        if let uris = fields.postLogoutRedirectURIs {
            changed.postLogoutRedirectURIs = redirectURIs(uris, "post_logout_redirect_uris")
        }
        if let scopes = fields.scopes { changed.scopes = try self.scopes(scopes) }
        if let id = fields.serviceUserID { changed.serviceUserID = try serviceUser(id.value) }
        if let id = fields.organizationID {
            changed.organizationID = try organization(id.value)
        }
        if let seconds = fields.accessTokenLifetime {
            check(seconds, Client.accessTokenLifetimes, "access_token_ttl")
            changed.accessTokenLifetime = seconds
        }
        if let seconds = fields.refreshTokenLifetime {
            check(seconds, Client.refreshTokenLifetimes, "refresh_token_ttl")
            changed.refreshTokenLifetime = seconds
        }
        if let set = fields.keySet { changed.keySet = keySet(set.value) }
        if let algorithm = fields.idTokenAlgorithm { changed.idTokenAlgorithm = algorithm }
        if let requires = fields.requiresPKCE { changed.requiresPKCE = requires }
        if let uri = fields.backchannelLogoutURI {
            changed.backchannelLogoutURI = backchannelURI(uri.value)
        }
        if let needs = fields.backchannelLogoutNeedsSession {
            changed.backchannelLogoutNeedsSession = needs
        }
        if let isEnabled = fields.isEnabled { changed.isEnabled = isEnabled }
        checkTogether(changed, fields)
        return changed
    }

    private mutating func refuse(_ field: String, _ code: String, _ detail: String) {
        problems.append(Refusal.Problem(field: field, code: code, detail: detail))
    }

    /// What one field says must fit what the others say.
    private mutating func checkTogether(_ client: Client, _ fields: ClientFields) {
        let methodIsRight = (client.kind == .public) == (client.authenticationMethod == .none)
        if !methodIsRight {
            refuse(
                "token_endpoint_auth_method", "not_allowed",
                client.kind == .public
                    ? "A public client has nothing to prove itself with: the method is none."
                    : "A confidential client must prove who it is: the method must not be none.")
        }
        if client.kind == .public {
            // RFC 6749 §4.4: «MUST only be used by confidential clients».
            if client.grantTypes.contains(.clientCredentials) {
                refuse(
                    "grant_types", "not_allowed", "client_credentials needs a confidential client.")
            }
            // RFC 9700 §2.1.1: «Public clients MUST use PKCE».
            if !client.requiresPKCE {
                refuse("require_pkce", "not_allowed", "A public client always needs PKCE.")
            }
        }
        if client.authenticationMethod == .privateKeyJWT, client.keySet == nil,
            !problems.contains(where: { $0.field == "jwks" })
        {
            refuse("jwks", "required", "private_key_jwt needs the public keys in jwks.")
        }
        if client.grantTypes.contains(.clientCredentials), client.serviceUserID == nil,
            !problems.contains(where: { $0.field == "service_user_id" })
        {
            refuse(
                "service_user_id", "required",
                "client_credentials needs the service user that the client acts as.")
        }
        if client.grantTypes.contains(.authorizationCode), client.redirectURIs.isEmpty,
            !problems.contains(where: { $0.field == "redirect_uris" })
        {
            refuse(
                "redirect_uris", "required",
                "authorization_code needs at least one redirect URI.")
        }
    }

    private mutating func checkDescription(_ text: String) {
        if text.unicodeScalars.count > Self.descriptionLimit {
            refuse(
                "description", "too_long",
                "description must have at most \(Self.descriptionLimit) characters.")
        } else if let problem = Naming.textProblem(with: text, field: "description") {
            problems.append(problem)
        }
    }

    private mutating func check(_ number: Int, _ range: ClosedRange<Int>, _ field: String) {
        if !range.contains(number) {
            refuse(
                field, "out_of_range",
                "\(field) must be between \(range.lowerBound) and \(range.upperBound).")
        }
    }

    private mutating func grantTypes(_ names: [String]) -> [GrantType] {
        if names.isEmpty { refuse("grant_types", "required", "grant_types needs at least one.") }
        var types: [GrantType] = []
        for name in names {
            guard let type = GrantType(rawValue: name) else {
                let list = GrantType.allCases.map(\.rawValue).joined(separator: ", ")
                refuse("grant_types", "not_allowed", "grant_types may hold \(list).")
                break
            }
            if !types.contains(type) { types.append(type) }
        }
        return types
    }

    private mutating func redirectURIs(_ texts: [String], _ field: String) -> [RedirectURI] {
        guard texts.count <= Self.mostURIs else {
            refuse(field, "too_many", "\(field) may have at most \(Self.mostURIs) entries.")
            return []
        }
        var uris: [RedirectURI] = []
        for (index, text) in texts.enumerated() {
            do {
                let uri = try RedirectURI(text)
                if !uris.contains(uri) { uris.append(uri) }
            } catch {
                refuse(
                    field, "invalid_redirect_uri", "Entry \(index + 1) of \(field) \(error.reason)."
                )
            }
        }
        return uris
    }

    private mutating func backchannelURI(_ text: String?) -> String? {
        guard let text else { return nil }
        do {
            let uri = try URIText(text)
            // Back-Channel Logout 1.0 §2.2: absolute, without a fragment. Plain http and private addresses are
            // judged when it is called, because a setting decides.
            guard uri.fragment == nil, ["https", "http"].contains(uri.scheme), !uri.host.isEmpty
            else { throw RedirectURI.Unfit("must be an https address without a fragment") }
            return text
        } catch {
            let reason = (error as? RedirectURI.Unfit)?.reason ?? "is no URI"
            refuse(
                "backchannel_logout_uri", "invalid_uri", "backchannel_logout_uri \(reason).")
            return nil
        }
    }

    private mutating func scopes(_ names: [String]) throws -> ScopeWords {
        let words = ScopeWords(names)
        let known = try stores.customScopes.known(among: words.words.filter(ScopeWords.mayBeCustom))
        for word in words.words
        where Scope(word) == nil && !ScopeWords.openID.contains(word) && !known.contains(word) {
            let shown =
                word.utf8.count <= 100 && Scope.isScopeToken(word) && !word.isEmpty
                ? word : "An entry"
            refuse("scopes", "unknown_scope", "\(shown) is no scope.")
        }
        if words.text.utf8.count > ScopeRequest.byteLimit {
            refuse(
                "scopes", "too_long",
                "scopes may have at most \(ScopeRequest.byteLimit) characters in all.")
        }
        return words
    }

    private mutating func serviceUser(_ id: User.ID?) throws -> User.ID? {
        guard let id else { return nil }
        guard let user = try stores.users.find(id) else {
            refuse("service_user_id", "unknown_user", "There is no such user.")
            return nil
        }
        guard user.kind == .service else {
            refuse(
                "service_user_id", "not_a_service_user",
                "A client acts as a user of kind service, never as a person.")
            return nil
        }
        return id
    }

    private mutating func organization(_ id: Organization.ID?) throws -> Organization.ID? {
        guard let id else { return nil }
        guard try stores.organizations.find(id) != nil else {
            refuse("organization_id", "unknown_organization", "There is no such organization.")
            return nil
        }
        return id
    }

    private mutating func keySet(_ json: String?) -> String? {
        guard let json else { return nil }
        do {
            return try keys.canonical(keySet: json)
        } catch {
            refuse("jwks", "invalid_jwks", "jwks \(error.reason).")
            return nil
        }
    }
}
