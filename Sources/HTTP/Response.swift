package import HTTPTypes

/// The answer to one request, as a value. Handlers return it; only the door writes.
package struct Response {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: [UInt8]
    /// What comes behind `body`; nil for an answer that is all there. It belongs to the thread that made it.
    package var rest: BodyPieces?

    package init(
        status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = [],
        rest: BodyPieces? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.rest = rest
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

/// The part of a body that is made while it is written, piece by piece, so that no more of it than a piece is ever in
/// memory.
package struct BodyPieces {
    /// The next piece; nil behind the last one. Whatever it throws breaks the answer off, so that nobody takes what
    /// has come for the whole.
    package let next: () throws -> [UInt8]?

    package init(next: @escaping () throws -> [UInt8]?) {
        self.next = next
    }

    /// The same pieces, with somebody who is told why they broke off. The door only knows that they did.
    package func reporting(_ report: @escaping (any Error) -> Void) -> BodyPieces {
        BodyPieces {
            do {
                return try next()
            } catch {
                report(error)
                throw error
            }
        }
    }
}
