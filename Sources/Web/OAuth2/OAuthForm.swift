import Domain
import HTTP
import HTTPTypes

/// The parameters of a request to one of the OAuth2 endpoints (RFC 6749 §3.2): a form in the body.
struct OAuthForm {
    private let fields: FormFields

    /// Refuses (`invalid_request`) another media type, a body that is no form, and a parameter that stands
    /// twice; the query is not looked at.
    init(_ request: Request) throws {
        // RFC 6749 §3.2, and appendix B for the encoding.
        guard request.headerValues(.contentType).count == 1,
            request.mediaType == "application/x-www-form-urlencoded"
        else {
            throw OAuthError(
                .invalidRequest, "The body must be application/x-www-form-urlencoded.")
        }
        guard let text = String(validating: request.body, as: UTF8.self),
            let fields = FormFields(encoded: text)
        else { throw OAuthError(.invalidRequest, "The body is not properly encoded.") }
        // RFC 6749 §3.2: «parameters MUST NOT be included more than once»; RFC 8707 §2 allows it of resource.
        var seen: Set<String> = []
        for field in fields.fields where field.name != "resource" {
            guard seen.insert(field.name).inserted else {
                throw OAuthError(.invalidRequest, "A parameter was sent more than once.")
            }
        }
        self.fields = fields
    }

    /// RFC 6749 §3.2: «Parameters sent without a value MUST be treated as if they were omitted».
    subscript(_ name: String) -> String? {
        guard let value = fields[name], !value.isEmpty else { return nil }
        return value
    }

    /// All of them, as they were sent.
    var pairs: [(name: String, value: String)] {
        fields.fields.map { (name: $0.name, value: $0.value) }
    }

    func all(_ name: String) -> [String] { fields.all(name).filter { !$0.isEmpty } }

    /// Refuses (`invalid_request`) where it was not sent.
    func required(_ name: String) throws -> String {
        guard let value = self[name] else {
            throw OAuthError(.invalidRequest, "The parameter \(name) is missing.")
        }
        return value
    }
}
