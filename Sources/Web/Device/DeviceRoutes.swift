import Domain
import HTTP
import HTTPTypes

/// Where people type what a device shows them, and say whether it may (RFC 8628 §3.3).
struct DeviceRoutes {
    static let path = "/device"

    static func register(in browser: inout Router<BrowserVisit>) {
        browser.get("/device", show)
        browser.post("/device", ask)
        browser.post("/device/decision", decide)
        browser.get("/device/done", done)
    }

    /// RFC 8628 §3.3.1, §5.4: a code that came with the address is filled in and nothing more; somebody else may have
    /// made the link.
    @Sendable static func show(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let person = try visit.requirePerson()
        let code = try request.pageQuery()["user_code"] ?? ""
        return try visit.page(DevicePage(person, code: String(code.prefix(100))))
    }

    @Sendable static func ask(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let person = try visit.requirePerson()
        let typed = visit.form.text("user_code")
        guard
            let question = try visit.services.oauth2.devices.question(
                typed, AuthorizationVisitor(person), by: visit.caller)
        else {
            return try visit.page(
                DevicePage(
                    person, code: String(typed.prefix(100)),
                    error:
                        "No device waits with this code. Codes are used once and live 10 minutes."
                ), status: .unprocessableContent)
        }
        return try visit.page(
            ConsentPage(
                question,
                switchAccount: visit.switchAccountAddress(
                    returnTo: Address.make(path, [("user_code", typed)])), now: visit.now))
    }

    /// What counts is the device that the question was about: the form names the question and says yes or no.
    @Sendable static func decide(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let person = try visit.requirePerson()
        let decision = visit.form.text("decision")
        guard decision == "allow" || decision == "deny" else {
            throw Refusal(.malformed, code: "malformed_form", "Choose to allow or to deny.")
        }
        try visit.services.oauth2.devices.decide(
            visit.form.text("question"), allow: decision == "allow",
            AuthorizationVisitor(person), by: visit.caller)
        return .redirect(to: decision == "allow" ? "/device/done" : "/device/done?denied=1")
    }

    @Sendable static func done(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let isDenied = try request.pageQuery()["denied"] != nil
        return try visit.page(DeviceDonePage(isAllowed: !isDenied))
    }
}
