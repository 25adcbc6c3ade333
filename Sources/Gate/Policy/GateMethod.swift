/// The methods that can pass the gate: those of RFC 9110 §9.3 and PATCH (RFC 5789), but for CONNECT and
/// TRACE, which no API behind a gate is asked with.
package enum GateMethod: String, CaseIterable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// Methods are case-sensitive (RFC 9110 §9.1); nil for any other.
    init?(_ bytes: ArraySlice<UInt8>) {
        for method in Self.allCases where bytes.elementsEqual(method.rawValue.utf8) {
            self = method
            return
        }
        return nil
    }

    var bit: UInt8 {
        switch self {
        case .get: 1
        case .head: 2
        case .post: 4
        case .put: 8
        case .patch: 16
        case .delete: 32
        case .options: 64
        }
    }
}

/// Some of the methods.
struct GateMethods: OptionSet, CustomStringConvertible {
    let rawValue: UInt8

    static let every = GateMethods(GateMethod.allCases)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(_ methods: some Sequence<GateMethod>) {
        rawValue = methods.reduce(0) { $0 | $1.bit }
    }

    func contains(_ method: GateMethod) -> Bool { rawValue & method.bit != 0 }

    var description: String {
        self == .every
            ? "*"
            : GateMethod.allCases.filter { contains($0) }.map(\.rawValue).joined(separator: ",")
    }
}
