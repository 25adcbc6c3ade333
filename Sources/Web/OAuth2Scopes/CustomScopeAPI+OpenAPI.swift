import Domain
import HTTPTypes

extension CustomScopeAPI {
    private static let description = Schema.name(1...CustomScope.descriptionLimit)

    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/oauth2/scopes", id: "listCustomScopes", .oauth2Clients,
            "Lists the custom scopes.", access: .administrator, parameters: .page,
            answers: .ok(.page(of: .customScope), "A page of scopes, newest first.")),
        Operation(
            .post, "/api/v1/oauth2/scopes", id: "createCustomScope", .oauth2Clients,
            "Makes a custom scope.", access: .administrator,
            body: .json(
                .input(
                    .required("name", .text(2...100).matching("^\\s*[a-z][a-z0-9_.:-]{1,99}\\s*$")),
                    .required("description", description))),
            answers: .created(.customScope, "The scope."),
            .problem(.conflict, "There is one of this name.")),
        Operation(
            .get, "/api/v1/oauth2/scopes/{scope}", id: "showCustomScope", .oauth2Clients,
            "Shows one custom scope.", access: .administrator, parameters: [.customScope],
            answers: .ok(.customScope, "The scope.")),
        Operation(
            .patch, "/api/v1/oauth2/scopes/{scope}", id: "updateCustomScope", .oauth2Clients,
            "Describes a custom scope anew.", access: .administrator, parameters: [.customScope],
            body: .json(.input(.optional("description", description))),
            answers: .ok(.customScope, "The scope.")),
        Operation(
            .delete, "/api/v1/oauth2/scopes/{scope}", id: "deleteCustomScope", .oauth2Clients,
            "Deletes a custom scope.", access: .administrator, parameters: [.customScope],
            answers: .noContent("It is gone."), .problem(.conflict, "A client still has it.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let customScope = path("scope", .text(2...100), "Its id or its name.")
}

extension Schema {
    fileprivate static let customScope = named(
        "CustomScope",
        object(
            .required("id", .id), .required("name", .text), .required("description", .text),
            .required("created_at", .time), .required("updated_at", .time)))
}
