/// Statuses by route and caller, as somebody wrote them down: columns have the names of callers, each row a
/// method, a path and a status for each column; empty lines are for the eye.
struct AccessTable {
    let callers: [String]
    let rows: [(route: String, statuses: [Int])]

    init(columns: [String], _ text: String) {
        callers = columns
        rows = text.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            let statuses = words.dropFirst(2).compactMap { Int($0) }
            precondition(statuses.count == columns.count, "a row of another length: \(line)")
            return ("\(words[0]) \(words[1])", statuses)
        }
    }
}

/// The expectations, from the HTTP contract. Every request names the organization by its header, and is in
/// order: who sends it decides. (Clients prove who they are in the form, which nobody here sends.)
extension AccessTable {
    /// People who sit there, and who sends nothing. `root` is a system administrator who is no member.
    static let sessions = AccessTable(
        columns: ["nobody", "stranger", "viewer", "editor", "admin", "owner", "root"],
        """
        GET    /healthz                                     200 200 200 200 200 200 200
        GET    /readyz                                      200 200 200 200 200 200 200
        GET    /metrics                                     200 200 200 200 200 200 200
        GET    /api/v1/openapi.json                         200 200 200 200 200 200 200

        POST   /auth/login                                  200 200 200 200 200 200 200
        POST   /auth/refresh                                200 200 200 200 200 200 200
        POST   /auth/logout                                 401 204 204 204 204 204 204
        GET    /auth/me                                     401 403 200 200 200 200 403
        GET    /api/v1/sessions                             401 200 200 200 200 200 200
        DELETE /api/v1/sessions                             401 204 204 204 204 204 204
        DELETE /api/v1/sessions/{id}                        401 404 404 404 404 204 404
        PUT    /api/v1/users/me/password                    401 204 204 204 204 204 204

        GET    /api/v1/tokens                               401 200 200 200 200 200 200
        POST   /api/v1/tokens                               401 403 201 201 201 201 403
        GET    /api/v1/tokens/{id}                          401 404 404 404 404 200 404
        POST   /api/v1/tokens/{id}/revoke                   401 404 404 404 404 200 404
        GET    /api/v1/api-keys                             401 403 403 403 200 200 403
        POST   /api/v1/api-keys                             401 403 403 403 201 201 403
        GET    /api/v1/api-keys/{id}                        401 403 403 403 200 200 403
        POST   /api/v1/api-keys/{id}/revoke                 401 403 403 403 200 200 403
        GET    /api/v1/scopes                               401 403 200 200 200 200 403

        GET    /api/v1/organizations                        401 200 200 200 200 200 200
        POST   /api/v1/organizations                        401 403 403 403 403 403 201
        GET    /api/v1/organizations/{id}                   401 404 200 200 200 200 200
        PATCH  /api/v1/organizations/{id}                   401 404 403 403 200 200 403
        DELETE /api/v1/organizations/{id}                   401 404 403 403 403 204 204
        GET    /api/v1/organizations/{id}/members           401 404 403 403 403 200 404
        POST   /api/v1/organizations/{id}/members           401 404 403 403 403 201 404
        PATCH  /api/v1/organizations/{id}/members/{member}  401 404 403 403 403 200 404
        DELETE /api/v1/organizations/{id}/members/{member}  401 404 403 403 403 204 404
        GET    /api/v1/organizations/{id}/roles             401 404 200 200 200 200 404
        POST   /api/v1/organizations/{id}/roles             401 404 403 403 403 201 404
        PATCH  /api/v1/organizations/{id}/roles/{role}      401 404 403 403 403 200 404
        DELETE /api/v1/organizations/{id}/roles/{role}      401 404 403 403 403 204 404
        GET    /api/v1/audit-events                         401 403 403 403 403 200 200

        GET    /api/v1/users                                401 403 403 403 403 403 200
        POST   /api/v1/users                                401 403 403 403 403 403 201
        GET    /api/v1/users/{id}                           401 403 403 403 403 403 200
        PATCH  /api/v1/users/{id}                           401 403 403 403 403 403 200
        DELETE /api/v1/users/{id}                           401 403 403 403 403 403 204
        GET    /api/v1/groups                               401 403 403 403 403 403 200
        POST   /api/v1/groups                               401 403 403 403 403 403 201
        PATCH  /api/v1/groups/{id}                          401 403 403 403 403 403 200
        DELETE /api/v1/groups/{id}                          401 403 403 403 403 403 204

        GET    /api/v1/oauth2/clients                       401 403 403 403 403 403 200
        POST   /api/v1/oauth2/clients                       401 403 403 403 403 403 201
        GET    /api/v1/oauth2/clients/{client_id}           401 403 403 403 403 403 200
        PATCH  /api/v1/oauth2/clients/{client_id}           401 403 403 403 403 403 200
        DELETE /api/v1/oauth2/clients/{client_id}           401 403 403 403 403 403 204
        POST   /api/v1/oauth2/clients/{client_id}/secrets   401 403 403 403 403 403 201
        DELETE /api/v1/oauth2/clients/{client_id}/secrets/{id} 401 403 403 403 403 403 204
        GET    /api/v1/oauth2/scopes                        401 403 403 403 403 403 200
        POST   /api/v1/oauth2/scopes                        401 403 403 403 403 403 201
        GET    /api/v1/oauth2/scopes/{scope}                401 403 403 403 403 403 200
        PATCH  /api/v1/oauth2/scopes/{scope}                401 403 403 403 403 403 200
        DELETE /api/v1/oauth2/scopes/{scope}                401 403 403 403 403 403 204
        POST   /api/v1/oauth2/registration-tokens           401 403 403 403 403 403 201

        GET    /.well-known/oauth-authorization-server      200 200 200 200 200 200 200
        GET    /.well-known/openid-configuration            200 200 200 200 200 200 200
        GET    /oauth2/jwks                                 200 200 200 200 200 200 200
        GET    /.well-known/oauth-protected-resource/{path...} 200 200 200 200 200 200 200
        POST   /oauth2/token                                400 400 400 400 400 400 400
        POST   /oauth2/introspect                           400 400 400 400 400 400 400
        POST   /oauth2/revoke                               400 400 400 400 400 400 400
        POST   /oauth2/par                                  400 400 400 400 400 400 400
        POST   /oauth2/device_authorization                 400 400 400 400 400 400 400
        POST   /oauth2/register                             404 404 404 404 404 404 404
        GET    /oauth2/register/{client_id}                 404 404 404 404 404 404 404
        PUT    /oauth2/register/{client_id}                 404 404 404 404 404 404 404
        DELETE /oauth2/register/{client_id}                 404 404 404 404 404 404 404
        GET    /oauth2/userinfo                             401 403 403 403 403 403 403
        POST   /oauth2/userinfo                             401 403 403 403 403 403 403

        GET    /api/v1/consents                             401 200 200 200 200 200 200
        DELETE /api/v1/consents/{client_id}                 401 404 404 404 404 204 404

        GET    /login                                       200 200 200 200 200 200 200
        POST   /login                                       415 415 415 415 415 415 415
        POST   /logout                                      415 415 415 415 415 415 415
        GET    /confirm-password                            303 303 303 303 303 303 303
        POST   /confirm-password                            415 415 415 415 415 415 415
        GET    /                                            303 303 303 303 303 303 303
        GET    /profile                                     303 303 303 303 303 303 303
        POST   /profile/organization                        415 415 415 415 415 415 415
        GET    /settings/users                              303 303 303 303 303 303 303
        GET    /settings/users/new                          303 303 303 303 303 303 303
        POST   /settings/users                              415 415 415 415 415 415 415
        GET    /settings/users/{id}                         303 303 303 303 303 303 303
        POST   /settings/users/{id}                         415 415 415 415 415 415 415
        GET    /settings/users/{id}/disable                 303 303 303 303 303 303 303
        POST   /settings/users/{id}/disable                 415 415 415 415 415 415 415
        POST   /settings/users/{id}/enable                  415 415 415 415 415 415 415
        GET    /settings/users/{id}/delete                  303 303 303 303 303 303 303
        POST   /settings/users/{id}/delete                  415 415 415 415 415 415 415
        GET    /settings/users/{id}/tokens/{token}/revoke   303 303 303 303 303 303 303
        POST   /settings/users/{id}/tokens/{token}/revoke   415 415 415 415 415 415 415
        GET    /settings/users/{id}/sessions/{session}/end  303 303 303 303 303 303 303
        POST   /settings/users/{id}/sessions/{session}/end  415 415 415 415 415 415 415
        GET    /settings/users/{id}/applications/{client_id}/withdraw 303 303 303 303 303 303 303
        POST   /settings/users/{id}/applications/{client_id}/withdraw 415 415 415 415 415 415 415
        GET    /settings/groups                             303 303 303 303 303 303 303
        GET    /settings/groups/new                         303 303 303 303 303 303 303
        POST   /settings/groups                             415 415 415 415 415 415 415
        GET    /settings/groups/{id}                        303 303 303 303 303 303 303
        POST   /settings/groups/{id}                        415 415 415 415 415 415 415
        POST   /settings/groups/{id}/members                415 415 415 415 415 415 415
        GET    /settings/groups/{id}/members/{user}/remove  303 303 303 303 303 303 303
        POST   /settings/groups/{id}/members/{user}/remove  415 415 415 415 415 415 415
        GET    /settings/groups/{id}/delete                 303 303 303 303 303 303 303
        GET    /settings/suggestions/users                 303 303 303 303 303 303 303
        GET    /settings/suggestions/service-users         303 303 303 303 303 303 303
        POST   /settings/groups/{id}/delete                 415 415 415 415 415 415 415
        GET    /settings/audit-log                          303 303 303 303 303 303 303
        GET    /settings/audit-log/csv                      303 303 303 303 303 303 303
        GET    /settings/audit-log/suggestions             303 303 303 303 303 303 303
        GET    /settings/oauth2-clients                     303 303 303 303 303 303 303
        GET    /settings/oauth2-clients/new                 303 303 303 303 303 303 303
        POST   /settings/oauth2-clients                     415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}         303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}         415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/disable 303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/disable 415 415 415 415 415 415 415
        POST   /settings/oauth2-clients/{client_id}/enable  415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/delete  303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/delete  415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/credentials 303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets 415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes              303 303 303 303 303 303 303
        GET    /settings/oauth2-clients/scopes/new          303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes              415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}      303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}      415 415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}/delete 303 303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}/delete 415 415 415 415 415 415 415
        GET    /settings/organizations                     303 303 303 303 303 303 303
        GET    /settings/organizations/new                 303 303 303 303 303 303 303
        POST   /settings/organizations                     415 415 415 415 415 415 415
        GET    /settings/organizations/{id}                303 303 303 303 303 303 303
        POST   /settings/organizations/{id}                415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/level          303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/level          415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/maintenance    303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/maintenance    415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/members        303 303 303 303 303 303 303
        GET    /settings/organizations/{id}/members/new    303 303 303 303 303 303 303
        GET    /settings/organizations/{id}/members/suggestions 303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members        415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/members/{member} 303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members/{member} 415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/members/{member}/remove 303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members/{member}/remove 415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles          303 303 303 303 303 303 303
        GET    /settings/organizations/{id}/roles/new      303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles          415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles/{role}   303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles/{role}   415 415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles/{role}/delete 303 303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles/{role}/delete 415 415 415 415 415 415 415
        GET    /settings/api-keys                          303 303 303 303 303 303 303
        GET    /settings/api-keys/new                      303 303 303 303 303 303 303
        POST   /settings/api-keys                          415 415 415 415 415 415 415
        GET    /settings/api-keys/{id}/revoke              303 303 303 303 303 303 303
        POST   /settings/api-keys/{id}/revoke              415 415 415 415 415 415 415
        POST   /profile                                     415 415 415 415 415 415 415
        GET    /profile/security                            303 303 303 303 303 303 303
        POST   /profile/security/password                   415 415 415 415 415 415 415
        GET    /profile/security/sessions/end-others        303 303 303 303 303 303 303
        POST   /profile/security/sessions/end-others        415 415 415 415 415 415 415
        GET    /profile/security/sessions/{id}/end          303 303 303 303 303 303 303
        POST   /profile/security/sessions/{id}/end          415 415 415 415 415 415 415
        GET    /profile/security/applications/{client_id}/withdraw 303 303 303 303 303 303 303
        POST   /profile/security/applications/{client_id}/withdraw 415 415 415 415 415 415 415
        GET    /profile/security/tokens/{id}/revoke         303 303 303 303 303 303 303
        POST   /profile/security/tokens/{id}/revoke         415 415 415 415 415 415 415
        GET    /profile/security/tokens/new                 303 303 303 303 303 303 303
        POST   /profile/security/tokens                     415 415 415 415 415 415 415
        GET    /oauth2/authorize                            400 400 400 400 400 400 400
        POST   /oauth2/authorize                            415 415 415 415 415 415 415
        POST   /consent                                     415 415 415 415 415 415 415
        GET    /device                                      303 303 303 303 303 303 303
        POST   /device                                      415 415 415 415 415 415 415
        POST   /device/decision                             415 415 415 415 415 415 415
        GET    /device/done                                 200 200 200 200 200 200 200
        GET    /oauth2/logout                               200 200 200 200 200 200 200
        POST   /oauth2/logout                               415 415 415 415 415 415 415
        """)

