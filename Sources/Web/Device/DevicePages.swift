import Domain

/// *Connect a device*: the code that it shows.
struct DevicePage: Page {
    static let template = "device"

    let title = "Connect a device"
    let username: String
    let userCode: Field

    init(_ person: SignedInPerson, code: String, error: String? = nil) {
        username = person.user.username
        userCode = Field(
            "user_code", "Code", value: code, autocomplete: "off",
            hint: "Eight letters, like BCDF-GHJK.", error: error, isFocused: true)
    }
}

/// What was decided about a device.
struct DeviceDonePage: Page {
    static let template = "device-done"

    let title: String
    let text: String

    init(isAllowed: Bool) {
        title = isAllowed ? "The device is connected" : "The device was refused"
        text =
            isAllowed
            ? "You can go back to your device. It goes on by itself in a moment."
            : "It gets nothing, and is told so. You can close this page."
    }
}

extension ConsentPage {
    /// - Parameter switchAccount: where to sign in as somebody else and come back.
    init(_ question: DeviceQuestion, switchAccount: String, now: Instant) {
        let began = Moment(question.authorization.createdAt, now: now).words
        self.init(
            question.client, place: "a device", question.organization, question.user,
            question.items, question.unrestricted, secret: question.secret,
            isSelfRegistered: question.isSelfRegistered, switchAccount: switchAccount,
            action: "/device/decision",
            // RFC 8628 §5.4: against who sends somebody else the code of their own device.
            device:
                "A device at \(question.authorization.address) asked for this \(began). Allow it "
                + "only if you have it in front of you and it shows this code.", formTargets: [])
    }
}
