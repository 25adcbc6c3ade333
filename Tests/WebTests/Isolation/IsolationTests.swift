import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

/// The whole route table, asked by every kind of caller with the ids of one organization's things.
@Suite struct IsolationTests {
    private let site: TestSite

    init() throws {
        site = try TestSite()
    }

    @Test(arguments: AccessTable.all.indices)
    func `every route has its row in every table, and every row its route`(_ index: Int) {
        let routes = site.routes.map { "\($0.method) \($0.pattern)" }
        let rows = AccessTable.all[index].rows.map(\.route)

        #expect(routes.filter { !rows.contains($0) } == [])
        #expect(rows.filter { !routes.contains($0) } == [])
        #expect(Set(rows).count == rows.count)
    }

    @Test(arguments: AccessTable.all.indices)
    func `every caller gets what the contract says, and who is refused changes nothing`(
        _ index: Int
    ) throws {
        let table = AccessTable.all[index]
        var scenes = 0
        var scene: IsolationScene?

        for (route, statuses) in table.rows {
            for (caller, status) in zip(table.callers, statuses) {
                // A success may have changed what the next one needs.
                let here = try scene ?? IsolationScene(site.services, number: scenes)
                if scene == nil { scenes += 1 }
                scene = here
                let before = try Fingerprint(of: site.services.stores)

                let answer = try send(route, here, as: caller, ids: here.mine)

                #expect(answer.status == status, "\(route) as \(caller): \(answer.json.text)")
                let after = try Fingerprint(of: site.services.stores)
                if answer.status >= 400 || route.hasPrefix("GET ") {
                    #expect(after == before, "\(route) as \(caller) changed something")
                } else {
                    scene = nil
                }
            }
        }
    }

    @Test func `ids of another's things are not there, whoever sends them`() throws {
        let scene = try IsolationScene(site.services, number: 0)
        let inner = [
            "PATCH /api/v1/organizations/{id}/members/{member}",
            "DELETE /api/v1/organizations/{id}/members/{member}",
            "PATCH /api/v1/organizations/{id}/roles/{role}",
            "DELETE /api/v1/organizations/{id}/roles/{role}",
            "GET /api/v1/api-keys/{id}", "POST /api/v1/api-keys/{id}/revoke",
            "GET /api/v1/tokens/{id}", "POST /api/v1/tokens/{id}/revoke",
            "DELETE /api/v1/sessions/{id}",
        ]
        let before = try Fingerprint(of: site.services.stores)

        for route in inner {
            let answer = try send(route, scene, as: "owner", ids: scene.theirs)
            #expect(answer.status == 404, "\(route)")
            #expect(answer.code == "not_found", "\(route)")
        }
        for route in inner.filter({ $0.contains("{member}") || $0.contains("{role}") }) {
            #expect(try send(route, scene, as: "owner plain", ids: scene.theirs).status == 404)
        }

        #expect(try Fingerprint(of: site.services.stores) == before)
    }

    @Test func `another's organization in a header, a filter or a body opens nothing`() throws {
        let scene = try IsolationScene(site.services, number: 0)
        let theirs = scene.theirs.organization
        let path = "/api/v1/organizations/\(scene.mine.organization.id)"
        let before = try Fingerprint(of: site.services.stores)

        for caller in ["owner", "owner scoped", "owner plain", "key"] {
            for target in ["/auth/me", "/api/v1/scopes"] {
                let answer = send(.get, target, scene, as: caller, in: theirs)
                #expect(answer.status == 403)
                #expect(answer.code == "organization_forbidden")
            }
            #expect(send(.get, path, scene, as: caller, in: theirs).status == 400)
        }
        let filter = "/api/v1/audit-events?organization_id=\(theirs.id)"
        #expect(send(.get, filter, scene, as: "owner").status == 403)
        #expect(
            send(.post, "/api/v1/tokens", scene, as: "owner", in: theirs, body: ["name": "x"])
                .status == 403)
        let list = send(.get, "/api/v1/organizations", scene, as: "owner", in: theirs)
        #expect(list.data.map { $0["slug"] } == [.string(scene.mine.organization.slug)])

        #expect(try Fingerprint(of: site.services.stores) == before)
    }

    @Test func `other methods change nothing, however they are disguised`() throws {
        let scene = try IsolationScene(site.services, number: 0)
        let disguise = try #require(HTTPField.Name("X-HTTP-Method-Override"))
        let brew = try #require(HTTPRequest.Method("BREW"))
        let before = try Fingerprint(of: site.services.stores)

        for pattern in Set(site.routes.map(\.pattern)) {
            let known = site.routes.filter { $0.pattern == pattern }.map(\.method)
            let target = try IsolationRequest("GET \(pattern)", scene, of: scene.mine).target
            for caller in ["nobody", "viewer scoped", "owner", "root"] {
                for method in [.options, .trace, brew, .head] {
                    let answer = send(
                        method, target, scene, as: caller, in: scene.mine.organization)
                    if method == .head, known.contains(.get) {
                        let shown = send(
                            .get, target, scene, as: caller, in: scene.mine.organization)
                        #expect(answer.status == shown.status, "\(method) \(target)")
                    } else {
                        #expect(answer.status == 405, "\(method) \(target) as \(caller)")
                        let allowed = answer.response.headers[.allow] ?? ""
                        #expect(known.allSatisfy { allowed.contains($0.rawValue) })
                    }
                }
                if known.contains(.get) {
                    for hidden in known where hidden != .get {
                        var headers = scene.callers[caller] ?? [:]
                        headers[disguise] = hidden.rawValue
                        let answer = site.send(
                            .get, "\(target)?_method=\(hidden.rawValue)", headers: headers)
                        #expect(answer.status != 204)
                    }
                }
            }
        }

        #expect(try Fingerprint(of: site.services.stores) == before)
    }

    private func send(
        _ route: String, _ scene: IsolationScene, as caller: String, ids: IsolationScene.Things
    ) throws -> TestSite.Answer {
        let request = try IsolationRequest(route, scene, of: ids)
        let method = try #require(
            route.split(separator: " ").first.flatMap { HTTPRequest.Method(String($0)) })
        return send(
            method, request.target, scene, as: caller, in: scene.mine.organization,
            body: request.body)
    }

    private func send(
        _ method: HTTPRequest.Method, _ target: String, _ scene: IsolationScene,
        as caller: String, in organization: Organization? = nil, body: JSON? = nil
    ) -> TestSite.Answer {
        guard var headers = scene.callers[caller] else {
            preconditionFailure("there is no \(caller)")
        }
        if let organization, let name = HTTPField.Name("X-Organization-ID") {
            headers[name] = organization.id.description
        }
        return site.send(method, target, body, headers: headers)
    }
}
