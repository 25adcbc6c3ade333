import MariaDB
package import Storage

/// What the database holds, in one line a table, so that a test can see that nothing changed. Tries to sign in
/// are left out: counting them is what a refused one is for.
package struct Fingerprint: Equatable {
    package let lines: [String]

    package init(of stores: SQLStores) throws {
        let connection = stores.connection
        let checksums = try connection.query(
            """
            CHECKSUM TABLE users, sign_in_names, `groups`, group_members, organizations, roles,
                organization_members, organization_member_roles, sessions, session_refresh_tokens,
                personal_access_tokens, api_keys, signing_keys, oauth2_clients,
                oauth2_client_secrets, oauth2_scopes, oauth2_grants, oauth2_access_tokens,
                oauth2_refresh_tokens, oauth2_client_assertions, oauth2_codes, oauth2_consents,
                oauth2_pending_authorizations, oauth2_registrations, oauth2_registration_tokens,
                oauth2_pushed_requests, oauth2_device_codes, handovers, oauth2_session_clients,
                oauth2_logout_notices, audit_events
            """)
        let tables = try connection.query(
            """
            SELECT table_name AS name FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
                AND table_name NOT IN ('schema_migrations', 'sign_in_tries', 'sign_in_addresses')
            """)
        precondition(
            checksums.count == tables.count, "a table is missing in the statement above")
        lines = try checksums.map { "\(try $0.string("Table")) \(try $0.value("Checksum"))" }
    }
}
