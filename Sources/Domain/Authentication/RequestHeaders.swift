extension PresentedCredential {
    /// Reads what a request presents, in the order of the reference: a bearer alone decides; else an API key
    /// alone decides; else there is none. Refuses a header that was sent twice, and both key headers at once.
    ///
    /// - Parameters: every value that was sent, in order; a header that was sent twice has two.
    package init(
        authorization: [String], machhubAPIKey: [String], apiKey: [String]
    ) throws {
        if authorization.count > 1 { throw Self.doubled("Authorization") }
        if machhubAPIKey.count > 1 { throw Self.doubled("X-Machhub-Api-Key") }
        if apiKey.count > 1 { throw Self.doubled("X-API-Key") }
        if !machhubAPIKey.isEmpty, !apiKey.isEmpty {
            throw Refusal(
                .malformed, code: "credential_doubled",
                "X-Machhub-Api-Key and X-API-Key are two names of one header; send one of them.")
        }
        if let value = authorization.first, let token = Self.bearerToken(in: value) {
            self = .bearer(token)
        } else if let key = machhubAPIKey.first ?? apiKey.first {
            self = .apiKey(key)
        } else {
            self = .none
        }
    }

    /// RFC 6750 §2.1: `Bearer` (RFC 9110 §11.1: without case) and one token. Empty text for a bearer that is
    /// no token68 (it is there and decides, but nothing can be believed); nil for another scheme.
    private static func bearerToken(in value: String) -> String? {
        // Over the bytes of the text themselves: the gate does this for every request, and a token has hundreds.
        let bytes = value.utf8.span
        guard bytes.count >= 6 else { return nil }
        for (index, letter) in "bearer".utf8.enumerated() where bytes[index] | 0x20 != letter {
            return nil
        }
        guard bytes.count > 6 else { return "" }
        guard bytes[6] == UInt8(ascii: " ") else { return nil }
        for index in 7..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="):
                continue
            default: return ""
            }
        }
        return String(Substring(value.utf8.dropFirst(7)))
    }

    private static func doubled(_ header: String) -> Refusal {
        Refusal(.malformed, code: "header_doubled", "\(header) was sent more than once.")
    }
}

extension OrganizationReference {
    /// Reads how a request names its organization: `X-Organization-ID: <uuid>`, or `Domain: domains:<slug>`
    /// as MACHHUB clients send it. Nil where it names none; refuses a header that was sent twice or has
    /// another form.
    package static func read(organizationID: [String], domain: [String]) throws
        -> OrganizationReference?
    {
        if organizationID.count > 1 || domain.count > 1 {
            throw Refusal(
                .malformed, code: "header_doubled",
                "\(domain.count > 1 ? "Domain" : "X-Organization-ID") was sent more than once.")
        }
        let id = try organizationID.first.map { text in
            guard let id = Organization.ID(text: text) else {
                throw Refusal(
                    .malformed, code: "organization_malformed",
                    "X-Organization-ID must be the id of an organization, a UUID.")
            }
            return id
        }
        let slug = try domain.first.map { text in
            guard text.hasPrefix("domains:"), Organization.isSlug(text.dropFirst(8)) else {
                throw Refusal(
                    .malformed, code: "organization_malformed",
                    "Domain must be domains:<slug> with the slug of an organization.")
            }
            return String(text.dropFirst(8))
        }
        switch (id, slug) {
        case (nil, nil): return nil
        case (let id?, nil): return .id(id)
        case (nil, let slug?): return .slug(slug)
        case (let id?, let slug?): return .both(id, slug: slug)
        }
    }

    package static let required = Refusal(
        .malformed, code: "organization_required",
        "Name the organization: send X-Organization-ID with its id.")
}

extension Organization {
    /// Lower-case letters, digits, hyphens and underscores (MACHHUB's own are spelled with them), 1 to 63,
    /// beginning with a letter or digit.
    package static func isSlug(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...63).contains(bytes.count) else { return false }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                continue
            case UInt8(ascii: "-"), UInt8(ascii: "_"):
                if index == 0 { return false }
            default: return false
            }
        }
        return true
    }
}
