import Domain
import HTTP
import HTTPTypes
import JSON

/// Where clients send authorization requests beforehand (RFC 9126).
struct PushedRequestAPI {
    static func register(in client: inout Router<ClientVisit>) {
        client.post("/oauth2/par", create)
    }

    @Sendable static func create(_ request: Request, _ visit: ClientVisit) throws -> Response {
        let uri = try visit.services.pushedRequests.push(
            visit.form.pairs, by: visit.client, visit.caller)
        // RFC 9126 §2.2
        return Response.json(
            [
                "request_uri": .string(uri.text), "expires_in": .integer(PushedRequest.lifetime),
            ], status: .created
        ).neverKept()
    }
}
