/// The rule for what people call things: 1 to 255 characters (Unicode scalars) without control characters,
/// and without white space at either end.
package enum Naming {
    package static let length = 1...255

    /// What is wrong with a name that a client gave for a field; nil where nothing is. White space at the
    /// ends is taken off by who reads the input.
    package static func problem(with name: String, field: String) -> Refusal.Problem? {
        let count = name.unicodeScalars.count
        if count < length.lowerBound {
            return Refusal.Problem(
                field: field, code: "required", detail: "\(field) must not be empty.")
        }
        if count > length.upperBound {
            return Refusal.Problem(
                field: field, code: "too_long", detail: "\(field) must have at most 255 characters."
            )
        }
        return textProblem(with: name, field: field)
    }

    /// The part of the rule that holds for every line of text, however long.
    package static func textProblem(with text: String, field: String) -> Refusal.Problem? {
        guard
            text.unicodeScalars.contains(where: { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: true
                default: false
                }
            })
        else { return nil }
        return Refusal.Problem(
            field: field, code: "control_character",
            detail: "\(field) must not hold control characters.")
    }
}
