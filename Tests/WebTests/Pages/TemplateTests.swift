import Domain
import Foundation
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// Templates and what they show, held against each other.
@Suite struct TemplateTests {
    private static let folder = Repository.root.appending(path: "Sources/Web/Templates")
    private static let frame: Set = ["head", "plain", "signed-in"]

    /// One of every page, with every part that it can have.
    private static func samples() throws -> [any Page] {
        let site = try TestSite()
        let browser = TestBrowser(site)
        let ada = try site.services.person("ada", email: "ada@example.com")
        let alpha = try site.services.organization("alpha", ownedBy: ada)
        browser.signIn("ada")
        let app = try site.services.application()
        _ = try site.services.stores.atomically {
            try site.services.stores.consents.put(
                Consent(
                    userID: ada.id, clientID: app.client.id, organizationID: nil,
                    scopes: ScopeWords(["openid"]), grantedAt: site.services.clock.now,
                    lastUsedAt: site.services.clock.now))
        }
        let issued = try site.services.issue(for: ada, in: alpha)
        let visit = try browser.visit(.get, "/profile")
        let person = try visit.requirePerson()
        let signedIn = try SignedInVisit(visit.request, visit)
        var inPath = visit.request
        inPath.captures = ["id": alpha.id.description]
        let problem = Problem(
            status: .notFound, code: "not_found", detail: "Nothing.", requestID: "1")
        let client = try site.services.application()
        let asked = LogoutRequest(
            idTokenHint: nil, clientID: client.id, postLogoutRedirectURI: nil, state: "x")
        let logout = LogoutService(stores: site.services.stores, idTokens: site.services.tokens)
        let sent = AuthorizationParameters(client.request())
        let step = try site.services.authorization.step(
            sent, AuthorizationVisitor(person), start: nil, by: .test())
        guard case .consent(let question) = step else { throw Refusal.notFound }
        return try [
            ConsentPage(question, switchAccount: "/login"),
            FormPostPage([("code", "x")], to: question.request.target),
            LogoutPage(asked, logout.plan(asked), person), SignedOutPage(),
            SignInPage(
                name: "ada", returnTo: "/profile", isFresh: true, person: person, error: "Wrong."),
            ConfirmPasswordPage(person, returnTo: "/profile", error: "Wrong."),
            ErrorPage(problem),
            ProfilePage(
                signedIn,
                memberships: [alpha.id: Membership(isOwner: true, roles: [])], groups: ["staff"],
                form: ProfileForm(ada), notice: Notice("Done.")),
            SecurityPage(
                signedIn, FormFields([FormFields.Field(name: "done", value: "token-revoked")]),
                shown: ShownToken(ShownToken.sealed(issued, usedIn: alpha), signedIn)),
            ConfirmPage(
                "Sure?", breadcrumb: [], facts: [Fact("Name", "x")],
                Confirmation("Yes", to: "/", ["Gone."], cancel: "/")),
            NewPersonalAccessTokenPage(
                NewPersonalAccessTokenForm(), OrganizationPageVisit(visit.request, visit),
                FormProblems([
                    Refusal.Problem(field: "scopes", code: "required", detail: "None."),
                    Refusal.Problem(field: "expires_in_days", code: "x", detail: "No."),
                ]), notice: Notice("Look.")),
            consent(site.services, person),
            DevicePage(person, code: "BCDF-GHJK", error: "Wrong."),
            DeviceDonePage(isAllowed: true),
        ] + (try clientSamples(site)) + administrationSamples(browser, ada)
            + (try organizationSamples(
                alpha, OrganizationPageVisit(visit.request, visit),
                OrganizationSettingsVisit(inPath, visit), site.services))
    }

