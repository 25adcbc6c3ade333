import Domain

/// What a client is registered from: everything can be changed afterwards but for its type.
enum ClientTemplate: String, CaseIterable {
    case web, app, machine

    var title: String {
        switch self {
        case .web: "Web application with a server"
        case .app: "Single-page or native application"
        case .machine: "Machine"
        }
    }

    var explanation: String {
        switch self {
        case .web:
            "People sign in to it. Its server keeps a secret and exchanges codes for tokens."
        case .app:
            "People sign in to it. It runs in a browser or on a device, where no secret is safe, "
                + "and proves itself with PKCE."
        case .machine:
            "Nobody sits there: a script or service gets tokens with a secret and acts as a "
                + "service user."
        }
    }
}

/// A client as it stands in a form: as it is kept, or as somebody typed it.
struct ClientDraft: Equatable {
    /// A number of seconds, minutes, hours or days, as it was typed.
    struct Lifetime: Equatable {
        enum Unit: Int, CaseIterable {
            case seconds = 1
            case minutes = 60
            case hours = 3_600
            case days = 86_400

            var name: String { "\(self)" }
        }

        var number: String
        var unit: String

        /// In the largest unit that leaves nothing over.
        init(seconds: Int) {
            let unit = Unit.allCases.last { seconds.isMultiple(of: $0.rawValue) } ?? .seconds
            number = String(seconds / unit.rawValue)
            self.unit = unit.name
        }

        init(_ form: PageForm, _ field: String) {
            number = form.text(field).trimmingWhiteSpace()
            unit = form.text("\(field)_unit")
        }

        /// Nil where it is no number.
        var seconds: Int? {
            guard (1...8).contains(number.utf8.count),
                number.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
                let count = Int(number), let unit = Unit.allCases.first(where: { $0.name == unit })
            else { return nil }
            return count * unit.rawValue
        }
    }

    var name = ""
    var description = ""
    var kind = Client.Kind.confidential
    var grantTypes: [String] = []
    var redirectURIs: [String] = []
    var postLogoutRedirectURIs: [String] = []
    var backchannelLogoutURI = ""
    var backchannelLogoutNeedsSession = false
    var scopes: [String] = []
    /// User name or e-mail.
    var serviceUser = ""
    /// Slug or id.
    var organization = ""
    var accessTokenLifetime = Lifetime(seconds: 3_600)
    var refreshTokenLifetime = Lifetime(seconds: 2_592_000)
    var authenticationMethod = Client.AuthenticationMethod.clientSecretBasic.rawValue
    var keySet = ""
    var idTokenAlgorithm = SigningKeyRecord.Algorithm.rs256.rawValue
    var requiresPKCE = true

    init(_ template: ClientTemplate) {
        switch template {
        case .web, .app:
            grantTypes = [GrantType.authorizationCode.rawValue, GrantType.refreshToken.rawValue]
            scopes = ["openid", "profile", "email"]
        case .machine:
            grantTypes = [GrantType.clientCredentials.rawValue]
        }
        if template == .app {
            kind = .public
            authenticationMethod = Client.AuthenticationMethod.none.rawValue
        }
    }

    init(_ listing: ClientListing) {
        let client = listing.client
        name = client.name
        description = client.description
        kind = client.kind
        grantTypes = client.grantTypes.map(\.rawValue)
        redirectURIs = client.redirectURIs.map(\.description)
        postLogoutRedirectURIs = client.postLogoutRedirectURIs.map(\.description)
        backchannelLogoutURI = client.backchannelLogoutURI ?? ""
        backchannelLogoutNeedsSession = client.backchannelLogoutNeedsSession
        scopes = client.scopes.words
        serviceUser = listing.serviceUser?.username ?? ""
        organization = listing.organization?.slug ?? ""
        accessTokenLifetime = Lifetime(seconds: client.accessTokenLifetime)
        refreshTokenLifetime = Lifetime(seconds: client.refreshTokenLifetime)
        authenticationMethod = client.authenticationMethod.rawValue
        keySet = client.keySet ?? ""
        idTokenAlgorithm = client.idTokenAlgorithm.rawValue
        requiresPKCE = client.requiresPKCE
    }

