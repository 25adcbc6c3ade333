import Domain
import JSON

extension RequestedClaims {
    /// Reads `claims` (OpenID Connect Core §5.5); nil for what is not of its form. Members and claims that are not
    /// known are passed over, as the section asks.
    init?(json text: String) {
        do {
            guard let object = try JSON(parsing: text).object else { return nil }
            self.init(object)
        } catch {
            return nil
        }
    }

    private init?(_ object: JSON.Object) {
        self.init()
        for (member, keyPath) in [
            ("id_token", \RequestedClaims.idToken), ("userinfo", \RequestedClaims.userInfo),
        ] {
            guard let value = object[member] else { continue }
            guard let asked = value.object else { return nil }
            for member in asked.members {
                let (name, details) = (member.name, member.value)
                // §5.5.1: null, or an object with more about it.
                guard details == .null || details.object != nil else { return nil }
                if let claim = UserClaim(rawValue: name) { self[keyPath: keyPath].insert(claim) }
                switch name {
                case "sub":
                    guard let values = Self.values(details) else { continue }
                    subjects = subjects?.intersection(values) ?? Set(values)
                case "acr" where details["essential"] == true:
                    if Self.values(details) != nil { demandsContext = true }
                default: break
                }
            }
        }
    }

    /// `value` or `values`
    private static func values(_ details: JSON) -> [String]? {
        details["value"]?.string.map { [$0] } ?? details["values"]?.strings
    }
}
