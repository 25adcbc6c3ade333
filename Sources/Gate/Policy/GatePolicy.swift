package import Domain

/// What a request behind the gate needs, by method and path. The first rule that matches decides; what none
/// matches is refused.
///
/// A slash at the end of a path makes no difference, as to most servers behind a gate: were `…/execute/` another
/// path than `…/execute`, a weaker rule further down would let it through.
package struct GatePolicy: Sendable {
    /// What a rule asks for, beside a signed-in caller and an organization.
    package enum Need: Sendable, Equatable {
        case nothingFurther
        case scope(PlatformScope)
    }

    struct Rule: Sendable {
        let line: Int
        let methods: GateMethods
        let pattern: GatePattern
        let need: Need

        /// The text of the rule with single spaces.
        var text: String {
            let need =
                switch need {
                case .nothingFurther: GatePolicy.nothingFurther
                case .scope(let scope): scope.name
                }
            return "\(methods) \(pattern) \(need)"
        }
    }

    /// The word for `Need.nothingFurther`.
    static let nothingFurther = "-"

    let rules: [Rule]
    /// The APIs that tokens can be for (RFC 8707): the ones that the file names, and what lies in none of them.
    package let apis: [ProtectedAPI]
    private let table: Table

    init(rules: [Rule], apis: [ProtectedResource] = []) {
        self.rules = rules
        self.apis = Self.apis(apis, rules)
        table = Table(rules)
    }

    /// The first rule that matches.
    func rule(for method: GateMethod, _ path: GatePath) -> Rule? {
        table.firstMatch(method, path.bytes.span).map { rules[$0] }
    }

    /// Where each rule stands as a bit, so that all rules are matched at once: a step along the path takes
    /// away those that don't have its segment there. A match costs as much as the path is long, times the
    /// number of rules divided by 64; nothing is ever tried again.
    private struct Table: Sendable {
        /// What may stand at one place of a path.
        struct Place: Sendable {
            /// Rules that take any segment here.
            var any: [UInt64]
            /// Rules that take one text here.
            var literals: [(text: [UInt8], rules: [UInt64])] = []
        }

        /// How many words of 64 rules there are.
        let words: Int
        /// Rules for each method, in the order of `GateMethod.allCases`.
        var methods: [[UInt64]]
        var places: [Place]
        /// Rules that may end after so many segments.
        var ends: [[UInt64]]
        /// Rules with `**`.
        var open: [UInt64]

        init(_ rules: [Rule]) {
            words = (rules.count + 63) / 64
            let none = [UInt64](repeating: 0, count: words)
            let depth = rules.map(\.pattern.segments.count).max() ?? 0
            methods = Array(repeating: none, count: 8)
            places = Array(repeating: Place(any: none), count: depth)
            ends = Array(repeating: none, count: depth + 1)
            open = none
            for (index, rule) in rules.enumerated() {
                let (word, bit) = (index / 64, UInt64(1) << UInt64(index % 64))
                for method in GateMethod.allCases where rule.methods.contains(method) {
                    methods[method.bit.trailingZeroBitCount][word] |= bit
                }
                let segments = rule.pattern.segments
                for (place, segment) in segments.enumerated() {
                    switch segment {
                    case .capture: places[place].any[word] |= bit
                    case .literal(let text):
                        let known = places[place].literals.firstIndex { $0.text == text }
                        if let known {
                            places[place].literals[known].rules[word] |= bit
                        } else {
                            var only = none
                            only[word] |= bit
                            places[place].literals.append((text, only))
                        }
                    }
                }
                ends[segments.count][word] |= bit
                if rule.pattern.isOpen {
                    open[word] |= bit
                    for place in places.indices.dropFirst(segments.count) {
                        places[place].any[word] |= bit
                    }
                    for end in ends.indices.dropFirst(segments.count) { ends[end][word] |= bit }
                }
            }
        }

        func firstMatch(_ method: GateMethod, _ path: Span<UInt8>) -> Int? {
            for word in 0..<words {
                let left = matches(methods[method.bit.trailingZeroBitCount][word], path, word)
                if left != 0 { return word * 64 + left.trailingZeroBitCount }
            }
            return nil
        }

        private func matches(_ rules: UInt64, _ path: Span<UInt8>, _ word: Int) -> UInt64 {
            var left = rules
            let end =
                path.count > 1 && path[path.count - 1] == UInt8(ascii: "/")
                ? path.count - 1 : path.count
            var place = 0
            var start = 1
            while start < end, left != 0 {
                var stop = start
                while stop < end, path[stop] != UInt8(ascii: "/") { stop += 1 }
                left &= taking(path, start..<stop, place, word)
                place += 1
                start = stop + 1
            }
            return left & (place < ends.count ? ends[place][word] : open[word])
        }

        /// The rules that take this segment at this place.
        private func taking(
            _ path: Span<UInt8>, _ segment: Range<Int>, _ place: Int, _ word: Int
        ) -> UInt64 {
            guard place < places.count else { return open[word] }
            var taking = places[place].any[word]
            for literal in places[place].literals where literal.text.count == segment.count {
                var offset = 0
                while offset < segment.count,
                    literal.text[offset] == path[segment.lowerBound + offset]
                {
                    offset += 1
                }
                if offset == segment.count { taking |= literal.rules[word] }
            }
            return taking
        }
    }
}

extension GatePolicy.Rule {
    /// What `{id}` stands for, else the first segment that `**` stands for: what scopes narrowed to an id are
    /// compared with.
    func id(in path: GatePath) -> String? {
        let segments = GatePattern.segments(of: path.bytes)
        let place = pattern.segments.firstIndex(of: .capture("id"))
        guard let place = place ?? (pattern.isOpen ? pattern.segments.count : nil),
            place < segments.count
        else { return nil }
        return String(decoding: segments[place], as: UTF8.self)
    }

    /// What `**` stands for: the topic that scopes narrowed to topics are compared with. Its last slash
    /// belongs to it, for MQTT has topics that end in an empty level.
    func topic(in path: GatePath) -> String? {
        let segments = GatePattern.segments(of: path.bytes)
        guard pattern.isOpen, pattern.segments.count < segments.count else { return nil }
        let start = segments[pattern.segments.count].startIndex
        return String(decoding: path.bytes[start...], as: UTF8.self)
    }

    /// Whether the permissions are enough for a request that this rule decides.
    func isMet(by permissions: Permissions, for path: GatePath) -> Bool {
        guard case .scope(let scope) = need else { return true }
        if permissions.holds(scope) { return true }
        guard scope.group == .uns else {
            return permissions.permits(scope, id: id(in: path), topic: nil)
        }
        guard let topic = topic(in: path) else { return false }
        // A topic with wildcards stands for many: each of them must be allowed.
        if topic.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
            return TopicFilter(topic).map {
                permissions.covers(Scope(scope, .topics($0)))
            } ?? false
        }
        return permissions.permits(scope, id: nil, topic: topic)
    }
}
