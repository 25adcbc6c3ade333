/// A platform scope, or at level `enterprise` one narrowed by a selector: `pipelines:execute:<id>`,
/// `uns:publish:plant1/#`.
package struct Scope: Hashable, Sendable, CustomStringConvertible {
    /// What a narrowed scope is narrowed to.
    package enum Selector: Hashable, Sendable {
        /// One thing by its id (pipelines, models, connectors, dashboards).
        case id(String)
        /// The topics that a filter matches (UNS).
        case topics(TopicFilter)
    }

    package let platform: PlatformScope
    package let selector: Selector?

    package init(_ platform: PlatformScope, _ selector: Selector? = nil) {
        self.platform = platform
        self.selector = selector
    }

    /// From the wire: `group:verb` or `group:verb:selector`; nil for a scope that is not the platform's.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let platform = PlatformScope(name: "\(parts[0]):\(parts[1])") else {
            return nil
        }
        guard parts.count == 3 else {
            self.init(platform)
            return
        }
        switch platform.group {
        case .uns:
            guard let filter = TopicFilter(parts[2]) else { return nil }
            self.init(platform, .topics(filter))
        case .pipelines, .models, .connectors, .dashboards:
            let id = parts[2]
            guard !id.isEmpty, id.utf8.count <= 128, Self.isScopeToken(id),
                !id.contains(where: { $0 == "/" || $0 == "*" })
            else { return nil }
            self.init(platform, .id(String(id)))
        case .organizations:
            return nil
        }
    }

    package var description: String {
        switch selector {
        case nil: platform.name
        case .id(let id): "\(platform.name):\(id)"
        case .topics(let filter): "\(platform.name):\(filter)"
        }
    }

    /// RFC 6749 §3.3: a scope-token holds %x21 / %x23-5B / %x5D-7E.
    static func isScopeToken(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x21 && $0 <= 0x7E && $0 != 0x22 && $0 != 0x5C }
    }

    /// Whether everything that the other allows is allowed by this one.
    package func covers(_ other: Scope) -> Bool {
        guard platform == other.platform else { return false }
        return switch (selector, other.selector) {
        case (nil, _): true
        case (.id(let mine), .id(let theirs)): mine == theirs
        case (.topics(let mine), .topics(let theirs)): mine.covers(theirs)
        default: false
        }
    }

    /// Whether there is a narrower scope than this one: without it, a scope covers itself alone.
    var coversOthers: Bool {
        switch selector {
        case nil: true
        case .id: false
        case .topics(let filter): !filter.isExact
        }
    }

    /// What both allow; nil where they have nothing in common.
    package func intersection(_ other: Scope) -> Scope? {
        guard platform == other.platform else { return nil }
        switch (selector, other.selector) {
        case (nil, _): return other
        case (_, nil): return self
        case (.id(let mine), .id(let theirs)): return mine == theirs ? self : nil
        case (.topics(let mine), .topics(let theirs)):
            return mine.intersection(theirs).map { Scope(platform, .topics($0)) }
        default: return nil
        }
    }
}

/// A set of scopes with the rules of set algebra: what somebody or something may do.
package struct Permissions: Hashable, Sendable {
    /// One bit a platform scope that is held in full.
    private var full: UInt32
    /// Narrowed scopes whose platform scope is not held in full.
    private var narrowed: Set<Scope>

    package static let none = Permissions()
    package static let all = Permissions(PlatformScope.allCases.map { Scope($0) })

    package init() {
        full = 0
        narrowed = []
    }

    package init(_ scopes: some Sequence<Scope>) {
        self.init()
        for scope in scopes { insert(scope) }
    }

    package init(_ scopes: [PlatformScope]) {
        self.init(scopes.map { Scope($0) })
    }

    /// From the stored or signed form: scopes separated by spaces. A word that is no scope of the platform
    /// gives nothing.
    package init(text: some StringProtocol) {
        self.init(text.split(separator: " ").compactMap { Scope($0) })
    }

    private mutating func insert(_ scope: Scope) {
        let bit = UInt32(1) << UInt32(scope.platform.rawValue)
        if scope.selector == nil {
            full |= bit
            if !narrowed.isEmpty { narrowed = narrowed.filter { $0.platform != scope.platform } }
            return
        }
        guard full & bit == 0, !narrowed.contains(scope) else { return }
        // An owner can give thousands of narrowed scopes, and the gate puts them together: only what may cover
        // another is compared with all of them.
        if case .topics = scope.selector {
            if narrowed.contains(where: { $0.coversOthers && $0.covers(scope) }) { return }
            if scope.coversOthers { narrowed = narrowed.filter { !scope.covers($0) } }
        }
        narrowed.insert(scope)
    }

    package var isEmpty: Bool { full == 0 && narrowed.isEmpty }

    /// In the order of the catalogue, narrowed ones by their text.
    package var scopes: [Scope] {
        var all = PlatformScope.allCases.filter { holds($0) }.map { Scope($0) }
        all += narrowed
        return all.sorted { ($0.platform, $0.description) < ($1.platform, $1.description) }
    }

    /// The scopes separated by spaces: the stored and signed form.
    package var text: String { scopes.map(\.description).joined(separator: " ") }

    /// Whether the platform scope is held without a selector.
    package func holds(_ scope: PlatformScope) -> Bool {
        full & (UInt32(1) << UInt32(scope.rawValue)) != 0
    }

    /// Whether the scope, narrowed or not, is within what is held.
    package func covers(_ scope: Scope) -> Bool {
        holds(scope.platform) || narrowed.contains { $0.covers(scope) }
    }

    /// Whether a request that needs `scope` on the thing it names is allowed. `id` is the path's captured
    /// id, `topic` the path's topic; a narrowed scope allows nothing where the path names neither.
    package func permits(_ scope: PlatformScope, id: String?, topic: String?) -> Bool {
        if holds(scope) { return true }
        return narrowed.contains { held in
            guard held.platform == scope else { return false }
            return switch held.selector {
            // Byte for byte: Swift would take the Kelvin sign for a K.
            case .id(let wanted): id.map { $0.utf8.elementsEqual(wanted.utf8) } ?? false
            case .topics(let filter): topic.map { filter.matches(topic: $0) } ?? false
            case nil: true
            }
        }
    }

    package func union(_ other: Permissions) -> Permissions {
        var met = self
        met.full |= other.full
        if met.full != full { met.narrowed = narrowed.filter { !met.holds($0.platform) } }
        for scope in other.narrowed { met.insert(scope) }
        return met
    }

    package func intersection(_ other: Permissions) -> Permissions {
        if narrowed.isEmpty, other.narrowed.isEmpty {
            var met = Permissions()
            met.full = full & other.full
            return met
        }
        let theirs = other.scopes
        return Permissions(
            scopes.flatMap { mine in theirs.compactMap { mine.intersection($0) } })
    }

    package func removing(_ scope: PlatformScope) -> Permissions {
        Permissions(scopes.filter { $0.platform != scope })
    }
}
