import Domain
import HTTP
import HTTPTypes
import JSON
import Testing

@testable import Web

/// In which shape a failure of the machine is told.
@Suite struct ErrorResponderTests {
    private struct Away: MachineFailure { let isUnavailable: Bool }

    private func answer(_ isUnavailable: Bool, isForClients: Bool) throws -> OAuth2Answer {
        var responder = ErrorResponder(settings: TestSite.settings())
        responder.isForClients = isForClients
        let (response, isFailure) = responder.response(
            to: Away(isUnavailable: isUnavailable), requestID: "request-1")
        #expect(isFailure)
        return OAuth2Answer(response: response)
    }

    @Test func `RFC 6749 5.2: clients are told of a failure in the shape that they read`() throws {
        let away = try answer(true, isForClients: true)
        let broken = try answer(false, isForClients: true)

        #expect(away.summary == "503 temporarily_unavailable" && away.header("Retry-After") == "5")
        #expect(broken.summary == "500 server_error")
        for answer in [away, broken] {
            #expect(answer.header("Content-Type") == "application/json")
            #expect(answer.header("Cache-Control") == "no-store")
            #expect(answer.json["error_description"]?.string?.isEmpty == false)
        }
    }

    @Test func `everybody else is told by a problem document`() throws {
        let away = try answer(true, isForClients: false)

        #expect(away.summary == "503 temporarily_unavailable" && away.header("Retry-After") == "5")
        #expect(away.header("Content-Type") == "application/problem+json")
        #expect(try answer(false, isForClients: false).summary == "500 internal_error")
    }
}
