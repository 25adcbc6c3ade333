import Domain

/// Whether a client may act for whoever is signed in.
struct ConsentPage: Page {
    static let template = "consent"

    struct Item {
        let scope: String
        let meaning: String
        let isNew: Bool
    }

    let title: String
    let clientName: String
    /// Where the answer goes.
    let place: String
    let organizationName: String?
    let username: String
    let switchAccount: String
    let hasItems: Bool
    let items: [Item]
    let unrestricted: String?
    let question: String
    /// Whether nobody has looked at what the client is called.
    let isSelfRegistered: Bool
    /// Where the form is sent.
    let action: String
    /// Which device asked, where one did.
    let device: String?
    let formTargets: [FormTarget]

    /// - Parameter switchAccount: where to sign in as somebody else and come back.
    init(_ question: ConsentQuestion, switchAccount: String) {
        let target = question.request.target
        self.init(
            target.client, place: Self.place(of: target), question.organization, question.user,
            question.items, question.unrestricted, secret: question.secret,
            isSelfRegistered: question.isSelfRegistered, switchAccount: switchAccount,
            action: "/consent", device: nil,
            formTargets: [FormTarget(redirectURI: target.redirectURI)].compactMap { $0 })
    }

    init(
        _ client: Client, place: String, _ organization: Organization?, _ user: User,
        _ items: [ConsentQuestion.Item], _ unrestricted: [Organization], secret: Secret,
        isSelfRegistered: Bool, switchAccount: String, action: String, device: String?,
        formTargets: [FormTarget]
    ) {
        clientName = client.name
        title = "Allow \(client.name)?"
        self.place = place
        organizationName = organization?.name
        username = user.username
        self.switchAccount = switchAccount
        self.items = items.map { Item(scope: $0.scope, meaning: $0.meaning, isNew: $0.isNew) }
        hasItems = !items.isEmpty
        self.unrestricted = Self.warning(of: unrestricted)
        question = secret.text
        self.isSelfRegistered = isSelfRegistered
        self.action = action
        self.device = device
        self.formTargets = formTargets
    }

    /// The host, which nobody else can have; of a program on the device only that it is one.
    private static func place(of target: AuthorizationTarget) -> String {
        guard let slashes = target.redirectURI.firstRange(of: "://") else { return "this device" }
        let host = target.redirectURI[slashes.upperBound...].prefix { !"/?#".contains($0) }
        return target.isProven ? String(host) : "this device (\(host))"
    }

    /// pages.md: «At level none the consent page says that scopes do not restrict there.»
    private static func warning(of organizations: [Organization]) -> String? {
        let names = organizations.prefix(3).map(\.name)
        guard let last = names.last else { return nil }
        let others = organizations.count - names.count
        let list =
            others > 0
            ? names.joined(separator: ", ") + " and \(others) more"
            : names.count == 1
                ? last : names.dropLast().joined(separator: ", ") + " and " + last
        return "In \(list) scopes do not restrict: there the application can do all that you can."
    }
}

/// Carries an answer to a client in a form (OAuth 2.0 Form Post Response Mode).
struct FormPostPage: Page {
    static let template = "form-post"

    struct Hidden {
        let name: String
        let value: String
    }

    let title: String
    let clientName: String
    let action: String
    let fields: [Hidden]
    let formTargets: [FormTarget]

    init(_ fields: [(name: String, value: String)], to target: AuthorizationTarget) {
        clientName = target.client.name
        title = "Back to \(target.client.name)"
        action = target.redirectURI
        self.fields = fields.map { Hidden(name: $0.name, value: $0.value) }
        formTargets = [FormTarget(redirectURI: target.redirectURI)].compactMap { $0 }
    }
}
