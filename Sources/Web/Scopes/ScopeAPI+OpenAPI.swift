import Domain
import HTTPTypes

extension ScopeAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/scopes", id: "listScopes", .scopes,
            "The catalogue of scopes by group, with what the caller holds.", access: .organization,
            answers: .ok(
                .object(
                    .required("data", .list(of: .scopeSection)),
                    .required("rbac_level", .choice(of: Organization.Level.self))),
                "All scopes."))
    ]
}

extension Schema {
    /// A scope as it is given and shown.
    static let scope = named(
        "Scope",
        text
            .matching(
                "^(" + PlatformScope.allCases.map(\.name).joined(separator: "|")
                    + #")(:[^\s"\\]+)?$"#
            )
            .meaning(
                "What is done to what; at the level enterprise narrowed by a selector: an id, for UNS an MQTT topic filter."
            )
            .examples("pipelines:read", "uns:publish:plant1/#"))

    /// As a request sends them. Which of them are known and held is checked by the rules.
    static let newScopes = list(of: scope, 1...200)

    fileprivate static let scopeSection = named(
        "ScopeGroup",
        object(
            .required("group", .choice(of: PlatformScope.Group.self)),
            .required("title", .text),
            .required(
                "scopes",
                .list(
                    of: .object(
                        .required("name", .scope),
                        .required("title", .text),
                        .required("description", .text),
                        .required("held", .bool, "In full, not only narrowed."))))))
}
