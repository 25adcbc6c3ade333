/// Everything that outlives a process, by noun. A port, fulfilled in SQL by `Storage`; one value belongs to
/// one thread.
///
/// Whatever changes something throws unless it is called inside `atomically`.
package protocol Stores: AnyObject {
    var users: any UserStore { get }
    var groups: any GroupStore { get }
    var organizations: any OrganizationStore { get }
    var members: any MemberStore { get }
    var roles: any RoleStore { get }
    var sessions: any SessionStore { get }
    var signInThrottle: any SignInThrottleStore { get }
    var personalAccessTokens: any PersonalAccessTokenStore { get }
    var apiKeys: any APIKeyStore { get }
    var signingKeys: any SigningKeyStore { get }
    var clients: any ClientStore { get }
    var customScopes: any CustomScopeStore { get }
    var grants: any OAuth2GrantStore { get }
    var pushedRequests: any PushedRequestStore { get }
    var devices: any DeviceAuthorizationStore { get }
    var registrations: any ClientRegistrationStore { get }
    var authorizations: any AuthorizationStore { get }
    var consents: any ConsentStore { get }
    var handovers: any HandoverStore { get }
    var logoutNotices: any LogoutNoticeStore { get }
    var audit: any AuditStore { get }

    /// Runs `body` in one transaction: all of it or nothing. Run again as a whole after a deadlock, so the
    /// body must not do anything that can't be done twice. The stores gather which generations their
    /// changes touch; those are bumped after the commit and before this returns, so a service can't forget.
    func atomically<Result>(_ body: () throws -> Result) throws -> Result
}

/// Where a page of a list begins and how long it is. Lists run from the newest to the oldest unless said
/// otherwise; the cursor is the id of the last row before.
package struct PageRequest: Sendable {
    package static let defaultLimit = 50
    package static let limits = 1...200

    package let limit: Int
    package let after: UniqueID?

    package init(limit: Int = PageRequest.defaultLimit, after: UniqueID? = nil) {
        self.limit = limit
        self.after = after
    }

    package static let first = PageRequest()
}

/// A page of a list, and the cursor of the next one, if there is more.
package struct ListPage<Item: Sendable>: Sendable {
    package let items: [Item]
    package let next: UniqueID?

    package init(items: [Item], next: UniqueID?) {
        self.items = items
        self.next = next
    }

    /// From a list that was asked for one item more than the page holds.
    package init(_ items: [Item], limit: Int, id: (Item) -> UniqueID) {
        if items.count > limit {
            self.items = Array(items.prefix(limit))
            next = self.items.last.map(id)
        } else {
            self.items = items
            next = nil
        }
    }

    package func map<Other>(_ transform: (Item) throws -> Other) rethrows -> ListPage<Other> {
        ListPage<Other>(items: try items.map(transform), next: next)
    }
}
