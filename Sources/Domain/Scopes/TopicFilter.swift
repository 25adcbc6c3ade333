/// An MQTT topic filter (MQTT 5.0 §4.7): levels separated by `/`, `+` for one level, `#` at the end for the
/// level before it and all below.
package struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
    private enum Level: Hashable {
        case name(Substring)
        case one
    }

    package let description: String

    /// Nil where the text is no filter: empty, over 256 bytes, `+` or `#` not alone in their level, `#` not
    /// last, or characters that a scope can't hold (RFC 6749 §3.3).
    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= 256, Scope.isScopeToken(text) else { return nil }
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() {
            if level.contains("#"), level != "#" || index != levels.count - 1 { return nil }
            if level.contains("+"), level != "+" { return nil }
        }
        description = String(text)
    }

    private init(levels: [Level], isOpen: Bool) {
        var parts = levels.map { level in
            switch level {
            case .name(let name): String(name)
            case .one: "+"
            }
        }
        if isOpen { parts.append("#") }
        description = parts.joined(separator: "/")
    }

    private var levels: [Level] {
        var parts = description.split(separator: "/", omittingEmptySubsequences: false)
        if isOpen { parts.removeLast() }
        return parts.map { $0 == "+" ? .one : .name($0) }
    }

    /// Whether the filter ends in `#`.
    private var isOpen: Bool { description == "#" || description.hasSuffix("/#") }

    /// MQTT 5.0 §4.7.1: `sport/#` matches `sport` too; §4.7.2: a wildcard in the first level matches no
    /// topic that begins with `$`.
    package func matches(topic: some StringProtocol) -> Bool {
        let names = topic.split(separator: "/", omittingEmptySubsequences: false)
        let levels = levels
        if topic.hasPrefix("$"), levels.isEmpty || levels[0] == .one { return false }
        guard isOpen ? names.count >= levels.count : names.count == levels.count else {
            return false
        }
        return zip(levels, names).allSatisfy { level, name in
            switch level {
            case .one: true
            case .name(let wanted): wanted == name
            }
        }
    }

    /// The filter of exactly the topics that both match; nil where there is none. Two MQTT filters always
    /// meet in one filter or in nothing.
    package func intersection(_ other: TopicFilter) -> TopicFilter? {
        let (mine, theirs) = (levels, other.levels)
        let (short, long) = mine.count <= theirs.count ? (mine, theirs) : (theirs, mine)
        let shortIsOpen = mine.count <= theirs.count ? isOpen : other.isOpen
        let longIsOpen = mine.count <= theirs.count ? other.isOpen : isOpen
        guard short.count == long.count || shortIsOpen else { return nil }
        var met: [Level] = []
        for (index, level) in long.enumerated() {
            guard index < short.count else {
                met.append(level)
                continue
            }
            switch (short[index], level) {
            case (.one, let other), (let other, .one):
                met.append(other)
            case (.name(let a), .name(let b)):
                guard a == b else { return nil }
                met.append(level)
            }
        }
        let meetsOpen = longIsOpen && (short.count < long.count || shortIsOpen)
        return TopicFilter(levels: met, isOpen: meetsOpen)
    }

    /// Whether every topic that the other matches is matched by this one.
    package func covers(_ other: TopicFilter) -> Bool {
        intersection(other) == other
    }
}
