/// What the list of clients is narrowed to.
package struct ClientFilter: Sendable, Equatable {
    /// A part of the name or of the description in whatever case, or the whole id; empty for all.
    package let text: String
    package let kind: Client.Kind?
    package let isEnabled: Bool?

    package init(text: String = "", kind: Client.Kind? = nil, isEnabled: Bool? = nil) {
        self.text = text
        self.kind = kind
        self.isEnabled = isEnabled
    }

    package var isEmpty: Bool { self == ClientFilter() }
}

/// A client as people see it: with its secrets, whom it acts as, and where.
package struct ClientListing: Sendable {
    package let client: Client
    /// Oldest first.
    package let secrets: [ClientSecret]
    package let serviceUser: User?
    package let organization: Organization?
}

/// What goes with a client when it is deleted, each counted to `limit` and no further.
package struct ClientHoldings: Sendable, Equatable {
    package static let limit = 1_000

    /// Access and refresh tokens that work.
    package let tokens: Int
    package let consents: Int

    package init(tokens: Int, consents: Int) {
        self.tokens = tokens
        self.consents = consents
    }
}

extension ClientService {
    /// The newest first.
    package func list(
        matching filter: ClientFilter, _ page: PageRequest
    ) throws -> ListPage<ClientListing> {
        let found = try stores.clients.list(matching: filter, page)
        return ListPage(items: try listings(of: found.items), next: found.next)
    }

    /// Refuses with `notFound` where there is none.
    package func listing(_ id: Client.ID) throws -> ClientListing {
        guard let client = try stores.clients.find(id),
            let listing = try listings(of: [client]).first
        else { throw Refusal.notFound }
        return listing
    }

    private func listings(of clients: [Client]) throws -> [ClientListing] {
        let secrets = try stores.clients.secrets(of: clients.map(\.id))
        var users: [User.ID: User] = [:]
        for id in Set(clients.compactMap(\.serviceUserID)) {
            users[id] = try stores.users.find(id)
        }
        var organizations: [Organization.ID: Organization] = [:]
        for id in Set(clients.compactMap(\.organizationID)) {
            organizations[id] = try stores.organizations.find(id)
        }
        return clients.map { client in
            ClientListing(
                client: client, secrets: secrets[client.id] ?? [],
                serviceUser: client.serviceUserID.flatMap { users[$0] },
                organization: client.organizationID.flatMap { organizations[$0] })
        }
    }

    /// What people are told before they delete it.
    package func holdings(of id: Client.ID) throws -> ClientHoldings {
        try stores.clients.holdings(of: id, limit: ClientHoldings.limit, at: clock.now)
    }

    /// By user name or e-mail address, as somebody typed it; whether clients may act as it the rules say.
    package func user(named typed: String) throws -> User? {
        try stores.users.find(signInName: typed)
    }

    /// By slug or id, as somebody typed it.
    package func organization(named typed: String) throws -> Organization? {
        if let id = Organization.ID(text: typed) { return try stores.organizations.find(id) }
        return try stores.organizations.find(slug: typed)
    }
}
