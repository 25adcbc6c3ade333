import Domain

/// The permissions to choose from, by group: one checkbox a scope
/// (`{{#permissions}}{{>permission-fields}}{{/permissions}}`).
struct PermissionFields {
    struct Group {
        let title: String
        let choices: [Choice]
    }

    struct Choice {
        let id: String
        /// The scope.
        let value: String
        let label: String
        let meaning: String
        let isChecked: Bool
        /// Why it can't be chosen; nil where it can.
        let reason: String?
        let isInvalid: Bool
        let describedBy: String
    }

    /// Of the form's field.
    let name: String
    let groups: [Group]
    let error: String?

    /// - Parameters:
    ///   - held: what whoever chooses may give.
    ///   - place: where they hold it, for the reason.
    init(
        _ name: String, held: Permissions, in place: String, chosen: [String],
        error: String? = nil
    ) {
        self.name = name
        self.error = error
        let chosen = Set(chosen)
        // One that is held narrowed alone, at the level enterprise, can be given as it is held.
        let narrowed = held.scopes.filter { $0.selector != nil }
        func choice(
            _ scope: Scope, _ label: String, _ meaning: String, reason: String? = nil
        ) -> Choice {
            let id = "\(name)-\(scope)"
            let hint = "\(id)-hint"
            return Choice(
                id: id, value: scope.description, label: label, meaning: meaning,
                isChecked: reason == nil && chosen.contains(scope.description), reason: reason,
                isInvalid: error != nil && reason == nil,
                describedBy: error == nil ? hint : "\(name)-error \(hint)")
        }
        groups = PlatformScope.Group.allCases.map { group in
            Group(
                title: group.title,
                choices: group.scopes.flatMap { scope -> [Choice] in
                    let parts = narrowed.filter { $0.platform == scope }
                    let reason =
                        held.holds(scope)
                        ? nil
                        : parts.isEmpty
                            ? "You don't hold this in \(place)."
                            : "You hold only parts of this in \(place)."
                    return [choice(Scope(scope), scope.title, scope.meaning, reason: reason)]
                        + parts.map {
                            choice(
                                $0, "\(scope.title), in part", "Only \($0.selectorText ?? "")")
                        }
                })
        }
    }
}

extension Scope {
    /// What a narrowed scope is narrowed to.
    var selectorText: String? {
        switch selector {
        case nil: nil
        case .id(let id): id
        case .topics(let filter): filter.description
        }
    }
}

/// Permissions as they are shown: a badge a group, in the group's colour.
struct PermissionBadges {
    let badges: [Badge]

    /// - Parameters:
    ///   - permissions: nil for everything that their holder may do.
    ///   - isOwn: whether who looks at them is their holder.
    init(_ permissions: Permissions?, isOwn: Bool = true) {
        guard let permissions else {
            badges = [Badge("Everything \(isOwn ? "you" : "they") may do", .neutral)]
            return
        }
        badges = PlatformScope.Group.allCases.compactMap { group in
            let words = permissions.scopes.filter { $0.platform.group == group }.map { scope in
                scope.platform.title + (scope.selectorText.map { " (\($0))" } ?? "")
            }
            return words.isEmpty
                ? nil
                : Badge("\(group.title): \(words.joined(separator: ", "))", Self.color(of: group))
        }
    }

    private static func color(of group: PlatformScope.Group) -> Badge.Color {
        switch group {
        case .pipelines: .blue
        case .models: .violet
        case .connectors: .teal
        case .uns: .green
        case .dashboards: .amber
        case .organizations: .neutral
        }
    }
}
