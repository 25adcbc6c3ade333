package import Domain
package import MariaDB

/// The domain's stores on one connection to MariaDB; belongs to the thread of the connection.
///
/// Stores that change something call `change(_:)` with what the change touches. That is refused outside of
/// `atomically`, and after the commit all of it is bumped in one go, before anybody is answered.
package final class SQLStores: Stores {
    package let connection: Connection
    private let generations: any Generations
    /// What the open transaction has touched so far; nil when none is open.
    private var touched: Set<GenerationSubject>?

    package init(connection: Connection, generations: any Generations) {
        self.connection = connection
        self.generations = generations
    }

    package var users: any UserStore { SQLUserStore(stores: self) }
    package var groups: any GroupStore { SQLGroupStore(stores: self) }
    package var organizations: any OrganizationStore { SQLOrganizationStore(stores: self) }
    package var members: any MemberStore { SQLMemberStore(stores: self) }
    package var roles: any RoleStore { SQLRoleStore(stores: self) }
    package var sessions: any SessionStore { SQLSessionStore(stores: self) }
    package var signInThrottle: any SignInThrottleStore { SQLSignInThrottleStore(stores: self) }
    package var personalAccessTokens: any PersonalAccessTokenStore {
        SQLPersonalAccessTokenStore(stores: self)
    }
    package var apiKeys: any APIKeyStore { SQLAPIKeyStore(stores: self) }
    package var signingKeys: any SigningKeyStore { SQLSigningKeyStore(stores: self) }
    package var clients: any ClientStore { SQLClientStore(stores: self) }
    package var customScopes: any CustomScopeStore { SQLCustomScopeStore(stores: self) }
    package var grants: any OAuth2GrantStore { SQLOAuth2GrantStore(stores: self) }
    package var pushedRequests: any PushedRequestStore { SQLPushedRequestStore(stores: self) }
    package var devices: any DeviceAuthorizationStore {
        SQLDeviceAuthorizationStore(stores: self)
    }
    package var registrations: any ClientRegistrationStore {
        SQLClientRegistrationStore(stores: self)
    }
    package var authorizations: any AuthorizationStore { SQLAuthorizationStore(stores: self) }
    package var consents: any ConsentStore { SQLConsentStore(stores: self) }
    package var handovers: any HandoverStore { SQLHandoverStore(stores: self) }
    package var logoutNotices: any LogoutNoticeStore { SQLLogoutNoticeStore(stores: self) }
    package var audit: any AuditStore { SQLAuditStore(stores: self) }

    package func atomically<Result>(_ body: () throws -> Result) throws -> Result {
        var changed: Set<GenerationSubject> = []
        defer { touched = nil }
        do {
            let result = try connection.transaction { _ throws -> Result in
                // The body may run again after a deadlock; what it touched counts anew.
                touched = []
                let result = try body()
                changed = touched ?? []
                return result
            }
            bump(changed)
            return result
        } catch let error as MariaDBError where error.mayHaveTakenEffect {
            // Nobody knows whether it was committed, so everybody looks again.
            bump(changed)
            throw error
        }
    }

    private func bump(_ changed: Set<GenerationSubject>) {
        if !changed.isEmpty { generations.bump(changed) }
    }

    /// A store is about to change what these stand for.
    func change(_ subjects: GenerationSubject...) throws {
        try change(subjects)
    }

    func change(_ subjects: some Sequence<GenerationSubject>) throws {
        guard touched != nil else { throw ChangeOutsideTransaction() }
        touched?.formUnion(subjects)
    }
}

/// A store was asked to change something outside of `atomically`: a mistake in the program.
struct ChangeOutsideTransaction: Error {}

extension UniqueID: SQLBindable {
    package var sqlValue: SQLValue { .string(description) }
}

extension SQLBindable where Self: Identifier {
    package var sqlValue: SQLValue { .string(description) }
}

extension User.ID: SQLBindable {}
extension Domain.Group.ID: SQLBindable {}
extension Organization.ID: SQLBindable {}
extension Member.ID: SQLBindable {}
extension Role.ID: SQLBindable {}
extension Session.ID: SQLBindable {}
extension PersonalAccessToken.ID: SQLBindable {}
extension APIKey.ID: SQLBindable {}
extension AuditEvent.ID: SQLBindable {}
extension Client.ID: SQLBindable {}
extension ClientSecret.ID: SQLBindable {}
extension CustomScope.ID: SQLBindable {}
extension OAuth2Grant.ID: SQLBindable {}
extension AccessToken.ID: SQLBindable {}
extension RegistrationToken.ID: SQLBindable {}
extension Handover.ID: SQLBindable {}
extension LogoutNotice.Claim: SQLBindable {}

extension Instant: SQLBindable {
    package var sqlValue: SQLValue { .time(milliseconds) }
}

extension Secret.Digest: SQLBindable {
    package var sqlValue: SQLValue { .bytes(bytes) }
}

extension Row {
    func instant(_ column: String) throws -> Instant {
        Instant(milliseconds: try time(column))
    }

    func optionalInstant(_ column: String) throws -> Instant? {
        try optionalTime(column).map(Instant.init(milliseconds:))
    }

    func id<ID: Identifier>(_ column: String, as _: ID.Type = ID.self) throws -> ID {
        let text = try string(column)
        guard let id = ID(text: text) else { throw UnreadableRow(column: column) }
        return id
    }

    func optionalID<ID: Identifier>(_ column: String, as _: ID.Type = ID.self) throws -> ID? {
        guard let text = try optionalString(column) else { return nil }
        guard let id = ID(text: text) else { throw UnreadableRow(column: column) }
        return id
    }
}

/// A row holds what the schema should not have let in.
struct UnreadableRow: Error {
    let column: String
}

extension MariaDBError: MachineFailure {}
