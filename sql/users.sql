-- The two users of the database, with exactly what each needs. Run as an administrator of the server after
-- the first migration, and again after each; the passwords are set beforehand or afterwards.
-- The names of the database and of the host are those of the shipped configuration.

CREATE USER IF NOT EXISTS gatehouse_migrator@localhost;
GRANT ALTER, ALTER ROUTINE, CREATE, CREATE ROUTINE, DELETE, DROP, INDEX, INSERT, REFERENCES, SELECT, UPDATE ON gatehouse.* TO gatehouse_migrator@localhost;

CREATE USER IF NOT EXISTS gatehouse_app@localhost;
REVOKE ALL PRIVILEGES, GRANT OPTION FROM gatehouse_app@localhost;
GRANT SELECT ON gatehouse.schema_migrations TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.users TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT ON gatehouse.sign_in_names TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.`groups` TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT ON gatehouse.group_members TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.organizations TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.roles TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.organization_members TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT ON gatehouse.organization_member_roles TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.sessions TO gatehouse_app@localhost;
GRANT INSERT, SELECT, UPDATE ON gatehouse.session_refresh_tokens TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.sign_in_tries TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.sign_in_addresses TO gatehouse_app@localhost;
GRANT INSERT, SELECT, UPDATE ON gatehouse.personal_access_tokens TO gatehouse_app@localhost;
GRANT INSERT, SELECT, UPDATE ON gatehouse.api_keys TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.signing_keys TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_clients TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_client_secrets TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_scopes TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_grants TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_access_tokens TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_refresh_tokens TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT ON gatehouse.oauth2_client_assertions TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_registrations TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT ON gatehouse.oauth2_registration_tokens TO gatehouse_app@localhost;
GRANT INSERT, SELECT, UPDATE ON gatehouse.oauth2_codes TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_consents TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT ON gatehouse.oauth2_pending_authorizations TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT ON gatehouse.handovers TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_pushed_requests TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_device_codes TO gatehouse_app@localhost;
GRANT INSERT, SELECT, UPDATE ON gatehouse.oauth2_session_clients TO gatehouse_app@localhost;
GRANT DELETE, INSERT, SELECT, UPDATE ON gatehouse.oauth2_logout_notices TO gatehouse_app@localhost;
-- The audit trail is added to and read, never changed; what is too old goes through one procedure.
GRANT INSERT, SELECT ON gatehouse.audit_events TO gatehouse_app@localhost;
GRANT EXECUTE ON PROCEDURE gatehouse.purge_audit_events TO gatehouse_app@localhost;
