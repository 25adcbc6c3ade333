import Domain

extension GatePolicy {
    /// What a line of the file begins with that names an API instead of a rule.
    static let apiWord = "api"

    /// The named ones, and for the rules that lie in none of them what stands in front of the resources of a
    /// group of scopes: `/v2/models/**` with `models:read` belongs to `/v2`; without such a segment all that is
    /// literal.
    static func apis(_ named: [ProtectedResource], _ rules: [Rule]) -> [ProtectedAPI] {
        var resources = named
        for rule in rules where !named.contains(where: { $0.contains(rule) }) {
            if let resource = ProtectedResource(of: rule), !resources.contains(resource) {
                resources.append(resource)
            }
        }
        // Of two that nobody named, the one that lies in the other is a part of it.
        resources = resources.filter { inner in
            named.contains(inner)
                || !resources.contains { $0 != inner && $0.contains(path: inner.path) }
        }
        return resources.map { resource in
            let needs = rules.filter(resource.contains).map(\.need)
            return ProtectedAPI(
                resource, scopes: PlatformScope.allCases.filter { needs.contains(.scope($0)) })
        }
    }

    /// Reads the line of an API.
    static func api(
        _ words: [String], after earlier: [ProtectedResource]
    ) throws(GatePattern.Malformed) -> ProtectedResource {
        guard words.count == 2 else {
            throw GatePattern.Malformed(reason: "an API is the word \(apiWord) and a path")
        }
        let path = words[1]
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard path.hasPrefix("/"), segments.allSatisfy(ProtectedResource.isPlain) else {
            throw GatePattern.Malformed(
                reason: "the path of an API has segments of letters, digits, '-', '.', '_' and '~'")
        }
        let resource = ProtectedResource(at: path)
        for before in earlier
        where before.contains(path: path) || resource.contains(path: before.path) {
            throw GatePattern.Malformed(
                reason: "the API \(before.path) and this one would have paths in common")
        }
        return resource
    }
}

extension ProtectedResource {
    /// What a rule belongs to that lies in no API with a name; nil where its path has no literal beginning.
    fileprivate init?(of rule: GatePolicy.Rule) {
        let literals = rule.pattern.literalBeginning
        var count = literals.count
        if case .scope(let scope) = rule.need,
            let group = literals.firstIndex(of: scope.group.rawValue), group > 0
        {
            count = group
        }
        let beginning = literals.prefix(count)
        guard !beginning.isEmpty, beginning.allSatisfy({ Self.isPlain($0[...]) }) else {
            return nil
        }
        self.init(at: "/" + beginning.joined(separator: "/"))
    }

    /// Whether everything that the rule is about lies in the API.
    fileprivate func contains(_ rule: GatePolicy.Rule) -> Bool {
        contains(path: "/" + rule.pattern.literalBeginning.joined(separator: "/"))
    }

    /// What stands in a URI as it is (RFC 3986 §2.3), so that its name is spelled in one way.
    fileprivate static func isPlain(_ segment: Substring) -> Bool {
        !segment.isEmpty && segment != "." && segment != ".."
            && segment.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~".utf8.contains(byte)
                }
            }
    }
}

extension GatePattern {
    /// The literal segments before the first that may be anything.
    fileprivate var literalBeginning: [String] {
        segments.prefix { if case .literal = $0 { true } else { false } }.map { segment in
            if case .literal(let text) = segment {
                String(decoding: text, as: UTF8.self)
            } else {
                ""
            }
        }
    }
}
