/// What one peer may cost a worker. A default is meant for nginx, which buffers a request before it sends.
package struct Limits: Sendable {
    /// Bytes of a request's parameters, lengths included.
    package var parameters = 64 * 1024
    /// Name and value pairs in a request.
    package var pairs = 200
    /// Bytes of a request's body.
    package var body = 64 * 1024
    /// From the first byte of a request that came in pieces to its last.
    package var request = Duration.seconds(5)
    /// For one write; and for a whole answer of more than one write, or a piece of one that comes in pieces, four
    /// times this.
    package var write = Duration.seconds(5)
    /// For all of an answer that comes in pieces.
    package var pieces = Duration.seconds(1800)
    /// From `stop()` to the return of `run()`, whatever is still under way.
    package var drain = Duration.seconds(10)
    /// How long a draining pool leaves idle connections open for a request that is on its way.
    package var linger = Duration.milliseconds(500)
    /// Bytes of unfinished requests held at once, of all connections together.
    package var unfinished = 32 * 1024 * 1024
    /// Connections open at once; further ones wait in the backlog.
    package var connections = 2048

    package init() {}

    /// The longest request in bytes with the headers and padding of its records. Peers that cut it into
    /// crumbs (a record a byte) run into this before they run into the other limits.
    var requestBytes: Int { parameters + body + 32 * 1024 }
}
