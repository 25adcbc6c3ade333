import Domain
import Testing

@Suite struct TopicFilterTests {
    @Test(arguments: [
        // MQTT 5.0 §4.7.1.2: the multi-level wildcard and its parent level.
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
        ("sport/tennis/player1/#", "sport/tennis/player10", false),
        ("sport/#", "sport", true),
        ("#", "anything/at/all", true),
        // §4.7.1.3: the single-level wildcard.
        ("sport/tennis/+", "sport/tennis/player1", true),
        ("sport/tennis/+", "sport/tennis/player1/ranking", false),
        ("sport/+", "sport", false),
        ("sport/+", "sport/", true),
        ("+/+", "/finance", true),
        ("/+", "/finance", true),
        ("+", "/finance", false),
        ("+/tennis/#", "sport/tennis/a/b", true),
        // §4.7.2: topics that begin with a dollar sign.
        ("#", "$SYS/uptime", false),
        ("+/monitor/Clients", "$SYS/monitor/Clients", false),
        ("$SYS/#", "$SYS/uptime", true),
        ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
        ("+/#", "$SYS", false),
        // §4.7.3: case, and byte for byte.
        ("ACCOUNTS", "Accounts", false),
        ("K", "\u{212A}", false),
        ("a/+", "a/\u{301}b", true),
        ("a/+", "a/\u{301}b/\u{301}c", false),
        // A topic's name holds no wildcard, and is not empty.
        ("a/+", "a/#", false), ("a/#", "a/+", false), ("#", "", false), ("+", "", false),
    ])
    func `a filter matches topics by the rules of MQTT`(
        filter: String, topic: String, expected: Bool
    ) throws {
        #expect(try #require(TopicFilter(filter)).matches(topic: topic) == expected)
    }

    @Test(arguments: [
        "", "a#", "a/#/b", "#/a", "a+", "a/+b/c", "##", "a/##", "a b", "a\"", "a\\b", "ä",
        "a\u{0}", String(repeating: "a", count: 257),
    ])
    func `what is no filter, or can't stand in a scope, is refused`(text: String) {
        #expect(TopicFilter(text) == nil)
    }

    @Test func `two filters meet in exactly the topics that both match`() throws {
        let filters = try Self.allFilters()
        let topics = Self.allTopics()
        let matched = filters.map { filter in topics.map { filter.matches(topic: $0) } }
        var known: [String: [Bool]] = [:]
        var wrong: [String] = []
        for (first, left) in zip(filters, matched) {
            for (second, right) in zip(filters, matched) {
                let expected = zip(left, right).map { $0 && $1 }

                let met = first.intersection(second)

                let found =
                    met.map { met in
                        if let found = known[met.description] { return found }
                        let found = topics.map { met.matches(topic: $0) }
                        known[met.description] = found
                        return found
                    } ?? topics.map { _ in false }
                if found != expected || met != second.intersection(first)
                    || met.map({ TopicFilter($0.description) != met }) ?? false
                {
                    wrong.append("\(first) and \(second): \(met?.description ?? "nothing")")
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func `one filter covers another when it matches all that the other matches`() throws {
        let filters = try Self.allFilters()
        let topics = Self.allTopics()
        let matched = filters.map { filter in topics.map { filter.matches(topic: $0) } }
        var wrong: [String] = []
        for (first, left) in zip(filters, matched) {
            for (second, right) in zip(filters, matched) {
                let expected = zip(left, right).allSatisfy { $0 || !$1 }

                if first.covers(second) != expected { wrong.append("\(first) and \(second)") }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// Every filter of one or two levels of these, and each with `#` behind it.
    private static func allFilters() throws -> [TopicFilter] {
        let one = ["a", "b", "$x", "", "+"]
        let two = one.flatMap { first in one.map { "\(first)/\($0)" } }
        let texts = ["#"] + (one + two).flatMap { [$0, $0 + "/#"] }
        return try texts.filter { !$0.isEmpty }.map { try #require(TopicFilter($0)) }
    }

    /// One level more than the filters have, and a name that no filter spells.
    private static func allTopics() -> [String] {
        let one = ["a", "b", "$x", "", "z"]
        let two = one.flatMap { first in one.map { "\(first)/\($0)" } }
        let three = two.flatMap { first in one.map { "\(first)/\($0)" } }
        return (one + two + three).filter { !$0.isEmpty }
    }
}
