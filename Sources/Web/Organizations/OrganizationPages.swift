import Domain
import HTTP

/// *Organizations*: the list.
struct OrganizationsPage: SignedInPage {
    static let template = "organizations"

    struct Row {
        let id: String
        /// Of the element that holds the id, for the button that copies it.
        let elementID: String
        let name: String
        /// Nil where the person may not look inside.
        let settings: String?
        let slug: String
        let level: String
        let members: String
        let status: Badge
        let created: Moment
        /// What else the ⋯ menu leads to.
        let actions: [Link]
    }

    static let limit = 20

    let title = "Organizations"
    let primaryAction: Link?
    let notice: Notice?
    let hasRows: Bool
    let rows: [Row]
    let empty: EmptyState?
    let isFirst: Bool
    let first = OrganizationRoutes.home
    let next: String?

    init(
        _ list: ListPage<OrganizationOverview>, isAdministrator: Bool, isFirst: Bool,
        notice: Notice?, now: Instant
    ) {
        self.notice = notice
        self.isFirst = isFirst
        rows = list.items.map { Row($0, isAdministrator: isAdministrator, now: now) }
        hasRows = !rows.isEmpty
        let isEmpty = !hasRows && isFirst
        let create =
            isAdministrator ? Link("Create organization", "\(OrganizationRoutes.home)/new") : nil
        primaryAction = isEmpty ? nil : create
        empty =
            isEmpty
            ? EmptyState(
                text:
                    "An organization holds what people work on together, and says who may do what. "
                    + (isAdministrator
                        ? "Make the first one." : "You belong to none yet; an owner can add you."),
                action: create ?? Link("Go to your profile", "/profile")) : nil
        next = list.next.map { "\(OrganizationRoutes.home)?after=\($0)" }
    }
}

extension OrganizationsPage.Row {
    fileprivate init(_ overview: OrganizationOverview, isAdministrator: Bool, now: Instant) {
        let organization = overview.organization
        id = organization.id.description
        elementID = "organization-\(organization.id)"
        name = organization.name
        let address = OrganizationRoutes.address(organization.id)
        slug = organization.slug
        level = organization.level.title
        members = String(overview.memberCount)
        status = Badge(organization)
        created = Moment(organization.createdAt, now: now)
        let held = overview.membership.map {
            EffectivePermissions.held(by: $0, level: organization.level)
        }
        settings =
            isAdministrator || held?.holds(.organizationsRead) ?? false ? address : nil
        var actions: [Link] = []
        if let settings { actions.append(Link("Settings", settings)) }
        if overview.membership?.isOwner == true {
            actions.append(Link("Members", "\(address)/members"))
        }
        if settings != nil, held?.holds(.organizationsManage) ?? false {
            let isOn = organization.maintenance.isEnabled
            actions.append(
                Link(isOn ? "Maintenance off" : "Maintenance on", "\(address)/maintenance"))
        }
        self.actions = actions
    }
}

extension Badge {
    init(_ organization: Organization) {
        self =
            organization.maintenance.isEnabled
            ? Badge("Maintenance", .amber) : Badge("Active", .green)
    }
}

/// *Create organization*.
struct NewOrganizationPage: SignedInPage {
    static let template = "organization-new"

    let title = "Create organization"
    let breadcrumb = [OrganizationRoutes.link]
    let name: Field
    let slug: Field
    let level: Choices

    init(_ draft: OrganizationDraft, _ problems: FormProblems = .none) {
        name = Field(
            "name", "Name", value: draft.name, autocomplete: "off",
            error: problems.text("name", "Name"), isFocused: problems.isEmpty)
        slug = Field(
            "slug", "Slug", value: draft.slug, autocomplete: "off",
            hint: "Names it in requests: lower-case letters, digits, hyphens and underscores. "
                + "Empty for one made from the name. It can't be changed afterwards.",
            error: problems.text("slug", "Slug"), isRequired: false)
        level = Organization.Level.choices(
            draft.level, error: problems.text("level", "Access level"))
    }
}

/// *Settings* of one organization; whoever may not change a part sees it as a fact.
struct OrganizationPage: SignedInPage {
    static let template = "organization"

    let title: String
    let breadcrumb = [OrganizationRoutes.link]
    let tabs: [Tab]
    let notice: Notice?
    let address: String
    let organizationID: String
    let slug: String
    let levelTitle: String
    let levelExplanation: String
    let status: Badge
    let members: String
    let created: Moment
    /// Nil for who does not manage the organization.
    let name: Field?
    /// Nil for who is no owner.
    let level: Choices?
    let maintenance: Maintenance?

    struct Maintenance {
        let facts: [Fact]
        /// Where it is changed.
        let change: String
        let button: String
    }

