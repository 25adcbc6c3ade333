import Domain
import Storage
import TestSupport
import Testing

@Suite struct FirstStartTests {
    private let platform: TestPlatform
    private let services: TestServices

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
    }

    @Test func `an empty platform gets an administrator who owns its organization`() throws {
        #expect(try services.firstStart.isNeeded())

        let made = try #require(
            try services.firstStart.make(password: TestServices.password, by: .test()))

        let token = try #require(try services.token("admin"))
        let bearer = try #require(try services.bearer(of: token.token))
        var observer = NoDependencies()
        let context = try services.authentication.context(
            of: bearer, in: .slug("default"), observer: &observer)
        #expect(bearer.isSystemAdministrator)
        #expect(context.isOwner)
        #expect(context.organization.level == .basic)
        #expect(context.organization.id == made.organization.id)
    }

    @Test func `a second start finds everything and makes nothing`() throws {
        _ = try services.firstStart.make(password: TestServices.password, by: .test())

        #expect(try services.firstStart.make(password: "another long secret", by: .test()) == nil)
        #expect(try services.token("admin", "another long secret") == nil)
        #expect(try !services.firstStart.isNeeded())
    }

    @Test func `of many that start at once one makes it`() throws {
        let platform = platform
        let made = try onThreads(8) { _ in
            try platform.connect().firstStart.make(password: TestServices.password, by: .test())
                != nil
        }

        #expect(made.count(where: { $0 }) == 1)
        #expect(try services.stores.users.countAll() == 1)
        #expect(try services.stores.organizations.countAll() == 1)
    }

    @Test(arguments: ["", "admin", "adminadmin12", "password1234"])
    func `a password against the rules starts nothing`(_ password: String) throws {
        #expect(throws: Refusal.self) {
            try services.firstStart.make(password: password, by: .test())
        }
        #expect(try services.stores.users.countAll() == 0)
    }
}
