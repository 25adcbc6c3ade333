/// What a credential carries over of its identity's powers, whatever the organization.
package enum Grant: Sendable, Equatable {
    /// A sign-in token or a browser session: all that the person is.
    case session
    /// A personal access token without scopes: all but system administration.
    case unrestrictedToken
    /// A personal access token with scopes: neither ownership nor system administration.
    case scopedToken(Permissions)
    /// An API key: exactly these, at every level.
    case apiKey(Permissions)
    /// An OAuth2 access token: as a scoped token, but without a platform scope it opens nothing.
    case delegated(Permissions)

    /// Whether ownership of an organization works through it.
    package var carriesOwnership: Bool {
        switch self {
        case .session, .unrestrictedToken: true
        case .scopedToken, .apiKey, .delegated: false
        }
    }

    package var carriesSystemAdministration: Bool { self == .session }
}

/// The effective permissions of a request: what the credential grants ∩ what the identity may do in the
/// organization. The one place where they are computed, for gate, API, pages and introspection alike.
package enum EffectivePermissions {
    /// - Parameter membership: what the user is in the organization; an API key has none.
    package static func of(
        _ grant: Grant, membership: Membership?, level: Organization.Level
    ) -> Permissions {
        if case .apiKey(let permissions) = grant { return permissions }
        guard let membership else { return .none }
        let held = held(by: membership, level: level)
        switch grant {
        case .session, .unrestrictedToken: return held
        case .scopedToken(let scopes):
            return level == .none ? held : scopes.intersection(held)
        case .delegated(let scopes):
            if scopes.isEmpty { return .none }
            return level == .none ? held : scopes.intersection(held)
        case .apiKey(let permissions): return permissions
        }
    }

    /// What the identity itself may do: an owner everything; at `none` every member all but
    /// `organizations:manage`; else what the roles give, custom roles at `enterprise` alone.
    package static func held(by membership: Membership, level: Organization.Level) -> Permissions {
        if membership.isOwner { return .all }
        switch level {
        case .none:
            return Permissions.all.removing(.organizationsManage)
        case .basic:
            return union(membership.roles.filter(\.isBuiltIn))
        case .enterprise:
            return union(membership.roles)
        }
    }

    private static func union(_ roles: [Role]) -> Permissions {
        roles.reduce(Permissions.none) { $0.union($1.permissions) }
    }
}
