import Domain
import JSON
import TestSupport
import Testing

@Suite struct MemberAPITests {
    let scene: OrganizationScene
    let services: TestServices
    let owner: APICaller
    let path: String

    init() throws {
        scene = try OrganizationScene()
        services = scene.services
        owner = try scene.caller(scene.owner)
        path = "/api/v1/organizations/\(scene.plant.id)/members"
    }

    @Test func `a user and a group join, change and leave`() throws {
        let person = try services.person("mia")
        let group = try services.groups.create(name: "crew", members: [], by: .test()).group
        let fields: Set<String> = ["id", "roles", "owner", "created_at", "updated_at"]

        let user = owner.post(
            path, ["user_id": .string(person.id.description), "roles": ["operator", "viewer"]])
        let crew = owner.post(path, ["group_id": .string(group.id.description)])

        #expect(user.status == 201 && user.names == fields.union(["user"]))
        #expect(
            user["user"]
                == [
                    "id": .string(person.id.description), "username": "mia",
                    "display_name": .string(person.displayName),
                ])
        #expect(user["roles"] == ["operator", "viewer"] && user["owner"] == false)
        #expect(crew.status == 201 && crew.names == fields.union(["group"]))
        #expect(crew["group"] == ["id": .string(group.id.description), "name": "crew"])
        #expect(owner.get(path).data.count == 4)
        let changed = owner.patch("\(path)/\(person.id)", ["owner": true])
        #expect(changed.status == 200 && changed["owner"] == true)
        #expect(changed["roles"] == ["operator", "viewer"])
        #expect(owner.patch("\(path)/\(group.id)", ["roles": ["editor"]])["roles"] == ["editor"])
        #expect(owner.delete("\(path)/\(person.id)").status == 204)
        #expect(owner.delete("\(path)/\(group.id)").status == 204)
        #expect(owner.delete("\(path)/\(person.id)").status == 404)
        #expect(owner.get(path).data.count == 2)
    }

    @Test func `what can't be is refused`() throws {
        let id = JSON.string(scene.stranger.id.description)
        for (body, status, field) in [
            ([:], 422, "user_id"), (["user_id": "x"], 422, "user_id"),
            (["user_id": id, "group_id": id], 422, "group_id"),
            (["user_id": "0192f1d0-0000-7000-8000-000000000001"], 422, "user_id"),
            (["group_id": id], 422, "group_id"),
            (["user_id": id, "roles": ["boss"]], 422, "roles"),
            (["user_id": id, "roles": "viewer"], 422, "roles"),
            (["user_id": id, "is_admin": true], 422, "is_admin"),
        ] as [(JSON, Int, String)] {
            let answer = owner.post(path, body)
            #expect(answer.status == status && answer.badFields == [field], "\(body)")
        }
        for (body, fields) in [
            (
                [
                    "user_id": "0192f1d0-0000-7000-8000-000000000001", "roles": ["boss"],
                    "owner": 1, "is_admin": true,
                ], ["owner", "user_id", "roles", "is_admin"]
            ),
            (["user_id": "x", "roles": ["boss"]], ["user_id", "roles"]),
            (["roles": ["boss", "chief"]], ["user_id", "roles", "roles"]),
            (["user_id": .null, "roles": ["boss"]], ["user_id", "roles"]),
        ] as [(JSON, [String])] {
            let answer = owner.post(path, body)
            #expect(answer.status == 422 && answer.badFields == fields, "\(body)")
        }
        let many = JSON.array(Array(repeating: "viewer", count: 21))
        #expect(owner.patch("\(path)/\(scene.viewer.id)", ["roles": many]).badCodes == ["too_many"])
        let changed = owner.patch(
            "\(path)/\(scene.viewer.id)", ["roles": ["boss"], "owner": 1, "is_admin": true])
        #expect(changed.badFields == ["owner", "roles", "is_admin"])
        let again = owner.post(path, ["user_id": .string(scene.viewer.id.description)])
        #expect(again.status == 409 && again.code == "already_member")
        #expect(owner.patch("\(path)/x", ["owner": true]).status == 404)
        let last = owner.delete("\(path)/\(scene.owner.id)")
        #expect(last.status == 409 && last.code == "last_owner")
        #expect(owner.patch("\(path)/\(scene.owner.id)", ["owner": false]).status == 409)
    }

    @Test func `who is no owner learns nothing and changes nothing`() throws {
        let admin = try services.person("adam")
        try services.add(admin, to: scene.plant, .admin)
        for caller in [
            try scene.caller(scene.viewer), try scene.caller(admin),
        ] {
            for answer in [
                caller.get(path), caller.post(path, ["nonsense": true]),
                caller.patch("\(path)/\(admin.id)", ["owner": true]),
                caller.delete("\(path)/\(scene.owner.id)"),
            ] {
                #expect(answer.status == 403 && answer.code == "owner_required")
            }
        }
        let administrator = try scene.caller(scene.administrator)
        #expect(administrator.get(path).status == 404)
    }

    @Test func `a member who is removed is out at once`() throws {
        let viewer = try scene.caller(scene.viewer)
        let token = try services.issue(
            scopes: ["organizations:read"], for: scene.viewer, in: scene.plant)
        let organization = "/api/v1/organizations/\(scene.plant.id)"

        #expect(owner.delete("\(path)/\(scene.viewer.id)").status == 204)

        #expect(viewer.get(organization).status == 404)
        #expect(viewer.in(scene.plant).get("/api/v1/scopes").status == 403)
        #expect(scene.nobody.bearer(token.text).get(organization).status == 401)
    }
}
