import Domain

extension JSONBody {
    /// Throws one refusal with every problem: those of the form of the fields, those that the rules find in
    /// their values, and unknown fields. Of a field whose form is wrong the rules have seen a stand-in, so
    /// what they say of it does not count.
    mutating func finish(checking rules: () throws -> Void) throws {
        do {
            try rules()
        } catch let refusal as Refusal where refusal.kind == .invalid {
            let malformed = Set(problems.map(\.field))
            for problem in refusal.problems where !malformed.contains(problem.field) {
                refuse(problem.field, code: problem.code, problem.detail)
            }
        }
        try finish()
    }
}
