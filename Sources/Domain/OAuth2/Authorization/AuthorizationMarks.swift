/// Marks texts that go through somebody's browser and come back, so that nobody else can have written them. A port,
/// fulfilled by the key ring in `Cryptography`.
package protocol AuthorizationMarks: AnyObject {
    /// What only who has our key can make of the text: always the same, and none of a secret.
    func mark(_ text: String) -> String
}

/// When a request was first seen, on its way through the sign-in page: a password that was given since then was given
/// for this request. Whoever wrote it themselves could pass for recently signed in (`prompt=login`, `max_age`).
struct AuthorizationStart {
    /// Seconds that somebody may take to sign in; after that they are asked once more.
    static let lifetime: Int64 = 3_600

    let marks: any AuthorizationMarks
    let secrets: any SecretSource

    func text(for parameters: AuthorizationParameters, at time: Instant) -> String {
        let start = String(time.milliseconds)
        return start + "." + marks.mark(Self.marked(start, parameters))
    }

    /// Nil for what was not written here for the same request, or too long ago.
    func read(
        _ text: String, for parameters: AuthorizationParameters, at now: Instant
    ) -> Instant? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let milliseconds = Int64(parts[0]),
            secrets.areEqual(
                Array(marks.mark(Self.marked(parts[0], parameters)).utf8), Array(parts[1].utf8))
        else { return nil }
        let start = Instant(milliseconds: milliseconds)
        return now < start.adding(seconds: Self.lifetime) ? start : nil
    }

    private static func marked(_ start: String, _ parameters: AuthorizationParameters) -> String {
        // With the lengths, so that no two requests are one text.
        parameters.fields.reduce(into: start) { text, field in
            text += "\n\(field.name) \(field.value.utf8.count) \(field.value)"
        }
    }
}
