package import HTTP

/// What a worker does with a request. Made once a thread, on that thread, and never used by another: it may
/// own a database connection, so it need not be `Sendable`.
package protocol Handler: AnyObject {
    func respond(to parameters: Parameters, body: RequestBody) -> Response
}

/// The body of a request, or why there is none to be trusted. What to answer then is the handler's choice;
/// after `tooLarge` and `incomplete` the connection is closed behind the answer.
package enum RequestBody: Sendable, Equatable {
    case complete([UInt8])
    /// More than `Limits.body` arrived, by count of the bytes themselves.
    case tooLarge
    /// The peer closed, or let the deadline pass, before the end of the body.
    case incomplete
    /// `CONTENT_LENGTH` is not a plain decimal number, stands twice, or is not what was sent. Without a
    /// body it may be missing or empty.
    case lengthMismatch
}
