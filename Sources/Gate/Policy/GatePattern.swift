/// The path of a policy's rule: literal segments, `{name}` for one, and a last `**` for all further ones, none
/// included.
struct GatePattern: Equatable, CustomStringConvertible {
    enum Segment: Equatable {
        case literal([UInt8])
        case capture(String)
    }

    let description: String
    /// Without the `**`.
    let segments: [Segment]
    /// Whether it ends in `**`.
    let isOpen: Bool

    /// Why a text is no pattern.
    struct Malformed: Error {
        let reason: String
    }

    init(_ text: String) throws(Malformed) {
        guard text.hasPrefix("/") else {
            throw Malformed(reason: "the path does not begin with /")
        }
        var parts = text.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        isOpen = parts.last.map { $0.elementsEqual("**".utf8) } ?? false
        if isOpen { parts.removeLast() }
        if parts.count == 1, parts[0].isEmpty { parts = [] }
        var segments: [Segment] = []
        var names: Set<String> = []
        for part in parts {
            let segment = try Self.segment(String(Substring(part)))
            if case .capture(let name) = segment, !names.insert(name).inserted {
                throw Malformed(reason: "{\(name)} stands twice in the path")
            }
            segments.append(segment)
        }
        self.segments = segments
        description = text
    }

    private static func segment(_ text: String) throws(Malformed) -> Segment {
        if text.isEmpty { throw Malformed(reason: "the path has an empty segment") }
        if text == "**" { throw Malformed(reason: "** may only be the last segment") }
        if text.hasPrefix("{"), text.hasSuffix("}") {
            let name = text.dropFirst().dropLast()
            guard !name.isEmpty,
                name.utf8.allSatisfy({
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
                })
            else { throw Malformed(reason: "\(text) is no name; use a to z and _") }
            return .capture(String(name))
        }
        // What a path can never hold when it gets here would make a rule that never matches.
        guard !text.utf8.contains(where: { "*{}%?#;\\".utf8.contains($0) }), text != ".",
            text != ".."
        else {
            throw Malformed(
                reason: "the segment \(text) matches nothing; write literal text, {name} or **")
        }
        return .literal(Array(text.utf8))
    }

    /// Whether every path that the other matches is matched by this one.
    func covers(_ other: GatePattern) -> Bool {
        guard segments.count <= other.segments.count,
            isOpen || (segments.count == other.segments.count && !other.isOpen)
        else { return false }
        return zip(segments, other.segments).allSatisfy { mine, theirs in
            switch (mine, theirs) {
            case (.capture, _): true
            case (.literal(let mine), .literal(let theirs)): mine == theirs
            case (.literal, .capture): false
            }
        }
    }

    /// Where the segments of a path begin and end; a slash at the end begins none.
    static func segments(of path: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        path.split(separator: UInt8(ascii: "/"))
    }
}
