import Domain
package import HTTP
package import HTTPTypes

/// Everything that answers on the web socket: sign-in, the JSON API, and what operators look at.
///
/// The chain: host → body → route → visit (credential, organization, rights) → handler → security headers and
/// request id. A handler never writes; what is thrown becomes an answer in one place.
package struct Site: Sendable {
    package let settings: SiteSettings
    private let operation: any SiteOperation
    private let router: Router<OpenVisit>

    package init(settings: SiteSettings, operation: any SiteOperation) {
        self.settings = settings
        self.operation = operation
        router = Self.routes(OpenAPIDocument(settings))
    }

    /// All registrations, in the order of the sign-in journey.
    private static func routes(_ document: OpenAPIDocument) -> Router<OpenVisit> {
        var site = Router<OpenVisit>()
        OperationAPI.register(in: &site)
        OpenAPIDocumentAPI.register(in: &site, serving: document)
        SignInAPI.register(in: &site)
        site.group(InteractiveVisit.init) { interactive in
            SessionAPI.register(in: &interactive)
            PasswordAPI.register(in: &interactive)
            PersonalAccessTokenAPI.register(in: &interactive)
        }
        site.group(InteractiveOrganizationVisit.init) { organization in
            PersonalAccessTokenAPI.register(in: &organization)
            APIKeyAPI.register(in: &organization)
        }
        site.group(OrganizationVisit.init) { organization in
            ScopeAPI.register(in: &organization)
        }
        site.group(AuthenticatedVisit.init) { authenticated in
            OrganizationAPI.register(in: &authenticated)
            MemberAPI.register(in: &authenticated)
            RoleAPI.register(in: &authenticated)
            AuditEventAPI.register(in: &authenticated)
        }
        site.group(AdministratorVisit.init) { administrator in
            OrganizationAPI.register(in: &administrator)
            UserAPI.register(in: &administrator)
            GroupAPI.register(in: &administrator)
            ClientAPI.register(in: &administrator)
            CustomScopeAPI.register(in: &administrator)
            RegistrationTokenAPI.register(in: &administrator)
        }
        MetadataAPI.register(in: &site)
        ProtectedResourceAPI.register(in: &site)
        site.group(ClientVisit.init) { client in
            TokenAPI.register(in: &client)
        }
        IntrospectionAPI.register(in: &site)
        RevocationAPI.register(in: &site)
        RegistrationAPI.register(in: &site)
        return site
    }

    /// Method and pattern of every route, for the tests that hold tables against them.
    package var routes: [(method: HTTPRequest.Method, pattern: String)] {
        router.routes.map { ($0.method, $0.pattern.description) }
    }

    /// The answer to one request.
    /// - Parameter report: told of an error that is a failure of the machine, once; for the log.
    package func respond(
        to request: Request, _ services: Services, report: (any Error) -> Void
    ) -> Response {
        var response: Response
        do {
            response = try answer(request, services)
        } catch {
            let (answer, isFailure) = ErrorResponder(
                settings: settings, opening: SignInAPI.opening(ofRefusal: request)
            ).response(to: error, requestID: request.id)
            if isFailure { report(error) }
            response = answer
        }
        finish(&response, request)
        return response
    }

    /// The answer to a request that could not be read: it never came whole, or was too large.
    package func respond(toUnreadable problem: UnreadableRequest, id: String) -> Response {
        var response: Response
        switch problem {
        case .tooLarge:
            response =
                Problem(
                    status: .contentTooLarge, code: "content_too_large",
                    detail: "The body is larger than 64 KiB.", requestID: id
                ).response
        case .malformed:
            response =
                Problem(
                    status: .badRequest, code: "malformed_request",
                    detail: "The request can't be read.", requestID: id
                ).response
        }
        finish(&response, requestID: id)
        return response
    }

    package enum UnreadableRequest {
        case tooLarge, malformed
    }

    private func answer(_ request: Request, _ services: Services) throws -> Response {
        guard settings.hosts.contains(request.host.lowercased()) else {
            return Problem(
                status: .misdirectedRequest, code: "misdirected_request",
                detail: "This host is not served here.", requestID: request.id
            ).response
        }
        switch router.match(request.method, request.path) {
        case .found(let route, let captures):
            var request = request
            request.captures = captures
            return try route.respond(
                to: request,
                OpenVisit(services: services, settings: settings, operation: operation))
        case .methodNotAllowed(let methods):
            var response = Problem(
                status: .methodNotAllowed, code: "method_not_allowed",
                detail: "\(request.method.rawValue) is not for this address.",
                requestID: request.id
            ).response
            response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
            return response
        case .notFound:
            throw Refusal(.notFound, code: "not_found", "There is nothing at this address.")
        }
    }

    private func finish(_ response: inout Response, _ request: Request) {
        finish(&response, requestID: request.id)
    }

    private func finish(_ response: inout Response, requestID: String) {
        response.headers[.requestID] = requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "same-origin"
        if response.headers[.contentSecurityPolicy] == nil {
            // An answer of the API is no page: should a browser show it, it may do nothing.
            response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
    }
}
