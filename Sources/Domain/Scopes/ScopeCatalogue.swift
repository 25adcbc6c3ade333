/// All scopes by group, with what the asker holds of them in an organization.
package struct ScopeCatalogue: Sendable, Equatable {
    package struct Section: Sendable, Equatable {
        package let group: PlatformScope.Group
        package let entries: [Entry]
    }

    package struct Entry: Sendable, Equatable {
        package let scope: PlatformScope
        /// Held in full, not only narrowed.
        package let isHeld: Bool
    }

    package let level: Organization.Level
    package let sections: [Section]

    package init(_ context: OrganizationContext) {
        level = context.organization.level
        sections = PlatformScope.Group.allCases.map { group in
            Section(
                group: group,
                entries: group.scopes.map { scope in
                    Entry(scope: scope, isHeld: context.permissions.holds(scope))
                })
        }
    }
}
