import Domain
package import HTTP
package import HTTPTypes

/// Everything that answers on the web socket: sign-in, the JSON API, what operators look at, and the pages.
///
/// The chain: host → body → route → visit (credential, organization, rights) → handler → security headers and
/// request id. A handler never writes; what is thrown becomes an answer in one place.
package struct Site: Sendable {
    package let settings: SiteSettings
    private let operation: any SiteOperation
    private let router: Router<OpenVisit>
    private let pages: Router<OpenVisit>
    private let frame: PageFrame
    private let longAnswers: LongAnswers

    package init(settings: SiteSettings, operation: any SiteOperation) {
        self.settings = settings
        self.operation = operation
        router = Self.routes(OpenAPIDocument(settings))
        pages = Self.pages()
        frame = PageFrame(settings: settings, pages: pages)
        longAnswers = LongAnswers(places: settings.longAnswers)
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
            ConsentAPI.register(in: &interactive)
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
            PushedRequestAPI.register(in: &client)
            DeviceAuthorizationAPI.register(in: &client)
        }
        IntrospectionAPI.register(in: &site)
        RevocationAPI.register(in: &site)
        UserInfoAPI.register(in: &site)
        RegistrationAPI.register(in: &site)
        return site
    }

    /// All pages, in the order of the sidebar behind those of the sign-in.
    private static func pages() -> Router<OpenVisit> {
        var site = Router<OpenVisit>()
        site.group(BrowserVisit.init) { browser in
            SignInRoutes.register(in: &browser)
            AuthorizationRoutes.register(in: &browser)
            DeviceRoutes.register(in: &browser)
            LogoutRoutes.register(in: &browser)
            browser.group(SignedInVisit.init) { signedIn in
                ProfileRoutes.register(in: &signedIn)
                SecurityRoutes.register(in: &signedIn)
                SessionRoutes.register(in: &signedIn)
                ConnectedApplicationRoutes.register(in: &signedIn)
                PersonalAccessTokenRoutes.register(in: &signedIn)
                OrganizationRoutes.register(in: &signedIn)
            }
            browser.group(OrganizationPageVisit.init) { organization in
                PersonalAccessTokenRoutes.register(in: &organization)
                APIKeyRoutes.register(in: &organization)
            }
            browser.group(OrganizationSettingsVisit.init) { settings in
                OrganizationRoutes.register(in: &settings)
                RoleRoutes.register(in: &settings)
            }
            browser.group(OwnedOrganizationVisit.init) { owned in
                OrganizationRoutes.register(in: &owned)
                MemberRoutes.register(in: &owned)
                SuggestionRoutes.register(in: &owned)
                RoleRoutes.register(in: &owned)
            }
            browser.group(AdministratorPageVisit.init) { administrator in
                OrganizationRoutes.register(in: &administrator)
                UserRoutes.register(in: &administrator)
                UserHoldingRoutes.register(in: &administrator)
                GroupRoutes.register(in: &administrator)
                SuggestionRoutes.register(in: &administrator)
            }
            browser.group(AuditLogVisit.init) { reader in
                AuditLogRoutes.register(in: &reader)
                SuggestionRoutes.register(in: &reader)
            }
            browser.group(AdministratorPageVisit.init) { administrator in
                ClientRoutes.register(in: &administrator)
                ClientSecretRoutes.register(in: &administrator)
                CustomScopeRoutes.register(in: &administrator)
            }
        }
        AuthorizationRoutes.register(in: &site)
        LogoutRoutes.register(in: &site)
        return site
    }

    /// Method and pattern of every route, for the tests that hold tables against them.
    package var routes: [(method: HTTPRequest.Method, pattern: String)] {
        (router.routes + pages.routes).map { ($0.method, $0.pattern.description) }
    }

    /// The answer to one request.
    /// - Parameter report: told of an error that is a failure of the machine, once; for the log. Also while the pieces
    ///   of the answer are made.
    package func respond(
        to request: Request, _ services: Services, report: @escaping (any Error) -> Void
    ) -> Response {
        var response: Response
        do {
            response = try answer(request, services)
        } catch let needed as SignInNeeded {
            response = .redirect(to: needed.address)
        } catch let needed as PasswordNeeded {
            response = .redirect(to: needed.address)
        } catch {
            let (answer, isFailure) = errorResponder(for: request)
                .response(to: error, requestID: request.id)
            if isFailure { report(error) }
            response = answer
        }
        response.rest = response.rest?.reporting { error in
            if error is SignInNeeded { return }
            let (_, isFailure) = errorResponder(for: request)
                .response(to: error, requestID: request.id)
            if isFailure { report(error) }
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

    /// What speaks to whoever asked: a page to people, a problem to programs.
    private func errorResponder(for request: Request) -> ErrorResponder {
        var responder = ErrorResponder(
            settings: settings, opening: SignInAPI.opening(ofRefusal: request))
        responder.isForClients = Self.isForClients(request)
        var isKnown = true
        if case .notFound = router.match(request.method, request.path) { isKnown = false }
        if frame.isForPage(request, knownToAPI: isKnown) {
            responder.page = { problem in
                do {
                    return try frame.response(ErrorPage(problem), status: problem.status)
                } catch {
                    // Only where the program has no such template; the plain problem says the same.
                    return problem.response
                }
            }
        }
        return responder
    }

    /// The endpoints of OAuth2, but for those whose visitors are people or show a bearer (RFC 6750).
    private static func isForClients(_ request: Request) -> Bool {
        request.path.hasPrefix("/oauth2/")
            && !["/oauth2/jwks", "/oauth2/userinfo"].contains(request.path)
    }

    private func answer(_ request: Request, _ services: Services) throws -> Response {
        guard settings.hosts.contains(request.host.lowercased()) else {
            return Problem(
                status: .misdirectedRequest, code: "misdirected_request",
                detail: "This host is not served here.", requestID: request.id
            ).response
        }
        let visit = OpenVisit(
            services: services, settings: settings, operation: operation, frame: frame,
            longAnswers: longAnswers)
        var match = router.match(request.method, request.path)
        if case .notFound = match { match = pages.match(request.method, request.path) }
        switch match {
        case .found(let route, let captures):
            var request = request
            request.captures = captures
            return try route.respond(to: request, visit)
        case .methodNotAllowed(let methods):
            let problem = Problem(
                status: .methodNotAllowed, code: "method_not_allowed",
                detail: "\(request.method.rawValue) is not for this address.",
                requestID: request.id)
            var response = errorResponder(for: request).page?(problem) ?? problem.response
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
