import Domain
import HTTP

/// *Create organization* as an administrator filled it in.
struct OrganizationDraft {
    let name: String
    /// Empty for one that the name gives.
    let slug: String
    let level: String

    /// As it is shown at first.
    init() {
        name = ""
        slug = ""
        level = Organization.Level.basic.rawValue
    }

    init(_ form: PageForm) {
        name = form.text("name").trimmingWhiteSpace()
        slug = form.text("slug").trimmingWhiteSpace()
        level = form.text("level")
    }

    func new() throws -> NewOrganization {
        guard let level = Organization.Level(rawValue: level) else {
            throw Refusal.invalid("level", code: "not_allowed", "Choose one of these.")
        }
        return NewOrganization(name: name, slug: slug.isEmpty ? nil : slug, level: level)
    }
}

/// The form of the maintenance, with the button that was pressed.
struct MaintenanceDraft {
    let message: String
    /// Seconds, as they were typed.
    let retryAfter: String
    /// Nil where the state stays and the rest is saved.
    let isEnabled: Bool?

    init(_ maintenance: Organization.Maintenance) {
        message = maintenance.message
        retryAfter = String(maintenance.retryAfter)
        isEnabled = nil
    }

    init(_ form: PageForm) {
        message = form.text("message").trimmingWhiteSpace()
        retryAfter = form.text("retry_after").trimmingWhiteSpace()
        isEnabled =
            switch form.text("maintenance") {
            case "on": true
            case "off": false
            default: nil
            }
    }

    /// What is no number is out of range, which the rules say.
    var changes: OrganizationChanges.Maintenance {
        OrganizationChanges.Maintenance(
            isEnabled: isEnabled, message: message, retryAfter: Int(retryAfter) ?? 0)
    }
}

extension Organization.Level {
    var title: String {
        switch self {
        case .none: "None"
        case .basic: "Basic"
        case .enterprise: "Enterprise"
        }
    }

    /// What it means for members and tokens.
    var explanation: String {
        switch self {
        case .none:
            "Every member may do everything but manage the organization. Permissions of roles and "
                + "tokens restrict nothing."
        case .basic:
            "Members may do what their roles give: viewer, operator, editor, admin. Tokens carry "
                + "the permissions that are chosen for them."
        case .enterprise:
            "As basic, with roles of your own and permissions narrowed to single pipelines, "
                + "connectors, models, dashboards or topics."
        }
    }

    /// To choose from, the explanation at each.
    static func choices(_ chosen: String, error: String? = nil) -> Choices {
        Choices(
            "level", "Access level", kind: .one,
            allCases.map { ($0.rawValue, $0.title, $0.explanation) }, checked: [chosen],
            error: error)
    }
}
