/// Who gains or loses what when an organization's level changes, for whoever decides about it.
package struct LevelReview: Sendable, Equatable {
    /// What changes for one entry of the list of members.
    package struct Change: Sendable, Equatable {
        package let member: Member
        package let gained: [Scope]
        package let lost: [Scope]
    }

    package let level: Organization.Level
    /// Those for whom something changes, owners never: they may do everything at every level.
    package let changes: [Change]
    /// How many entries keep what they have.
    package let unchangedCount: Int
    /// Whether all members were looked at; more than `limit` are not.
    package let isComplete: Bool

    package static let limit = 1_000
}

extension OrganizationService {
    /// What a change to the level would do, for an owner.
    package func review(
        _ level: Organization.Level, in context: OrganizationContext
    ) throws -> LevelReview {
        try context.checkIsOwner()
        let organization = context.organization
        var changes: [LevelReview.Change] = []
        var seen = 0
        var after: UniqueID?
        repeat {
            let page = try stores.members.list(
                in: organization.id,
                PageRequest(limit: PageRequest.limits.upperBound, after: after))
            for member in page.items {
                seen += 1
                let change = LevelReview.Change(member, from: organization.level, to: level)
                if !change.gained.isEmpty || !change.lost.isEmpty { changes.append(change) }
            }
            after = page.next
        } while after != nil && seen < LevelReview.limit
        return LevelReview(
            level: level, changes: changes, unchangedCount: seen - changes.count,
            isComplete: after == nil)
    }
}

extension LevelReview.Change {
    /// Each entry for itself: who is a member by a group as well has the sum of both.
    fileprivate init(
        _ member: Member, from old: Organization.Level, to new: Organization.Level
    ) {
        let membership = Membership(isOwner: member.isOwner, roles: member.roles)
        let before = EffectivePermissions.held(by: membership, level: old)
        let after = EffectivePermissions.held(by: membership, level: new)
        self.member = member
        gained = after.scopes.filter { !before.covers($0) }
        lost = before.scopes.filter { !after.covers($0) }
    }
}
