/// The protocol's no (RFC 6749 §5.2): a code that programs know, and a sentence for whoever reads their log.
///
/// Everything in it may be shown; it never repeats a secret, nor says which of several reasons it was.
package struct OAuthError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidScope = "invalid_scope"
        /// RFC 8707 §2
        case invalidTarget = "invalid_target"
        case accessDenied = "access_denied"
        /// RFC 8628 §3.5
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case expiredToken = "expired_token"
        /// RFC 6750 §3.1
        case invalidToken = "invalid_token"
        /// RFC 7591 §3.2.2
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidClientMetadata = "invalid_client_metadata"
        /// RFC 6749 §4.1.2.1
        case unsupportedResponseType = "unsupported_response_type"
        case serverError = "server_error"
        /// OpenID Connect Core §3.1.2.6
        case loginRequired = "login_required"
        case consentRequired = "consent_required"
        case interactionRequired = "interaction_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        /// OpenID Connect Core Error Code unmet_authentication_requirements
        case unmetAuthenticationRequirements = "unmet_authentication_requirements"
        /// RFC 6749 §4.1.2.1 has it for the other endpoint; here it says 429, too.
        case temporarilyUnavailable = "temporarily_unavailable"
    }

    package let code: Code
    /// RFC 6749 §5.2: ASCII without `"` and `\`.
    package let message: String
    /// Seconds, where waiting helps.
    package let retryAfter: Int?

    package init(_ code: Code, _ message: String, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// The one answer for every client that does not prove who it is, whatever the reason.
    package static let invalidClient = OAuthError(
        .invalidClient, "The client is unknown, or did not prove who it is.")

    /// No token was sent where one is needed; RFC 6750 §3.1: such a challenge names no error.
    package static let tokenRequired = OAuthError(
        .invalidToken, "Send the token in the header Authorization: Bearer.")
    /// The one answer for every code and refresh token that is not to be believed, whatever the reason.
    package static let invalidGrant = OAuthError(
        .invalidGrant, "What was shown is unknown, used, expired, revoked, or another client's.")

    package static func tooManyTries(retryAfter: Int) -> OAuthError {
        OAuthError(
            .temporarilyUnavailable, "There were too many wrong tries. Try again later.",
            retryAfter: retryAfter)
    }
}