    /// Personal access tokens with every scope that their person holds. Those of the stranger and of the
    /// system administrator are for all organizations of theirs.
    static let scopedTokens = AccessTable(
        columns: [
            "stranger scoped", "viewer scoped", "editor scoped", "admin scoped", "owner scoped",
            "root scoped",
        ],
        """
        GET    /healthz                                     200 200 200 200 200 200
        GET    /readyz                                      200 200 200 200 200 200
        GET    /metrics                                     200 200 200 200 200 200
        GET    /api/v1/openapi.json                         200 200 200 200 200 200

        POST   /auth/login                                  200 200 200 200 200 200
        POST   /auth/refresh                                200 200 200 200 200 200
        POST   /auth/logout                                 403 403 403 403 403 403
        GET    /auth/me                                     403 200 200 200 200 403
        GET    /api/v1/sessions                             403 403 403 403 403 403
        DELETE /api/v1/sessions                             403 403 403 403 403 403
        DELETE /api/v1/sessions/{id}                        403 403 403 403 403 403
        PUT    /api/v1/users/me/password                    403 403 403 403 403 403

        GET    /api/v1/tokens                               403 403 403 403 403 403
        POST   /api/v1/tokens                               403 403 403 403 403 403
        GET    /api/v1/tokens/{id}                          403 403 403 403 403 403
        POST   /api/v1/tokens/{id}/revoke                   403 403 403 403 403 403
        GET    /api/v1/api-keys                             403 403 403 403 403 403
        POST   /api/v1/api-keys                             403 403 403 403 403 403
        GET    /api/v1/api-keys/{id}                        403 403 403 403 403 403
        POST   /api/v1/api-keys/{id}/revoke                 403 403 403 403 403 403
        GET    /api/v1/scopes                               403 200 200 200 200 403

        GET    /api/v1/organizations                        200 200 200 200 200 200
        POST   /api/v1/organizations                        403 403 403 403 403 403
        GET    /api/v1/organizations/{id}                   404 200 200 200 200 404
        PATCH  /api/v1/organizations/{id}                   404 403 403 200 200 404
        DELETE /api/v1/organizations/{id}                   404 403 403 403 403 404
        GET    /api/v1/organizations/{id}/members           404 403 403 403 403 404
        POST   /api/v1/organizations/{id}/members           404 403 403 403 403 404
        PATCH  /api/v1/organizations/{id}/members/{member}  404 403 403 403 403 404
        DELETE /api/v1/organizations/{id}/members/{member}  404 403 403 403 403 404
        GET    /api/v1/organizations/{id}/roles             404 200 200 200 200 404
        POST   /api/v1/organizations/{id}/roles             404 403 403 403 403 404
        PATCH  /api/v1/organizations/{id}/roles/{role}      404 403 403 403 403 404
        DELETE /api/v1/organizations/{id}/roles/{role}      404 403 403 403 403 404
        GET    /api/v1/audit-events                         403 403 403 403 403 403

        GET    /api/v1/users                                403 403 403 403 403 403
        POST   /api/v1/users                                403 403 403 403 403 403
        GET    /api/v1/users/{id}                           403 403 403 403 403 403
        PATCH  /api/v1/users/{id}                           403 403 403 403 403 403
        DELETE /api/v1/users/{id}                           403 403 403 403 403 403
        GET    /api/v1/groups                               403 403 403 403 403 403
        POST   /api/v1/groups                               403 403 403 403 403 403
        PATCH  /api/v1/groups/{id}                          403 403 403 403 403 403
        DELETE /api/v1/groups/{id}                          403 403 403 403 403 403

        GET    /api/v1/oauth2/clients                       403 403 403 403 403 403
        POST   /api/v1/oauth2/clients                       403 403 403 403 403 403
        GET    /api/v1/oauth2/clients/{client_id}           403 403 403 403 403 403
        PATCH  /api/v1/oauth2/clients/{client_id}           403 403 403 403 403 403
        DELETE /api/v1/oauth2/clients/{client_id}           403 403 403 403 403 403
        POST   /api/v1/oauth2/clients/{client_id}/secrets   403 403 403 403 403 403
        DELETE /api/v1/oauth2/clients/{client_id}/secrets/{id} 403 403 403 403 403 403
        GET    /api/v1/oauth2/scopes                        403 403 403 403 403 403
        POST   /api/v1/oauth2/scopes                        403 403 403 403 403 403
        GET    /api/v1/oauth2/scopes/{scope}                403 403 403 403 403 403
        PATCH  /api/v1/oauth2/scopes/{scope}                403 403 403 403 403 403
        DELETE /api/v1/oauth2/scopes/{scope}                403 403 403 403 403 403
        POST   /api/v1/oauth2/registration-tokens           403 403 403 403 403 403

        GET    /.well-known/oauth-authorization-server      200 200 200 200 200 200
        GET    /.well-known/openid-configuration            200 200 200 200 200 200
        GET    /oauth2/jwks                                 200 200 200 200 200 200
        GET    /.well-known/oauth-protected-resource/{path...} 200 200 200 200 200 200
        POST   /oauth2/token                                400 400 400 400 400 400
        POST   /oauth2/introspect                           400 400 400 400 400 400
        POST   /oauth2/revoke                               400 400 400 400 400 400
        POST   /oauth2/par                                  400 400 400 400 400 400
        POST   /oauth2/device_authorization                 400 400 400 400 400 400
        POST   /oauth2/register                             404 404 404 404 404 404
        GET    /oauth2/register/{client_id}                 404 404 404 404 404 404
        PUT    /oauth2/register/{client_id}                 404 404 404 404 404 404
        DELETE /oauth2/register/{client_id}                 404 404 404 404 404 404
        GET    /oauth2/userinfo                             403 403 403 403 403 403
        POST   /oauth2/userinfo                             403 403 403 403 403 403

        GET    /api/v1/consents                             403 403 403 403 403 403
        DELETE /api/v1/consents/{client_id}                 403 403 403 403 403 403

        GET    /login                                       200 200 200 200 200 200
        POST   /login                                       415 415 415 415 415 415
        POST   /logout                                      415 415 415 415 415 415
        GET    /confirm-password                            303 303 303 303 303 303
        POST   /confirm-password                            415 415 415 415 415 415
        GET    /                                            303 303 303 303 303 303
        GET    /profile                                     303 303 303 303 303 303
        POST   /profile/organization                        415 415 415 415 415 415
        GET    /settings/users                              303 303 303 303 303 303
        GET    /settings/users/new                          303 303 303 303 303 303
        POST   /settings/users                              415 415 415 415 415 415
        GET    /settings/users/{id}                         303 303 303 303 303 303
        POST   /settings/users/{id}                         415 415 415 415 415 415
        GET    /settings/users/{id}/disable                 303 303 303 303 303 303
        POST   /settings/users/{id}/disable                 415 415 415 415 415 415
        POST   /settings/users/{id}/enable                  415 415 415 415 415 415
        GET    /settings/users/{id}/delete                  303 303 303 303 303 303
        POST   /settings/users/{id}/delete                  415 415 415 415 415 415
        GET    /settings/users/{id}/tokens/{token}/revoke   303 303 303 303 303 303
        POST   /settings/users/{id}/tokens/{token}/revoke   415 415 415 415 415 415
        GET    /settings/users/{id}/sessions/{session}/end  303 303 303 303 303 303
        POST   /settings/users/{id}/sessions/{session}/end  415 415 415 415 415 415
        GET    /settings/users/{id}/applications/{client_id}/withdraw 303 303 303 303 303 303
        POST   /settings/users/{id}/applications/{client_id}/withdraw 415 415 415 415 415 415
        GET    /settings/groups                             303 303 303 303 303 303
        GET    /settings/groups/new                         303 303 303 303 303 303
        POST   /settings/groups                             415 415 415 415 415 415
        GET    /settings/groups/{id}                        303 303 303 303 303 303
        POST   /settings/groups/{id}                        415 415 415 415 415 415
        POST   /settings/groups/{id}/members                415 415 415 415 415 415
        GET    /settings/groups/{id}/members/{user}/remove  303 303 303 303 303 303
        POST   /settings/groups/{id}/members/{user}/remove  415 415 415 415 415 415
        GET    /settings/groups/{id}/delete                 303 303 303 303 303 303
        GET    /settings/suggestions/users                 303 303 303 303 303 303
        GET    /settings/suggestions/service-users         303 303 303 303 303 303
        POST   /settings/groups/{id}/delete                 415 415 415 415 415 415
        GET    /settings/audit-log                          303 303 303 303 303 303
        GET    /settings/audit-log/csv                      303 303 303 303 303 303
        GET    /settings/audit-log/suggestions             303 303 303 303 303 303
        GET    /settings/oauth2-clients                     303 303 303 303 303 303
        GET    /settings/oauth2-clients/new                 303 303 303 303 303 303
        POST   /settings/oauth2-clients                     415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}         303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}         415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/disable 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/disable 415 415 415 415 415 415
        POST   /settings/oauth2-clients/{client_id}/enable  415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/delete  303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/delete  415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/credentials 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets 415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes              303 303 303 303 303 303
        GET    /settings/oauth2-clients/scopes/new          303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes              415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}      303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}      415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}/delete 303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}/delete 415 415 415 415 415 415
        GET    /settings/organizations                     303 303 303 303 303 303
        GET    /settings/organizations/new                 303 303 303 303 303 303
        POST   /settings/organizations                     415 415 415 415 415 415
        GET    /settings/organizations/{id}                303 303 303 303 303 303
        POST   /settings/organizations/{id}                415 415 415 415 415 415
        GET    /settings/organizations/{id}/level          303 303 303 303 303 303
        POST   /settings/organizations/{id}/level          415 415 415 415 415 415
        GET    /settings/organizations/{id}/maintenance    303 303 303 303 303 303
        POST   /settings/organizations/{id}/maintenance    415 415 415 415 415 415
        GET    /settings/organizations/{id}/members        303 303 303 303 303 303
        GET    /settings/organizations/{id}/members/new    303 303 303 303 303 303
        GET    /settings/organizations/{id}/members/suggestions 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members        415 415 415 415 415 415
        GET    /settings/organizations/{id}/members/{member} 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members/{member} 415 415 415 415 415 415
        GET    /settings/organizations/{id}/members/{member}/remove 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members/{member}/remove 415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles          303 303 303 303 303 303
        GET    /settings/organizations/{id}/roles/new      303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles          415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles/{role}   303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles/{role}   415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles/{role}/delete 303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles/{role}/delete 415 415 415 415 415 415
        GET    /settings/api-keys                          303 303 303 303 303 303
        GET    /settings/api-keys/new                      303 303 303 303 303 303
        POST   /settings/api-keys                          415 415 415 415 415 415
        GET    /settings/api-keys/{id}/revoke              303 303 303 303 303 303
        POST   /settings/api-keys/{id}/revoke              415 415 415 415 415 415
        POST   /profile                                     415 415 415 415 415 415
        GET    /profile/security                            303 303 303 303 303 303
        POST   /profile/security/password                   415 415 415 415 415 415
        GET    /profile/security/sessions/end-others        303 303 303 303 303 303
        POST   /profile/security/sessions/end-others        415 415 415 415 415 415
        GET    /profile/security/sessions/{id}/end          303 303 303 303 303 303
        POST   /profile/security/sessions/{id}/end          415 415 415 415 415 415
        GET    /profile/security/applications/{client_id}/withdraw 303 303 303 303 303 303
        POST   /profile/security/applications/{client_id}/withdraw 415 415 415 415 415 415
        GET    /profile/security/tokens/{id}/revoke         303 303 303 303 303 303
        POST   /profile/security/tokens/{id}/revoke         415 415 415 415 415 415
        GET    /profile/security/tokens/new                 303 303 303 303 303 303
        POST   /profile/security/tokens                     415 415 415 415 415 415
        GET    /oauth2/authorize                            400 400 400 400 400 400
        POST   /oauth2/authorize                            415 415 415 415 415 415
        POST   /consent                                     415 415 415 415 415 415
        GET    /device                                      303 303 303 303 303 303
        POST   /device                                      415 415 415 415 415 415
        POST   /device/decision                             415 415 415 415 415 415
        GET    /device/done                                 200 200 200 200 200 200
        GET    /oauth2/logout                               200 200 200 200 200 200
        POST   /oauth2/logout                               415 415 415 415 415 415
        """)

