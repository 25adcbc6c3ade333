import HTTPTypes

/// What people see instead of a page that they can't have.
struct ErrorPage: Page {
    static let template = "error"

    let title: String
    let status: Int
    let detail: String
    let requestID: String
    /// Where they can go instead.
    let wayOut: Link

    init(_ problem: Problem) {
        status = problem.status.code
        title = Self.title(of: problem.status)
        detail = problem.detail
        requestID = problem.requestID
        wayOut = Link("Go to the start page", "/")
    }

    private static func title(of status: HTTPResponse.Status) -> String {
        switch status {
        case .badRequest: "This request can't be read"
        case .forbidden: "This is not open to you"
        case .notFound: "There is nothing here"
        case .methodNotAllowed: "This can't be done here"
        case .tooManyRequests: "Too many tries"
        case .serviceUnavailable: "Not available at the moment"
        case .internalServerError: "Something went wrong"
        default: status.reasonPhrase
        }
    }
}
