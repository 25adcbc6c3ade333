import Domain
import HTTP
import HTTPTypes

/// What a person sent with a form of a page. The values are as they were typed.
struct PageForm {
    let fields: FormFields

    init(_ fields: FormFields = FormFields()) {
        self.fields = fields
    }

    /// Refuses another media type and a body that is not properly encoded.
    init(_ request: Request) throws {
        guard request.headerValues(.contentType).count == 1,
            request.mediaType == "application/x-www-form-urlencoded"
        else { throw UnsupportedMediaType(expected: "application/x-www-form-urlencoded") }
        guard let text = String(validating: request.body, as: UTF8.self),
            let fields = FormFields(encoded: text)
        else {
            throw Refusal(
                .malformed, code: "malformed_form", "The form is not properly encoded.")
        }
        self.fields = fields
    }

    /// The first value of the name; empty where it was not sent.
    func text(_ name: String) -> String { fields[name] ?? "" }

    /// Every value of the name: checkboxes, rows.
    func all(_ name: String) -> [String] { fields.all(name) }

    /// Whether it was sent at all, as a ticked checkbox or a pressed button is.
    func has(_ name: String) -> Bool { fields[name] != nil }
}
