package import HTTPTypes

/// The answer to one request, as a value. Handlers return it; only the door writes.
package struct Response: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: [UInt8]

    package init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func text(
        _ body: String, status: HTTPResponse.Status = .ok,
        contentType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(status: status, headers: [.contentType: contentType], body: Array(body.utf8))
    }

    /// A 303 (RFC 9110 §15.4.4): the browser follows with GET and never sends a form on (security: a 307 or
    /// 308 would hand credentials to the next address). Where it leads is for this browser and this once.
    package static func redirect(to location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location, .cacheControl: "no-store"])
    }
}