    /// Pages about people and what was done: one with everything that a user can hold.
    private static func administrationSamples(
        _ browser: TestBrowser, _ ada: User
    ) throws -> [any Page] {
        let services = browser.site.services
        _ = try services.users.update(
            ada.id, UserChanges(isSystemAdministrator: true), by: .test())
        let staff = try services.groups.create(name: "staff", members: [ada.id], by: .test())
        let visit = try browser.visit(.get, "/profile")
        let administrator = try AdministratorPageVisit(visit.request, visit)
        let reader = try AuditLogVisit(visit.request, visit)
        let user = try services.users.show(ada.id)
        let now = services.clock.now
        func request(_ path: String) -> Request {
            Request(id: "request-1", method: .get, path: path)
        }
        return try [
            UsersPage(
                services.users.list(.first), UserListQuery(request(UserRoutes.home)),
                administrator.services, notice: nil, now: now),
            NewUserPage(UserDraft()),
            UserPage(user, UserDraft(user), administrator, FormFields()),
            GroupsPage(services.groups.list(.first), isFirst: true, notice: nil, now: now),
            NewGroupPage(GroupDraft()),
            GroupPage(
                staff.group, staff.members, services.users, after: nil, name: "staff", member: "",
                notice: nil, problems: .none),
            AuditLogPage(
                services.audit.list(AuditFilter(), .first),
                AuditLogQuery(request(AuditLogRoutes.home)), reader, names: [:]),
        ]
    }

    /// Pages about clients: one with everything that a client can have.
    private static func clientSamples(_ site: TestSite) throws -> [any Page] {
        let services = site.services
        let robot = try services.serviceUser("robot")
        let client = try services.machine(as: robot).client
        let scope = try services.customScopes.create(
            name: "orders", description: "See your orders", by: .test())
        let clients = services.clients
        let now = services.clock.now
        let settings = TestSite.settings()
        let list = try clients.list(matching: ClientFilter(), .first)
        let listing = try clients.listing(client.id)
        let sections = ClientFormSections(
            ClientDraft(listing), customScopes: [scope], problems: .none, isNew: true)
        let query = try ClientListQuery(
            Request(id: "request-1", method: .get, path: "/settings/oauth2-clients"))
        return [
            ClientsPage(list, query, notice: nil, now: now),
            ClientTemplatesPage(),
            NewClientPage(sections, problems: .none),
            ClientPage(listing, sections, notice: nil, settings: settings, now: now),
            ClientCredentialsPage(listing, secret: "secret", settings: settings),
            DeleteClientPage(client, ClientHoldings(tokens: 1, consents: 1)),
            CustomScopesPage(
                ListPage(items: [scope], next: nil), isFirst: true, notice: nil, now: now),
            CustomScopePage(scope, name: scope.name, description: scope.description),
        ]
    }

    /// Pages of an organization and of its API keys, as its owner sees them at the level enterprise.
    private static func organizationSamples(
        _ alpha: Organization, _ visit: OrganizationPageVisit,
        _ settings: OrganizationSettingsVisit, _ services: TestServices
    ) throws -> [any Page] {
        let owner = visit.user
        try services.setLevel(.enterprise, of: alpha)
        let context = try services.context(of: owner, in: alpha)
        let caller = Caller.test(services.session(of: owner))
        let issued = try services.apiKeys.issue(
            NewAPIKey(name: "loader", permissions: ["pipelines:read"], lifetimeDays: 3),
            in: context, by: caller)
        let role = try services.roles.create(
            NewRole(name: "line 1", scopes: ["models:read", "pipelines:read:line-1"]),
            in: context, by: caller)
        let viewer = try services.person("vera")
        try services.add(viewer, to: alpha, .viewer)
        let members = try services.members.list(in: context, .first)
        let member = try services.members.show(viewer.id.value, in: context)
        let overviews = try services.organizations.list(for: services.session(of: owner), .first)
        let keys = try services.apiKeys.list(in: context, .first)
        let now = services.clock.now
        let problems = FormProblems([
            Refusal.Problem(field: "scopes", code: "required", detail: "None."),
            Refusal.Problem(field: "owner", code: "last_owner", detail: "The last one stays."),
        ])
        return try [
            OrganizationsPage(
                overviews, isAdministrator: true, isFirst: false, notice: Notice("Done."),
                now: now),
            NewOrganizationPage(OrganizationDraft()),
            OrganizationPage(settings, notice: Notice("Done.")),
            LevelReviewPage(
                alpha, services.organizations.review(.none, in: context),
                notice: Notice("Look.")),
            MaintenancePage(alpha, MaintenanceDraft(alpha.maintenance), problems),
            MembersPage(members, of: alpha, isFirst: false, notice: Notice("Done."), now: now),
            MemberPage(member, MemberDraft(member), of: alpha, roles: [role], problems: problems),
            RolesPage(
                services.roles.list(in: context, .first), of: alpha, isOwner: true,
                isFirst: false, notice: Notice("Done.")),
            RolePage(role, RoleDraft(role), of: alpha, problems: problems),
            APIKeysPage(
                keys, makers: [owner.id: "ada"], of: alpha,
                shown: ShownAPIKey(ShownAPIKey.sealed(issued), visit), isFirst: false,
                notice: Notice("Done."), now: now),
            NewAPIKeyPage(APIKeyDraft(), visit, problems, notice: Notice("Look.")),
        ]
    }

