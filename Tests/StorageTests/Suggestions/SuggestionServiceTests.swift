import Domain
import Storage
import TestSupport
import Testing

/// Who is suggested, on a real database: ranges of keys decide.
@Suite struct SuggestionServiceTests {
    private let platform: TestPlatform
    private let services: TestServices

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
    }

    private func names(
        _ typed: String, among circle: SuggestionService.Circle = .everybody,
        by names: SuggestionService.Names = .usernameOrEmail
    ) throws -> [String] {
        try services.suggestions.users(typed, among: circle, by: names).map(\.username)
    }

    @Test(arguments: ["ve", "VE", "Vera"])
    func `users are found by how their name begins, in any case and in order`(
        typed: String
    ) throws {
        for name in ["veronika", "Vera", "vera.b", "over", "Ve", "v", "vf"] {
            _ = try services.person(name)
        }

        let all = ["Ve", "Vera", "vera.b", "veronika"]
        #expect(
            try names(typed) == all.filter { $0.lowercased().hasPrefix(typed.lowercased()) })
    }

    @Test func `users are found by e-mail, and each stands there once`() throws {
        _ = try services.person("vera", email: "Vera@Example.com")
        _ = try services.person("boss", email: "vera.boss@example.com")
        _ = try services.person("ada", email: "ada@example.com")

        #expect(try names("vera") == ["vera", "boss"])
        #expect(try names("VERA@") == ["vera"])
    }

    @Test func `somebody who may not see addresses finds nobody by them`() throws {
        _ = try services.person("vera", email: "boss@example.com")

        #expect(try names("boss") == ["vera"])
        #expect(try names("boss", by: .username) == [])
        #expect(try names("vera", by: .username) == ["vera"])
    }

    @Test func `there are eight at most, whatever they are found by`() throws {
        for number in 1...9 {
            _ = try services.person("user\(number)", email: "user\(number)@example.com")
        }

        #expect(try names("us") == (1...8).map { "user\($0)" })
        #expect(try names("us", by: .username) == (1...8).map { "user\($0)" })
    }

    @Test(arguments: ["", "v", "%%", "v%", "__", "ve_", "%era", "\\", "\\v", "ve\0", "'ve"])
    func `what says too little finds nobody, and no character stands for others`(
        typed: String
    ) throws {
        _ = try services.person("vera", email: "vera@example.com")
        _ = try services.groups.create(name: "vera's", members: [], by: .test())

        #expect(try names(typed) == [])
        #expect(try services.suggestions.groups(typed) == [])
    }

    @Test func `a wildcard of SQL means itself`() throws {
        _ = try services.person("a_b", email: "a%b@example.com")
        _ = try services.person("axb", email: "ayb@example.com")

        #expect(try names("a_") == ["a_b"])
        #expect(try names("a%b") == ["a_b"])
    }

    @Test func `the disabled are suggested where they can be meant alone`() throws {
        try services.disable(services.person("vera"))
        _ = try services.person("veronika")

        #expect(try names("ve", among: .everybody) == ["vera", "veronika"])
        #expect(try names("ve", among: .enabled) == ["veronika"])
    }

    @Test func `only enabled service users are suggested to act for a client`() throws {
        _ = try services.person("robert")
        _ = try services.serviceUser("robot")
        try services.disable(services.serviceUser("robot.old"))

        #expect(try names("ro", among: .enabledServiceUsers) == ["robot"])
        #expect(try names("ro", among: .enabled) == ["robert", "robot"])
    }

    @Test func `who was renamed is found by the new name alone`() throws {
        let vera = try services.person("vera", email: "vera@example.com")
        _ = try services.users.update(
            vera.id, UserChanges(username: "Maria", email: UserChanges.Email.none), by: .test())

        #expect(try names("ve") == [])
        #expect(try names("ma") == ["Maria"])
    }

    @Test func `groups are found by how their name begins, in any case and in order`() throws {
        for name in ["Night shift", "night owls", "Tonight", "Ärzte"] {
            _ = try services.groups.create(name: name, members: [], by: .test())
        }
        func found(_ typed: String) throws -> [String] {
            try services.suggestions.groups(typed).map(\.name)
        }

        #expect(try found("ni") == ["night owls", "Night shift"])
        #expect(try found("NIGHT S") == ["Night shift"])
        #expect(try found("är") == ["Ärzte"])
        #expect(try found("ar") == [])
    }

    @Test func `there are eight groups at most`() throws {
        for number in 1...9 {
            _ = try services.groups.create(name: "group \(number)", members: [], by: .test())
        }

        #expect(try services.suggestions.groups("gr").count == 8)
    }
}