    /// As it was typed.
    /// - Parameter kind: of a client that is there already, which keeps its type.
    init(_ form: PageForm, kind: Client.Kind? = nil) {
        func texts(_ field: String) -> [String] {
            form.all(field).map { $0.trimmingWhiteSpace() }.filter { !$0.isEmpty }
        }
        name = form.text("name").trimmingWhiteSpace()
        description = form.text("description").trimmingWhiteSpace()
        self.kind = kind ?? Client.Kind(rawValue: form.text("type")) ?? .confidential
        grantTypes = form.all("grant_types")
        redirectURIs = texts("redirect_uris")
        postLogoutRedirectURIs = texts("post_logout_redirect_uris")
        backchannelLogoutURI = form.text("backchannel_logout_uri").trimmingWhiteSpace()
        backchannelLogoutNeedsSession = form.has("backchannel_logout_session_required")
        let words = form.text("other_scopes").split { $0.isWhitespace }.map(String.init)
        scopes = ScopeWords(form.all("scopes") + words).words
        serviceUser = form.text("service_user_id").trimmingWhiteSpace()
        organization = form.text("organization_id").trimmingWhiteSpace()
        accessTokenLifetime = Lifetime(form, "access_token_ttl")
        refreshTokenLifetime = Lifetime(form, "refresh_token_ttl")
        keySet = form.text("jwks").trimmingWhiteSpace()
        idTokenAlgorithm = form.text("id_token_signed_response_alg")
        if self.kind == .public {
            // Not to be chosen: RFC 6749 §2.1, RFC 9700 §2.1.1.
            authenticationMethod = Client.AuthenticationMethod.none.rawValue
            requiresPKCE = true
        } else {
            authenticationMethod = form.text("token_endpoint_auth_method")
            requiresPKCE = form.has("require_pkce")
        }
    }

    /// Whether it differs from the other in more than what the client is called.
    func touchesSecurity(of other: ClientDraft) -> Bool {
        var same = self
        same.name = other.name
        same.description = other.description
        same.scopes = Set(scopes) == Set(other.scopes) ? other.scopes : scopes
        same.grantTypes = Set(grantTypes) == Set(other.grantTypes) ? other.grantTypes : grantTypes
        return same != other
    }

    /// The fields for the rules, and what is wrong with them as they were typed.
    func fields(
        isNew: Bool, _ clients: ClientService
    ) throws -> (ClientFields, [Refusal.Problem]) {
        var problems: [Refusal.Problem] = []
        func refuse(_ field: String, _ code: String, _ detail: String) {
            problems.append(Refusal.Problem(field: field, code: code, detail: detail))
        }
        var fields = ClientFields(name: name)
        fields.description = description
        if isNew { fields.kind = kind }
        fields.grantTypes = grantTypes
        fields.redirectURIs = redirectURIs
        fields.postLogoutRedirectURIs = postLogoutRedirectURIs
        fields.backchannelLogoutURI =
            backchannelLogoutURI.isEmpty ? .nothing : .value(backchannelLogoutURI)
        fields.backchannelLogoutNeedsSession = backchannelLogoutNeedsSession
        fields.scopes = scopes
        fields.serviceUserID = .nothing
        if !serviceUser.isEmpty {
            if let user = try clients.user(named: serviceUser) {
                fields.serviceUserID = .value(user.id)
            } else {
                refuse("service_user_id", "unknown_user", "There is no such user.")
            }
        }
        fields.organizationID = .nothing
        if !organization.isEmpty {
            if let organization = try clients.organization(named: organization) {
                fields.organizationID = .value(organization.id)
            } else {
                refuse(
                    "organization_id", "unknown_organization", "There is no such organization.")
            }
        }
        for (field, lifetime, range) in [
            ("access_token_ttl", accessTokenLifetime, Client.accessTokenLifetimes),
            ("refresh_token_ttl", refreshTokenLifetime, Client.refreshTokenLifetimes),
        ] {
            guard let seconds = lifetime.seconds, range.contains(seconds) else {
                let (least, most) = (
                    Lifetime(seconds: range.lowerBound), Lifetime(seconds: range.upperBound)
                )
                refuse(
                    field, "out_of_range",
                    "From \(least.number) \(least.unit) to \(most.number) \(most.unit).")
                continue
            }
            if field == "access_token_ttl" {
                fields.accessTokenLifetime = seconds
            } else {
                fields.refreshTokenLifetime = seconds
            }
        }
        fields.authenticationMethod = Client.AuthenticationMethod(rawValue: authenticationMethod)
        if fields.authenticationMethod == nil {
            refuse("token_endpoint_auth_method", "not_allowed", "Choose one of these.")
        }
        fields.keySet = keySet.isEmpty ? .nothing : .value(keySet)
        fields.idTokenAlgorithm = SigningKeyRecord.Algorithm(rawValue: idTokenAlgorithm)
        if fields.idTokenAlgorithm == nil {
            refuse("id_token_signed_response_alg", "not_allowed", "Choose one of these.")
        }
        fields.requiresPKCE = requiresPKCE
        return (fields, problems)
    }

    /// What fields are called on the page, for what the rules say of them.
    static let labels = [
        "name": "Name", "description": "Description", "type": "Type", "grant_types": "Grants",
        "redirect_uris": "Redirect URIs", "post_logout_redirect_uris": "Post-logout redirect URIs",
        "backchannel_logout_uri": "Back-channel logout URI", "scopes": "Scopes",
        "service_user_id": "Service user", "organization_id": "Organization",
        "token_endpoint_auth_method": "Authentication method", "jwks": "Public keys",
        "require_pkce": "PKCE",
    ]
}