    /// Of a device, whose page has the most parts.
    private static func consent(
        _ services: TestServices, _ person: SignedInPerson
    ) throws -> ConsentPage {
        let client = try services.application("television", redirectURIs: []) { fields in
            fields.kind = .public
            fields.grantTypes = ["urn:ietf:params:oauth:grant-type:device_code"]
        }
        let devices = OAuth2Services(services).devices
        let begun = try devices.begin(
            scope: "openid", resources: [], by: services.authenticated(client), .test())
        let question = try devices.question(
            begun.userCode.description, AuthorizationVisitor(person), by: .test())
        return ConsentPage(
            try #require(question), switchAccount: "/login", now: services.clock.now)
    }

    @Test func `the list of templates is the folder of templates`() throws {
        let files = try #require(FileManager.default.enumerator(atPath: Self.folder.path))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".mustache") }
        let names = files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }

        #expect(names.sorted() == Templates.sources.map(\.name).sorted())
        _ = Templates()
    }

    @Test func `no template leaves a value unescaped, or has style or script inside`() {
        for (name, source) in Templates.sources {
            let text = String(decoding: source, as: UTF8.self)
            for forbidden in [
                "{{{", "{{&", "{{%", "<script>", " style=", " onclick=", "javascript:",
            ] {
                #expect(!text.contains(forbidden), "\(forbidden) in \(name)")
            }
        }
    }

    @Test func `every page has a sample here, and every tag of its template a value`() throws {
        let samples = try Self.samples()
        let templates = Dictionary(
            uniqueKeysWithValues: Templates.sources.map {
                ($0.name, String(decoding: $0.text, as: UTF8.self))
            })
        let pages = templates.filter { $0.value.hasPrefix("{{<") }.map(\.key)
        #expect(Set(pages) == Set(samples.map { type(of: $0).template }))

        for sample in samples {
            let name = type(of: sample).template
            var known = Self.labels(of: sample)
            known.formUnion(["page", "sheetTitle", "heading", "brand", "formToken", "shell"])
            for (tag, kind) in Self.tags(in: templates[name] ?? "") {
                switch kind {
                case "<", ">": #expect(templates[tag] != nil, "\(tag) in \(name)")
                case "$": #expect(["main", "scripts"].contains(tag))
                default: #expect(known.contains(tag), "\(tag) in \(name)")
                }
            }
        }
    }

    /// Names in a template and the signs before them; of a path only the first.
    private static func tags(in text: String) -> [(name: String, kind: String)] {
        text.matches(of: /\{\{([#^\/<>$*]*)\s*\.?([A-Za-z][\w-]*)/).map {
            (String($0.output.2), String($0.output.1.prefix(1)))
        }.filter { $0.kind != "/" }
    }

    /// Names of all stored properties that can be reached from a value.
    private static func labels(of value: Any, depth: Int = 0) -> Set<String> {
        guard depth < 6 else { return [] }
        return Mirror(reflecting: value).children.reduce(into: []) { labels, child in
            if let label = child.label { labels.insert(label) }
            labels.formUnion(Self.labels(of: child.value, depth: depth + 1))
        }
    }
}
