import HTTP
import HTTPTypes

/// Hands out the API's own description.
struct OpenAPIDocumentAPI {
    static func register(in open: inout Router<OpenVisit>, serving document: OpenAPIDocument) {
        let bytes = document.bytes
        open.get("/api/v1/openapi.json") { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "application/json",
                    // The same for everybody; only another version of the program has another one.
                    .cacheControl: "public, max-age=300",
                ], body: bytes)
        }
    }

    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/openapi.json", id: "showOpenAPIDocument", .operation,
            "This document.", access: .open,
            answers: .ok(
                .object(
                    .required("openapi", .constant("3.1.0")),
                    .required("info", .map(of: .anything)),
                    .required("servers", .list(of: .anything)),
                    .required("tags", .list(of: .anything)),
                    .required("paths", .map(of: .anything)),
                    .required("components", .map(of: .anything))), "An OpenAPI 3.1 document."))
    ]
}
