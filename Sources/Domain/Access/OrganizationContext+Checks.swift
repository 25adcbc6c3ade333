extension OrganizationContext {
    /// Refuses (403, naming the scope) unless the request's effective permissions hold it.
    package func checkHolds(_ scope: PlatformScope) throws {
        guard permissions.holds(scope) else { throw Refusal.missingScope(scope.name) }
    }

    /// Refuses (403) unless the asker owns the organization, through a credential that carries ownership.
    package func checkIsOwner() throws {
        guard isOwner else {
            throw Refusal.forbidden(
                "owner_required",
                "Only an owner of the organization may do this, and not with a restricted credential."
            )
        }
    }
}
