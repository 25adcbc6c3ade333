import Domain
import Testing

@Suite struct OrganizationSlugTests {
    @Test(arguments: [
        ("Default", "default"), ("Plant 1 / North", "plant-1-north"), ("  ACME!!  ", "acme"),
        ("Zürich Werk", "zurich-werk"), ("工厂", "organization"), ("Zu\u{308}rich", "zurich"),
        ("Größe & Söhne", "grosse-sohne"), ("ŁÓDŹ Ærø", "lodz-aero"),
        ("Škoda – Plzeň", "skoda-plzen"),
        ("a\u{308}\u{300}", "a"), ("---", "organization"),
        ("a_b", "a-b"), ("2nd", "2nd"),
        (String(repeating: "x", count: 255), String(repeating: "x", count: 63)),
        (String(repeating: "x", count: 62) + " y", String(repeating: "x", count: 62)),
    ])
    func `a name gives a slug`(name: String, slug: String) {
        #expect(Organization.slug(from: name) == slug)
        #expect(Organization.isSlug(slug))
    }

    @Test func `a number at the end never makes a slug too long`() {
        let long = String(repeating: "x", count: 63)

        #expect(Organization.slug("acme", number: 1) == "acme")
        #expect(Organization.slug("acme", number: 2) == "acme-2")
        #expect(Organization.slug(long, number: 12) == String(repeating: "x", count: 60) + "-12")
        #expect(
            Organization.slug(String(repeating: "x", count: 60) + "-yz", number: 10)
                == String(repeating: "x", count: 60) + "-10")
    }
}
