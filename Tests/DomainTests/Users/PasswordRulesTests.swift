import Domain
import Testing

@Suite struct PasswordRulesTests {
    private let user = User(
        id: User.ID(UniqueID(high: 1, low: 1)), username: "alexandra.smith",
        email: "alex@widgetworks.example", emailVerified: true, displayName: "Alexandra B. Smith",
        kind: .person, isSystemAdministrator: false, isDisabled: false,
        createdAt: Instant(milliseconds: 0), updatedAt: Instant(milliseconds: 0), lastSignInAt: nil)

    private func code(_ password: String) -> String? {
        PasswordRules.problem(with: password, of: user)?.code
    }

    @Test(arguments: [
        "violet harbour kettle", "tr0ub4dor&3-again", "gK7#pq2Lm9xZ", "ячмень и лужайка",
        "今日は良い天気ですね散歩", "🦊🐢🦉🐝🦀🐙🦜🐌🦔🐞🐳🦩", "  leading and trailing  ", "with\0nul\0inside",
        "admin-password-123", "the smith of the village", "test-password-of-today",
    ])
    func `a long password of any characters is good`(_ password: String) {
        #expect(code(password) == nil)
    }

    @Test func `characters are counted as Unicode scalars, from 12 to 1,024`() {
        let letters = "kqwzjxvbphmg"
        #expect(code(String(letters.dropLast())) == "too_short")
        #expect(code(letters) == nil)
        // Eleven characters to the eye, twelve scalars.
        #expect(code("kqwzjxvbphe\u{0301}") == nil)

        let long = String(
            (0..<1024).map { letters[letters.index(letters.startIndex, offsetBy: ($0 * $0) % 12)] })
        #expect(code(String(long.dropLast()) + "!") == nil)
        #expect(code(long + "!") == "too_long")
        #expect(PasswordRules.isOfAcceptableLength(String(repeating: "🦊", count: 1024)))
        #expect(!PasswordRules.isOfAcceptableLength(String(repeating: "🦊", count: 1025)))
    }

    @Test(arguments: [
        "aaaaaaaaaaaa", "AaAaAaAaAaAa", "abababababab", "abcabcabcabc", "xy7xy7xy7xy7xy",
        "121212121212", "passwordpassword", "            ", "\0\0\0\0\0\0\0\0\0\0\0\0",
    ])
    func `a repetition is refused`(_ password: String) {
        #expect(code(password) == "common_password")
    }

    @Test(arguments: [
        "123456789012", "098765432109", "abcdefghijkl", "zyxwvutsrqponm", "qwertyuiopas",
        "qwertyuiop123", "1qaz2wsx3edc", "asdfghjklqwe", "abc123def456", "абвгдежзиклм",
        "1q2w3e4r5t6y", "!@#$%^&*()12", "qwerty!123456",
    ])
    func `a sequence is refused`(_ password: String) {
        #expect(code(password) == "common_password")
    }

    @Test(arguments: [
        "password1234", "Password2024!", "p@ssw0rd1234", "P4$$w0rd!!!!", "1234password",
        "Welcome12345!",
        "letmeinplease", "Iloveyou12345", "adminadmin123", "changeme2026!", "passwort1234",
        "пароль123456",
        "correcthorsebatterystaple", "Summer2026!!!", "liverpoolfc1", "testtesttest",
    ])
    func `a common password is refused, however it is decorated`(_ password: String) {
        #expect(code(password) == "common_password")
    }

    @Test(arguments: [
        "alexandra.smith", "Alexandra.Smith1", "smithalexandra", "alexandrasmith2026",
        "alex@widgetworks.example", "widgetworks123", "smith-smith-99",
    ])
    func `one's own names are refused`(_ password: String) {
        #expect(code(password) == "common_password")
    }

    @Test func `a problem names the field and not the password`() throws {
        let problem = try #require(
            PasswordRules.problem(with: "password1234", of: user, field: "new_password"))

        #expect(problem.field == "new_password")
        #expect(!problem.detail.contains("1234"))
    }
}
