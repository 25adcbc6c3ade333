/// The two pools of workers, apart because one must stay quick whatever the other does.
package enum PoolName: String, CaseIterable, Sendable {
    /// Pages, JSON API, OAuth2 and OpenID Connect.
    case web
    /// The answers to nginx's `auth_request`, introspection, userinfo.
    case gate
}

extension Settings {
    /// How big a pool is.
    package func pool(_ name: PoolName) -> Pool {
        switch name {
        case .web: web
        case .gate: gate
        }
    }

    /// The path of the socket at which a pool listens.
    package func socket(_ name: PoolName) -> String {
        switch name {
        case .web: webSocket
        case .gate: gateSocket
        }
    }
}
