package import HTTPTypes

/// Routes as plain values: a method, a path pattern, what it takes to reach the handler, the handler.
///
/// A *group converts the visit*: `group(SignedInVisit.init) { … }` registers handlers that take a
/// `SignedInVisit`, so a handler's parameter type proves that the check was made.
package struct Router<Visit> {
    package typealias Handler = @Sendable (Request, Visit) throws -> Response

    /// One registered route.
    package struct Route {
        package let method: HTTPRequest.Method
        package let pattern: PathPattern
        let handler: Handler
    }

    package private(set) var routes: [Route] = []

    package init() {}

    package mutating func on(
        _ method: HTTPRequest.Method, _ pattern: PathPattern, _ handler: @escaping Handler
    ) {
        precondition(
            !routes.contains { $0.method == method && $0.pattern.collides(with: pattern) },
            "route \(method) \(pattern) is registered twice")
        routes.append(Route(method: method, pattern: pattern, handler: handler))
    }

    package mutating func get(_ pattern: PathPattern, _ handler: @escaping Handler) {
        on(.get, pattern, handler)
    }

    package mutating func post(_ pattern: PathPattern, _ handler: @escaping Handler) {
        on(.post, pattern, handler)
    }

    package mutating func put(_ pattern: PathPattern, _ handler: @escaping Handler) {
        on(.put, pattern, handler)
    }

    package mutating func patch(_ pattern: PathPattern, _ handler: @escaping Handler) {
        on(.patch, pattern, handler)
    }

    package mutating func delete(_ pattern: PathPattern, _ handler: @escaping Handler) {
        on(.delete, pattern, handler)
    }

    /// Registers routes whose visit is first converted; what the conversion throws is the answer.
    package mutating func group<Inner>(
        _ convert: @escaping @Sendable (Request, Visit) throws -> Inner,
        _ register: (inout Router<Inner>) -> Void
    ) {
        var inner = Router<Inner>()
        register(&inner)
        for route in inner.routes {
            on(route.method, route.pattern) { request, visit in
                try route.handler(request, convert(request, visit))
            }
        }
    }

    /// What the table says about a request.
    package enum Match {
        case found(Route, captures: [String: String])
        /// The path is known, the method is not: 405 with these in `Allow`.
        case methodNotAllowed([HTTPRequest.Method])
        case notFound
    }

    /// Finds the route. A HEAD request reaches the GET route (RFC 9110 §9.3.2); a literal segment wins over
    /// a capture.
    package func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        guard let segments = PathPattern.segments(of: path) else { return .notFound }
        var allowed: [HTTPRequest.Method] = []
        var best: (route: Route, captures: [String: String])?
        for route in routes {
            guard let captures = route.pattern.match(segments) else { continue }
            allowed.append(route.method)
            let asked = method == .head ? .get : method
            guard route.method == asked else { continue }
            if let found = best, found.captures.count <= captures.count { continue }
            best = (route, captures)
        }
        if let best { return .found(best.route, captures: best.captures) }
        if allowed.isEmpty { return .notFound }
        if allowed.contains(.get) { allowed.append(.head) }
        return .methodNotAllowed(allowed)
    }
}

extension Router.Route {
    package func respond(to request: Request, _ visit: Visit) throws -> Response {
        try handler(request, visit)
    }
}

/// A path of literal segments and `{captures}`; `{name...}` at the end takes all that is left.
package struct PathPattern: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private enum Segment: Sendable {
        case literal(String)
        case capture(String)
        case rest(String)
    }

    package let description: String
    private let segments: [Segment]

    package init(stringLiteral value: String) {
        precondition(value.hasPrefix("/"), "a path pattern begins with /")
        description = value
        segments = value.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .capture(String(name))
        }
    }

    /// The percent-decoded segments of a path; nil where it doesn't begin with `/`, a segment can't be
    /// decoded, or a decoded segment holds a slash.
    package static func segments(of path: String) -> [String]? {
        guard path.hasPrefix("/") else { return nil }
        var decoded: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentCoding.decode(part), !segment.contains("/") else {
                return nil
            }
            decoded.append(segment)
        }
        return decoded
    }

    /// What the pattern captures of these segments, or nil where it does not match. An empty segment
    /// matches no capture.
    func match(_ path: [String]) -> [String: String]? {
        var captures: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            if case .rest(let name) = segment {
                guard index <= path.count else { return nil }
                captures[name] = path[index...].joined(separator: "/")
                return captures
            }
            guard index < path.count else { return nil }
            switch segment {
            case .literal(let literal):
                guard literal == path[index] else { return nil }
            case .capture(let name):
                guard !path[index].isEmpty else { return nil }
                captures[name] = path[index]
            case .rest:
                return nil
            }
        }
        return segments.count == path.count ? captures : nil
    }

    /// Whether both patterns have the same form, whatever their captures are called.
    func collides(with other: PathPattern) -> Bool {
        guard segments.count == other.segments.count else { return false }
        return zip(segments, other.segments).allSatisfy { mine, theirs in
            switch (mine, theirs) {
            case (.literal(let a), .literal(let b)): a == b
            case (.capture, .capture), (.rest, .rest): true
            default: false
            }
        }
    }
}
