import Domain
import Testing

@Suite struct RequestHeadersTests {
    private func read(
        _ authorization: [String] = [], machhub: [String] = [], apiKey: [String] = []
    ) throws -> PresentedCredential {
        try PresentedCredential(
            authorization: authorization, machhubAPIKey: machhub, apiKey: apiKey)
    }

    @Test func `a bearer alone decides, whatever stands beside it`() throws {
        #expect(try read(["Bearer a.b.c"], machhub: ["mchx_1"]) == .bearer("a.b.c"))
        #expect(try read(["bEaReR a"]) == .bearer("a"))
    }

    @Test func `without a bearer the key decides, under either name`() throws {
        #expect(try read(machhub: ["mchx_1"]) == .apiKey("mchx_1"))
        #expect(try read(apiKey: ["mchx_2"]) == .apiKey("mchx_2"))
        #expect(try read(["Basic eA=="], apiKey: ["mchx_2"]) == .apiKey("mchx_2"))
        #expect(try read(apiKey: [""]) == .apiKey(""))
    }

    @Test func `a bearer that is no token decides and is never believed`() throws {
        for value in [
            "Bearer ", "Bearer", "Bearer  a", "Bearer a b", "Bearer a\tb", "Bearer \"a\"",
        ] {
            #expect(try read([value], apiKey: ["mchx_1"]) == .bearer(""), "\(value)")
        }
    }

    @Test func `nothing, another scheme, or a word that only begins like Bearer is no credential`()
        throws
    {
        #expect(try read() == .none)
        #expect(try read(["Basic eA=="]) == .none)
        #expect(try read(["Bearera b"]) == .none)
    }

    @Test func `a header sent twice and both key headers are refused`() {
        #expect(throws: Refusal.self) { try read(["Bearer a", "Bearer a"]) }
        #expect(throws: Refusal.self) { try read(machhub: ["a", "a"]) }
        #expect(throws: Refusal.self) { try read(apiKey: ["a", "b"]) }
        #expect(throws: Refusal.self) { try read(machhub: ["a"], apiKey: ["a"]) }
        #expect(throws: Refusal.self) { try read(["Bearer a"], machhub: ["a"], apiKey: ["a"]) }
    }

    @Test func `an organization is named by id, by slug, or by both`() throws {
        let id = "0192f1d0-0000-7000-8000-000000000001"
        let parsed = try #require(Organization.ID(text: id))

        #expect(try OrganizationReference.read(organizationID: [], domain: []) == nil)
        #expect(
            try OrganizationReference.read(organizationID: [id.uppercased()], domain: [])
                == .id(parsed))
        #expect(
            try OrganizationReference.read(organizationID: [], domain: ["domains:machhub_admin"])
                == .slug("machhub_admin"))
        #expect(
            try OrganizationReference.read(organizationID: [id], domain: ["domains:a"])
                == .both(parsed, slug: "a"))
    }

    @Test func `a malformed or doubled organization header is refused`() {
        let id = "0192f1d0-0000-7000-8000-000000000001"
        for bad in ["", "x", " \(id)", "\(id) ", "{\(id)}", id.filter { $0 != "-" }] {
            #expect(throws: Refusal.self, "\(bad)") {
                try OrganizationReference.read(organizationID: [bad], domain: [])
            }
        }
        for bad in [
            "", "default", "domains:", "Domains:a", "domains:A", "domains:-a", "domains:a b",
        ] {
            #expect(throws: Refusal.self, "\(bad)") {
                try OrganizationReference.read(organizationID: [], domain: [bad])
            }
        }
        #expect(throws: Refusal.self) {
            try OrganizationReference.read(organizationID: [id, id], domain: [])
        }
    }
}
