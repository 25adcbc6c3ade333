import Domain
package import HTTP
import HTTPTypes
import JSON

/// Answers nginx's `auth_request`.
///
/// A yes is 204 with what nginx tells the API behind; never 200, which nginx would store. A no is 401 or 403, for
/// nginx makes a 500 of anything else, with the true status and the whole problem body in headers of their own.
package struct GateService {
    private let gatekeeper: Gatekeeper
    private let realm: String
    private let resources: ProtectedResources
    private let report: @Sendable (_ failure: any Error, _ requestID: String) -> Void

    /// - Parameters:
    ///   - realm: names the platform in `WWW-Authenticate`; must do as a quoted string as it is.
    ///   - issuer: where the APIs of the policy tell about themselves.
    ///   - report: is told of each failure of the machine, to log it once.
    package init(
        _ gatekeeper: Gatekeeper, realm: String, issuer: String,
        report: @escaping @Sendable (_ failure: any Error, _ requestID: String) -> Void
    ) {
        precondition(
            realm.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C },
            "a realm is printable ASCII without quotes")
        self.gatekeeper = gatekeeper
        self.realm = realm
        resources = ProtectedResources(gatekeeper.policy.apis, issuer: issuer)
        self.report = report
    }

    package func respond(to parameters: Parameters) -> Response {
        let requestID = Self.requestID(parameters)
        let decision = gatekeeper.decide(parameters)
        if case .allowed(let standing) = decision {
            var fields = standing.fields
            fields.append(HTTPField(name: .requestID, value: requestID))
            return Response(status: .noContent, headers: fields)
        }
        if case .failed(let failure) = decision { report(failure, requestID) }
        return refuse(decision.refusal ?? .failed, parameters, requestID)
    }

    private func refuse(
        _ refusal: GateRefusal, _ parameters: Parameters, _ requestID: String
    ) -> Response {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .gateStatus, value: "\(refusal.status.rawValue)"))
        fields.append(
            HTTPField(name: .gateProblem, value: Self.problem(refusal, requestID)))
        if let challenge = challenge(refusal, parameters) {
            fields.append(HTTPField(name: .wwwAuthenticate, value: challenge))
        }
        if let seconds = refusal.retryAfter {
            fields.append(HTTPField(name: .retryAfter, value: "\(max(0, seconds))"))
        }
        fields.append(HTTPField(name: .requestID, value: requestID))
        return Response(
            status: refusal.status == .unauthorized ? .unauthorized : .forbidden, headers: fields)
    }

    /// RFC 9728 §5.1: a 401 says where the API tells about itself; a 403 too, so that a client learns what to ask
    /// for. The path decides even where it was refused for being ambiguous or nobody looked at it: it is not
    /// repeated, it only chooses among what is public.
    private func challenge(_ refusal: GateRefusal, _ parameters: Parameters) -> String? {
        guard refusal.status == .unauthorized || refusal.status == .forbidden else { return nil }
        let api = parameters.bytes("GATE_URI").flatMap {
            resources.api(containing: String(decoding: $0, as: UTF8.self))
        }
        guard let api else { return refusal.challenge.map(text) }
        return text(of: refusal.challenge ?? .bare)
            + ", resource_metadata=\"\(resources.metadataAddress(of: api.resource))\""
    }

    /// RFC 6750 §3. What is put between the quotes is ours, or the name of a platform scope.
    private func text(of challenge: GateRefusal.Challenge) -> String {
        switch challenge {
        case .bare: "Bearer realm=\"\(realm)\""
        case .invalidToken(let description):
            "Bearer realm=\"\(realm)\", error=\"invalid_token\", "
                + "error_description=\"\(description)\""
        case .insufficientScope(let scope):
            "Bearer error=\"insufficient_scope\", scope=\"\(scope)\""
        }
    }

    /// The problem body of RFC 9457 as one line of ASCII, short enough for nginx's buffer whatever the message of
    /// an organization in maintenance is.
    private static func problem(_ refusal: GateRefusal, _ requestID: String) -> String {
        let body: JSON = [
            "type": "about:blank",
            // RFC 9457 §4.2.1: with about:blank the title is that of the status.
            "title": .string(refusal.status.title),
            "status": .integer(refusal.status.rawValue),
            "detail": .string(String(refusal.detail.unicodeScalars.prefix(600))),
            "code": .string(refusal.code),
            "request_id": .string(requestID),
        ]
        return ascii(body.text)
    }

    /// RFC 8259 §7: any character may be escaped, those beyond the basic plane as a surrogate pair.
    private static func ascii(_ json: String) -> String {
        guard json.utf8.contains(where: { $0 >= 0x7F }) else { return json }
        var text = ""
        for scalar in json.unicodeScalars {
            if scalar.value < 0x7F {
                text.unicodeScalars.append(scalar)
            } else {
                for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return text
    }

    /// nginx's own id of the request; anything that is none is not repeated.
    static func requestID(_ parameters: Parameters) -> String {
        guard let bytes = parameters.bytes("REQUEST_ID"), (1...64).contains(bytes.count),
            bytes.allSatisfy(isIDByte)
        else { return "unknown" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
