import Mustache

/// All templates, parsed once when the site is made. They are part of the program, so an installed binary needs
/// no folder beside it and never meets those of another version.
struct Templates: Sendable {
    private let library: MustacheLibrary

    init() {
        var library = MustacheLibrary()
        for (name, source) in Self.sources {
            do {
                try library.register(String(decoding: source, as: UTF8.self), named: name)
            } catch {
                // Compiled in, and every one of them is read by a test.
                preconditionFailure("the template \(name) is malformed: \(error)")
            }
        }
        self.library = library
    }

    /// The text of a template for its context. Every value is escaped for HTML; there is no way around it.
    func render(_ context: Any, with name: String) throws -> [UInt8] {
        guard let text = library.render(context, withTemplate: name) else {
            throw UnknownTemplate(name: name)
        }
        return Array(text.utf8)
    }

    /// Name and text of every file in the folder `Templates`; the compiler sees one that is gone, a test one that
    /// is missing here.
    static let sources: [(name: String, text: [UInt8])] = [
        ("head", PackageResources.head_mustache),
        ("plain", PackageResources.plain_mustache),
        ("signed-in", PackageResources.signed_in_mustache),

        ("badge", PackageResources.badge_mustache),
        ("choices", PackageResources.choices_mustache),
        ("confirm", PackageResources.confirm_mustache),
        ("empty-state", PackageResources.empty_state_mustache),
        ("fact", PackageResources.fact_mustache),
        ("field", PackageResources.field_mustache),
        ("form-token", PackageResources.form_token_mustache),
        ("lifetime", PackageResources.lifetime_mustache),
        ("more", PackageResources.more_mustache),
        ("notice", PackageResources.notice_mustache),
        ("pager", PackageResources.pager_mustache),
        ("permission-fields", PackageResources.permission_fields_mustache),
        ("rows", PackageResources.rows_mustache),
        ("selection", PackageResources.selection_mustache),
        ("text-area", PackageResources.text_area_mustache),
        ("time", PackageResources.time_mustache),

        ("icon-audit-log", PackageResources.icon_audit_log_mustache),
        ("icon-clients", PackageResources.icon_clients_mustache),
        ("icon-groups", PackageResources.icon_groups_mustache),
        ("icon-keys", PackageResources.icon_keys_mustache),
        ("icon-organizations", PackageResources.icon_organizations_mustache),
        ("icon-users", PackageResources.icon_users_mustache),

        ("client", PackageResources.client_mustache),
        ("client-credentials", PackageResources.client_credentials_mustache),
        ("client-delete", PackageResources.client_delete_mustache),
        ("client-form", PackageResources.client_form_mustache),
        ("client-new", PackageResources.client_new_mustache),
        ("client-templates", PackageResources.client_templates_mustache),
        ("clients", PackageResources.clients_mustache),
        ("custom-scope", PackageResources.custom_scope_mustache),
        ("custom-scopes", PackageResources.custom_scopes_mustache),

        ("api-key-new", PackageResources.api_key_new_mustache),
        ("api-keys", PackageResources.api_keys_mustache),
        ("shown-key", PackageResources.shown_key_mustache),

        ("member", PackageResources.member_mustache),
        ("members", PackageResources.members_mustache),
        ("organization", PackageResources.organization_mustache),
        ("organization-level", PackageResources.organization_level_mustache),
        ("organization-maintenance", PackageResources.organization_maintenance_mustache),
        ("organization-new", PackageResources.organization_new_mustache),
        ("organizations", PackageResources.organizations_mustache),
        ("role", PackageResources.role_mustache),
        ("roles", PackageResources.roles_mustache),
        ("audit-log", PackageResources.audit_log_mustache),
        ("audit-reference", PackageResources.audit_reference_mustache),
        ("group", PackageResources.group_mustache),
        ("group-new", PackageResources.group_new_mustache),
        ("groups", PackageResources.groups_mustache),
        ("user", PackageResources.user_mustache),
        ("user-applications", PackageResources.user_applications_mustache),
        ("user-form", PackageResources.user_form_mustache),
        ("user-new", PackageResources.user_new_mustache),
        ("user-sessions", PackageResources.user_sessions_mustache),
        ("user-tokens", PackageResources.user_tokens_mustache),
        ("users", PackageResources.users_mustache),

        ("application-list", PackageResources.application_list_mustache),
        ("application-table", PackageResources.application_table_mustache),
        ("confirm-password", PackageResources.confirm_password_mustache),
        ("confirmation", PackageResources.confirmation_mustache),
        ("consent", PackageResources.consent_mustache),
        ("device", PackageResources.device_mustache),
        ("device-done", PackageResources.device_done_mustache),
        ("error", PackageResources.error_mustache),
        ("form-post", PackageResources.form_post_mustache),
        ("logout", PackageResources.logout_mustache),
        ("new-token", PackageResources.new_token_mustache),
        ("profile", PackageResources.profile_mustache),
        ("security", PackageResources.security_mustache),
        ("session-list", PackageResources.session_list_mustache),
        ("session-table", PackageResources.session_table_mustache),
        ("shown-token", PackageResources.shown_token_mustache),
        ("signed-out", PackageResources.signed_out_mustache),
        ("sign-in", PackageResources.sign_in_mustache),
        ("token-list", PackageResources.token_list_mustache),
        ("token-table", PackageResources.token_table_mustache),
    ]
}

/// A page names a template that is not there: a mistake in the program.
struct UnknownTemplate: Error {
    let name: String
}