    init(
        _ visit: OrganizationSettingsVisit, typed: String? = nil,
        problems: FormProblems = .none, notice: Notice? = nil
    ) {
        let organization = visit.organization
        title = organization.name
        tabs = OrganizationRoutes.tabs(
            organization, isOwner: visit.isOwner, isMember: visit.context != nil,
            current: "Settings")
        self.notice = Notice(problems) ?? notice
        address = OrganizationRoutes.address(organization.id)
        organizationID = organization.id.description
        slug = organization.slug
        levelTitle = organization.level.title
        levelExplanation = organization.level.explanation
        status = Badge(organization)
        members = String(visit.overview.memberCount)
        created = Moment(organization.createdAt, now: visit.now)
        name =
            visit.manages
            ? Field(
                "name", "Name", value: typed ?? organization.name, autocomplete: "off",
                error: problems.text("name", "Name")) : nil
        level =
            visit.isOwner ? Organization.Level.choices(organization.level.rawValue) : nil
        let isOn = organization.maintenance.isEnabled
        maintenance =
            visit.manages
            ? Maintenance(
                facts: [
                    Fact("Maintenance", isOn ? "On" : "Off"),
                    Fact(
                        "Message",
                        organization.maintenance.message.isEmpty
                            ? "None" : organization.maintenance.message),
                    Fact("Retry after", "\(organization.maintenance.retryAfter) seconds"),
                ], change: "\(address)/maintenance",
                button: isOn ? "Maintenance off" : "Maintenance on") : nil
    }
}

/// Who gains or loses what by another access level, before it is saved.
struct LevelReviewPage: SignedInPage {
    static let template = "organization-level"

    struct Row {
        let name: String
        let kind: String
        let gained: PermissionBadges?
        let lost: PermissionBadges?
    }

    /// A page stays light with thousands of members.
    static let rowLimit = 50

    let title = "Change access level"
    let breadcrumb: [Link]
    let notice: Notice?
    let facts: [Fact]
    let sentences: [String]
    let hasRows: Bool
    let rows: [Row]
    /// About those who have no row.
    let rest: String
    let confirmation: Confirmation

    init(_ organization: Organization, _ review: LevelReview, notice: Notice? = nil) {
        breadcrumb = OrganizationRoutes.breadcrumb(organization)
        self.notice = notice
        facts = [
            Fact("Organization", organization.name), Fact("Now", organization.level.title),
            Fact("Then", review.level.title),
        ]
        sentences = Self.sentences(from: organization.level, to: review.level)
        rows = review.changes.prefix(Self.rowLimit).map(Row.init)
        hasRows = !rows.isEmpty
        var rest = rows.isEmpty ? "No member gains or loses a permission." : ""
        let hidden = review.changes.count - rows.count
        if hidden > 0 { rest += "\(hidden) more gain or lose permissions. " }
        if !rows.isEmpty {
            let count = review.unchangedCount
            rest +=
                "\(count) \(count == 1 ? "member keeps what it has" : "members keep what they have")."
        }
        if !review.isComplete {
            rest +=
                " There are more than \(LevelReview.limit) members; the others were not looked at."
        }
        self.rest = rest
        let address = OrganizationRoutes.address(organization.id)
        confirmation = Confirmation(
            "Change to \(review.level.title)", to: "\(address)/level",
            ["It takes effect at once, for requests with tokens as well."], cancel: address,
            hidden: [
                Confirmation.Hidden(name: "level", value: review.level.rawValue),
                Confirmation.Hidden(name: "from", value: organization.level.rawValue),
            ], isDangerous: review.changes.contains { !$0.lost.isEmpty })
    }

    /// What it does besides the permissions of members.
    private static func sentences(
        from old: Organization.Level, to new: Organization.Level
    ) -> [String] {
        var sentences = [new.explanation]
        if new == .none {
            sentences.append(
                "Personal access tokens that were narrowed to some permissions may then do "
                    + "everything that their holder may do.")
        }
        if old == .none {
            sentences.append(
                "Tokens that were made with permissions are held to them again; those without keep "
                    + "everything that their holder may do.")
        }
        if old == .enterprise {
            sentences.append(
                "Roles of your own stay in the list, but give nothing until the level is "
                    + "enterprise again.")
        }
        sentences.append("API keys keep exactly their permissions, and owners may do everything.")
        return sentences
    }
}

extension LevelReviewPage.Row {
    fileprivate init(_ change: LevelReview.Change) {
        name = change.member.shownName
        kind = change.member.kindTitle
        gained = change.gained.isEmpty ? nil : PermissionBadges(Permissions(change.gained))
        lost = change.lost.isEmpty ? nil : PermissionBadges(Permissions(change.lost))
    }
}

/// Switches maintenance on or off, with what clients are told.
struct MaintenancePage: SignedInPage {
    static let template = "organization-maintenance"

    let title: String
    let breadcrumb: [Link]
    let notice: Notice?
    let address: String
    let cancel: String
    let isOn: Bool
    let message: Field
    let retryAfter: Field

    init(
        _ organization: Organization, _ draft: MaintenanceDraft, _ problems: FormProblems = .none
    ) {
        isOn = organization.maintenance.isEnabled
        title = isOn ? "Maintenance off" : "Maintenance on"
        breadcrumb = OrganizationRoutes.breadcrumb(organization)
        notice = Notice(problems)
        cancel = OrganizationRoutes.address(organization.id)
        address = "\(cancel)/maintenance"
        message = Field(
            "message", "Message", value: draft.message, autocomplete: "off",
            hint: "Told to whoever is turned away. At most 500 characters.",
            error: problems.text("maintenance.message", "Message"),
            isRequired: false)
        retryAfter = Field(
            "retry_after", "Retry after (seconds)", value: draft.retryAfter, autocomplete: "off",
            hint: "When clients may try again: 1 to 86400.",
            error: problems.text("maintenance.retry_after", "Retry after"))
    }
}