    /// Personal access tokens without scopes, which inherit what their person holds: ownership with it, system
    /// administration never.
    static let plainTokens = AccessTable(
        columns: [
            "stranger plain", "viewer plain", "editor plain", "admin plain", "owner plain",
            "root plain",
        ],
        """
        GET    /healthz                                     200 200 200 200 200 200
        GET    /readyz                                      200 200 200 200 200 200
        GET    /metrics                                     200 200 200 200 200 200
        GET    /api/v1/openapi.json                         200 200 200 200 200 200

        POST   /auth/login                                  200 200 200 200 200 200
        POST   /auth/refresh                                200 200 200 200 200 200
        POST   /auth/logout                                 403 403 403 403 403 403
        GET    /auth/me                                     403 200 200 200 200 403
        GET    /api/v1/sessions                             403 403 403 403 403 403
        DELETE /api/v1/sessions                             403 403 403 403 403 403
        DELETE /api/v1/sessions/{id}                        403 403 403 403 403 403
        PUT    /api/v1/users/me/password                    403 403 403 403 403 403

        GET    /api/v1/tokens                               403 403 403 403 403 403
        POST   /api/v1/tokens                               403 403 403 403 403 403
        GET    /api/v1/tokens/{id}                          403 403 403 403 403 403
        POST   /api/v1/tokens/{id}/revoke                   403 403 403 403 403 403
        GET    /api/v1/api-keys                             403 403 403 403 403 403
        POST   /api/v1/api-keys                             403 403 403 403 403 403
        GET    /api/v1/api-keys/{id}                        403 403 403 403 403 403
        POST   /api/v1/api-keys/{id}/revoke                 403 403 403 403 403 403
        GET    /api/v1/scopes                               403 200 200 200 200 403

        GET    /api/v1/organizations                        200 200 200 200 200 200
        POST   /api/v1/organizations                        403 403 403 403 403 403
        GET    /api/v1/organizations/{id}                   404 200 200 200 200 404
        PATCH  /api/v1/organizations/{id}                   404 403 403 200 200 404
        DELETE /api/v1/organizations/{id}                   404 403 403 403 204 404
        GET    /api/v1/organizations/{id}/members           404 403 403 403 200 404
        POST   /api/v1/organizations/{id}/members           404 403 403 403 201 404
        PATCH  /api/v1/organizations/{id}/members/{member}  404 403 403 403 200 404
        DELETE /api/v1/organizations/{id}/members/{member}  404 403 403 403 204 404
        GET    /api/v1/organizations/{id}/roles             404 200 200 200 200 404
        POST   /api/v1/organizations/{id}/roles             404 403 403 403 201 404
        PATCH  /api/v1/organizations/{id}/roles/{role}      404 403 403 403 200 404
        DELETE /api/v1/organizations/{id}/roles/{role}      404 403 403 403 204 404
        GET    /api/v1/audit-events                         403 403 403 403 200 403

        GET    /api/v1/users                                403 403 403 403 403 403
        POST   /api/v1/users                                403 403 403 403 403 403
        GET    /api/v1/users/{id}                           403 403 403 403 403 403
        PATCH  /api/v1/users/{id}                           403 403 403 403 403 403
        DELETE /api/v1/users/{id}                           403 403 403 403 403 403
        GET    /api/v1/groups                               403 403 403 403 403 403
        POST   /api/v1/groups                               403 403 403 403 403 403
        PATCH  /api/v1/groups/{id}                          403 403 403 403 403 403
        DELETE /api/v1/groups/{id}                          403 403 403 403 403 403

        GET    /api/v1/oauth2/clients                       403 403 403 403 403 403
        POST   /api/v1/oauth2/clients                       403 403 403 403 403 403
        GET    /api/v1/oauth2/clients/{client_id}           403 403 403 403 403 403
        PATCH  /api/v1/oauth2/clients/{client_id}           403 403 403 403 403 403
        DELETE /api/v1/oauth2/clients/{client_id}           403 403 403 403 403 403
        POST   /api/v1/oauth2/clients/{client_id}/secrets   403 403 403 403 403 403
        DELETE /api/v1/oauth2/clients/{client_id}/secrets/{id} 403 403 403 403 403 403
        GET    /api/v1/oauth2/scopes                        403 403 403 403 403 403
        POST   /api/v1/oauth2/scopes                        403 403 403 403 403 403
        GET    /api/v1/oauth2/scopes/{scope}                403 403 403 403 403 403
        PATCH  /api/v1/oauth2/scopes/{scope}                403 403 403 403 403 403
        DELETE /api/v1/oauth2/scopes/{scope}                403 403 403 403 403 403
        POST   /api/v1/oauth2/registration-tokens           403 403 403 403 403 403

        GET    /.well-known/oauth-authorization-server      200 200 200 200 200 200
        GET    /.well-known/openid-configuration            200 200 200 200 200 200
        GET    /oauth2/jwks                                 200 200 200 200 200 200
        GET    /.well-known/oauth-protected-resource/{path...} 200 200 200 200 200 200
        POST   /oauth2/token                                400 400 400 400 400 400
        POST   /oauth2/introspect                           400 400 400 400 400 400
        POST   /oauth2/revoke                               400 400 400 400 400 400
        POST   /oauth2/par                                  400 400 400 400 400 400
        POST   /oauth2/device_authorization                 400 400 400 400 400 400
        POST   /oauth2/register                             404 404 404 404 404 404
        GET    /oauth2/register/{client_id}                 404 404 404 404 404 404
        PUT    /oauth2/register/{client_id}                 404 404 404 404 404 404
        DELETE /oauth2/register/{client_id}                 404 404 404 404 404 404
        GET    /oauth2/userinfo                             403 403 403 403 403 403
        POST   /oauth2/userinfo                             403 403 403 403 403 403

        GET    /api/v1/consents                             403 403 403 403 403 403
        DELETE /api/v1/consents/{client_id}                 403 403 403 403 403 403

        GET    /login                                       200 200 200 200 200 200
        POST   /login                                       415 415 415 415 415 415
        POST   /logout                                      415 415 415 415 415 415
        GET    /confirm-password                            303 303 303 303 303 303
        POST   /confirm-password                            415 415 415 415 415 415
        GET    /                                            303 303 303 303 303 303
        GET    /profile                                     303 303 303 303 303 303
        POST   /profile/organization                        415 415 415 415 415 415
        GET    /settings/users                              303 303 303 303 303 303
        GET    /settings/users/new                          303 303 303 303 303 303
        POST   /settings/users                              415 415 415 415 415 415
        GET    /settings/users/{id}                         303 303 303 303 303 303
        POST   /settings/users/{id}                         415 415 415 415 415 415
        GET    /settings/users/{id}/disable                 303 303 303 303 303 303
        POST   /settings/users/{id}/disable                 415 415 415 415 415 415
        POST   /settings/users/{id}/enable                  415 415 415 415 415 415
        GET    /settings/users/{id}/delete                  303 303 303 303 303 303
        POST   /settings/users/{id}/delete                  415 415 415 415 415 415
        GET    /settings/users/{id}/tokens/{token}/revoke   303 303 303 303 303 303
        POST   /settings/users/{id}/tokens/{token}/revoke   415 415 415 415 415 415
        GET    /settings/users/{id}/sessions/{session}/end  303 303 303 303 303 303
        POST   /settings/users/{id}/sessions/{session}/end  415 415 415 415 415 415
        GET    /settings/users/{id}/applications/{client_id}/withdraw 303 303 303 303 303 303
        POST   /settings/users/{id}/applications/{client_id}/withdraw 415 415 415 415 415 415
        GET    /settings/groups                             303 303 303 303 303 303
        GET    /settings/groups/new                         303 303 303 303 303 303
        POST   /settings/groups                             415 415 415 415 415 415
        GET    /settings/groups/{id}                        303 303 303 303 303 303
        POST   /settings/groups/{id}                        415 415 415 415 415 415
        POST   /settings/groups/{id}/members                415 415 415 415 415 415
        GET    /settings/groups/{id}/members/{user}/remove  303 303 303 303 303 303
        POST   /settings/groups/{id}/members/{user}/remove  415 415 415 415 415 415
        GET    /settings/groups/{id}/delete                 303 303 303 303 303 303
        GET    /settings/suggestions/users                 303 303 303 303 303 303
        GET    /settings/suggestions/service-users         303 303 303 303 303 303
        POST   /settings/groups/{id}/delete                 415 415 415 415 415 415
        GET    /settings/audit-log                          303 303 303 303 303 303
        GET    /settings/audit-log/csv                      303 303 303 303 303 303
        GET    /settings/audit-log/suggestions             303 303 303 303 303 303
        GET    /settings/oauth2-clients                     303 303 303 303 303 303
        GET    /settings/oauth2-clients/new                 303 303 303 303 303 303
        POST   /settings/oauth2-clients                     415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}         303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}         415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/disable 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/disable 415 415 415 415 415 415
        POST   /settings/oauth2-clients/{client_id}/enable  415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/delete  303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/delete  415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/credentials 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets 415 415 415 415 415 415
        GET    /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 303 303 303 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes              303 303 303 303 303 303
        GET    /settings/oauth2-clients/scopes/new          303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes              415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}      303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}      415 415 415 415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}/delete 303 303 303 303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}/delete 415 415 415 415 415 415
        GET    /settings/organizations                     303 303 303 303 303 303
        GET    /settings/organizations/new                 303 303 303 303 303 303
        POST   /settings/organizations                     415 415 415 415 415 415
        GET    /settings/organizations/{id}                303 303 303 303 303 303
        POST   /settings/organizations/{id}                415 415 415 415 415 415
        GET    /settings/organizations/{id}/level          303 303 303 303 303 303
        POST   /settings/organizations/{id}/level          415 415 415 415 415 415
        GET    /settings/organizations/{id}/maintenance    303 303 303 303 303 303
        POST   /settings/organizations/{id}/maintenance    415 415 415 415 415 415
        GET    /settings/organizations/{id}/members        303 303 303 303 303 303
        GET    /settings/organizations/{id}/members/new    303 303 303 303 303 303
        GET    /settings/organizations/{id}/members/suggestions 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members        415 415 415 415 415 415
        GET    /settings/organizations/{id}/members/{member} 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members/{member} 415 415 415 415 415 415
        GET    /settings/organizations/{id}/members/{member}/remove 303 303 303 303 303 303
        POST   /settings/organizations/{id}/members/{member}/remove 415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles          303 303 303 303 303 303
        GET    /settings/organizations/{id}/roles/new      303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles          415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles/{role}   303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles/{role}   415 415 415 415 415 415
        GET    /settings/organizations/{id}/roles/{role}/delete 303 303 303 303 303 303
        POST   /settings/organizations/{id}/roles/{role}/delete 415 415 415 415 415 415
        GET    /settings/api-keys                          303 303 303 303 303 303
        GET    /settings/api-keys/new                      303 303 303 303 303 303
        POST   /settings/api-keys                          415 415 415 415 415 415
        GET    /settings/api-keys/{id}/revoke              303 303 303 303 303 303
        POST   /settings/api-keys/{id}/revoke              415 415 415 415 415 415
        POST   /profile                                     415 415 415 415 415 415
        GET    /profile/security                            303 303 303 303 303 303
        POST   /profile/security/password                   415 415 415 415 415 415
        GET    /profile/security/sessions/end-others        303 303 303 303 303 303
        POST   /profile/security/sessions/end-others        415 415 415 415 415 415
        GET    /profile/security/sessions/{id}/end          303 303 303 303 303 303
        POST   /profile/security/sessions/{id}/end          415 415 415 415 415 415
        GET    /profile/security/applications/{client_id}/withdraw 303 303 303 303 303 303
        POST   /profile/security/applications/{client_id}/withdraw 415 415 415 415 415 415
        GET    /profile/security/tokens/{id}/revoke         303 303 303 303 303 303
        POST   /profile/security/tokens/{id}/revoke         415 415 415 415 415 415
        GET    /profile/security/tokens/new                 303 303 303 303 303 303
        POST   /profile/security/tokens                     415 415 415 415 415 415
        GET    /oauth2/authorize                            400 400 400 400 400 400
        POST   /oauth2/authorize                            415 415 415 415 415 415
        POST   /consent                                     415 415 415 415 415 415
        GET    /device                                      303 303 303 303 303 303
        POST   /device                                      415 415 415 415 415 415
        POST   /device/decision                             415 415 415 415 415 415
        GET    /device/done                                 200 200 200 200 200 200
        GET    /oauth2/logout                               200 200 200 200 200 200
        POST   /oauth2/logout                               415 415 415 415 415 415
        """)

