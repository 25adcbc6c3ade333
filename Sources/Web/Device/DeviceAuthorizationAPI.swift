import Domain
import HTTP
import HTTPTypes
import JSON

/// Where a device without a browser begins (RFC 8628 §3.1).
struct DeviceAuthorizationAPI {
    static func register(in client: inout Router<ClientVisit>) {
        client.post("/oauth2/device_authorization", create)
    }

    @Sendable static func create(_ request: Request, _ visit: ClientVisit) throws -> Response {
        let issued = try visit.services.devices.begin(
            scope: visit.form["scope"], resources: visit.form.all("resource"), by: visit.client,
            visit.caller)
        let page = visit.open.settings.publicURL + DeviceRoutes.path
        // RFC 8628 §3.2
        return Response.json([
            "device_code": .string(issued.deviceCode.text),
            "user_code": .string(issued.userCode.description),
            "verification_uri": .string(page),
            "verification_uri_complete": .string("\(page)?user_code=\(issued.userCode)"),
            "expires_in": .integer(DeviceAuthorization.lifetime),
            "interval": .integer(DeviceAuthorization.interval),
        ]).neverKept()
    }
}
