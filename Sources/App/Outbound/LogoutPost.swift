import Domain

/// Brings logout tokens to clients (OpenID Connect Back-Channel Logout 1.0 §2.5).
struct LogoutPost: LogoutDelivery {
    let post: OutboundPost

    func deliver(_ token: Secret, to address: String) -> LogoutDeliveryOutcome {
        do {
            // A JWT holds nothing that a form has to encode.
            let status = try post.send("logout_token=\(token.text)", to: address)
            // §2.8: «200 OK … some Web frameworks will substitute … 204 No Content».
            return status == 200 || status == 204 ? .accepted : .refused("status \(status)")
        } catch {
            return .unreachable(error.description)
        }
    }
}
