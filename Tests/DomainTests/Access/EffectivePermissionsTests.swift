import Domain
import Testing

/// Level × role × credential × owner, each expectation written out. The binding to an organization is judged
/// before permissions are; it is held to its rules where there are organizations.
@Suite struct EffectivePermissionsTests {
    // What the built-in roles hold, by hand.
    private static let viewer =
        "pipelines:read models:read connectors:read uns:read dashboards:read organizations:read"
    private static let operatorRole = """
        pipelines:read pipelines:execute models:read connectors:read connectors:execute uns:read \
        uns:publish dashboards:read organizations:read
        """
    private static let editor = """
        pipelines:read pipelines:write pipelines:execute models:read models:write connectors:read \
        connectors:write connectors:execute uns:read uns:write uns:publish dashboards:read \
        dashboards:write organizations:read
        """
    private static let everything = editor + " organizations:manage"

    enum Who: String, CaseIterable {
        case stranger, member, viewer, operatorRole, editor, admin, custom, viewerWithCustom, owner

        var membership: Membership? {
            switch self {
            case .stranger: nil
            case .member: Membership(isOwner: false, roles: [])
            case .viewer: Membership(isOwner: false, roles: [.sample(.viewer)])
            case .operatorRole: Membership(isOwner: false, roles: [.sample(.operator_)])
            case .editor: Membership(isOwner: false, roles: [.sample(.editor)])
            case .admin: Membership(isOwner: false, roles: [.sample(.admin)])
            case .custom: Membership(isOwner: false, roles: [.custom])
            case .viewerWithCustom:
                Membership(isOwner: false, roles: [.sample(.viewer), .custom])
            case .owner: Membership(isOwner: true, roles: [])
            }
        }
    }

    enum What: String, CaseIterable {
        case session, unrestricted, reading, managing, narrowed, key, delegated, delegatedNothing

        var grant: Grant {
            switch self {
            case .session: .session
            case .unrestricted: .unrestrictedToken
            case .reading: .scopedToken(Permissions(text: "pipelines:read uns:write"))
            case .managing: .scopedToken(Permissions(text: "organizations:manage"))
            case .narrowed:
                .scopedToken(Permissions(text: "pipelines:execute:p1 uns:publish:a/b"))
            case .key: .apiKey(Permissions(text: "models:write"))
            case .delegated: .delegated(Permissions(text: "pipelines:read uns:write"))
            case .delegatedNothing: .delegated(.none)
            }
        }
    }

    /// Expected scopes by level, who and credential.
    static let table: [(Organization.Level, Who, What, String)] = [
        // none: members do everything but manage; scopes restrict nothing.
        (.none, .member, .session, editor),
        (.none, .member, .unrestricted, editor),
        (.none, .member, .reading, editor),
        (.none, .member, .managing, editor),
        (.none, .member, .narrowed, editor),
        (.none, .member, .delegated, editor),
        (.none, .member, .delegatedNothing, ""),
        (.none, .viewer, .session, editor),
        (.none, .viewer, .reading, editor),
        (.none, .admin, .session, editor),
        (.none, .admin, .managing, editor),
        (.none, .custom, .session, editor),
        (.none, .owner, .session, everything),
        (.none, .owner, .unrestricted, everything),
        (.none, .owner, .reading, everything),
        (.none, .owner, .delegatedNothing, ""),
        // basic: roles give, token scopes cut; custom roles and their selectors count for nothing.
        (.basic, .member, .session, ""),
        (.basic, .member, .unrestricted, ""),
        (.basic, .member, .reading, ""),
        (.basic, .viewer, .session, viewer),
        (.basic, .viewer, .unrestricted, viewer),
        (.basic, .viewer, .reading, "pipelines:read"),
        (.basic, .viewer, .managing, ""),
        (.basic, .viewer, .narrowed, ""),
        (.basic, .viewer, .delegated, "pipelines:read"),
        (.basic, .viewer, .delegatedNothing, ""),
        (.basic, .operatorRole, .session, operatorRole),
        (.basic, .operatorRole, .unrestricted, operatorRole),
        (.basic, .operatorRole, .reading, "pipelines:read"),
        (.basic, .operatorRole, .narrowed, "pipelines:execute:p1 uns:publish:a/b"),
        (.basic, .editor, .session, editor),
        (.basic, .editor, .reading, "pipelines:read uns:write"),
        (.basic, .editor, .managing, ""),
        (.basic, .editor, .delegated, "pipelines:read uns:write"),
        (.basic, .admin, .session, everything),
        (.basic, .admin, .managing, "organizations:manage"),
        (.basic, .custom, .session, ""),
        (.basic, .custom, .narrowed, ""),
        (.basic, .viewerWithCustom, .session, viewer),
        (.basic, .owner, .session, everything),
        (.basic, .owner, .unrestricted, everything),
        (.basic, .owner, .reading, "pipelines:read uns:write"),
        (.basic, .owner, .managing, "organizations:manage"),
        (.basic, .owner, .delegatedNothing, ""),
        // enterprise: as basic, with custom roles and selectors.
        (.enterprise, .member, .session, ""),
        (.enterprise, .viewer, .session, viewer),
        (.enterprise, .viewer, .reading, "pipelines:read"),
        (.enterprise, .viewer, .narrowed, ""),
        (.enterprise, .operatorRole, .narrowed, "pipelines:execute:p1 uns:publish:a/b"),
        (.enterprise, .editor, .unrestricted, editor),
        (.enterprise, .admin, .session, everything),
        (
            .enterprise, .custom, .session,
            "pipelines:execute:p1 pipelines:execute:p2 uns:publish:a/#"
        ),
        (
            .enterprise, .custom, .unrestricted,
            "pipelines:execute:p1 pipelines:execute:p2 uns:publish:a/#"
        ),
        (.enterprise, .custom, .reading, ""),
        (.enterprise, .custom, .narrowed, "pipelines:execute:p1 uns:publish:a/b"),
        (
            .enterprise, .viewerWithCustom, .session,
            viewer + " pipelines:execute:p1 pipelines:execute:p2 uns:publish:a/#"
        ),
        (.enterprise, .viewerWithCustom, .reading, "pipelines:read"),
        (.enterprise, .owner, .session, everything),
        (.enterprise, .owner, .narrowed, "pipelines:execute:p1 uns:publish:a/b"),
    ]

