import Domain
import HTTP
import HTTPTypes
import JSON

extension Response {
    /// What the API answers is about somebody's things and may change the next moment, so nothing keeps it.
    static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: value.bytes)
    }

    static func page<Item>(_ page: ListPage<Item>, _ json: (Item) throws -> JSON) rethrows
        -> Response
    {
        .json([
            "data": .array(try page.items.map(json)),
            "next_cursor": page.next.map { .string($0.description) } ?? .null,
        ])
    }

    /// Holds what must not be kept by anybody on its way (RFC 6749 §5.1 asks for both fields).
    func neverKept() -> Response {
        var response = self
        response.headers[.cacheControl] = "no-store"
        response.headers[.pragma] = "no-cache"
        return response
    }

    static var noContent: Response { Response(status: .noContent) }
}

extension JSON {
    static func members(_ members: [(String, JSON)]) -> JSON { .object(JSON.Object(members)) }
    static func time(_ instant: Instant) -> JSON { .string(instant.description) }
    static func time(_ instant: Instant?) -> JSON { instant.map(JSON.time) ?? .null }
    static func id(_ id: some Identifier) -> JSON { .string(id.description) }
    static func id(_ id: (some Identifier)?) -> JSON {
        id.map { .string($0.description) } ?? .null
    }
    static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    static func scopes(_ permissions: Permissions) -> JSON {
        .array(permissions.scopes.map { .string($0.description) })
    }
}
