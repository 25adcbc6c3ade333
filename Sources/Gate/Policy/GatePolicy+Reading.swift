import Domain

extension GatePolicy {
    /// Reads the text of a policy file: a rule a line of methods, path and need, or `api` and the path that an API
    /// begins with; `#` for comments. Names every line that is wrong at once.
    package init(_ text: String) throws(GatePolicyError) {
        var rules: [Rule] = []
        var apis: [ProtectedResource] = []
        var problems: [GatePolicyError.Problem] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            let rule = words.prefix { !$0.hasPrefix("#") }.map(String.init)
            if rule.isEmpty { continue }
            do {
                if rule[0] == Self.apiWord {
                    apis.append(try Self.api(rule, after: apis))
                    continue
                }
                let read = try Self.rule(rule, line: index + 1)
                try Self.check(read, after: rules)
                rules.append(read)
            } catch {
                problems.append(
                    .init(
                        line: index + 1, rule: rule.joined(separator: " "), reason: error.reason))
            }
        }
        if rules.isEmpty, problems.isEmpty {
            problems.append(.init(line: lines.count, rule: "", reason: "there is no rule at all"))
        }
        guard problems.isEmpty else { throw GatePolicyError(problems: problems) }
        self.init(rules: rules, apis: apis)
    }

    private static func rule(
        _ words: [String], line: Int
    ) throws(GatePattern.Malformed) -> Rule {
        guard words.count == 3 else {
            throw GatePattern.Malformed(
                reason: "a rule is methods, a path and a scope, separated by spaces")
        }
        return Rule(
            line: line, methods: try methods(words[0]), pattern: try GatePattern(words[1]),
            need: try need(words[2]))
    }

    private static func methods(_ word: String) throws(GatePattern.Malformed) -> GateMethods {
        if word == "*" { return .every }
        var methods: GateMethods = []
        for name in word.split(separator: ",", omittingEmptySubsequences: false) {
            guard let method = GateMethod(rawValue: String(name)) else {
                let known = GateMethod.allCases.map(\.rawValue).joined(separator: ", ")
                throw GatePattern.Malformed(
                    reason: "\(name.isEmpty ? "an empty word" : String(name)) is no method; "
                        + "known are \(known), and * for all")
            }
            guard !methods.contains(method) else {
                throw GatePattern.Malformed(reason: "\(name) stands twice")
            }
            methods.formUnion(GateMethods([method]))
        }
        return methods
    }

    private static func need(_ word: String) throws(GatePattern.Malformed) -> Need {
        if word == nothingFurther { return .nothingFurther }
        guard let scope = PlatformScope(name: word) else {
            throw GatePattern.Malformed(
                reason: "\(word) is no scope of the platform; "
                    + "\(nothingFurther) stands for none")
        }
        return .scope(scope)
    }

    /// A rule that can never decide is a mistake: somebody believes that it does.
    private static func check(
        _ rule: Rule, after earlier: [Rule]
    ) throws(GatePattern.Malformed) {
        var left = rule.methods
        for before in earlier where before.pattern.covers(rule.pattern) {
            if before.methods == rule.methods, rule.pattern.covers(before.pattern) {
                throw GatePattern.Malformed(
                    reason: "the same methods and path stand in line \(before.line)")
            }
            left.subtract(before.methods)
            if left.isEmpty {
                throw GatePattern.Malformed(
                    reason: "it is never reached: line \(before.line) "
                        + "takes the last of what it would match")
            }
        }
    }
}

/// What is wrong with a policy file.
package struct GatePolicyError: Error, Equatable, CustomStringConvertible {
    package struct Problem: Sendable, Equatable {
        package let line: Int
        package let rule: String
        package let reason: String
    }

    package let problems: [Problem]

    /// A line a problem.
    package var description: String {
        problems.map { problem in
            problem.rule.isEmpty
                ? "line \(problem.line): \(problem.reason)"
                : "line \(problem.line): \(problem.reason) (\(problem.rule))"
        }
        .joined(separator: "\n")
    }
}
