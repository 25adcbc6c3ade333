import Domain
import HTTP

/// The question for the password before something that a stolen session must not be enough for.
///
/// A handler calls `requireRecentPassword` first. Where the password was given too long ago, the browser is asked
/// for it, and led back: to the page itself, or, where a form was being sent, to the form, filled in.
extension BrowserVisit {
    static let recent: Int64 = 15 * 60

    /// - Parameter formAddress: the page that shows the form which is being sent; its handler fills the form with
    ///   `resumedForm()`.
    func requireRecentPassword(
        formAddress: String? = nil, within seconds: Int64 = recent
    ) throws {
        let person = try requirePerson()
        if now < person.authenticatedAt.adding(seconds: seconds) { return }
        guard !form.fields.fields.isEmpty, let formAddress else {
            throw PasswordNeeded(returnTo: comeBack)
        }
        let id = try services.browser.handovers.leave(
            ResumedForm.encoded(form), as: .form, in: person.sessionID)
        throw PasswordNeeded(
            returnTo: Address.make(formAddress, [(ResumedForm.parameter, id.description)]))
    }

    /// What was typed into this page's form before the password was asked for; nil where nothing was.
    func resumedForm() throws -> PageForm? {
        guard let person,
            let id = request.queryFields?[ResumedForm.parameter].flatMap(Handover.ID.init(text:)),
            let content = try services.browser.handovers.look(
                at: id, .form, in: person.sessionID)
        else { return nil }
        return FormFields(encoded: String(decoding: content, as: UTF8.self)).map(PageForm.init)
    }

    /// Who is signed in, having given their password after this very address was first asked for: `prompt=login`
    /// (OpenID Connect Core 1.0, 3.1.2.1). Sends everybody else to `/login`, which then asks for the password
    /// in any case, and back.
    ///
    /// When the address was first asked for stands in it on the way back, sealed together with the address. A
    /// browser that comes back with it later than 15 minutes is asked anew.
    func requireFreshPerson(loginHint: String? = nil) throws -> SignedInPerson {
        let parts = request.query.split(separator: "&")
        let marker = parts.first { $0.hasPrefix(Self.freshPrefix) }
        let query = parts.filter { !$0.hasPrefix(Self.freshPrefix) }.joined(separator: "&")
        let address = query.isEmpty ? request.path : "\(request.path)?\(query)"
        let purpose = "sign-in for \(address)"
        if let person, let marker,
            let sealed = Hexadecimal.bytes(marker.dropFirst(Self.freshPrefix.count)),
            let content = services.browser.sealer.open(sealed, for: purpose),
            let asked = Int64(String(decoding: content, as: UTF8.self)).map(
                Instant.init(milliseconds:)),
            asked < person.authenticatedAt, now < asked.adding(seconds: Self.recent)
        {
            return person
        }
        let sealed = services.browser.sealer.seal(
            Array(String(now.milliseconds).utf8), for: purpose)
        let separator = address.contains("?") ? "&" : "?"
        throw SignInNeeded(
            returnTo: "\(address)\(separator)\(Self.freshPrefix)\(Hexadecimal.text(sealed))",
            loginHint: loginHint, isFresh: true)
    }

    private static let freshPrefix = "fresh_sign_in="
}

extension SignedInVisit {
    /// See `BrowserVisit.requireRecentPassword`.
    func requireRecentPassword(
        formAddress: String? = nil, within seconds: Int64 = BrowserVisit.recent
    ) throws {
        try browser.requireRecentPassword(formAddress: formAddress, within: seconds)
    }

    /// See `BrowserVisit.resumedForm`.
    func resumedForm() throws -> PageForm? { try browser.resumedForm() }

    /// Leaves a secret for the page behind a redirect, which shows it once: its id, for the address.
    func leaveSecret(_ content: [UInt8]) throws -> Handover.ID {
        try services.browser.handovers.leave(content, as: .secret, in: person.sessionID)
    }

    /// Takes the secret that the parameter of the address names; nil the second time, and for everybody else.
    func takeSecret(_ parameter: String, of request: Request) throws -> [UInt8]? {
        guard let id = request.queryFields?[parameter].flatMap(Handover.ID.init(text:)) else {
            return nil
        }
        return try services.browser.handovers.take(id, .secret, in: person.sessionID)
    }
}

/// A form that was being sent when the password was asked for.
enum ResumedForm {
    /// In the address of the page that shows it again.
    static let parameter = "resumed"

    /// As a form is sent, without what belonged to the page that it was on, and without passwords.
    static func encoded(_ form: PageForm) -> [UInt8] {
        let fields = form.fields.fields.filter { field in
            field.name != FormToken.field && !field.name.contains("password")
        }
        let pairs = fields.map {
            "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))"
        }
        return Array(pairs.joined(separator: "&").utf8)
    }
}

/// Thrown where the password has to be given once more: the browser is sent to `/confirm-password`, and back.
struct PasswordNeeded: Error {
    /// A page of this site; checked again before it is believed.
    let returnTo: String?

    var address: String { Address.make("/confirm-password", [("return_to", returnTo)]) }
}

/// Bytes as text of digits 0 to 9 and a to f.
enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return bytes.reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0x0F)])
        }
    }

    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = PercentCoding.hexValue(digits[index]),
                let low = PercentCoding.hexValue(digits[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
