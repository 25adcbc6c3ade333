/// What may be done on the platform, as one closed list: a group (`pipelines`) and a verb (`read`).
package enum PlatformScope: UInt8, CaseIterable, Sendable, Comparable {
    case pipelinesRead, pipelinesWrite, pipelinesExecute
    case modelsRead, modelsWrite
    case connectorsRead, connectorsWrite, connectorsExecute
    case unsRead, unsWrite, unsPublish
    case dashboardsRead, dashboardsWrite
    case organizationsRead, organizationsManage

    /// The areas that scopes are grouped by, in the order they are shown.
    package enum Group: String, CaseIterable, Sendable {
        case pipelines, models, connectors, uns, dashboards, organizations

        package var title: String {
            switch self {
            case .pipelines: "Pipelines"
            case .models: "Models"
            case .connectors: "Connectors"
            case .uns: "UNS"
            case .dashboards: "Dashboards"
            case .organizations: "Organizations"
            }
        }

        package var scopes: [PlatformScope] { PlatformScope.allCases.filter { $0.group == self } }
    }

    package enum Verb: String, Sendable {
        case read, write, execute, publish, manage
    }

    private static let byName = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.name, $0) })
    private static let names = allCases.map { "\($0.group.rawValue):\($0.verb.rawValue)" }

    /// From the wire name, such as `pipelines:read`; nil for any other text.
    package init?(name: some StringProtocol) {
        guard let scope = Self.byName[String(name)] else { return nil }
        self = scope
    }

    package var name: String { Self.names[Int(rawValue)] }

    package var group: Group {
        switch self {
        case .pipelinesRead, .pipelinesWrite, .pipelinesExecute: .pipelines
        case .modelsRead, .modelsWrite: .models
        case .connectorsRead, .connectorsWrite, .connectorsExecute: .connectors
        case .unsRead, .unsWrite, .unsPublish: .uns
        case .dashboardsRead, .dashboardsWrite: .dashboards
        case .organizationsRead, .organizationsManage: .organizations
        }
    }

    package var verb: Verb {
        switch self {
        case .pipelinesRead, .modelsRead, .connectorsRead, .unsRead, .dashboardsRead,
            .organizationsRead:
            .read
        case .pipelinesWrite, .modelsWrite, .connectorsWrite, .unsWrite, .dashboardsWrite: .write
        case .pipelinesExecute, .connectorsExecute: .execute
        case .unsPublish: .publish
        case .organizationsManage: .manage
        }
    }

    package var title: String {
        switch verb {
        case .read: "Read"
        case .write: "Write"
        case .execute: "Execute"
        case .publish: "Publish"
        case .manage: "Manage"
        }
    }

    /// One line of meaning, in the words of the reference.
    package var meaning: String {
        switch self {
        case .pipelinesRead: "View pipelines and execution history"
        case .pipelinesWrite: "Create, edit, and delete pipelines"
        case .pipelinesExecute: "Run, test, and retry pipeline executions"
        case .modelsRead: "View data models and field definitions"
        case .modelsWrite: "Create, edit, and delete models"
        case .connectorsRead: "View connections, functions, and configurations"
        case .connectorsWrite: "Create, edit, and delete connections"
        case .connectorsExecute: "Start, stop, and test connections; execute functions"
        case .unsRead: "View UNS topics and data"
        case .unsWrite: "Create, edit, and delete topics"
        case .unsPublish: "Publish data to topics"
        case .dashboardsRead: "View dashboards and widgets"
        case .dashboardsWrite: "Create, edit, and delete dashboards"
        case .organizationsRead: "View organization settings"
        case .organizationsManage: "Update settings and manage maintenance mode"
        }
    }

    package static func < (left: PlatformScope, right: PlatformScope) -> Bool {
        left.rawValue < right.rawValue
    }
}