    @Test func `what a request may do follows level, role, credential and ownership`() {
        for (level, who, what, expected) in Self.table {
            let permissions = EffectivePermissions.of(
                what.grant, membership: who.membership, level: level)

            #expect(
                permissions == Permissions(text: expected),
                "\(who) with \(what) at \(level): \(permissions.text)")
        }
    }

    @Test func `who is no member may do nothing, whatever the credential but a key`() {
        for level in Organization.Level.allCases {
            for what in What.allCases where what != .key {
                #expect(
                    EffectivePermissions.of(what.grant, membership: nil, level: level).isEmpty,
                    "\(what) at \(level)")
            }
        }
    }

    @Test func `an API key has its permissions and no more, at every level`() {
        for level in Organization.Level.allCases {
            #expect(
                EffectivePermissions.of(What.key.grant, membership: nil, level: level).text
                    == "models:write")
        }
    }

    @Test func `ownership and administration work through unrestricted credentials alone`() {
        let carried = What.allCases.map { what in
            (what, what.grant.carriesOwnership, what.grant.carriesSystemAdministration)
        }
        for (what, ownership, administration) in carried {
            switch what {
            case .session: #expect(ownership && administration)
            case .unrestricted: #expect(ownership && !administration)
            case .reading, .managing, .narrowed, .key, .delegated, .delegatedNothing:
                #expect(!ownership && !administration, "\(what)")
            }
        }
    }

    @Test func `the built-in roles hold what the contract says`() {
        #expect(BuiltInRole.viewer.permissions == Permissions(text: Self.viewer))
        #expect(BuiltInRole.operator_.permissions == Permissions(text: Self.operatorRole))
        #expect(BuiltInRole.editor.permissions == Permissions(text: Self.editor))
        #expect(BuiltInRole.admin.permissions == Permissions(text: Self.everything))
        #expect(Permissions.all == Permissions(text: Self.everything))
    }
}

extension Role {
    fileprivate static func sample(_ builtIn: BuiltInRole) -> Role {
        Role(
            id: builtIn.id, organizationID: nil, name: builtIn.rawValue,
            permissions: builtIn.permissions, createdAt: Instant(seconds: 0),
            updatedAt: Instant(seconds: 0))
    }

    fileprivate static let custom = Role(
        id: Role.ID(UniqueID(high: 1, low: 1)),
        organizationID: Organization.ID(UniqueID(high: 1, low: 2)), name: "line 4",
        permissions: Permissions(
            text: "pipelines:execute:p1 pipelines:execute:p2 uns:publish:a/#"),
        createdAt: Instant(seconds: 0), updatedAt: Instant(seconds: 0))
}