    /// API keys: one with every permission, one that only reads pipelines, and the other organization's with
    /// every permission.
    static let keys = AccessTable(
        columns: ["key", "reader's key", "other's key"],
        """
        GET    /healthz                                     200 200 200
        GET    /readyz                                      200 200 200
        GET    /metrics                                     200 200 200
        GET    /api/v1/openapi.json                         200 200 200

        POST   /auth/login                                  200 200 200
        POST   /auth/refresh                                200 200 200
        POST   /auth/logout                                 403 403 403
        GET    /auth/me                                     200 200 403
        GET    /api/v1/sessions                             403 403 403
        DELETE /api/v1/sessions                             403 403 403
        DELETE /api/v1/sessions/{id}                        403 403 403
        PUT    /api/v1/users/me/password                    403 403 403

        GET    /api/v1/tokens                               403 403 403
        POST   /api/v1/tokens                               403 403 403
        GET    /api/v1/tokens/{id}                          403 403 403
        POST   /api/v1/tokens/{id}/revoke                   403 403 403
        GET    /api/v1/api-keys                             403 403 403
        POST   /api/v1/api-keys                             403 403 403
        GET    /api/v1/api-keys/{id}                        403 403 403
        POST   /api/v1/api-keys/{id}/revoke                 403 403 403
        GET    /api/v1/scopes                               200 200 403

        GET    /api/v1/organizations                        200 200 200
        POST   /api/v1/organizations                        403 403 403
        GET    /api/v1/organizations/{id}                   200 403 404
        PATCH  /api/v1/organizations/{id}                   200 403 404
        DELETE /api/v1/organizations/{id}                   403 403 404
        GET    /api/v1/organizations/{id}/members           403 403 404
        POST   /api/v1/organizations/{id}/members           403 403 404
        PATCH  /api/v1/organizations/{id}/members/{member}  403 403 404
        DELETE /api/v1/organizations/{id}/members/{member}  403 403 404
        GET    /api/v1/organizations/{id}/roles             200 403 404
        POST   /api/v1/organizations/{id}/roles             403 403 404
        PATCH  /api/v1/organizations/{id}/roles/{role}      403 403 404
        DELETE /api/v1/organizations/{id}/roles/{role}      403 403 404
        GET    /api/v1/audit-events                         403 403 403

        GET    /api/v1/users                                403 403 403
        POST   /api/v1/users                                403 403 403
        GET    /api/v1/users/{id}                           403 403 403
        PATCH  /api/v1/users/{id}                           403 403 403
        DELETE /api/v1/users/{id}                           403 403 403
        GET    /api/v1/groups                               403 403 403
        POST   /api/v1/groups                               403 403 403
        PATCH  /api/v1/groups/{id}                          403 403 403
        DELETE /api/v1/groups/{id}                          403 403 403

        GET    /api/v1/oauth2/clients                       403 403 403
        POST   /api/v1/oauth2/clients                       403 403 403
        GET    /api/v1/oauth2/clients/{client_id}           403 403 403
        PATCH  /api/v1/oauth2/clients/{client_id}           403 403 403
        DELETE /api/v1/oauth2/clients/{client_id}           403 403 403
        POST   /api/v1/oauth2/clients/{client_id}/secrets   403 403 403
        DELETE /api/v1/oauth2/clients/{client_id}/secrets/{id} 403 403 403
        GET    /api/v1/oauth2/scopes                        403 403 403
        POST   /api/v1/oauth2/scopes                        403 403 403
        GET    /api/v1/oauth2/scopes/{scope}                403 403 403
        PATCH  /api/v1/oauth2/scopes/{scope}                403 403 403
        DELETE /api/v1/oauth2/scopes/{scope}                403 403 403
        POST   /api/v1/oauth2/registration-tokens           403 403 403

        GET    /.well-known/oauth-authorization-server      200 200 200
        GET    /.well-known/openid-configuration            200 200 200
        GET    /oauth2/jwks                                 200 200 200
        GET    /.well-known/oauth-protected-resource/{path...} 200 200 200
        POST   /oauth2/token                                400 400 400
        POST   /oauth2/introspect                           400 400 400
        POST   /oauth2/revoke                               400 400 400
        POST   /oauth2/par                                  400 400 400
        POST   /oauth2/device_authorization                 400 400 400
        POST   /oauth2/register                             404 404 404
        GET    /oauth2/register/{client_id}                 404 404 404
        PUT    /oauth2/register/{client_id}                 404 404 404
        DELETE /oauth2/register/{client_id}                 404 404 404
        GET    /oauth2/userinfo                             403 403 403
        POST   /oauth2/userinfo                             403 403 403

        GET    /api/v1/consents                             403 403 403
        DELETE /api/v1/consents/{client_id}                 403 403 403

        GET    /login                                       200 200 200
        POST   /login                                       415 415 415
        POST   /logout                                      415 415 415
        GET    /confirm-password                            303 303 303
        POST   /confirm-password                            415 415 415
        GET    /                                            303 303 303
        GET    /profile                                     303 303 303
        POST   /profile/organization                        415 415 415
        GET    /settings/users                              303 303 303
        GET    /settings/users/new                          303 303 303
        POST   /settings/users                              415 415 415
        GET    /settings/users/{id}                         303 303 303
        POST   /settings/users/{id}                         415 415 415
        GET    /settings/users/{id}/disable                 303 303 303
        POST   /settings/users/{id}/disable                 415 415 415
        POST   /settings/users/{id}/enable                  415 415 415
        GET    /settings/users/{id}/delete                  303 303 303
        POST   /settings/users/{id}/delete                  415 415 415
        GET    /settings/users/{id}/tokens/{token}/revoke   303 303 303
        POST   /settings/users/{id}/tokens/{token}/revoke   415 415 415
        GET    /settings/users/{id}/sessions/{session}/end  303 303 303
        POST   /settings/users/{id}/sessions/{session}/end  415 415 415
        GET    /settings/users/{id}/applications/{client_id}/withdraw 303 303 303
        POST   /settings/users/{id}/applications/{client_id}/withdraw 415 415 415
        GET    /settings/groups                             303 303 303
        GET    /settings/groups/new                         303 303 303
        POST   /settings/groups                             415 415 415
        GET    /settings/groups/{id}                        303 303 303
        POST   /settings/groups/{id}                        415 415 415
        POST   /settings/groups/{id}/members                415 415 415
        GET    /settings/groups/{id}/members/{user}/remove  303 303 303
        POST   /settings/groups/{id}/members/{user}/remove  415 415 415
        GET    /settings/groups/{id}/delete                 303 303 303
        GET    /settings/suggestions/users                 303 303 303
        GET    /settings/suggestions/service-users         303 303 303
        POST   /settings/groups/{id}/delete                 415 415 415
        GET    /settings/audit-log                          303 303 303
        GET    /settings/audit-log/csv                      303 303 303
        GET    /settings/audit-log/suggestions             303 303 303
        GET    /settings/oauth2-clients                     303 303 303
        GET    /settings/oauth2-clients/new                 303 303 303
        POST   /settings/oauth2-clients                     415 415 415
        GET    /settings/oauth2-clients/{client_id}         303 303 303
        POST   /settings/oauth2-clients/{client_id}         415 415 415
        GET    /settings/oauth2-clients/{client_id}/disable 303 303 303
        POST   /settings/oauth2-clients/{client_id}/disable 415 415 415
        POST   /settings/oauth2-clients/{client_id}/enable  415 415 415
        GET    /settings/oauth2-clients/{client_id}/delete  303 303 303
        POST   /settings/oauth2-clients/{client_id}/delete  415 415 415
        GET    /settings/oauth2-clients/{client_id}/credentials 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets 415 415 415
        GET    /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 303 303 303
        POST   /settings/oauth2-clients/{client_id}/secrets/{id}/revoke 415 415 415
        GET    /settings/oauth2-clients/scopes              303 303 303
        GET    /settings/oauth2-clients/scopes/new          303 303 303
        POST   /settings/oauth2-clients/scopes              415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}      303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}      415 415 415
        GET    /settings/oauth2-clients/scopes/{scope}/delete 303 303 303
        POST   /settings/oauth2-clients/scopes/{scope}/delete 415 415 415
        GET    /settings/organizations                     303 303 303
        GET    /settings/organizations/new                 303 303 303
        POST   /settings/organizations                     415 415 415
        GET    /settings/organizations/{id}                303 303 303
        POST   /settings/organizations/{id}                415 415 415
        GET    /settings/organizations/{id}/level          303 303 303
        POST   /settings/organizations/{id}/level          415 415 415
        GET    /settings/organizations/{id}/maintenance    303 303 303
        POST   /settings/organizations/{id}/maintenance    415 415 415
        GET    /settings/organizations/{id}/members        303 303 303
        GET    /settings/organizations/{id}/members/new    303 303 303
        GET    /settings/organizations/{id}/members/suggestions 303 303 303
        POST   /settings/organizations/{id}/members        415 415 415
        GET    /settings/organizations/{id}/members/{member} 303 303 303
        POST   /settings/organizations/{id}/members/{member} 415 415 415
        GET    /settings/organizations/{id}/members/{member}/remove 303 303 303
        POST   /settings/organizations/{id}/members/{member}/remove 415 415 415
        GET    /settings/organizations/{id}/roles          303 303 303
        GET    /settings/organizations/{id}/roles/new      303 303 303
        POST   /settings/organizations/{id}/roles          415 415 415
        GET    /settings/organizations/{id}/roles/{role}   303 303 303
        POST   /settings/organizations/{id}/roles/{role}   415 415 415
        GET    /settings/organizations/{id}/roles/{role}/delete 303 303 303
        POST   /settings/organizations/{id}/roles/{role}/delete 415 415 415
        GET    /settings/api-keys                          303 303 303
        GET    /settings/api-keys/new                      303 303 303
        POST   /settings/api-keys                          415 415 415
        GET    /settings/api-keys/{id}/revoke              303 303 303
        POST   /settings/api-keys/{id}/revoke              415 415 415
        POST   /profile                                     415 415 415
        GET    /profile/security                            303 303 303
        POST   /profile/security/password                   415 415 415
        GET    /profile/security/sessions/end-others        303 303 303
        POST   /profile/security/sessions/end-others        415 415 415
        GET    /profile/security/sessions/{id}/end          303 303 303
        POST   /profile/security/sessions/{id}/end          415 415 415
        GET    /profile/security/applications/{client_id}/withdraw 303 303 303
        POST   /profile/security/applications/{client_id}/withdraw 415 415 415
        GET    /profile/security/tokens/{id}/revoke         303 303 303
        POST   /profile/security/tokens/{id}/revoke         415 415 415
        GET    /profile/security/tokens/new                 303 303 303
        POST   /profile/security/tokens                     415 415 415
        GET    /oauth2/authorize                            400 400 400
        POST   /oauth2/authorize                            415 415 415
        POST   /consent                                     415 415 415
        GET    /device                                      303 303 303
        POST   /device                                      415 415 415
        POST   /device/decision                             415 415 415
        GET    /device/done                                 200 200 200
        GET    /oauth2/logout                               200 200 200
        POST   /oauth2/logout                               415 415 415
        """)

    static let all = [sessions, scopedTokens, plainTokens, keys]
}
