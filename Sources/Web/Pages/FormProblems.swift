import Domain

/// What the rules have against a form that was sent, by field.
struct FormProblems {
    private let problems: [Refusal.Problem]

    static let none = FormProblems([])

    init(_ problems: [Refusal.Problem]) { self.problems = problems }

    /// - Parameter fields: which field a conflict is about, by its code. Throws a refusal that is about no field.
    init(_ refusal: Refusal, conflicts fields: [String: String] = [:]) throws {
        if refusal.kind == .invalid, !refusal.problems.isEmpty {
            problems = refusal.problems
        } else if refusal.kind == .conflict, let field = fields[refusal.code] {
            problems = [
                Refusal.Problem(field: field, code: refusal.code, detail: refusal.message)
            ]
        } else {
            throw refusal
        }
    }

    /// What is wrong with a field, in the word that people read at it.
    func text(_ field: String, _ label: String) -> String? {
        guard let problem = problems.first(where: { $0.field == field }) else { return nil }
        // The rules speak of fields as programs spell them.
        guard problem.detail.hasPrefix(field + " ") else { return problem.detail }
        return label + problem.detail.dropFirst(field.count)
    }

    func has(_ field: String, code: String) -> Bool {
        problems.contains { $0.field == field && $0.code == code }
    }
}
