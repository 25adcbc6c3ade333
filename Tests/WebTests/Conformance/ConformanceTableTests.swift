import Testing

/// Holds the tables of `Tests/Conformance` against themselves and against the tests that there are.
@Suite struct ConformanceTableTests {
    /// Parts of the server that are being built; their rows wait for their tests.
    static let partsToCome: Set<String> = []

    @Test func `there is a table for each standard that we are held to`() {
        #expect(
            ConformanceTable.all.map(\.name) == [
                "openid-backchannel-logout", "openid-core", "openid-discovery", "openid-rp-logout",
                "rfc6749", "rfc7009", "rfc7591", "rfc7592", "rfc7636", "rfc7662", "rfc8414",
                "rfc8628", "rfc8707", "rfc9068", "rfc9126", "rfc9207", "rfc9700", "rfc9728",
            ])
        #expect(ConformanceTable.all.reduce(0) { $0 + $1.rows.count } > 300)
    }

    @Test(arguments: ConformanceTable.all)
    func `every row has its four cells, and words in them`(table: ConformanceTable) {
        #expect(table.oddLines == [])
        for row in table.rows {
            #expect(row.number != nil && !row.requirement.isEmpty, "\(row.line)")
        }
    }

    @Test(arguments: ConformanceTable.all)
    func `every requirement stands once, in the order of the sections`(table: ConformanceTable) {
        var section = ""
        var last = 0
        for row in table.rows {
            if row.section == section {
                #expect(row.number == last + 1, "\(row.line)")
            } else {
                #expect(isBefore(section, row.section), "\(row.line)")
                #expect(row.number == 1, "\(row.line)")
            }
            section = row.section
            last = row.number ?? 0
        }
        let told = table.rows.map { "\($0.section) \($0.requirement)" }
        #expect(Set(told).count == table.rows.count)
    }

    @Test(arguments: ConformanceTable.all)
    func `no requirement is without a test, and each named test is there`(table: ConformanceTable) {
        for row in table.rows {
            #expect(!row.tests.isEmpty || !row.parts.isEmpty, "\(row.line)")
            #expect(Set(row.parts).isSubset(of: Self.partsToCome), "\(row.line)")
            #expect(Set(row.tests).count == row.tests.count, "\(row.line)")
            for test in row.tests {
                #expect(ConformanceTable.namesOfTests.contains(test), "\(test)")
            }
        }
    }

    /// Whether the first section comes before the second: by numbers, appendices behind.
    private func isBefore(_ first: String, _ second: String) -> Bool {
        func key(_ section: String) -> [Int] {
            section.split(separator: ".").map { part in
                Int(part) ?? 1_000 + Int(part.unicodeScalars.first?.value ?? 0)
            }
        }
        return key(first).lexicographicallyPrecedes(key(second))
    }
}
