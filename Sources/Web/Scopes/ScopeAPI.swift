import Domain
import HTTP
import JSON

/// The catalogue of scopes, with what the caller holds.
struct ScopeAPI {
    static func register(in organization: inout Router<OrganizationVisit>) {
        organization.get("/api/v1/scopes", index)
    }

    @Sendable static func index(_ request: Request, _ visit: OrganizationVisit) -> Response {
        let catalogue = ScopeCatalogue(visit.context)
        return .json([
            "data": .array(catalogue.sections.map(json)),
            "rbac_level": .string(catalogue.level.rawValue),
        ])
    }

    private static func json(_ section: ScopeCatalogue.Section) -> JSON {
        [
            "group": .string(section.group.rawValue),
            "title": .string(section.group.title),
            "scopes": .array(
                section.entries.map { entry in
                    [
                        "name": .string(entry.scope.name),
                        "title": .string(entry.scope.title),
                        "description": .string(entry.scope.meaning),
                        "held": .bool(entry.isHeld),
                    ]
                }),
        ]
    }
}
