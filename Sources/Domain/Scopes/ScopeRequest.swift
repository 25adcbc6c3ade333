/// Scopes as a client names them for a token, a key or a role, held against the rules of an organization.
struct ScopeRequest {
    /// How long the scopes may be in all: they travel in a token and in a header, whose buffers are of a few
    /// KiB.
    static let byteLimit = 2_000

    let field: String
    let permissions: Permissions

    /// Refuses none at all, what is no scope of the platform, a selector where the level has none, and too
    /// many; all at once.
    init(_ names: [String], field: String, level: Organization.Level) throws {
        var scopes: [Scope] = []
        var problems: [Refusal.Problem] = []
        for name in names {
            guard let scope = Scope(name) else {
                problems.append(
                    Refusal.Problem(
                        field: field, code: "unknown_scope",
                        detail: "\(Self.shown(name)) is no scope of the platform."))
                continue
            }
            if scope.selector != nil, level != .enterprise {
                problems.append(
                    Refusal.Problem(
                        field: field, code: "selector_not_allowed",
                        detail: "\(scope) is narrowed, which only the level enterprise knows."))
            }
            scopes.append(scope)
        }
        let permissions = Permissions(scopes)
        if names.isEmpty {
            problems.append(
                Refusal.Problem(
                    field: field, code: "required", detail: "\(field) needs at least one scope."))
        }
        if permissions.text.utf8.count > Self.byteLimit {
            problems.append(
                Refusal.Problem(
                    field: field, code: "too_long",
                    detail: "\(field) may have at most \(Self.byteLimit) characters in all."))
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        self.field = field
        self.permissions = permissions
    }

    /// Nobody gives what they don't hold: refuses, and names, every scope beyond `held`.
    func check(heldIn held: Permissions) throws {
        let beyond = permissions.scopes.filter { !held.covers($0) }
        if beyond.isEmpty { return }
        throw Refusal.invalid(
            beyond.map { scope in
                Refusal.Problem(
                    field: field, code: "scope_not_held",
                    detail: "You don't hold \(scope) in this organization.")
            })
    }

    /// A word of the client, fit for a sentence.
    private static func shown(_ name: String) -> String {
        name.utf8.count <= 100 && Scope.isScopeToken(name) && !name.isEmpty ? name : "An entry"
    }
}
