import Domain
import HTTP

extension GatePolicy {
    /// What the policy says to a request, for a person at the prompt. The path is as in a URL.
    package func explain(_ method: String, _ target: String) -> String {
        let path: GatePath
        do {
            let raw = ArraySlice(target.utf8)
            let plain = raw.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            path = try GatePath(uri: Self.decode(plain), target: raw)
        } catch {
            return "\(method) \(target)\n"
                + "refused    400 ambiguous_path: the path can be read in more than one way: "
                + "\(error.reason)\n"
        }
        guard let known = GateMethod(rawValue: method) else {
            return "\(method) \(target)\n"
                + "refused    403 route_not_allowed: no such method passes the gate\n"
        }
        let matching = rules.filter {
            $0.methods.contains(known) && Self.matches($0.pattern, path)
        }
        guard let rule = rule(for: known, path) else {
            return "\(method) \(target)\n"
                + "refused    403 route_not_allowed: no rule matches\n"
        }
        var text = "\(method) \(target)\nrule       line \(rule.line): \(rule.text)\n"
        switch rule.need {
        case .nothingFurther:
            text += "needs      a signed-in caller and an organization, no scope\n"
        case .scope(let scope):
            text += "needs      \(scope.name) (\(scope.meaning))\n"
            if scope.group == .uns {
                text +=
                    "topic      \(rule.topic(in: path) ?? "none: a narrowed scope is not enough")\n"
            } else if scope.group != .organizations {
                text +=
                    "id         \(rule.id(in: path) ?? "none: a narrowed scope is not enough")\n"
            }
        }
        for (name, value) in captures(of: rule.pattern, in: path) {
            text += "captured   \(name) = \(value)\n"
        }
        for other in matching where other.line != rule.line {
            text += "not asked  line \(other.line): \(other.text)\n"
        }
        return text
    }

    /// Plain decoding; what can't be decoded stays, and the path is refused for it.
    private static func decode(_ raw: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes: [UInt8] = []
        var index = raw.startIndex
        while index < raw.endIndex {
            if raw[index] == UInt8(ascii: "%"), raw.endIndex - index > 2,
                let high = PercentCoding.hexValue(raw[index + 1]),
                let low = PercentCoding.hexValue(raw[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(raw[index])
                index += 1
            }
        }
        return bytes[...]
    }

    private static func matches(_ pattern: GatePattern, _ path: GatePath) -> Bool {
        let segments = GatePattern.segments(of: path.bytes)
        guard
            pattern.isOpen
                ? segments.count >= pattern.segments.count
                : segments.count == pattern.segments.count
        else { return false }
        return zip(pattern.segments, segments).allSatisfy { wanted, segment in
            switch wanted {
            case .literal(let text): segment.elementsEqual(text)
            case .capture: true
            }
        }
    }

    private func captures(of pattern: GatePattern, in path: GatePath) -> [(String, String)] {
        let segments = GatePattern.segments(of: path.bytes)
        var captures: [(String, String)] = []
        for (wanted, segment) in zip(pattern.segments, segments) {
            guard case .capture(let name) = wanted else { continue }
            captures.append(("{\(name)}", String(decoding: segment, as: UTF8.self)))
        }
        if pattern.isOpen, segments.count > pattern.segments.count {
            let rest = path.bytes[segments[pattern.segments.count].startIndex...]
            captures.append(("**", String(decoding: rest, as: UTF8.self)))
        }
        return captures
    }
}
