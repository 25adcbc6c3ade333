import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// Requirements of the RFCs that no other suite has in passing; `Tests/Conformance` names them all.
@Suite struct RequirementTests {
    let scene: OAuth2Scene
    let client: TestClient

    init() throws {
        scene = try OAuth2Scene()
        client = try scene.services.machine(as: scene.robot)
    }

    private func header(_ text: String) -> (String, String) {
        ("Authorization", "Basic " + Data(text.utf8).base64EncodedString())
    }

    /// Every byte as %XX: how far an encoder may go.
    private func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            "%" + String(byte >> 4, radix: 16).uppercased() + String(byte & 15, radix: 16)
        }.joined()
    }

    @Test func `RFC 6749 2.3.1: name and secret are form-encoded before they are Basic`() {
        let id = client.client.id.description
        let secret = client.secret
        func status(_ text: String) -> Int {
            scene.post("/oauth2/token", "grant_type=client_credentials", [header(text)]).status
        }

        #expect(status("\(id):\(secret)") == 200)
        #expect(status("\(encoded(id)):\(encoded(secret))") == 200)
        for wrong in [
            "\(id)%3A\(secret)", "\(id):\(secret)+", "\(id):+\(secret)", "\(id):\(secret)%",
            "\(id):\(secret)%0", "\(id):\(secret)%zz", "\(id):\(secret):", ":\(secret)",
            "\(id)", "\(encoded(encoded(id))):\(secret)",
        ] {
            #expect(status(wrong) == 401, "\(wrong)")
        }
    }

    @Test func `RFC 6749 5.2: an error is JSON of the characters that it may have`() {
        let basic = OAuth2Scene.basic(client)
        let answers = [
            scene.post("/oauth2/token", "grant_type=%22%5C%0A%C3%A9", [basic]),
            scene.post("/oauth2/token", "grant_type=client_credentials&scope=%22%5C", [basic]),
            scene.post(
                "/oauth2/token", "grant_type=client_credentials&scope=uns:read", [basic]),
            scene.post(
                "/oauth2/token", "grant_type=client_credentials&resource=%22%5C%0A", [basic]),
            scene.post("/oauth2/token", "grant_type=client_credentials&%22=1&%22=2", [basic]),
            scene.post("/oauth2/token", "grant_type=client_credentials&client_id=%22", []),
            scene.post("/oauth2/token", "", [basic]),
            scene.post("/oauth2/introspect", "", [basic]),
            scene.post("/oauth2/introspect", "token=%22", []),
            scene.post("/oauth2/revoke", "token=%22%5C", []),
            scene.post("/oauth2/revoke", "", [basic]),
        ]
        // %x20-21 / %x23-5B / %x5D-7E
        let allowed = Set((UInt8(0x20)...0x7E).filter { $0 != 0x22 && $0 != 0x5C })

        for answer in answers where answer.status != 200 {
            #expect(answer.header("Content-Type") == "application/json")
            for name in ["error", "error_description"] {
                let text = answer.text(name)
                #expect(!text.isEmpty && allowed.isSuperset(of: text.utf8), "\(text)")
            }
            #expect(answer.header("Cache-Control") == "no-store")
        }
        #expect(answers.filter { $0.status == 200 }.count <= 1)
    }

    @Test func `RFC 6749 10.10: secrets have 256 bits, of which none is constant`() {
        let secrets = (0..<64).map { _ in scene.services.secrets.newSecret().text }
        let bits = secrets.map { secret in
            [UInt8](Data(base64Encoded: base64(secret)) ?? Data()).flatMap { byte -> [Bool] in
                (0..<8).map { byte >> $0 & 1 == 1 }
            }
        }

        #expect(Set(secrets).count == 64)
        #expect(bits.allSatisfy { $0.count == 256 })
        for place in 0..<256 {
            #expect(Set(bits.compactMap { place < $0.count ? $0[place] : nil }).count == 2)
        }
        #expect(client.secret.utf8.count >= 43)
    }

    private func base64(_ text: String) -> String {
        text.replacing("-", with: "+").replacing("_", with: "/") + "="
    }

    @Test(arguments: ["refresh_token", "access_token", "id_token", "", "%25", "personal"])
    func `RFC 7009 2.2.1: an unknown hint is ignored`(hint: String) {
        let token = scene.token(of: client).text("access_token")

        let answer = scene.post(
            "/oauth2/revoke", "token=\(token)&token_type_hint=\(hint)", [OAuth2Scene.basic(client)])

        #expect(answer.status == 200)
        let told = scene.post("/oauth2/introspect", "token=" + token, [OAuth2Scene.basic(client)])
        #expect(told.json == ["active": false])
    }

    @Test(arguments: ["refresh_token", "access_token", "id_token", "", "%25", "personal"])
    func `RFC 7662 2.1: the hint decides nothing`(hint: String) {
        let token = scene.token(of: client).text("access_token")

        let told = scene.post(
            "/oauth2/introspect", "token=\(token)&token_type_hint=\(hint)",
            [OAuth2Scene.basic(client)])

        #expect(told.json["active"] == true)
    }

    @Test func `RFC 7662 4: what a token is for is told`() {
        let engine = TestServices.issuer + "/api/v1/engine"
        let narrow = scene.token(of: client, "&resource=" + PercentCoding.encode(engine))
            .text("access_token")
        let free = scene.token(of: client).text("access_token")
        func audience(_ token: String) -> String {
            scene.post("/oauth2/introspect", "token=" + token, [OAuth2Scene.basic(client)])
                .text("aud")
        }

        #expect(audience(narrow) == engine)
        #expect(audience(free) == TestServices.issuer)
    }

    private func statuses(ofWrongTriesAt path: String) -> Set<Int> {
        let wrong = OAuth2Scene.basic(client.client.id.description, "wrong")
        return Set((0..<60).map { _ in scene.post(path, "token=x", [wrong]).status })
    }

    @Test func `RFC 7009 5: wrong secrets are throttled here as well`() {
        #expect(statuses(ofWrongTriesAt: "/oauth2/revoke") == [401, 429])
    }

    @Test func `RFC 7662 4: wrong secrets are throttled here as well`() {
        #expect(statuses(ofWrongTriesAt: "/oauth2/introspect") == [401, 429])
    }

    @Test func `RFC 9068 2.2.3: for one API no scope of another`() throws {
        let wide = try scene.services.machine(
            "wide", as: scene.robot, scopes: ["pipelines:read", "organizations:read"])
        func scope(_ path: String?, _ more: String = "") -> String {
            let resource = path.map { PercentCoding.encode(TestServices.issuer + $0) }
            let answer = scene.token(of: wide, (resource.map { "&resource=" + $0 } ?? "") + more)
            return answer.status == 200 ? answer.text("scope") : answer.summary
        }

        #expect(scope("/api/v1/engine") == "pipelines:read")
        #expect(scope("/api/v1/engine", "&scope=pipelines:read") == "pipelines:read")
        #expect(scope("/api/v1/engine", "&scope=organizations:read") == "400 invalid_scope")
        // Its routes ask for no scope of their own, so any will do; and so it is on the whole platform.
        #expect(scope("/machhub") == "pipelines:read organizations:read")
        #expect(scope(nil) == "pipelines:read organizations:read")
        let narrow = scene.token(
            of: wide, "&resource=" + PercentCoding.encode(TestServices.issuer + "/api/v1/engine"))
        let told = scene.post(
            "/oauth2/introspect", "token=" + narrow.text("access_token"),
            [OAuth2Scene.basic(wide)])
        #expect(told.text("scope") == "pipelines:read")
    }

    @Test func `RFC 7592 2: another method is a 405`() {
        var scene = scene
        scene.registration = .open

        for method in [HTTPRequest.Method.post, .patch, .options] {
            let answer = scene.send(method, "/oauth2/register/x")
            #expect(answer.status == 405)
            #expect(answer.header("Allow")?.contains("PUT") == true)
        }
    }
}
