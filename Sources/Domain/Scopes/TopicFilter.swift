/// An MQTT topic filter (MQTT 5.0 §4.7): levels separated by `/`, `+` for one level, `#` at the end for the
/// level before it and all below.
///
/// Two filters are equal when they match the same topics, however they are spelled.
package struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
    /// Bytes, because MQTT compares topics byte for byte, while Swift takes canonically equivalent texts for
    /// equal and a slash with a combining mark for another character than a slash.
    private enum Level: Hashable {
        case name([UInt8])
        case one
    }

    package let description: String
    private let levels: [Level]
    /// Whether the filter ends in `#`.
    private let isOpen: Bool

    /// Nil where the text is no filter: empty, over 256 bytes, `+` or `#` not alone in their level, `#` not
    /// last, or characters that a scope can't hold (RFC 6749 §3.3).
    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= 256, Scope.isScopeToken(text) else { return nil }
        var parts = Self.split(text)
        let isOpen = parts.last == [UInt8(ascii: "#")]
        if isOpen { parts.removeLast() }
        var levels: [Level] = []
        for part in parts {
            if part == [UInt8(ascii: "+")] {
                levels.append(.one)
            } else if Self.holdsWildcard(part) {
                return nil
            } else {
                levels.append(.name(part))
            }
        }
        self.levels = Self.shortest(levels, isOpen: isOpen)
        self.isOpen = isOpen
        description = String(text)
    }

    private init(levels: [Level], isOpen: Bool) {
        self.levels = Self.shortest(levels, isOpen: isOpen)
        self.isOpen = isOpen
        var parts = levels.map { level in
            switch level {
            case .name(let name): String(decoding: name, as: UTF8.self)
            case .one: "+"
            }
        }
        if isOpen { parts.append("#") }
        description = parts.joined(separator: "/")
    }

    /// No topic is empty, so there is always a first level (`+/#` says what `#` says), and always one behind an
    /// empty first level (`/+/#` says what `/#` says).
    private static func shortest(_ levels: [Level], isOpen: Bool) -> [Level] {
        isOpen && (levels == [.one] || levels == [.name([]), .one]) ? levels.dropLast() : levels
    }

    package static func == (left: TopicFilter, right: TopicFilter) -> Bool {
        left.levels == right.levels && left.isOpen == right.isOpen
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(levels)
        hasher.combine(isOpen)
    }

    /// MQTT 5.0 §4.7.1: `sport/#` matches `sport` too, and a topic's name holds no wildcard; §4.7.2: a
    /// wildcard in the first level matches no topic that begins with `$`; §4.7.3: a topic has at least one
    /// character.
    package func matches(topic: some StringProtocol) -> Bool {
        guard let first = topic.utf8.first else { return false }
        if first == Self.dollar, beginsWithWildcard { return false }
        let names = Self.split(topic)
        guard isOpen ? names.count >= levels.count : names.count == levels.count,
            !names.contains(where: Self.holdsWildcard)
        else { return false }
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
        // §4.7.2 again: `#` and `$SYS/up` have nothing in common.
        if beginsWithWildcard && other.beginsWithDollar
            || beginsWithDollar && other.beginsWithWildcard
        {
            return nil
        }
        let (short, long) = levels.count <= other.levels.count ? (self, other) : (other, self)
        guard short.levels.count == long.levels.count || short.isOpen else { return nil }
        var met: [Level] = []
        for (index, level) in long.levels.enumerated() {
            guard index < short.levels.count else {
                met.append(level)
                continue
            }
            switch (short.levels[index], level) {
            case (.one, let other), (let other, .one):
                met.append(other)
            case (.name(let a), .name(let b)):
                guard a == b else { return nil }
                met.append(level)
            }
        }
        // `+` and `/#` would meet in the topic without a character, which is none.
        let isOpen = long.isOpen && short.isOpen
        if !isOpen, met == [.name([])] { return nil }
        return TopicFilter(levels: met, isOpen: isOpen)
    }

    /// Whether every topic that the other matches is matched by this one.
    package func covers(_ other: TopicFilter) -> Bool {
        // Most pairs differ in a name, which is seen without making the filter in which they meet.
        for (mine, theirs) in zip(levels, other.levels) {
            if case .name(let a) = mine, case .name(let b) = theirs, a != b { return false }
        }
        return intersection(other) == other
    }

    /// Whether it holds no wildcard, so that it matches one topic.
    var isExact: Bool { !isOpen && !levels.contains(.one) }

    private var beginsWithWildcard: Bool { levels.first.map { $0 == .one } ?? true }

    private var beginsWithDollar: Bool {
        if case .name(let name)? = levels.first { name.first == Self.dollar } else { false }
    }

    private static let dollar = UInt8(ascii: "$")

    private static func split(_ text: some StringProtocol) -> [[UInt8]] {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Array($0) }
    }

    private static func holdsWildcard(_ level: [UInt8]) -> Bool {
        level.contains(UInt8(ascii: "+")) || level.contains(UInt8(ascii: "#"))
    }
}
