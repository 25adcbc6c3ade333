/// The rules said no: an answer for people and programs, not a failure of the machine.
///
/// Everything in it may be shown; it never holds a secret. One switch at the edge turns the kind into a
/// status.
package struct Refusal: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The request can't be understood (400).
        case malformed
        /// Well formed, but with values that the rules don't allow (422).
        case invalid
        /// No credential, or a bad one (401).
        case notSignedIn
        /// Known, but not allowed (403).
        case forbidden
        /// Not there, or not yours (404).
        case notFound
        /// At odds with what is there (409).
        case conflict
        /// Too many tries (429); seconds to wait.
        case tooManyAttempts(retryAfter: Int)
        /// Closed for now (503); seconds to wait.
        case unavailable(retryAfter: Int)
    }

    /// One bad field of the input: its name as the client spelled it, a stable code, a sentence.
    package struct Problem: Sendable, Equatable {
        package let field: String
        package let code: String
        package let detail: String

        package init(field: String, code: String, detail: String) {
            self.field = field
            self.code = code
            self.detail = detail
        }
    }

    package let kind: Kind
    /// Stable and machine readable, such as `organization_required`.
    package let code: String
    /// One sentence for people.
    package let message: String
    package let problems: [Problem]
    /// The scope whose lack is the reason, if that is the reason (RFC 6750 §3.1 `insufficient_scope`).
    package let missingScope: String?

    package init(
        _ kind: Kind, code: String, _ message: String, problems: [Problem] = [],
        missingScope: String? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.problems = problems
        self.missingScope = missingScope
    }

    /// Every bad field at once.
    package static func invalid(_ problems: [Problem]) -> Refusal {
        Refusal(
            .invalid, code: problems.first?.code ?? "invalid",
            problems.count == 1
                ? problems[0].detail : "\(problems.count) fields have values that are not allowed.",
            problems: problems)
    }

    package static func invalid(_ field: String, code: String, _ detail: String) -> Refusal {
        .invalid([Problem(field: field, code: code, detail: detail)])
    }

    package static let notFound = Refusal(
        .notFound, code: "not_found", "There is no such thing, or it is not yours.")

    package static func forbidden(_ code: String, _ message: String) -> Refusal {
        Refusal(.forbidden, code: code, message)
    }

    /// RFC 6750 §3.1: the request needs more than the credential gives; the scope is named.
    package static func missingScope(_ scope: String) -> Refusal {
        Refusal(
            .forbidden, code: "insufficient_scope", "This needs the scope \(scope).",
            missingScope: scope)
    }
}
