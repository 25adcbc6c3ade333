package import HTTPTypes

/// One HTTP request as a value, copied at the door: nothing behind it knows a pointer or a socket.
package struct Request: Sendable {
    /// Names this request in the log, the audit trail and the answer (`X-Request-ID`); from nginx.
    package let id: String
    package let method: HTTPRequest.Method
    /// The path as it was sent, still percent-encoded, without the query.
    package let path: String
    /// The query as it was sent, without the question mark; empty when there is none.
    package let query: String
    /// The header fields; a field that was sent twice stands twice.
    package let headers: HTTPFields
    package let body: [UInt8]
    /// The address of the peer that nginx saw; never what a header says.
    package let remoteAddress: String
    /// The authority that was asked (`Host`), as nginx passed it on.
    package let host: String
    package let isSecure: Bool
    /// What the route's pattern captured, percent-decoded.
    package var captures: [String: String] = [:]

    package init(
        id: String, method: HTTPRequest.Method, path: String, query: String = "",
        headers: HTTPFields = [:], body: [UInt8] = [], remoteAddress: String = "127.0.0.1",
        host: String = "localhost", isSecure: Bool = true
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.host = host
        self.isSecure = isSecure
    }

    /// Reads the meta-variables of RFC 3875. `REQUEST_URI` alone gives path and query; `REQUEST_ID`,
    /// `REMOTE_ADDR` and `HTTPS` come from nginx. Nil when method or target can't be what HTTP allows.
    package init?(_ parameters: Parameters, body: [UInt8]) {
        guard let methodText = parameters.first("REQUEST_METHOD"),
            let method = HTTPRequest.Method(methodText),
            let target = parameters.first("REQUEST_URI"), target.hasPrefix("/")
        else { return nil }
        var headers = HTTPFields()
        parameters.forEach { name, value in
            let fieldName: String
            if name.hasPrefix("HTTP_") {
                fieldName = name.dropFirst(5).replacingUnderscores()
            } else if name == "CONTENT_TYPE", !value.isEmpty {
                fieldName = "content-type"
            } else {
                return
            }
            guard let fieldName = HTTPField.Name(fieldName) else { return }
            headers.append(HTTPField(name: fieldName, value: value))
        }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            id: parameters.first("REQUEST_ID") ?? "", method: method, path: String(parts[0]),
            query: parts.count == 2 ? String(parts[1]) : "", headers: headers, body: body,
            remoteAddress: parameters.first("REMOTE_ADDR") ?? "",
            host: parameters.first("HTTP_HOST") ?? "",
            isSecure: parameters.first("HTTPS") == "on")
    }

    /// Every value that was sent for the name, in order; two fields stay two.
    package func headerValues(_ name: HTTPField.Name) -> [String] {
        headers[fields: name].map(\.value)
    }

    /// The media type of the body without its parameters, in lower case; nil without a `Content-Type`.
    package var mediaType: String? {
        guard let value = headers[.contentType] else { return nil }
        let type = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return String(type.filter { $0 != " " && $0 != "\t" }).lowercased()
    }

    /// The fields of the query; nil when it is not properly encoded.
    package var queryFields: FormFields? { FormFields(encoded: query) }
}

extension Substring {
    fileprivate func replacingUnderscores() -> String {
        String(map { $0 == "_" ? "-" : Character($0.lowercased()) })
    }
}
